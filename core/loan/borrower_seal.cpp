#include "core/loan/borrower_seal.hpp"

#include <functional>

#include <fmt/format.h>

#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

// The two tables that name a borrower, and what their second key column is called.
struct BorrowerTable {
  const char* name;
  const char* key;
  bool has_borrower_key;  // whose balance counts: the borrower id itself where no list named a talent
};
constexpr BorrowerTable tables[] = {{"loan_applications", "application_id", false}, {"loans", "loan_id", true}};

struct Sealed {
  std::string id;
  std::string sealed;
};

// Bound to the hash: the sealed number cannot be moved to a record of another borrower.
Sealed sealed(const Vault& vault, const std::string& number) {
  Sealed out{sealed_borrower_id(vault, number), {}};
  out.sealed = vault.seal(number, out.id);
  return out;
}

template <typename Record>
void seal_record(const Vault& vault, Record& record) {
  if (record.borrower_kind != BorrowerKind::talent || !record.borrower_sealed.empty()) return;
  Sealed made = sealed(vault, record.borrower_id);
  record.borrower_id = std::move(made.id);
  record.borrower_sealed = std::move(made.sealed);
}

struct StoredBorrower {
  BankId bank;
  std::string key;
  std::string id;
  std::string sealed;
};

// Gives every chosen row another borrower. Read first, then written: rows that are being walked must not change.
std::uint64_t replace_borrowers(Transaction& transaction, const BorrowerTable& table, const char* chosen,
                                const std::function<Sealed(const StoredBorrower&)>& replacement) {
  std::vector<StoredBorrower> rows;
  transaction.each(fmt::format("SELECT bank_id, {}, borrower_id, borrower_sealed FROM {} WHERE borrower_sealed {} '' AND borrower_kind = 'talent'",
                               table.key, table.name, chosen),
                   {}, [&](const Row& row) { rows.push_back({row.id<BankId>(0), row.text(1), row.text(2), row.text(3)}); });
  for (const StoredBorrower& row : rows) {
    const Sealed made = replacement(row);
    if (table.has_borrower_key) {
      transaction.execute(fmt::format("UPDATE {} SET borrower_key = :after WHERE bank_id = :bank AND {} = :key AND borrower_key = :before", table.name, table.key),
                          {made.id, row.bank, row.key, row.id});
    }
    transaction.execute(fmt::format("UPDATE {} SET borrower_id = :id, borrower_sealed = :sealed WHERE bank_id = :bank AND {} = :key", table.name, table.key),
                        {made.id, made.sealed, row.bank, row.key});
  }
  return rows.size();
}

}  // namespace

std::string sealed_borrower_id(const Vault& vault, const std::string& identity_number) { return format_hash(vault.lookup(identity_number)); }

void seal_borrower(const Vault& vault, Application& application) { seal_record(vault, application); }
void seal_borrower(const Vault& vault, Loan& loan) { seal_record(vault, loan); }

std::string borrower_number(const Vault& vault, const Application& application) {
  return application.borrower_sealed.empty() ? application.borrower_id : vault.open(application.borrower_sealed, application.borrower_id);
}

bool has_unsealed_borrowers(Transaction& transaction) {
  for (const BorrowerTable& table : tables) {
    if (transaction.query_one(fmt::format("SELECT bank_id FROM {} WHERE borrower_sealed = '' AND borrower_kind = 'talent' LIMIT 1", table.name))) return true;
  }
  return false;
}

std::uint64_t seal_borrowers(Transaction& transaction, const Vault& vault, const std::string& actor) {
  std::uint64_t records = 0;
  for (const BorrowerTable& table : tables) {
    records += replace_borrowers(transaction, table, "=", [&](const StoredBorrower& row) { return sealed(vault, row.id); });
  }
  if (records > 0) record(transaction, {actor, "borrowers seal", fmt::format("key {}", vault.key_id()), fmt::format("{} records", records), ""});
  return records;
}

std::uint64_t reseal_borrowers(Transaction& transaction, const Vault& old_vault, const Vault& new_vault,
                               const std::vector<RenamedTalent>& renamed) {
  std::uint64_t records = 0;
  for (const BorrowerTable& table : tables) {
    records += replace_borrowers(transaction, table, "<>", [&](const StoredBorrower& row) { return sealed(new_vault, old_vault.open(row.sealed, row.id)); });
  }
  for (const RenamedTalent& talent : renamed) {
    transaction.execute("UPDATE loan_decisions SET talent_id = :after WHERE talent_id = :before", {talent.after, talent.before});
    transaction.execute("UPDATE loans SET talent_id = :after WHERE talent_id = :before", {talent.after, talent.before});
    transaction.execute("UPDATE loans SET borrower_key = :after WHERE borrower_key = :before", {talent.after, talent.before});
  }
  return records;
}

}  // namespace talent_loan

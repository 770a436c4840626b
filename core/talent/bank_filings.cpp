#include "core/talent/bank_filings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/store/audit.hpp"

namespace talent_loan {
namespace {

std::string shown(const Period& period) {
  return fmt::format("{} – {}", format_day(period.from), period.to ? format_day(*period.to) : "…");
}

std::vector<BankFiling> filings_of(Transaction& transaction, const BankId& bank) {
  std::vector<BankFiling> filings = bank_filings(transaction);
  std::erase_if(filings, [&](const BankFiling& filing) { return filing.bank != bank; });
  return filings;
}

// A filing that was ended before its first day holds on no day and overlaps nothing.
bool ever_held(const BankFiling& filing) { return !filing.filed.to || *filing.filed.to >= filing.filed.from; }

}  // namespace

std::vector<BankFiling> bank_filings(Transaction& transaction) {
  std::vector<BankFiling> filings;
  transaction.each("SELECT bank_id, name, filed_from, filed_to, ended_because FROM bank_filings ORDER BY bank_id COLLATE \"C\", filed_from COLLATE \"C\"", {},
                   [&](const Row& row) {
                     filings.push_back({row.id<BankId>(0), row.text(1), {row.day(2), row.optional_day(3)}, row.optional_text(4)});
                   });
  return filings;
}

bool file_bank(Transaction& transaction, const BankFiling& filing, const std::string& actor) {
  if (filing.filed.to && *filing.filed.to < filing.filed.from) {
    throw Failure({fmt::format("备案期 {} 结束早于开始", shown(filing.filed)), fmt::format("the filing {} ends before it begins", shown(filing.filed))}, {});
  }
  std::string name = filing.name;
  for (const BankFiling& earlier : filings_of(transaction, filing.bank)) {
    if (earlier.filed == filing.filed && (filing.name.empty() || filing.name == earlier.name)) return false;
    if (earlier.filed.from == filing.filed.from || (ever_held(earlier) && earlier.filed.overlaps(filing.filed))) {
      throw Failure({fmt::format("银行 {} 已在 {} 备案", quoted(filing.bank.text()), shown(earlier.filed)),
                     fmt::format("bank {} is filed for {} already", quoted(filing.bank.text()), shown(earlier.filed))},
                    {"请先用 banks unfile 结束该备案", "end that filing first with banks unfile"});
    }
    if (name.empty()) name = earlier.name;
  }
  transaction.execute("INSERT INTO bank_filings (bank_id, filed_from, filed_to, name, recorded_at) VALUES (:bank, :from_day, :to_day, :name, :at)",
                      {filing.bank, filing.filed.from, filing.filed.to, name, format_utc(transaction.now())});
  record(transaction, {actor, "banks file", fmt::format("bank {}", filing.bank.text()), shown(filing.filed), ""});
  return true;
}

bool unfile_bank(Transaction& transaction, const BankId& bank, Day from, const std::string& reason, const std::string& actor) {
  const std::string why = without_numbers_of_persons(reason);
  const Day last = from.plus_days(-1);
  bool changed = false;
  bool already = false;
  for (const BankFiling& filing : filings_of(transaction, bank)) {
    if (filing.filed.to && *filing.filed.to <= last) {
      already = already || (*filing.filed.to == last && filing.ended_because == why);
      continue;
    }
    transaction.execute("UPDATE bank_filings SET filed_to = :to_day, ended_because = :why WHERE bank_id = :bank AND filed_from = :from_day",
                        {last, why, bank, filing.filed.from});
    changed = true;
  }
  if (!changed && !already) {
    throw Failure({fmt::format("银行 {} 在 {} 没有备案", quoted(bank.text()), format_day(from)),
                   fmt::format("bank {} is not filed on {}", quoted(bank.text()), format_day(from))},
                  {"用 banks list 查看备案", "see banks list"});
  }
  if (changed) record(transaction, {actor, "banks unfile", fmt::format("bank {}", bank.text()), fmt::format("from {}; why: {}", format_day(from), why), ""});
  return changed;
}

FiledBanks::FiledBanks(const std::vector<BankFiling>& filings) {
  for (const BankFiling& filing : filings) periods_[filing.bank.text()].push_back(filing.filed);
}

bool FiledBanks::filed_on(const std::string& bank, Day day) const {
  const auto found = periods_.find(bank);
  if (found == periods_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Period& period) { return period.contains(day); });
}

}  // namespace talent_loan

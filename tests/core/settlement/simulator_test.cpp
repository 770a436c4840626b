// City-years at random against a model of a few lines: loans, claims, deposits, batches prepared, approved and
// reversed, recoveries and their reversal, with the storage failing at any step. After every step the books
// balance, equal the model, no loss is paid above its share or twice, and the fund is never negative.
// TALENT_LOAN_SIMULATIONS sets how many years (default 60 on SQLite, a tenth of it on PostgreSQL).
#include <cstdlib>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "core/settlement/recovery.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

int simulations() {
  const char* wanted = std::getenv("TALENT_LOAN_SIMULATIONS");
  return wanted == nullptr ? 60 : std::atoi(wanted);
}

// What the books should hold, kept as plainly as possible. Amounts in fen.
struct Model {
  struct ModelClaim {
    std::string bank;
    std::int64_t loss = 0;
    bool trigger = false;
    std::string batch{};  // that decides it
    bool accepted = false;
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> recoveries{};  // amount, costs; reversed ones removed
    std::int64_t city_returned = 0, province_returned = 0;

    std::int64_t pays() const { return loss * 80 / 100; }
    std::int64_t province() const { return std::min(loss * 30 / 100, pays()); }
    std::int64_t net() const {
      std::int64_t sum = 0;
      for (const auto& [id, amounts] : recoveries) sum += amounts.first - amounts.second;
      return std::clamp<std::int64_t>(sum, 0, loss);
    }
    std::int64_t due(std::int64_t bears) const { return loss == 0 ? 0 : static_cast<std::int64_t>(Int128{net()} * bears / loss); }
  };
  std::map<std::string, ModelClaim> claims;      // by id; ids rise in the order of the batch
  std::map<std::string, std::string> batches;    // prepared, booked, reversed
  std::int64_t deposited = 0;

  std::int64_t spent(const std::string& status) const {
    std::int64_t sum = 0;
    for (const auto& [id, claim] : claims) {
      if (claim.accepted && batches.at(claim.batch) == status) sum += claim.pays();
    }
    return sum;
  }
  bool free(const ModelClaim& claim) const { return claim.batch.empty() || batches.at(claim.batch) == "reversed"; }

  void settle(const std::string& batch, bool book) {
    std::int64_t available = deposited - spent("booked") - spent("prepared");
    bool waiting = false;
    for (auto& [id, claim] : claims) {
      if (!free(claim)) continue;
      claim.accepted = false;
      claim.batch = batch;
      if (!claim.trigger) continue;
      if (deposited > 0 && (waiting || claim.pays() > available)) {
        waiting = true;
        claim.batch.clear();
        continue;
      }
      available -= claim.pays();
      claim.accepted = true;
    }
    batches[batch] = book ? "booked" : "prepared";
  }

  std::map<std::string, std::int64_t> balances() const {
    std::map<std::string, std::int64_t> accounts;
    for (const auto& [id, claim] : claims) {
      if (!claim.accepted || batches.at(claim.batch) != "booked") continue;
      accounts["expenses:compensation:city:" + claim.bank] += claim.pays() - claim.province();
      accounts["assets:receivable:award:province"] += claim.province();
      accounts["assets:fund:fund"] -= claim.pays();
      accounts["income:recovered:city:" + claim.bank] -= claim.city_returned;
      accounts["liabilities:returns:province"] -= claim.province_returned;
      accounts["assets:receivable:returns:" + claim.bank] += claim.city_returned + claim.province_returned;
    }
    accounts["assets:fund:fund"] += deposited;
    accounts["equity:deposits:fund"] -= deposited;
    std::erase_if(accounts, [](const auto& account) { return account.second == 0; });
    return accounts;
  }
};

class Year {
 public:
  Year(const std::string& url, std::uint64_t seed) : random_(seed), policies_(load()), database_(Database::open(url, options())) {
    change([&](Transaction& transaction) {
      deposit(transaction, {.fund = "fund", .reference = "first", .amount = Fen(50'000), .received_on = day("2020-01-02")}, std::nullopt);
    });
    model_.deposited = 50'000;
  }

  void step() {
    switch (random_() % 9) {
      case 0: case 1: case 2: return claim();
      case 3: return deposit_more();
      case 4: return settle_batch();
      case 5: return approve_one();
      case 6: return reverse_one();
      case 7: return recover();
      default: return reverse_recovered();
    }
  }

  void check() {
    Transaction transaction = database_.read();
    std::map<std::string, std::int64_t> books;
    for (const AccountBalance& account : trial_balance(transaction)) {
      if (account.balance.count() != 0) books[account.account] = account.balance.to_fen().count();
    }
    REQUIRE(books == model_.balances());
    REQUIRE_FALSE(fund_status(transaction, "fund").balance.negative());
    REQUIRE_FALSE(fund_status(transaction, "fund").available().negative());
    const auto twice = transaction.query_one(
        "SELECT COUNT(*) FROM (SELECT s.claim FROM settlement_lines s JOIN settlement_batches b ON b.number = s.batch"
        " WHERE b.status <> 'reversed' GROUP BY s.claim HAVING COUNT(*) > 1) AS twice");
    REQUIRE(twice->integer(0) == 0);
  }

 private:
  PolicySet load() {
    PolicyText text;
    text.fund = "{name: fund, when_short: queue}";
    return load_policies({folder_.write("p.yaml", text.yaml())});
  }
  DatabaseOptions options() {
    DatabaseOptions made;
    made.faults = [this](StorageStep) {
      if (steps_to_fault_ > 0 && --steps_to_fault_ == 0) throw Failure({"磁盘故障", "the disk failed"}, {});
    };
    return made;
  }

  // Does it once with the storage failing somewhere (or not, where it ends before), then for good.
  void change(const std::function<void(Transaction&)>& work) {
    if (random_() % 2 == 0) {
      steps_to_fault_ = 1 + static_cast<int>(random_() % 30);
      try {
        Transaction transaction = database_.write();
        work(transaction);
        if (steps_to_fault_ > 0) throw Failure({"断电", "the power failed"}, {});  // before the commit
      } catch (const Failure&) {
        steps_to_fault_ = 0;
      }
      steps_to_fault_ = 0;
    }
    Transaction transaction = database_.write();
    work(transaction);
    transaction.commit();
  }

  std::string next_id(const char* prefix) { return fmt::format("{}{:05}", prefix, ++ids_); }

  void claim() {
    const std::string id = next_id("C");
    Model::ModelClaim made{.bank = random_() % 2 == 0 ? "icbc" : "ccb", .loss = 1 + static_cast<std::int64_t>(random_() % 20'000), .trigger = random_() % 5 != 0};
    change([&](Transaction& transaction) {
      const BankId bank(made.bank);
      LoanEvent overdue{.bank = bank, .id = EventId(id), .loan = LoanId(id), .kind = EventKind::overdue, .occurred_on = day("2020-12-01")};
      overdue.overdue_days = made.trigger ? 91 : 90;
      register_loans(transaction, {Loan{.bank = bank, .id = LoanId(id), .borrower_id = id, .amount = Fen(made.loss), .disbursed_on = day("2020-06-01")}});
      register_events(transaction, {overdue});
      // Ids rise with the days, so that the order of ids is the order of the batch.
      submit_claims(transaction, {Claim{.bank = bank, .id = ClaimId(id), .loan = LoanId(id), .defaulted_on = day("2020-12-01"),
                                        .claimed_on = day("2020-12-01").plus_days(ids_), .outstanding_principal = Fen(made.loss), .recovered_principal = Fen()}});
    });
    model_.claims.emplace(id, made);
  }

  void deposit_more() {
    const std::string id = next_id("D");
    const std::int64_t amount = 1 + static_cast<std::int64_t>(random_() % 20'000);
    change([&](Transaction& transaction) {
      deposit(transaction, {.fund = "fund", .reference = id, .amount = Fen(amount), .received_on = day("2020-06-01")}, std::nullopt);
    });
    model_.deposited += amount;
  }

  void settle_batch() {
    const std::string id = next_id("B");
    const bool book = random_() % 2 == 0;
    change([&](Transaction& transaction) {
      settle(transaction, {.batch = BatchId(id),
                           .rules = {.policies = &policies_, .scheme = SchemeId("test-scheme"), .as_of = day("2029-12-31"), .claim_window_days = std::nullopt,
                                     .bank_filed = [](const BankId&, Day) { return true; }},
                           .user = UserId("maker"), .book = book});
    });
    model_.settle(id, book);
  }

  std::string any_batch(const std::string& first, const std::string& second) {
    std::vector<std::string> ids;
    for (const auto& [id, status] : model_.batches) {
      if (status == first || status == second) ids.push_back(id);
    }
    return ids.empty() ? "" : ids[random_() % ids.size()];
  }

  void approve_one() {
    const std::string id = any_batch("prepared", "booked");
    if (id.empty()) return;
    change([&](Transaction& transaction) { approve(transaction, BatchId(id), UserId("checker"), std::nullopt); });
    model_.batches[id] = "booked";
  }

  void reverse_one() {
    const std::string id = any_batch("prepared", "booked");
    if (id.empty()) return;
    for (const auto& [claim_id, claim] : model_.claims) {
      if (claim.batch == id && !claim.recoveries.empty()) return;
    }
    change([&](Transaction& transaction) {
      reverse(transaction, {.batch = BatchId(id), .reversal = "R" + id, .why = "simulated", .user = UserId("checker")});
    });
    model_.batches[id] = "reversed";
  }

  Model::ModelClaim* any_compensated(std::string& id) {
    std::vector<std::string> ids;
    for (const auto& [claim_id, claim] : model_.claims) {
      if (claim.accepted && model_.batches.at(claim.batch) == "booked") ids.push_back(claim_id);
    }
    if (ids.empty()) return nullptr;
    id = ids[random_() % ids.size()];
    return &model_.claims.at(id);
  }

  RecoveryRules rules() const { return {.policies = &policies_, .user = UserId("maker")}; }

  void recover() {
    std::string id;
    Model::ModelClaim* claim = any_compensated(id);
    if (claim == nullptr) return;
    const std::string recovery = next_id("V");
    const std::int64_t amount = static_cast<std::int64_t>(random_() % 9'000), costs = random_() % 3 == 0 ? static_cast<std::int64_t>(random_() % 3'000) : 0;
    change([&](Transaction& transaction) {
      const RecoveryRow row{.id = RecoveryId(recovery), .claim = ClaimId(id), .bank = BankId(claim->bank), .received_on = day("2021-01-01"), .amount = Fen(amount), .costs = Fen(costs)};
      const auto first = book_recovery(transaction, row, rules()).what, again = book_recovery(transaction, row, rules()).what;
      REQUIRE(first == RecoveryOutcome::What::booked);
      REQUIRE(again == RecoveryOutcome::What::repeated);
    });
    claim->recoveries[recovery] = {amount, costs};
    claim->city_returned = std::max(claim->city_returned, claim->due(claim->pays() - claim->province()));
    claim->province_returned = std::max(claim->province_returned, claim->due(claim->province()));
  }

  void reverse_recovered() {
    std::string id;
    Model::ModelClaim* claim = any_compensated(id);
    if (claim == nullptr || claim->recoveries.empty()) return;
    const std::string recovery = claim->recoveries.begin()->first;
    change([&](Transaction& transaction) {
      const bool booked = reverse_recovery(transaction, {RecoveryId(recovery), "X" + recovery, "simulated"}, rules());
      REQUIRE(booked);
    });
    claim->recoveries.erase(recovery);
    claim->city_returned = claim->due(claim->pays() - claim->province());
    claim->province_returned = claim->due(claim->province());
  }

  std::mt19937_64 random_;
  TemporaryFolder folder_;
  PolicySet policies_;
  int steps_to_fault_ = 0;
  Database database_;
  Model model_;
  int ids_ = 0;
};

void simulate(const std::string& url, std::uint64_t seed) {
  INFO("seed " << seed << " on " << url.substr(0, url.find(':')));
  Year year(url, seed);
  for (int step = 0; step < 40; ++step) {
    year.step();
    year.check();
  }
}

}  // namespace

TEST_CASE("random city-years equal the model after every step, with storage that fails") {
  const std::uint64_t first = std::random_device{}();
  for (int i = 0; i < simulations(); ++i) {
    TemporaryFolder folder;
    simulate("sqlite://" + (folder / "year.db"), first + static_cast<std::uint64_t>(i));
    if (i % 10 == 0) simulate(postgres().fresh_database(), first + static_cast<std::uint64_t>(i));
  }
}

// Batches over random books against a model that keeps everything in vectors and looks through all of it each time:
// limits, ceilings of a year, funds, versions, loans claimed twice, events in any order, batches reversed.
// TALENT_LOAN_BOOKS sets how many books (default 60 on SQLite, a quarter of it on PostgreSQL).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include <catch2/catch.hpp>

#include "core/ledger/fund.hpp"
#include "core/loan/state.hpp"
#include "core/settlement/batch_rows.hpp"
#include "tests/core/settlement/book_fixture.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

int books() {
  const char* wanted = std::getenv("TALENT_LOAN_BOOKS");
  return wanted == nullptr ? 60 : std::atoi(wanted);
}

// What became of the claims of a batch, one line each, in the order of the batch.
using Outcome = std::vector<std::string>;

std::string accepted_line(const std::string& bank, const std::string& claim, const std::string& version, const std::vector<PayerAmount>& payers, Fen bank_bears) {
  std::string line = fmt::format("accepted {} {} {}", bank, claim, version);
  for (const PayerAmount& payer : payers) line += fmt::format(" {}={}/{}", payer.payer.text(), payer.pays.count(), payer.bears.count());
  return line + fmt::format(" bank={}", bank_bears.count());
}

// A random scheme of two versions that differ in everything that a batch decides by.
std::vector<PolicyText> random_scheme(std::mt19937_64& random) {
  const auto one_of = [&](const std::vector<std::string>& texts) { return texts[random() % texts.size()]; };
  PolicyText older, newer;
  older.version = "older";
  older.effective = "{from: 2019-01-01, to: 2020-06-30}";
  newer.version = "newer";
  newer.effective = "{from: 2020-07-01, to: 2022-12-31}";
  older.governed_by = newer.governed_by = one_of({"disbursed_on", "defaulted_on"});
  for (PolicyText* text : {&older, &newer}) {
    text->limits = one_of({"", "{per_talent: 90.00, over: refuse}", "{per_talent: 120.00, over: uncovered}", "{per_talent: 60.00, over: uncovered}"});
    text->shares = one_of({
        "    - {payer: city, ratio: 80%}\n    - {payer: province, ratio: 30%, reimburses: city}\n",
        "    - {payer: city, ratio: 50%, per_year_at_most: 150.00}\n    - {payer: district, ratio: 20%}\n",
        "    - {payer: city, ratio: 30%}\n    - {payer: district, ratio: 40%, per_year_at_most: 200.00}\n",
        "    - {payer: district, ratio: 10%, per_claim_at_most: 5.00}\n    - {payer: city, ratio: 40%}\n    - {payer: county, ratio: 10%}\n"
        "    - {payer: park, ratio: 10%}\n    - {payer: province, ratio: 20%, reimburses: city}\n",
        "    - payer: city\n      ratio:\n        - {loan_amount_at_most: 50.00, value: 70%}\n        - {value: 40%}\n"});
    text->fund = one_of({"", "{name: fund, when_short: queue}", "{name: fund, when_short: pro-rata}", "{name: other, when_short: queue}"});
  }
  return {older, newer};
}

class Book {
 public:
  Book(const std::string& url, std::uint64_t seed) : random_(seed), bureau_(url, random_scheme(random_)) {}

  // A few rounds of new loans, events, claims, and a batch over what is open; compared each time.
  void play() {
    if (random_() % 2 == 0) deposit_some();
    // Loans that nobody claims on: whether all loans are read or only the claimed ones depends on how many there are.
    if (random_() % 2 == 0) add_loans(400);
    for (int round = 0; round < 4; ++round) {
      add_loans(1 + random_() % 30);
      add_claims(random_() % 30);
      settle_and_compare(fmt::format("b{}", round));
      if (random_() % 3 == 0) reverse_one();
      if (random_() % 4 == 0) deposit_some();
    }
  }

 private:
  struct Batch {
    std::string id;
    bool standing = true;
    std::set<std::string> decided;                     // claims, as "bank claim"
    std::map<std::string, std::string> compensated{};  // loans, as "bank loan"
    ShareUse use{};
    std::map<std::string, Fen> paid_from{};            // by fund
  };

  Day some_day(const char* from, int days) { return day(from).plus_days(static_cast<std::int32_t>(random_() % static_cast<std::uint64_t>(days))); }

  void deposit_some() {
    const char* fund = random_() % 3 == 0 ? "other" : "fund";
    const Fen amount(static_cast<std::int64_t>(random_() % 60'000) + 1);
    Transaction transaction = bureau_.database().write();
    deposit(transaction, {.fund = fund, .reference = fmt::format("d{}", ++ids_), .amount = amount, .received_on = day("2019-01-02")}, std::nullopt);
    transaction.commit();
    deposited_[fund] += amount;
  }

  void add_loans(std::size_t count) {
    std::vector<Loan> loans;
    std::vector<LoanEvent> events;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string id = fmt::format("L{}", ++ids_);
      Loan loan{.bank = BankId(banks_[random_() % banks_.size()]), .id = LoanId(id), .borrower_id = fmt::format("P{}", random_() % 40),
                .amount = Fen(static_cast<std::int64_t>(random_() % 9'000) + 1), .disbursed_on = some_day("2019-06-01", 500)};
      if (random_() % 5 == 0) loan.borrower_kind = BorrowerKind::employer;
      add_events(loan, events);
      loans.push_back(loan);
    }
    std::shuffle(events.begin(), events.end(), random_);
    Transaction transaction = bureau_.database().write();
    register_loans(transaction, loans);
    register_events(transaction, events);
    transaction.commit();
    loans_.insert(loans_.end(), loans.begin(), loans.end());
    events_.insert(events_.end(), events.begin(), events.end());
  }

  void add_events(const Loan& loan, std::vector<LoanEvent>& events) {
    for (std::uint64_t i = random_() % 6; i > 0; --i) {
      LoanEvent event{.bank = loan.bank, .id = EventId(fmt::format("E{}", random_() % 2 == 0 ? ++ids_ : 1'000'000 - ++ids_)), .loan = loan.id,
                      .kind = static_cast<EventKind>(1 + random_() % 9), .occurred_on = some_day("2020-09-01", 30)};
      event.sequence = static_cast<std::int64_t>(random_() % 2);
      if (event.kind == EventKind::overdue) event.overdue_days = random_() % 4 == 0 ? 90 : 91;
      if (event.kind == EventKind::classification) event.loan_class = random_() % 3 == 0 ? LoanClass::normal : LoanClass::substandard;
      if (event.kind == EventKind::repayment || event.kind == EventKind::recovery || event.kind == EventKind::recovery_reversed || event.kind == EventKind::write_off) {
        event.amount = Fen(1 + static_cast<std::int64_t>(random_() % 3'000));
      }
      if (event.kind == EventKind::extension || event.kind == EventKind::renewal) event.maturity = day("2022-01-01");
      events.push_back(event);
    }
    LoanEvent overdue{.bank = loan.bank, .id = EventId(fmt::format("O{}", ++ids_)), .loan = loan.id, .kind = EventKind::overdue, .occurred_on = some_day("2020-09-01", 40)};
    overdue.overdue_days = 120;
    events.push_back(overdue);
  }

  void add_claims(std::size_t count) {
    std::vector<Claim> claims;
    for (std::size_t i = 0; i < count; ++i) {
      const Loan& loan = loans_[random_() % 8 == 0 ? random_() % loans_.size() : loans_.size() - 1 - random_() % std::min<std::size_t>(loans_.size(), 20)];
      Claim claim{.bank = loan.bank, .id = ClaimId(fmt::format("C{:03}", (++ids_ * 7919) % 10'000)), .loan = loan.id, .defaulted_on = some_day("2020-08-20", 40),
                  .claimed_on = some_day("2020-09-10", 60), .outstanding_principal = {}, .recovered_principal = {}};
      if (random_() % 20 == 0) claim.loan = LoanId("unknown");
      const LoanState state = state_of(loan, claim.claimed_on);
      claim.outstanding_principal = random_() % 15 == 0 ? loan.amount : state.outstanding_principal;
      claim.recovered_principal = state.recovered_principal + Fen(static_cast<std::int64_t>(random_() % 2));
      claims.push_back(claim);
    }
    Transaction transaction = bureau_.database().write();
    const std::vector<Filing> filings = submit_claims(transaction, claims);
    transaction.commit();
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (filings[i].filed == Filed::accepted) claims_.push_back(claims[i]);
    }
  }

  void reverse_one() {
    std::vector<Batch*> standing;
    for (Batch& batch : batches_) {
      if (batch.standing) standing.push_back(&batch);
    }
    if (standing.empty()) return;
    Batch& batch = *standing[random_() % standing.size()];
    Transaction transaction = bureau_.database().write();
    reverse(transaction, {.batch = BatchId(batch.id), .reversal = "r" + batch.id, .why = "random", .user = UserId("checker")});
    transaction.commit();
    batch.standing = false;
  }

  void settle_and_compare(const std::string& id) {
    const SettlementRequest request = bureau_.request(id, format_day(some_day("2020-10-01", 60)));
    Outcome expected = decide(id, request.rules.as_of);
    {
      Transaction transaction = bureau_.database().write();
      // Sometimes in a transaction that has changed something: then one connection reads everything.
      if (random_() % 2 == 0) transaction.execute("UPDATE settlement_batches SET cite = cite");
      settle(transaction, request);
      transaction.commit();
    }
    REQUIRE(stored(id) == expected);
    REQUIRE(bureau_.lines(id) == bureau_.lines(id));
  }

  Outcome stored(const std::string& id) {
    Outcome outcome;
    Transaction transaction = bureau_.database().read();
    const BatchRecord batch = find_batch(transaction, BatchId(id)).value();
    each_line(transaction, batch.number, [&](const StoredLine& line) {
      outcome.push_back(accepted_line(line.bank.text(), line.claim_id.text(), line.version.text(), line.payers, line.bank_bears));
    });
    for (const auto& [table, what] : {std::pair("settlement_rejects", "s.code"), std::pair("settlement_waiting", "'waiting'")}) {
      transaction.each(fmt::format("SELECT {}, c.bank_id, c.claim_id FROM {} s JOIN claims c ON c.number = s.claim WHERE s.batch = :batch ORDER BY s.position", what, table),
                       {batch.number}, [&](const Row& row) { outcome.push_back(row.text(0) + " " + row.text(1) + " " + row.text(2)); });
    }
    return outcome;
  }

  // The model.
  const Loan* loan_of(const Claim& claim) const {
    for (const Loan& loan : loans_) {
      if (loan.bank == claim.bank && loan.id == claim.loan) return &loan;
    }
    return nullptr;
  }
  LoanState state_of(const Loan& loan, Day on) const {
    std::vector<LoanEvent> its;
    for (const LoanEvent& event : events_) {
      if (event.bank == loan.bank && event.loan == loan.id) its.push_back(event);
    }
    return state_on(loan, its, on);
  }
  Fen covered_of(const Loan& loan, const Limits& limits) const {
    const auto limit = limits.balance_of(loan.borrower_kind, 1);
    if (!limit) return loan.amount;
    Fen owed;
    for (const Loan& other : loans_) {
      const bool same = other.borrower_kind == loan.borrower_kind && other.borrower_id == loan.borrower_id;
      if (same && std::tie(other.disbursed_on, other.bank, other.id) < std::tie(loan.disbursed_on, loan.bank, loan.id)) {
        owed += state_of(other, loan.disbursed_on).balance();
      }
    }
    return std::clamp(*limit - owed, Fen(), loan.amount);
  }
  static std::string key(const Claim& claim) { return claim.bank.text() + " " + claim.id.text(); }

  std::string code_of(const Claim& claim, const Batch& now) const {
    const Loan* loan = loan_of(claim);
    if ((loan != nullptr && claim.defaulted_on < loan->disbursed_on) || claim.claimed_on < claim.defaulted_on) return "DATES_OUT_OF_ORDER";
    if (claim.recovered_principal > claim.outstanding_principal) return "RECOVERED_OVER_OUTSTANDING";
    if (loan == nullptr) return "LOAN_UNKNOWN";
    const PolicyVersion* version = version_of(claim, *loan);
    if (version == nullptr) return "NO_POLICY_IN_FORCE";
    if (version->limits.over == Limits::Over::refuse && covered_of(*loan, version->limits) < loan->amount) return "LOAN_NOT_ELIGIBLE";
    const LoanState state = state_of(*loan, claim.claimed_on);
    if (!version->compensation.trigger.holds(state.overdue_days, state.loan_class)) return "TRIGGER_NOT_MET";
    if (state.outstanding_principal != claim.outstanding_principal || state.recovered_principal > claim.recovered_principal) return "BALANCE_MISMATCH";
    const std::string on = claim.bank.text() + " " + claim.loan.text();
    bool compensated = now.compensated.contains(on);
    for (const Batch& batch : batches_) compensated = compensated || (batch.standing && batch.compensated.contains(on));
    return compensated ? "ALREADY_COMPENSATED" : "";
  }
  const PolicyVersion* version_of(const Claim& claim, const Loan& loan) const {
    return bureau_.policies().governing(SchemeId("test-scheme"), {loan.disbursed_on, claim.defaulted_on, claim.claimed_on});
  }

  std::vector<Claim> open_claims(Day as_of) const {
    std::vector<Claim> open;
    for (const Claim& claim : claims_) {
      const bool decided = std::any_of(batches_.begin(), batches_.end(), [&](const Batch& batch) { return batch.standing && batch.decided.contains(key(claim)); });
      if (!decided && claim.claimed_on <= as_of) open.push_back(claim);
    }
    std::sort(open.begin(), open.end(), [](const Claim& a, const Claim& b) { return std::tie(a.claimed_on, a.bank, a.id) < std::tie(b.claimed_on, b.bank, b.id); });
    return open;
  }

  Outcome decide(const std::string& id, Day as_of) {
    Batch now{.id = id, .standing = true, .decided = {}};
    ShareUse used;
    std::map<std::string, Fen> available = deposited_;
    for (const Batch& batch : batches_) {
      if (!batch.standing) continue;
      for (const auto& [share, amount] : batch.use) used[share] += amount;
      for (const auto& [fund, amount] : batch.paid_from) available[fund] -= amount;
    }
    const ShareUse before = used;
    std::vector<std::pair<Claim, ClaimSplit>> accepted;
    std::map<std::string, std::vector<std::size_t>> in_proportion;
    std::set<std::string> queues_waiting;
    Outcome rejected, waiting;
    for (const Claim& claim : open_claims(as_of)) {
      const std::string code = code_of(claim, now);
      if (!code.empty()) {
        rejected.push_back(code + " " + key(claim));
        now.decided.insert(key(claim));
        continue;
      }
      const Loan& loan = *loan_of(claim);
      const PolicyVersion& version = *version_of(claim, loan);
      const Fen loss = claim.outstanding_principal - claim.recovered_principal;
      ClaimSplitter splitter(version);
      const ClaimSplit split = splitter.split(loan.facts(), loss, std::min(loss, covered_of(loan, version.limits)), used);
      const auto& fund = version.compensation.fund;
      if (fund && deposited_.contains(fund->name)) {
        Fen& left = available[fund->name];
        if (fund->when_short == Fund::WhenShort::pro_rata && left > Fen()) {
          in_proportion[fund->name].push_back(accepted.size());
        } else if (queues_waiting.contains(fund->name) || split.paid() > left) {
          queues_waiting.insert(fund->name);
          waiting.push_back("waiting " + key(claim));
          continue;
        } else {
          left -= split.paid();
        }
      }
      splitter.count(split, used);
      now.decided.insert(key(claim));
      now.compensated.emplace(claim.bank.text() + " " + claim.loan.text(), id);
      accepted.emplace_back(claim, split);
    }
    for (const auto& [fund, indexes] : in_proportion) {
      std::vector<Fen> needed;
      Fen sum;
      for (const std::size_t i : indexes) needed.push_back(accepted[i].second.paid()), sum += needed.back();
      if (sum <= available[fund]) continue;
      const std::vector<Fen> parts = apportion(available[fund], needed);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        ClaimSplit& split = accepted[indexes[i]].second;
        const ClaimSplit cut = cut_down(split, parts[i]);
        for (std::size_t s = 0; s < split.share_amounts.size(); ++s) {
          if (!split.version->compensation.shares[s].per_year_at_most) continue;
          used.at(share_key(*split.version, s)) -= split.share_amounts[s] - cut.share_amounts[s];
        }
        split = cut;
      }
    }
    for (const auto& [share, amount] : used) {
      const auto earlier = before.find(share);
      now.use[share] = earlier == before.end() ? amount : amount - earlier->second;
    }
    Outcome outcome;
    for (const auto& [claim, split] : accepted) {
      const auto& fund = split.version->compensation.fund;
      if (fund && deposited_.contains(fund->name)) now.paid_from[fund->name] += split.paid();
      outcome.push_back(accepted_line(claim.bank.text(), claim.id.text(), split.version->version.text(), split.payers, split.bank_bears));
    }
    outcome.insert(outcome.end(), rejected.begin(), rejected.end());
    outcome.insert(outcome.end(), waiting.begin(), waiting.end());
    batches_.push_back(now);
    return outcome;
  }

  std::mt19937_64 random_;
  Bureau bureau_;
  const std::vector<std::string> banks_{"icbc", "ccb", "Abc"};
  int ids_ = 0;
  std::vector<Loan> loans_;
  std::vector<LoanEvent> events_;
  std::vector<Claim> claims_;
  std::vector<Batch> batches_;
  std::map<std::string, Fen> deposited_;
};

}  // namespace

TEST_CASE("batches over random books decide every claim as the model does") {
  const std::uint64_t first = std::random_device{}();
  for (int i = 0; i < books(); ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    INFO("seed " << seed);
    {
      const TemporaryFolder folder;
      Book("sqlite://" + (folder / "book.db"), seed).play();
    }
    if (i % 4 == 0) Book(postgres().fresh_database(), seed).play();
  }
}

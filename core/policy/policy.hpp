// A policy version as data: who may borrow, within which limits, and who pays and bears what of a principal
// loss. Loaded from YAML by load_policies(); no code here or elsewhere knows a city.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/message/message.hpp"
#include "core/money/money.hpp"

namespace talent_loan {

enum class Level { district = 1, municipal, provincial, national };  // low to high
std::optional<Level> parse_level(std::string_view word);
std::string_view word(Level level);

// The classification of a loan, best to worst (正常 关注 次级 可疑 损失).
enum class LoanClass { normal = 1, special_mention, substandard, doubtful, loss };
std::optional<LoanClass> parse_loan_class(std::string_view word);
std::string_view word(LoanClass loan_class);
Text class_name(LoanClass loan_class);  // 次级 / substandard

// Which date of a claim picks the version.
enum class GoverningDate { disbursed_on = 1, defaulted_on, claimed_on };
std::string_view word(GoverningDate date);

// What conditions read of a loan. A condition on a fact that is absent does not hold (`without_tag` does).
struct LoanFacts {
  std::optional<Fen> loan_amount;
  std::optional<Level> level;
  std::string programme;
  std::vector<std::string> tags;
};

// Several conditions hold together; none at all always holds.
struct Condition {
  std::optional<Fen> loan_amount_over;
  std::optional<Fen> loan_amount_at_most;
  std::optional<Level> level_at_least;
  std::optional<Level> level_at_most;
  std::vector<ProgrammeId> programmes;  // any one; empty: any
  std::optional<std::string> tag;
  std::optional<std::string> without_tag;

  bool holds(const LoanFacts& facts) const;
  bool unconditional() const;
};

// Which facts of a claim a scheme needs at all; a claims file must have a column for each.
struct FactsRead {
  bool loan_amount = false;
  bool level = false;
  bool programme = false;
  bool tags = false;
  bool claimed_on = false;  // a version is governed by it

  void add(const Condition& condition);
};

struct ConditionalRatio {
  Condition when;
  Ratio value;
};

struct ShareMember {
  PayerId payer;
  std::int64_t part = 1;  // 1 or more
};

// One share of the compensation, in the order of the file.
struct Share {
  std::vector<ShareMember>
      members;  // one for `payer`, several for `among`; the first takes the left-over fen
  std::vector<ConditionalRatio> tiers;    // the first that fits; none fits: 0, before bonuses
  std::vector<ConditionalRatio> bonuses;  // `plus`: every one that fits is added
  std::optional<Ratio> ratio_at_most;
  std::optional<Fen> per_claim_at_most;
  std::optional<Fen> per_year_at_most;  // holds in settlement, not in split
  std::optional<PayerId> reimburses;    // an earlier payer; this share's payer pays the bank nothing
  Condition when;
  std::string cite;

  // The ratio for a loan, tiers and bonuses and cap applied. REQUIRES: when.holds(facts).
  Ratio ratio_for(const LoanFacts& facts) const;
};

struct BorrowerRule {
  enum class Kind { talent = 1, employer };
  Kind kind = Kind::talent;
  std::optional<Level> level_at_least;
  std::vector<ProgrammeId> programmes;
  std::optional<int> tenure_months_at_least;  // employer only
  std::string cite;
};

struct Eligibility {
  bool require_registry = true;
  std::vector<BorrowerRule> borrowers;
  std::vector<std::string> purposes;
  bool unsecured = false;
  bool unguaranteed = false;
  bool bank_filed = false;
  std::string cite;  // of what the borrower rules do not say: purposes, security, the bank
};

// On a borrower's outstanding covered principal over all banks together, and on each loan's terms.
struct Limits {
  enum class Over { refuse = 1, uncovered };
  std::optional<Fen> per_talent;
  std::optional<Fen> per_enterprise;
  std::optional<Fen> per_enterprise_per_talent;  // times the enterprise's talents; the lower of this and
                                                 // per_enterprise holds
  std::optional<int> term_months_at_most;
  std::optional<Ratio> rate_at_most;  // a year
  Over over = Over::refuse;
  std::string cite;

  // The most that one borrower may owe: a talent, or an enterprise with so many matching talents. None: no
  // limit.
  std::optional<Fen> balance_of(BorrowerRule::Kind kind, std::int64_t talents) const;
};

struct Fund {
  enum class WhenShort { queue = 1, pro_rata };
  std::string name;
  WhenShort when_short = WhenShort::queue;
  std::string cite;
};

struct Trigger {
  std::optional<std::int64_t> overdue_days_over;
  std::optional<LoanClass> class_at_least;  // either suffices; neither: any default does
  std::string cite;

  bool holds(std::optional<std::int64_t> overdue_days, std::optional<LoanClass> loan_class) const;
};
// What has to hold before the bank may claim.
Text trigger_name(const Trigger& trigger);

// A breaker: a bank whose non-performing part of its covered loans is over the ratio is not compensated.
struct Suspension {
  Ratio npl_ratio_over;
  std::optional<Fen> balance_at_least;
  std::string cite;

  // `balance` of covered loans, `non_performing` of it; a balance under balance_at_least never suspends.
  bool holds(FenSum balance, FenSum non_performing) const;
};

struct Compensation {
  Trigger trigger;
  Ratio ceiling = Ratio::percent(100);
  std::vector<Share> shares;
  std::optional<Fund> fund;
  std::optional<Suspension> suspend;
  std::string cite;  // of the ceiling and the order of the shares
};

enum class RecoveryCosts { deducted_first = 1, borne_by_bank };

struct PolicyVersion {
  SchemeId scheme;
  VersionId version;
  std::string title;
  std::string document;
  Period effective;
  std::optional<VersionId> supersedes;
  GoverningDate governed_by = GoverningDate::disbursed_on;
  Eligibility eligibility;
  Limits limits;
  Compensation compensation;
  RecoveryCosts recovery_costs = RecoveryCosts::deducted_first;
  std::string recovery_cite;
  Place source;  // file and line of the version, for messages

  std::vector<PayerId> payers() const;  // in order of first appearance in the shares
};

struct GoverningDates {
  Day disbursed_on;
  Day defaulted_on;
  std::optional<Day> claimed_on;
  std::optional<Day> on(GoverningDate date) const;
};

// Every version that was loaded, of one scheme or several; immutable, safe to read from any thread.
class PolicySet {
 public:
  // REQUIRES: the versions have passed the loader's checks.
  explicit PolicySet(std::vector<PolicyVersion> versions);

  const std::vector<PolicyVersion>& versions() const {
    return *versions_;
  }                                       // by start of period, then version
  std::vector<SchemeId> schemes() const;  // byte order, each once
  // The scheme to use: `name` where given, else the only one. Throws Failure naming the schemes there are.
  SchemeId choose_scheme(const std::string& name) const;

  // The scheme's versions so that each stands before those it supersedes: the first whose period contains its
  // governing date governs. For loops over many rows; the pointers live as long as the set or a copy of it.
  const std::vector<const PolicyVersion*>& by_precedence(const SchemeId& scheme) const;
  // Of the scheme's versions whose period contains their governing date, the one that supersedes the others;
  // nullptr: none is in force.
  const PolicyVersion* governing(const SchemeId& scheme, const GoverningDates& dates) const;
  // The version in force on a day whatever date governs it: what an application made that day is decided by.
  const PolicyVersion* in_force(const SchemeId& scheme, Day day) const;
  const PolicyVersion* find(const VersionId& version) const;  // nullptr: not loaded

  // Column order of reports: payers as they first appear over the versions by start of their periods.
  std::vector<PayerId> payers(const SchemeId& scheme) const;
  FactsRead facts_read(const SchemeId& scheme) const;

 private:
  std::shared_ptr<const std::vector<PolicyVersion>>
      versions_;  // shared by copies, so that pointers stay good
  std::map<SchemeId, std::vector<const PolicyVersion*>> precedence_;
};

// Loads versions from files and directories (a directory: every *.yaml, not recursive; *.cases.yaml never)
// and checks each and all together. Throws Failure with every error of every file at once. What is allowed
// but deserves a look (gaps between versions, rules without a clause, keys left to their defaults) is
// appended to `warnings` where given.
PolicySet load_policies(const std::vector<std::string>& paths, std::vector<Diagnostic>* warnings = nullptr);

// The same for one text; `name` stands for the file in messages.
PolicySet parse_policy(std::string_view text, const std::string& name,
                       std::vector<Diagnostic>* warnings = nullptr);

}  // namespace talent_loan

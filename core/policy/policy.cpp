#include "core/policy/policy.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace talent_loan {
namespace {

constexpr std::array<std::string_view, 4> level_words{"district", "municipal", "provincial", "national"};
constexpr std::array<std::string_view, 5> class_words{"normal", "special-mention", "substandard", "doubtful",
                                                      "loss"};
constexpr std::array<std::string_view, 3> date_words{"disbursed_on", "defaulted_on", "claimed_on"};

template <typename Enum, std::size_t size>
std::optional<Enum> from_word(std::string_view word, const std::array<std::string_view, size>& words) {
  const auto at = std::find(words.begin(), words.end(), word);
  if (at == words.end()) return std::nullopt;
  return static_cast<Enum>(at - words.begin() + 1);
}

void append_new(std::vector<PayerId>& payers, const PayerId& payer) {
  if (std::find(payers.begin(), payers.end(), payer) == payers.end()) payers.push_back(payer);
}

// Each version before those it supersedes. Between versions that only meet because they are governed by different
// dates the later start decides. `order`: latest start first; supersedes runs in no circle.
void put_superseding_first(std::vector<const PolicyVersion*>& order) {
  for (auto next = order.begin(); next != order.end(); ++next) {
    const auto superseded = [&](const PolicyVersion* version) {
      return std::any_of(next, order.end(), [&](const PolicyVersion* other) { return other->supersedes == version->version; });
    };
    const auto first = std::find_if_not(next, order.end(), superseded);
    if (first != order.end()) std::rotate(next, first, first + 1);
  }
}

}  // namespace

std::optional<Level> parse_level(std::string_view word) {
  return from_word<Level>(word, level_words);
}
std::string_view word(Level level) {
  return level_words[static_cast<std::size_t>(level) - 1];
}

std::optional<LoanClass> parse_loan_class(std::string_view word) {
  return from_word<LoanClass>(word, class_words);
}
std::string_view word(LoanClass loan_class) {
  return class_words[static_cast<std::size_t>(loan_class) - 1];
}

Text class_name(LoanClass loan_class) {
  switch (loan_class) {
    case LoanClass::normal:
      return {"正常", "normal"};
    case LoanClass::special_mention:
      return {"关注", "special mention"};
    case LoanClass::substandard:
      return {"次级", "substandard"};
    case LoanClass::doubtful:
      return {"可疑", "doubtful"};
    case LoanClass::loss:
      return {"损失", "loss"};
  }
  return {};
}

std::string_view word(GoverningDate date) {
  return date_words[static_cast<std::size_t>(date) - 1];
}

bool Condition::holds(const LoanFacts& facts) const {
  if (loan_amount_over && !(facts.loan_amount && *facts.loan_amount > *loan_amount_over)) return false;
  if (loan_amount_at_most && !(facts.loan_amount && *facts.loan_amount <= *loan_amount_at_most)) return false;
  if (level_at_least && !(facts.level && *facts.level >= *level_at_least)) return false;
  if (level_at_most && !(facts.level && *facts.level <= *level_at_most)) return false;
  const auto named = [&](const ProgrammeId& programme) { return programme.text() == facts.programme; };
  if (!programmes.empty() && std::none_of(programmes.begin(), programmes.end(), named)) return false;
  const auto tagged = [&](const std::string& wanted) {
    return std::find(facts.tags.begin(), facts.tags.end(), wanted) != facts.tags.end();
  };
  if (tag && !tagged(*tag)) return false;
  return !without_tag || !tagged(*without_tag);
}

bool Condition::unconditional() const {
  return !loan_amount_over && !loan_amount_at_most && !level_at_least && !level_at_most &&
         programmes.empty() && !tag && !without_tag;
}

void FactsRead::add(const Condition& condition) {
  loan_amount = loan_amount || condition.loan_amount_over || condition.loan_amount_at_most;
  level = level || condition.level_at_least || condition.level_at_most;
  programme = programme || !condition.programmes.empty();
  tags = tags || condition.tag || condition.without_tag;
}

Ratio Share::ratio_for(const LoanFacts& facts) const {
  Ratio ratio;
  for (const ConditionalRatio& tier : tiers) {
    if (!tier.when.holds(facts)) continue;
    ratio = tier.value;
    break;
  }
  for (const ConditionalRatio& bonus : bonuses) {
    if (bonus.when.holds(facts)) ratio = ratio + bonus.value;
  }
  // Above 100% nothing changes: no amount ever exceeds the loss.
  return std::min(ratio, ratio_at_most.value_or(Ratio::percent(100)));
}

std::optional<Fen> Limits::balance_of(BorrowerRule::Kind kind, std::int64_t talents) const {
  if (kind == BorrowerRule::Kind::talent) return per_talent;
  if (!per_enterprise_per_talent) return per_enterprise;
  const Int128 product = Int128{per_enterprise_per_talent->count()} * talents;
  const Int128 most = per_enterprise ? per_enterprise->count() : std::numeric_limits<std::int64_t>::max();
  return Fen(static_cast<std::int64_t>(std::min(product, most)));
}

bool Trigger::holds(std::optional<std::int64_t> overdue_days, std::optional<LoanClass> loan_class) const {
  if (!overdue_days_over && !class_at_least) return true;
  if (overdue_days_over && overdue_days && *overdue_days > *overdue_days_over) return true;
  return class_at_least && loan_class && *loan_class >= *class_at_least;
}

Text trigger_name(const Trigger& trigger) {
  if (!trigger.overdue_days_over && !trigger.class_at_least) return {"任何违约", "on any default"};
  Text text;
  if (trigger.overdue_days_over) {
    text = {fmt::format("逾期超过 {} 天", *trigger.overdue_days_over),
            fmt::format("more than {} days overdue", *trigger.overdue_days_over)};
  }
  if (trigger.class_at_least) {
    const Text name = class_name(*trigger.class_at_least);
    text.chinese += fmt::format("{}五级分类为{}或更差", text.chinese.empty() ? "" : "，或", name.chinese);
    text.english += fmt::format("{}classified {} or worse", text.english.empty() ? "" : ", or ", name.english);
  }
  return text;
}

bool Suspension::holds(FenSum balance, FenSum non_performing) const {
  if (balance_at_least && balance.count() < balance_at_least->count()) return false;
  return non_performing.count() * Ratio::one > balance.count() * npl_ratio_over.hundred_millionths();
}

std::vector<PayerId> PolicyVersion::payers() const {
  std::vector<PayerId> out;
  for (const Share& share : compensation.shares) {
    for (const ShareMember& member : share.members) append_new(out, member.payer);
  }
  return out;
}

std::optional<Day> GoverningDates::on(GoverningDate date) const {
  switch (date) {
    case GoverningDate::disbursed_on:
      return disbursed_on;
    case GoverningDate::defaulted_on:
      return defaulted_on;
    case GoverningDate::claimed_on:
      return claimed_on;
  }
  return std::nullopt;
}

PolicySet::PolicySet(std::vector<PolicyVersion> versions) {
  std::sort(versions.begin(), versions.end(), [](const PolicyVersion& a, const PolicyVersion& b) {
    return std::tie(a.effective.from, a.version) < std::tie(b.effective.from, b.version);
  });
  versions_ = std::make_shared<const std::vector<PolicyVersion>>(std::move(versions));
  for (auto version = versions_->rbegin(); version != versions_->rend(); ++version) {
    precedence_[version->scheme].push_back(&*version);
  }
  for (auto& [scheme, order] : precedence_) put_superseding_first(order);
}

std::vector<SchemeId> PolicySet::schemes() const {
  std::vector<SchemeId> out;
  for (const auto& entry : precedence_) out.push_back(entry.first);
  return out;
}

SchemeId PolicySet::choose_scheme(const std::string& name) const {
  std::string there_are;
  for (const SchemeId& scheme : schemes()) there_are += (there_are.empty() ? "" : ", ") + scheme.text();
  if (name.empty()) {
    if (precedence_.size() == 1) return precedence_.begin()->first;
    throw Failure(Diagnostic{.found = {"政策文件分属多个方案", "the policy files belong to several schemes"},
                             .allowed = verbatim(there_are),
                             .remedy = {"请用 --scheme 指明", "name one with --scheme"}});
  }
  if (precedence_.contains(SchemeId(name))) return SchemeId(name);
  throw Failure(Diagnostic{
      .found = {fmt::format("没有方案 {}", quoted(name)), fmt::format("no scheme {}", quoted(name))},
      .allowed = verbatim(there_are),
      .remedy = {}});
}

const std::vector<const PolicyVersion*>& PolicySet::by_precedence(const SchemeId& scheme) const {
  static const std::vector<const PolicyVersion*> none;
  const auto at = precedence_.find(scheme);
  return at == precedence_.end() ? none : at->second;
}

const PolicyVersion* PolicySet::governing(const SchemeId& scheme, const GoverningDates& dates) const {
  for (const PolicyVersion* version : by_precedence(scheme)) {
    const std::optional<Day> day = dates.on(version->governed_by);
    if (day && version->effective.contains(*day)) return version;
  }
  return nullptr;
}

const PolicyVersion* PolicySet::in_force(const SchemeId& scheme, Day day) const {
  return governing(scheme, {.disbursed_on = day, .defaulted_on = day, .claimed_on = day});
}

const PolicyVersion* PolicySet::find(const VersionId& version) const {
  for (const PolicyVersion& candidate : *versions_) {
    if (candidate.version == version) return &candidate;
  }
  return nullptr;
}

std::vector<PayerId> PolicySet::payers(const SchemeId& scheme) const {
  std::vector<PayerId> out;
  for (const PolicyVersion& version : *versions_) {
    if (version.scheme != scheme) continue;
    for (const PayerId& payer : version.payers()) append_new(out, payer);
  }
  return out;
}

FactsRead PolicySet::facts_read(const SchemeId& scheme) const {
  FactsRead read;
  for (const PolicyVersion* version : by_precedence(scheme)) {
    read.claimed_on = read.claimed_on || version->governed_by == GoverningDate::claimed_on;
    for (const Share& share : version->compensation.shares) {
      read.add(share.when);
      for (const ConditionalRatio& tier : share.tiers) read.add(tier.when);
      for (const ConditionalRatio& bonus : share.bonuses) read.add(bonus.when);
    }
  }
  return read;
}

}  // namespace talent_loan

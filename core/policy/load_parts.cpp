#include "core/policy/load_parts.hpp"

namespace talent_loan {
namespace {

bool read_flag(const YamlMap& map, std::string_view key, bool otherwise) {
  return map.optional(key).yes_or_no().value_or(otherwise);
}

BorrowerRule read_borrower(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"kind", "level_at_least", "programmes", "tenure_months_at_least", "cite"});
  BorrowerRule rule;
  const bool employer = map.required("kind").one_of({"talent", "employer"}) == "employer";
  rule.kind = employer ? BorrowerRule::Kind::employer : BorrowerRule::Kind::talent;
  rule.level_at_least = read_level(map.optional("level_at_least"));
  rule.programmes = read_programmes(map.optional("programmes"));
  const YamlValue tenure = map.optional("tenure_months_at_least");
  if (const auto months = tenure.integer(0, 1200)) rule.tenure_months_at_least = static_cast<int>(*months);
  if (tenure.present() && !employer) {
    tenure.complain({"kind: talent 的规则写了工作月数", "months of employment in a rule of kind: talent"},
                    {"只用于 kind: employer", "only with kind: employer"});
  }
  rule.cite = read_cite(map, true, warnings);
  return rule;
}

Trigger read_trigger(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"overdue_days_over", "class_at_least", "cite"});
  Trigger trigger;
  trigger.overdue_days_over = map.optional("overdue_days_over").integer(0, 100'000);
  const auto at_least =
      map.optional("class_at_least").one_of({"normal", "special-mention", "substandard", "doubtful", "loss"});
  if (at_least) trigger.class_at_least = parse_loan_class(*at_least);
  trigger.cite = read_cite(map, false, warnings);
  if (map.present() && !map.has("overdue_days_over") && !map.has("class_at_least")) {
    warn(warnings, value, {"没有任何触发条件", "no condition at all"},
         {"请写 overdue_days_over 或 class_at_least", "write overdue_days_over or class_at_least"});
  }
  return trigger;
}

Fund read_fund(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"name", "when_short", "cite"});
  Fund fund;
  fund.name = map.required("name").word().value_or("");
  if (map.optional("when_short").one_of({"queue", "pro-rata"}) == "pro-rata")
    fund.when_short = Fund::WhenShort::pro_rata;
  fund.cite = read_cite(map, false, warnings);
  return fund;
}

Suspension read_suspension(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"npl_ratio_over", "balance_at_least", "cite"});
  Suspension suspension;
  suspension.npl_ratio_over = map.required("npl_ratio_over").percent().value_or(Ratio());
  suspension.balance_at_least = map.optional("balance_at_least").yuan();
  suspension.cite = read_cite(map, false, warnings);
  return suspension;
}

}  // namespace

Eligibility read_eligibility(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map(
      {"require_registry", "borrowers", "purposes", "unsecured", "unguaranteed", "bank_filed", "cite"});
  Eligibility eligibility;
  eligibility.require_registry = read_flag(map, "require_registry", true);
  const YamlValue borrowers =
      eligibility.require_registry ? map.required("borrowers") : map.optional("borrowers");
  for (const YamlValue& item : borrowers.present() ? borrowers.filled_list() : std::vector<YamlValue>()) {
    eligibility.borrowers.push_back(read_borrower(item, warnings));
  }
  const YamlValue purposes = map.optional("purposes");
  for (const YamlValue& item : purposes.present() ? purposes.filled_list() : std::vector<YamlValue>()) {
    if (const auto purpose = item.word()) eligibility.purposes.push_back(*purpose);
  }
  eligibility.unsecured = read_flag(map, "unsecured", false);
  eligibility.unguaranteed = read_flag(map, "unguaranteed", false);
  eligibility.bank_filed = read_flag(map, "bank_filed", false);
  eligibility.cite = read_cite(map, false, warnings);
  return eligibility;
}

Limits read_limits(const YamlValue& value, const Eligibility& eligibility, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"per_talent", "per_enterprise", "per_enterprise_per_talent",
                                 "term_months_at_most", "rate_at_most", "over", "cite"});
  Limits limits;
  limits.per_talent = map.optional("per_talent").yuan();
  limits.per_enterprise = map.optional("per_enterprise").yuan();
  const YamlValue per_head = map.optional("per_enterprise_per_talent");
  limits.per_enterprise_per_talent = per_head.yuan();
  if (per_head.present() && !eligibility.require_registry) {
    per_head.complain({"按人才计的企业上限，但方案不查人才名单",
                       "a limit that counts talents in a scheme that reads no list of them"},
                      {"require_registry: true", "require_registry: true"});
  }
  if (const auto months = map.optional("term_months_at_most").integer(1, 1200))
    limits.term_months_at_most = static_cast<int>(*months);
  limits.rate_at_most = map.optional("rate_at_most").percent();
  if (map.optional("over").one_of({"refuse", "uncovered"}) == "uncovered")
    limits.over = Limits::Over::uncovered;
  limits.cite = read_cite(map, false, warnings);
  return limits;
}

Compensation read_compensation(const YamlValue& value, PolicyWarnings& warnings) {
  const YamlMap map = value.map({"trigger", "ceiling", "shares", "fund", "suspend", "cite"});
  Compensation compensation;
  compensation.trigger = read_trigger(map.optional("trigger"), warnings);
  compensation.ceiling = map.optional("ceiling").percent().value_or(Ratio::percent(100));
  compensation.shares = read_shares(map.required("shares"), warnings);
  if (const YamlValue fund = map.optional("fund"); fund.present())
    compensation.fund = read_fund(fund, warnings);
  if (const YamlValue suspend = map.optional("suspend"); suspend.present()) {
    compensation.suspend = read_suspension(suspend, warnings);
  }
  compensation.cite = read_cite(map, false, warnings);
  return compensation;
}

}  // namespace talent_loan

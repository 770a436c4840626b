#include "core/talent/explanation.hpp"

#include <fmt/format.h>

namespace talent_loan {
namespace {

void line(Text& out, const char* chinese, const char* english, const Text& value) {
  out.chinese += fmt::format("{}：{}\n", chinese, value.chinese);
  out.english += fmt::format("{}: {}\n", english, value.english);
}

Text programme_name(const VerificationDecision& decision, const Programmes& programmes) {
  const std::string& id = decision.programme.text();
  const auto found = programmes.find(decision.programme);
  if (found == programmes.end()) return verbatim(id);
  return {fmt::format("{}（{}）", found->second.name.chinese, id), fmt::format("{} ({})", found->second.name.english, id)};
}

// A selection that was revoked from its first day on ends before it begins.
Text holding(const Period& valid, bool revoked) {
  const Text until = !valid.to ? Text{" 起", ""}
                               : Text{" 至 " + format_day(*valid.to), " to " + format_day(*valid.to)};
  const Text why = revoked ? Text{"（撤销）", " (revoked)"} : Text{};
  return {format_day(valid.from) + until.chinese + why.chinese, "from " + format_day(valid.from) + until.english + why.english};
}

Text not_valid(Day on, const Period& valid, bool revoked) {
  if (revoked && *valid.to < on) {
    const std::string from = format_day(valid.to->plus_days(1));
    return {fmt::format("入选资格自 {} 起已撤销", from), fmt::format("the selection was revoked from {}", from)};
  }
  if (on < valid.from) return {fmt::format("入选资格自 {} 起才有效", format_day(valid.from)), fmt::format("the selection holds only from {}", format_day(valid.from))};
  return {fmt::format("入选资格已于 {} 到期", format_day(*valid.to)), fmt::format("the selection ended on {}", format_day(*valid.to))};
}

// The reason's sentence, with what stands behind it where that is known.
Text told(Reason reason, const VerificationRequest& request, const VerificationDecision& decision) {
  if (reason == Reason::talent_not_valid_on_date && decision.valid && !decision.valid->contains(request.on)) {
    return not_valid(request.on, *decision.valid, decision.revoked);
  }
  if (reason == Reason::tenure_too_short && decision.tenure_months && decision.tenure_asked) {
    return {fmt::format("人才在该企业工作满 {} 个月，政策要求 {} 个月", *decision.tenure_months, *decision.tenure_asked),
            fmt::format("the talent has worked there for {} whole months, and the policy asks for {}", *decision.tenure_months, *decision.tenure_asked)};
  }
  return sentence(reason);
}

// What the borrower reads: whether, why, and what would change it.
Text told_to_borrower(const VerificationRequest& request, const VerificationDecision& decision, const Programmes& programmes) {
  const std::string who = masked_identifier(request.borrower_id);
  const std::string day = format_day(request.on);
  if (decision.version == nullptr) {
    return {fmt::format("{} 没有有效的人才贷政策，因此 {} 当日不能申请。\n", day, who),
            fmt::format("No talent loan policy was in force on {}, so {} could not apply that day.\n", day, who)};
  }
  const Text title{decision.version->title, decision.version->title};
  if (decision.eligible()) {
    const Text by = decision.programme.empty() ? Text{"该政策对所有借款人开放", "the policy is open to every borrower"}
                    : request.kind == BorrowerRule::Kind::talent
                        ? Text{"依据：入选" + programme_name(decision, programmes).chinese, "being selected for " + programme_name(decision, programmes).english}
                        : Text{"依据：长期聘用入选" + programme_name(decision, programmes).chinese + "的人才",
                               "long employing a talent selected for " + programme_name(decision, programmes).english};
    return {fmt::format("{} 在 {} 符合《{}》的人才贷条件（{}）。\n", who, day, title.chinese, by.chinese),
            fmt::format("On {} {} met the conditions of {} ({}).\n", day, who, title.english, by.english)};
  }
  Text out{fmt::format("{} 在 {} 还不符合《{}》的人才贷条件，原因是：\n", who, day, title.chinese),
           fmt::format("On {} {} did not meet the conditions of {}, because:\n", day, who, title.english)};
  for (const Reason reason : decision.reasons.list()) {
    const Text why = told(reason, request, decision);
    out.chinese += fmt::format("· {}。\n", why.chinese);
    out.english += fmt::format("- {}.\n", why.english);
  }
  return out;
}

}  // namespace

Text explain(const VerificationRequest& request, const VerificationDecision& decision, const Programmes& programmes, bool sentences) {
  Text out = sentences ? told_to_borrower(request, decision, programmes) : Text{};
  line(out, "符合条件", "eligible", decision.eligible() ? Text{"是", "yes"} : Text{"否", "no"});
  if (!decision.eligible()) line(out, "原因", "reasons", verbatim(decision.reasons.words()));
  if (decision.version != nullptr) {
    line(out, "政策版本", "policy version", verbatim(fmt::format("{} {}", decision.version->version.text(), decision.version->document)));
  }
  if (!decision.programme.empty()) line(out, "人才工程", "programme", programme_name(decision, programmes));
  if (decision.list_version != 0) line(out, "名单版本", "list version", verbatim(fmt::format("{}", decision.list_version)));
  if (decision.valid) line(out, "入选期限", "selection holds", holding(*decision.valid, decision.revoked));
  if (decision.tenure_months) line(out, "任职整月数", "whole months employed", verbatim(fmt::format("{}", *decision.tenure_months)));
  if (decision.talents_counted > 0) line(out, "符合条件的人才数", "qualifying talents", verbatim(fmt::format("{}", decision.talents_counted)));
  if (!decision.cites.empty()) line(out, "条款", "clauses", verbatim(fmt::format("{}", fmt::join(decision.cites, "|"))));
  return out;
}

}  // namespace talent_loan

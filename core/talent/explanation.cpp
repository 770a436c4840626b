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
    out.chinese += fmt::format("· {}。\n", sentence(reason).chinese);
    out.english += fmt::format("- {}.\n", sentence(reason).english);
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
  if (decision.talents_counted > 0) line(out, "符合条件的人才数", "qualifying talents", verbatim(fmt::format("{}", decision.talents_counted)));
  if (!decision.cites.empty()) line(out, "条款", "clauses", verbatim(fmt::format("{}", fmt::join(decision.cites, "|"))));
  return out;
}

}  // namespace talent_loan

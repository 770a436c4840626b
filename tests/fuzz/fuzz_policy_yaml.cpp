// Any bytes as a policy file: they are refused with diagnostics or become a version that can be used, never more.
#include <cstdlib>
#include <string_view>

#include "core/loss/loss.hpp"
#include "core/policy/eligibility_rules.hpp"
#include "core/policy/policy.hpp"
#include "core/report/policy_explanation.hpp"

using namespace talent_loan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Diagnostic> warnings;
  try {
    const PolicySet set = parse_policy(text, "fuzz.yaml", &warnings);
    const PolicyVersion& version = set.versions().front();
    for (const std::int64_t loss : {INT64_C(0), INT64_C(1), INT64_C(33333333), INT64_C(99999999999999999)}) {
      split_loss(version, {}, Fen(loss));
      split_loss(version, {.loan_amount = Fen(loss), .level = Level::national, .programme = "p", .tags = {"t"}}, Fen(loss));
    }
    decide_eligibility(version, {});
    if (explain_policy(version, Fen(100), Language::chinese).empty()) std::abort();
  } catch (const Failure& failure) {
    if (failure.diagnostics().empty()) std::abort();
    for (const Diagnostic& diagnostic : failure.diagnostics()) {
      if (diagnostic.sentence(Language::english).empty() || diagnostic.place.file.empty()) std::abort();
    }
  }
  return 0;
}

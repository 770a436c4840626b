#include "plugins/conformance/kit.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "plugins/conformance/check_lists.hpp"
#include "plugins/host/library/child.hpp"

namespace talent_loan::host {
namespace {

constexpr char against_rule = 'B';  // the letter for a library that could be called, and broke the rule

// A child's answer: a letter for the verdict, the Chinese evidence, a zero byte, the English one.
std::string answer(char letter, const Text& evidence) { return letter + evidence.chinese + '\0' + evidence.english; }

std::string judged(const Check& check, const CheckRequest& request) {
  try {
    return answer('P', check.body(request));
  } catch (const RuleBroken& broken) {
    return answer(against_rule, broken.evidence);
  } catch (const CheckSkipped& skipped) {
    return answer('S', skipped.why);
  } catch (const CheckNotApplicable& other) {
    return answer('N', other.why);
  } catch (const AdapterFailure& failure) {
    const Diagnostic& diagnostic = failure.diagnostics().front();
    return answer('F', {diagnostic.sentence(Language::chinese), diagnostic.sentence(Language::english)});
  }
}

Verdict verdict_of(char letter) {
  switch (letter) {
    case 'P': return Verdict::passed;
    case 'S': return Verdict::skipped;
    case 'N': return Verdict::not_applicable;
    default: return Verdict::failed;
  }
}

CheckResult result_of(const Check& check, const ChildResult& child) {
  CheckResult result{check.id, check.reason, Verdict::failed, {}};
  const std::size_t split = child.output.find('\0');
  if (child.finished && split != std::string::npos) {
    result.verdict = verdict_of(child.output[0]);
    result.evidence = {child.output.substr(1, split - 1), child.output.substr(split + 1)};
  } else if (child.timed_out) {
    result.evidence = {"没有在期限内结束，已终止", "did not end in time and was killed"};
  } else if (child.signal != 0) {
    result.evidence = {fmt::format("进程被信号 {} 终止", child.signal), fmt::format("the process was ended by signal {}", child.signal)};
  } else {
    result.evidence = {fmt::format("进程自行以 {} 退出", child.exit_code), fmt::format("the process ended itself with exit code {}", child.exit_code)};
  }
  return result;
}

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return "passed";
    case Verdict::failed: return "FAILED";
    case Verdict::skipped: return "skipped";
    case Verdict::not_applicable: break;
  }
  return "not applicable";
}

void require_known(const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const Check& check : all_checks()) known.push_back(check.id);
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string near = nearest_word(id, known);
    throw Failure({"没有检查项 " + talent_loan::quoted(id), "no check named " + talent_loan::quoted(id)},
                  near.empty() ? Text{"用 adapter check --list 查看", "see adapter check --list"} : Text{"是否为 " + near, "did you mean " + near});
  }
}

}  // namespace

const std::vector<Check>& all_checks() {
  static const std::vector<Check> checks = [] {
    std::vector<Check> all;
    for (auto* list : {&library_checks, &instance_checks, &poll_checks, &tell_checks}) {
      std::vector<Check> some = list();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
  }();
  return checks;
}

std::vector<CheckResult> run_checks(const CheckRequest& request) {
  require_known(request.only);
  const bool everything = request.only.empty();
  bool loads = true;
  std::vector<CheckResult> results;
  for (const Check& check : all_checks()) {
    if (!everything && std::find(request.only.begin(), request.only.end(), check.id) == request.only.end()) continue;
    if (everything && !loads && !check.of_file_alone) {
      results.push_back({check.id, check.reason, Verdict::skipped, {"library.loads 未通过", "library.loads failed"}});
      continue;
    }
    const ChildResult child = run_in_child([&] { return judged(check, request); }, request.allowed);
    results.push_back(result_of(check, child));
    const bool callable = child.finished && child.output.starts_with(against_rule);
    if (check.id == loading_check && results.back().verdict == Verdict::failed) loads = callable;
  }
  return results;
}

std::unique_ptr<AdapterSession> unopened(const CheckRequest& request) {
  return in_process_session(AdapterLibrary::load(request.file), {});
}

std::unique_ptr<AdapterSession> opened(const CheckRequest& request) {
  if (!request.opening) throw CheckSkipped{{"需要 --config", "needs --config"}};
  auto session = unopened(request);
  session->open(*request.opening, call_allowed);
  return session;
}

std::string text_report(const std::vector<CheckResult>& results, Language language) {
  std::size_t width = 0;
  for (const CheckResult& result : results) width = std::max(width, result.id.size());
  std::string out;
  for (const CheckResult& result : results) {
    // In the column of verdicts "n/a": the whole words would widen it for every line.
    out += fmt::format("{:<7}  {:<{}}  {}\n", result.verdict == Verdict::not_applicable ? "n/a" : word(result.verdict), result.id, width, result.evidence.in(language));
    if (result.verdict == Verdict::failed) out += fmt::format("{:<7}  {:<{}}  {}\n", "", "", width, result.reason.in(language));
  }
  const auto count = [&](Verdict verdict) {
    return std::count_if(results.begin(), results.end(), [&](const CheckResult& result) { return result.verdict == verdict; });
  };
  const auto passed = count(Verdict::passed), failed = count(Verdict::failed), skipped = count(Verdict::skipped), other = count(Verdict::not_applicable);
  const Text summary{fmt::format("通过 {}，未通过 {}，跳过 {}，不适用 {}\n", passed, failed, skipped, other),
                     fmt::format("{} passed, {} failed, {} skipped, {} not applicable\n", passed, failed, skipped, other)};
  return out + summary.in(language);
}

std::string json_report(const CheckRequest& request, const std::vector<CheckResult>& results, Language language) {
  nlohmann::ordered_json report{{"library", request.file.path}, {"sha256", request.file.sha256}, {"seed", request.seed}, {"checks", nlohmann::ordered_json::array()}};
  for (const CheckResult& result : results) {
    report["checks"].push_back({{"id", result.id}, {"rule", result.reason.in(language)}, {"verdict", result.verdict == Verdict::failed ? "failed" : word(result.verdict)},
                                {"evidence", result.evidence.in(language)}});
  }
  // Evidence may quote bytes that are no UTF-8.
  return report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace talent_loan::host

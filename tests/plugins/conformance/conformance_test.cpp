// The kit itself: green for an honest adapter, and for each rule an adapter that it catches.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "plugins/conformance/kit.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::Ran;
using talent_loan::testing::read_file;
using talent_loan::testing::run_program;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string adapters = TALENT_LOAN_TEST_ADAPTERS;
const std::string script =
    "application;A-1;talent;11010519491231002X;2020-06-01;10000000;innovation;no;no\n"
    "application;A-2;talent;11010519491231002X;2020-06-02;20000000;innovation;no;no\n"
    "event;E-1;1;L-1;2020-07-01;1000000\n"
    "event;E-2;2;L-1;2020-10-01;0;0;95\n"
    "event;E-3;6;L-1;2020-12-02\n"
    "claim;C-1;L-1;11010519491231002X;2020-06-10;2020-10-02;2020-10-05;9000000;0\n"
    "claim;C-2;L-2;11010519491231002X;2020-06-10;2020-10-02;2020-12-05;9000000;0\n"
    "issue;conformance-application-1-5;disbursed;L-9;2020-12-31;100\n"
    "issue;conformance-application-1-5-other;disbursed;L-9;2020-12-31;100\n";

struct Bench {
  TemporaryFolder folder;

  std::vector<CheckResult> run(const std::string& library, const std::string& more = "", std::vector<std::string> only = {}) {
    CheckRequest request;
    request.file = store_library(adapters + "/" + library + ".so", std::nullopt);
    request.opening = Opening{TALENT_LOAN_ENGLISH, "check", script + more, "script.txt", folder.path().string()};
    request.as_of = *parse_day("2020-12-31");
    request.may_write = true;
    request.only = std::move(only);
    request.allowed = Milliseconds(3000);
    return run_checks(request);
  }
};

std::string failed(const std::vector<CheckResult>& results) {
  std::string ids;
  for (const CheckResult& result : results) {
    if (result.verdict == Verdict::failed) ids += result.id + ": " + result.evidence.english + "\n";
  }
  return ids;
}

// An adapter that a check catches: a fault of the scripted bank, or a library that presents itself wrongly.
struct Breaker {
  std::string check;
  std::string fault;  // "CALL;FAULT"
  std::string file = "scripted_bank";  // of its library
};

// Each rule with what breaks it. A rule that all streams or all notices share is broken in each of them.
std::vector<Breaker> breakers() {
  std::vector<Breaker> all{
      {"library.loads", "", "misloaded_version"},
      {"library.loads", "", "misloaded_magic"},
      {"library.loads", "", "misloaded_small_entry"},
      {"library.loads", "", "misloaded_no_table"},
      {"library.loads", "", "misloaded_small_table"},
      {"library.loads", "", "misloaded_empty_table"},
      {"library.loads", "", "misloaded_crash"},
      {"library.loads", "", "misloaded_hang"},
      {"library.loads", "", "misloaded_undefined"},
      {"library.loads", "", "misloaded_small_notices"},
      {"library.loads", "", "misloaded_empty_notices"},
      {"library.loads", "", "misloaded_bad_name"},
      {"library.loads", "", "misloaded_empty_name"},
      {"library.loads", "", "misloaded_long_name"},
      {"library.loads", "", "misloaded_empty_release"},
      {"library.loads", "", "misloaded_long_release"},
      {"library.exports", "", "misloaded_no_symbol"},
      {"library.unknown-table", "", "misloaded_any_table"},
      {"library.stable-table", "", "misloaded_new_table"},
      {"instance.open-close", "open;no-instance"},
      {"instance.open-close", "close;throw"},
      {"instance.health", "health;empty-error"},
      {"instance.health", "health;hang"},
      {"instance.nonsense-config", "", "misloaded_new_table"},  // refuses all configurations, and never says why
      {"instance.borrowed-memory", "health;borrow"},
      {"instance.two-at-once", "close;crash"},
      {"instance.side-by-side", "poll_events;crash"},
      {"instance.leaves-nothing", "poll_events;leak"},
      {"instance.leaves-nothing", "poll_events;leave-process"},
      {"instance.leaves-nothing", "poll_events;leave-daemon"},
      {"instance.leaves-nothing", "health;leave-process"},
      {"instance.process-alone", "poll_events;meddle"},
      {"instance.silent-output", "poll_events;print"},
      {"instance.later-host", "poll_events;exact-sizes"},
  };
  for (const std::string stream : {"applications", "events", "claims"}) {
    for (const auto& [rule, fault] : std::vector<std::pair<std::string, std::string>>{{"valid", "bad-word"}, {"valid", "cursor-back"}, {"repeatable", "forgetful"},
                                                                                     {"resumes", "forgetful"}, {"ends", "too-many"}, {"as-of", "from-the-future"},
                                                                                     {"strange-cursor", "crash"}, {"deadline", "slow"}}) {
      all.push_back({"poll." + stream + "." + rule, "poll_" + stream + ";" + fault});
    }
  }
  for (const std::string call : {"decision", "issue", "settled", "scored"}) {
    const std::string forgets = call == "issue" ? "fickle" : "forgetful";
    for (const auto& [rule, fault] : std::vector<std::pair<std::string, std::string>>{{"answers", "no-answer"}, {"answers", "twice"}, {"answers", "unknown-key"},
                                                                                     {"same-key", forgets}, {"conflict", forgets}, {"deadline", "slow"}}) {
      all.push_back({"tell." + call + "." + rule, call + ";" + fault});
    }
    for (const char* lie : {"deny", "waver", "bad-word", "silent-error"}) all.push_back({"tell." + call + ".declared", std::string("takes;") + lie});
  }
  return all;
}

}  // namespace

TEST_CASE("an honest adapter passes every check") {
  Bench bench;
  const auto results = bench.run("scripted_bank");
  CHECK(failed(results) == "");
  CHECK(results.size() == all_checks().size());
  for (const CheckResult& result : results) {
    INFO(result.id << ": " << result.evidence.english);
    CHECK(result.verdict == Verdict::passed);
    CHECK_FALSE(result.evidence.english.empty());
  }
}

TEST_CASE("rules of notices that an adapter declares not to take do not apply to it, and it is judged by the others") {
  Bench bench;
  const auto results = bench.run("scripted_bank", "takes-no;decision\ntakes-no;scored\n");
  CHECK(failed(results) == "");
  for (const CheckResult& result : results) {
    INFO(result.id << ": " << result.evidence.english);
    const bool left_out = result.id.starts_with("tell.decision.") || result.id.starts_with("tell.scored.");
    const bool declaration = result.id.ends_with(".declared");
    CHECK((result.verdict == Verdict::not_applicable) == (left_out && !declaration));
    if (left_out && !declaration) CHECK_THAT(result.evidence.english, Catch::Contains("declares that it takes no"));
    if (left_out && declaration) CHECK(result.evidence.english == "takes none, and refuses one with BAD_REQUEST");
  }
}

TEST_CASE("an adapter that declares to take a notice and forgets it is caught as one that declares nothing") {
  Bench bench;
  const std::vector<std::string> rules{"tell.settled.same-key", "tell.settled.conflict", "tell.settled.declared"};
  CHECK_THAT(failed(bench.run("scripted_bank", "takes-no;scored\nfault;settled;forgetful\n", rules)),
             Catch::Contains("tell.settled.same-key") && Catch::Contains("tell.settled.conflict") && !Catch::Contains("declared"));
}

TEST_CASE("each rule is caught when it is broken, and the library itself is still found to be one") {
  for (const Breaker& breaker : breakers()) {
    INFO(breaker.check << " " << breaker.fault << " " << breaker.file);
    Bench bench;
    const std::string line = breaker.fault.empty() ? "" : "fault;" + breaker.fault + "\n";
    const auto results = bench.run(breaker.file, line, {breaker.check});
    REQUIRE(results.size() == 1);
    CHECK(results.front().verdict == Verdict::failed);
    CHECK_FALSE(results.front().evidence.chinese.empty());
    CHECK_FALSE(results.front().evidence.english.empty());
    if (breaker.file == "scripted_bank") CHECK(failed(bench.run(breaker.file, line, {"library.loads", "library.exports", "library.stable-table"})) == "");
  }
}

TEST_CASE("a library that cannot be loaded is not tried again by every check, unless that check is asked for") {
  for (const std::string library : {"misloaded_hang", "misloaded_no_table"}) {
    INFO(library);
    Bench bench;
    const auto results = bench.run(library);
    CHECK(results.size() == all_checks().size());
    for (const CheckResult& result : results) {
      INFO(result.id << ": " << result.evidence.english);
      if (result.id == "library.loads") CHECK(result.verdict == Verdict::failed);
      else if (result.id == "library.exports") CHECK(result.verdict == Verdict::passed);  // looks at the file alone
      else CHECK((result.verdict == Verdict::skipped && result.evidence.english == "library.loads failed"));
    }
    CHECK_THAT(failed(bench.run(library, "", {"library.loads", "instance.open-close"})), Catch::Contains("instance.open-close"));
  }
}

TEST_CASE("a library that can be loaded is judged by every rule, though its name is against one") {
  Bench bench;
  const auto results = bench.run("misloaded_bad_name");
  CHECK_THAT(failed(results), Catch::Contains("library.loads: the entry's name is \"Bad Name!\"") && Catch::Contains("instance.open-close"));
}

TEST_CASE("no rule is without an adapter that breaks it") {
  std::set<std::string> broken;
  for (const Breaker& breaker : breakers()) broken.insert(breaker.check);
  for (const Check& check : all_checks()) {
    INFO(check.id << ": add an adapter to breakers() that this check catches");
    CHECK(broken.erase(check.id) == 1);
  }
  for (const std::string& unknown : broken) FAIL_CHECK(unknown << " is in breakers(), but no check has this id");
}

TEST_CASE("every check has an id of its own, a reason in both languages, and a line in the documentation") {
  std::set<std::string> ids;
  const std::string english = read_file(std::string(TALENT_LOAN_SOURCE_DIR) + "/docs/adapters.md");
  const std::string chinese = read_file(std::string(TALENT_LOAN_SOURCE_DIR) + "/docs/adapters.zh-CN.md");
  for (const Check& check : all_checks()) {
    INFO(check.id);
    CHECK(ids.insert(check.id).second);
    CHECK_FALSE(check.reason.chinese.empty());
    CHECK_FALSE(check.reason.english.empty());
    // The three streams and the four notices share their rules: documented as poll.STREAM.… and tell.CALL.…
    std::string documented = check.id;
    if (documented.starts_with("poll.")) documented = "poll.STREAM" + documented.substr(documented.rfind('.'));
    if (documented.starts_with("tell.")) documented = "tell.CALL" + documented.substr(documented.rfind('.'));
    CHECK(english.find("`" + documented + "`") != std::string::npos);
    CHECK(chinese.find("`" + documented + "`") != std::string::npos);
  }
}

TEST_CASE("adapter check reports as text and JSON, runs one check alone, and names a slip in an id") {
  TemporaryFolder folder;
  folder.write("script.txt", script);
  const std::vector<std::string> common{"adapter", "check", adapters + "/scripted_bank.so", "--config", folder / "script.txt", "--as-of", "2020-12-31"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), common.begin(), common.end());
    return run_program(more);
  };
  const Ran text = with({});
  CHECK(text.exit == 0);
  CHECK_THAT(text.out, Catch::Contains("passed   poll.events.resumes") && Catch::Contains("needs --write") && Catch::Contains("0 failed"));
  const Ran json = with({"--json", "--only", "poll.events.strange-cursor", "--seed", "7"});
  CHECK_THAT(json.out, Catch::Contains("\"id\": \"poll.events.strange-cursor\"") && Catch::Contains("\"verdict\": \"passed\"") && Catch::Contains("(seed 7)"));
  const Ran slip = with({"--only", "poll.event.resumes"});
  CHECK(slip.exit == 1);
  CHECK_THAT(slip.err, Catch::Contains("did you mean poll.events.resumes"));
  folder.write("script.txt", script + "fault;health;crash\n");
  const Ran broken = with({"--only", "instance.health"});
  CHECK(broken.exit == 1);
  CHECK_THAT(broken.out, Catch::Contains("FAILED") && Catch::Contains("ended by signal 11"));
  CHECK(run_program({"adapter", "check", "--list"}).exit == 0);
}

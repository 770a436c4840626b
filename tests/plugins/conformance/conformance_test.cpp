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

// A fault of the scripted bank that each check catches.
const std::vector<std::pair<std::string, std::string>> caught_by{
    {"instance.open-close", "fault;open;no-instance"},
    {"instance.open-close", "fault;close;throw"},
    {"instance.health", "fault;health;empty-error"},
    {"instance.health", "fault;health;hang"},
    {"instance.borrowed-memory", "fault;health;borrow"},
    {"instance.two-at-once", "fault;close;crash"},
    {"instance.side-by-side", "fault;poll_events;crash"},
    {"instance.leaves-nothing", "fault;poll_events;leak"},
    {"instance.process-alone", "fault;poll_events;meddle"},
    {"poll.events.valid", "fault;poll_events;bad-word"},
    {"poll.events.valid", "fault;poll_events;cursor-back"},
    {"poll.events.repeatable", "fault;poll_events;forgetful"},
    {"poll.events.resumes", "fault;poll_events;forgetful"},
    {"poll.events.ends", "fault;poll_events;too-many"},
    {"poll.events.as-of", "fault;poll_events;from-the-future"},
    {"poll.events.strange-cursor", "fault;poll_events;crash"},
    {"poll.events.deadline", "fault;poll_events;slow"},
    {"tell.decision.answers", "fault;decision;no-answer"},
    {"tell.decision.same-key", "fault;decision;forgetful"},
    {"tell.decision.conflict", "fault;decision;forgetful"},
    {"tell.issue.answers", "fault;issue;no-answer"},
    {"tell.issue.answers", "fault;issue;bad-word"},
    {"tell.settled.answers", "fault;settled;unknown-key"},
    {"tell.scored.answers", "fault;scored;twice"},
};

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

TEST_CASE("each rule is caught when it is broken") {
  for (const auto& [id, fault] : caught_by) {
    INFO(id << " " << fault);
    Bench bench;
    const auto results = bench.run("scripted_bank", fault + "\n", {id});
    REQUIRE(results.size() == 1);
    CHECK(results.front().verdict == Verdict::failed);
  }
}

TEST_CASE("libraries that present themselves wrongly fail before any call") {
  for (const char* library : {"misloaded_version", "misloaded_magic", "misloaded_no_table", "misloaded_crash", "misloaded_hang", "misloaded_undefined"}) {
    INFO(library);
    Bench bench;
    CHECK(bench.run(library, "", {"library.loads"}).front().verdict == Verdict::failed);
  }
  Bench bench;
  CHECK(bench.run("misloaded_no_symbol", "", {"library.exports"}).front().verdict == Verdict::failed);
  CHECK(bench.run("misloaded_any_table", "", {"library.unknown-table"}).front().verdict == Verdict::failed);
  CHECK(bench.run("misloaded_new_table", "", {"library.stable-table"}).front().verdict == Verdict::failed);
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

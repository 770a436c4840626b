// The built library, loaded and called as the host does.
#include <talent_loan_adapter.h>

#include <catch2/catch.hpp>

#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/checks.hpp"
#include "tests/bank-adapters/as-host/conformance.hpp"
#include "tests/bank-adapters/flat-file/exchange.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using flat_file_tests::Exchange;

namespace {

constexpr Milliseconds allowed{60'000};
constexpr std::int32_t last_day = 2932896;

const std::string bank =
    "schema: talent-loan/flat-file/1\nfolders: {in: in, archive: archive}\ndefaults: {encoding: gb18030, delimiter: '|', quoting: false, ok: flag, dates: YYYYMMDD}\n"
    "applications:\n  files: 'AP_{YYYYMMDD}.txt'\n  fields:\n    application_id: 申请号\n    borrower_kind: {constant: talent}\n    borrower_id: 证件号\n    applied_on: 日期\n"
    "    amount: 金额\n    purpose: {column: 用途, values: {'1': commercialisation, '2': innovation}}\n    secured: {constant: 'no'}\n    guaranteed: {constant: 'no'}\n"
    "issue_results:\n  files: 'RS_{YYYYMMDD}.txt'\n  fields:\n    application_id: 申请号\n    outcome: {column: 结果, values: {放款: disbursed, 拒绝: declined}}\n"
    "    loan_id: 借据号\n    disbursed_on: 放款日\n    amount: 金额\n    due_on: 到期日\n    reason: 原因\n"
    "events:\n  files: 'EV_{YYYYMMDD}.txt'\n  fields: {loan_id: 借据号, happened_on: 日期, amount: 金额, overdue_days: 逾期天数, kind: {column: 类型, values: {'1': repayment, '2': overdue}}}\n"
    "decisions:\n  file: 'DE_{YYYYMMDD}_{N}.txt'\n  columns: [{name: 申请号, field: application_id}, {name: 结果, field: eligible, values: {yes: 通过, no: 不通过}}, {name: 原因, field: reasons, join: ;}]\n"
    "issue_requests:\n  file: 'RQ_{YYYYMMDD}_{N}.txt'\n  columns: [{name: 申请号, field: application_id}]\n";

std::string gb(const std::string& text) { return utf8_to_gb18030(text); }

struct Bank {
  Exchange exchange;
  std::unique_ptr<AdapterSession> session;
  std::vector<std::string> log;

  explicit Bank(const std::string& config = bank) { open(config); }
  void open(const std::string& config = bank, std::int32_t language = TALENT_LOAN_ENGLISH) {
    const auto library = AdapterLibrary::load(store_library(TALENT_LOAN_FLAT_FILE, std::nullopt));
    session = in_process_session(library, [this](std::int32_t, const std::string& line) { log.push_back(line); });
    session->open({language, "zibo-rural", config, "bank.yaml", exchange.root()}, allowed);
  }
  PollRequest from(const RawCursor& after, std::uint32_t at_most = 100) const { return {at_most, after, last_day}; }
};

IssueRequest request(const std::string& application, std::int32_t as_of = last_day) { return {"issue-" + application, application, "D1", as_of}; }

std::string failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const AdapterFailure& failure) {
    return failure.what();
  }
  return {};
}

}  // namespace

TEST_CASE("applications come out of day files as the host believes them") {
  Bank bank_side;
  bank_side.exchange.deliver("AP_20200526.txt", gb("申请号|证件号|日期|金额|用途\nA1|370303199001011239|20200526|500000.00|1\nA2|370303199001011239|20200231|1|1\nA3|370303199001011239|20200526|1|9\n"));
  const auto raw = bank_side.session->poll_applications(bank_side.from({}), allowed);
  REQUIRE(raw.records.size() == 1);
  CHECK(raw.records[0].application_id == "A1");
  CHECK(raw.records[0].amount == 50000000);
  CHECK(raw.records[0].purpose == "commercialisation");
  REQUIRE(raw.rejects.size() == 2);
  CHECK(raw.rejects[0].code == TALENT_LOAN_BAD_DATE);
  CHECK(raw.rejects[0].line == 3);
  CHECK(raw.rejects[0].key == "A2");
  CHECK(raw.rejects[0].source == "AP_20200526.txt");
  CHECK(raw.rejects[1].code == TALENT_LOAN_BAD_VALUE);
  const auto again = bank_side.session->poll_applications(bank_side.from(raw.batches.back().after), allowed);
  CHECK(again.batches.empty());
  const PollRequest poll = bank_side.from({});
  CHECK(checked(raw, poll, BankId("zibo-rural")).records.size() == 1);
}

TEST_CASE("events are numbered by file and line where the bank does not, and polled in any portions") {
  Bank bank_side;
  std::string text = "借据号|日期|金额|逾期天数|类型\n";
  for (int i = 0; i < 1000; ++i) text += "L1|20200526|1.00||1\n";
  text += "L1|20200526|||2\nL1|20200526||91|2\n";
  bank_side.exchange.deliver("EV_20200526.txt", gb(text));
  std::vector<std::string> whole, portions;
  RawCursor after;
  std::size_t rejects = 0;
  for (;;) {
    const auto raw = bank_side.session->poll_events(bank_side.from(after, 7), allowed);
    for (const RawEvent& event : raw.records) portions.push_back(event.event_id);
    rejects += raw.rejects.size();
    if (raw.batches.empty()) break;
    after = raw.batches.back().after;
    if (portions.size() % 70 == 0) bank_side.open();  // a new process
  }
  for (const RawEvent& event : bank_side.session->poll_events(bank_side.from({}, 2000), allowed).records) whole.push_back(event.event_id);
  CHECK(whole.size() == 1001);
  CHECK(whole == portions);
  CHECK(whole.front() == "EV_20200526.txt:2");
  CHECK(rejects == 1);
}

TEST_CASE("an issue is pending until a result file tells what became of it") {
  Bank bank_side;
  const auto ask = [&](std::int32_t as_of = last_day) { return bank_side.session->issue({request("A1", as_of), request("A2", as_of)}, allowed); };
  auto answers = ask();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].outcome == TALENT_LOAN_PENDING);
  CHECK(bank_side.exchange.names("out").size() == 2);
  ask();
  CHECK(bank_side.exchange.names("out").size() == 2);

  bank_side.exchange.deliver("RS_20200601.txt", gb("申请号|结果|借据号|放款日|金额|到期日|原因\nA1|放款|L1|20200601|500000|20230601|\nA2|拒绝||||| 征信\n"));
  answers = ask(18413);  // 2020-05-31: not disbursed yet
  CHECK(answers[0].outcome == TALENT_LOAN_PENDING);
  bank_side.open();
  answers = ask();
  CHECK(answers[0].outcome == TALENT_LOAN_DISBURSED);
  CHECK(answers[0].loan_id == "L1");
  CHECK(answers[0].amount == 50000000);
  CHECK(answers[1].outcome == TALENT_LOAN_DECLINED);
  CHECK(answers[1].reason == " 征信");

  bank_side.exchange.deliver("RS_20200602.txt", gb("申请号|结果|借据号|放款日|金额|到期日|原因\nA1|拒绝|||||反悔\nA9|放款||20200601|1||\n"));
  answers = ask();
  CHECK(answers[0].result == TALENT_LOAN_BAD_DATA);
  CHECK(answers[1].outcome == TALENT_LOAN_DECLINED);
  CHECK(bank_side.log.back().find("RS_20200602.txt:3: a record of disbursed has no loan_id") == 0);
}

TEST_CASE("decisions become a file of the bank's, once for each key") {
  Bank bank_side;
  DecisionNotice notice;
  notice.key = "K1";
  notice.eligible = TALENT_LOAN_NO;
  notice.application_id = "A1";
  notice.reasons = {"LEVEL_TOO_LOW", "BANK_NOT_FILED"};
  const auto first = bank_side.session->decision({notice}, allowed);
  CHECK(bank_side.session->decision({notice}, allowed)[0].receipt == first[0].receipt);
  CHECK(bank_side.exchange.text("out/" + first[0].receipt) == gb("申请号|结果|原因\nA1|不通过|LEVEL_TOO_LOW;BANK_NOT_FILED\n"));
  notice.reasons.pop_back();
  const auto conflict = bank_side.session->decision({notice}, allowed);
  CHECK(conflict[0].result == TALENT_LOAN_CONFLICT);
  CHECK(conflict[0].error[0].field == "reasons");
}

TEST_CASE("files before a bad one count, and the bad one is named") {
  Bank bank_side;
  const std::string header = "借据号|日期|金额|逾期天数|类型\n";
  bank_side.exchange.deliver("EV_20200526.txt", gb(header + "L1|20200526|1.00||1\n"));
  bank_side.exchange.deliver("EV_20200527.txt", gb(header) + "L1\xFF|20200526|1.00||1\n");
  const auto raw = bank_side.session->poll_events(bank_side.from({}), allowed);
  CHECK(raw.records.size() == 1);
  const std::string text = failure_of([&] { bank_side.session->poll_events(bank_side.from(raw.batches.back().after), allowed); });
  CHECK(text.find("BAD_DATA: EV_20200527.txt:2: bytes here are not of the configured encoding; allowed: GB18030") != std::string::npos);
}

TEST_CASE("a configuration that cannot be used fails the opening, in the host's language") {
  CHECK(failure_of([] { Bank b("schema: talent-loan/flat-file/1\nfolders: {in: in}\nclaim: {}\n"); }).find("BAD_CONFIG: bank.yaml:3:1: claim: unknown key") != std::string::npos);
  const Exchange exchange;
  Bank chinese;
  CHECK(failure_of([&] { chinese.open("schema: 1\n", TALENT_LOAN_CHINESE); }).find("不是本适配器的配置") != std::string::npos);
  std::string many = "schema: talent-loan/flat-file/1\nfolders: {in: in}\n";
  for (int i = 0; i < 500; ++i) many += "键" + std::to_string(i) + ": 1\n";
  CHECK(failure_of([&] { chinese.open(many); }).find("BAD_CONFIG") != std::string::npos);
}

TEST_CASE("the sample is a configuration") {
  Bank bank_side(testing::read_file(std::string(TALENT_LOAN_SOURCE_DIR) + "/bank-adapters/flat-file/sample.yaml"));
  bank_side.exchange.deliver("EV_20201201.txt", gb("流水号|借据号|类型|日期|金额|费用|逾期天数|分类|新到期日\nE1|L1|HK|20201201|100.00||||\nE2|L1|YQ|20201201|||95||\n"), "2|100.00");
  const auto events = bank_side.session->poll_events(bank_side.from({}), allowed);
  CHECK(events.records.size() == 2);
  CHECK(events.rejects.empty());
  CHECK(bank_side.session->poll_claims(bank_side.from({}), allowed).records.empty());
  const Notices takes = checked(bank_side.session->notices(allowed));
  CHECK((takes.decision && takes.issue && takes.settled && takes.scored));
}

TEST_CASE("a foreign cursor is refused, a missing folder is unhealthy, what is not configured hands over nothing") {
  Bank bank_side;
  CHECK(failure_of([&] { bank_side.session->poll_events(bank_side.from({5, "x"}), allowed); }).find("BAD_REQUEST") != std::string::npos);
  CHECK(bank_side.session->poll_claims(bank_side.from({}), allowed).batches.empty());
  CHECK_NOTHROW(bank_side.session->health(allowed));
  std::filesystem::remove_all(bank_side.exchange.path("in"));
  CHECK(failure_of([&] { bank_side.session->health(allowed); }).find("UNAVAILABLE") != std::string::npos);
}

TEST_CASE("notices without a file in the configuration are declared as not taken, and refused") {
  Bank bank_side;
  const Notices takes = checked(bank_side.session->notices(allowed));
  CHECK(takes.decision);
  CHECK(takes.issue);
  CHECK_FALSE(takes.settled);
  CHECK_FALSE(takes.scored);
  SettledNotice notice;
  notice.key = "K1";
  CHECK(failure_of([&] { bank_side.session->settled({notice}, allowed); }).find("BAD_REQUEST") != std::string::npos);
}

TEST_CASE("the conformance kit finds nothing against it") {
  Bank bank_side;
  const std::string more =
      "claims:\n  files: 'CL_{YYYYMMDD}.txt'\n  fields: {claim_id: 申请号, loan_id: 借据号, borrower_id: 证件号, disbursed_on: 放款日, defaulted_on: 日期, outstanding_principal: 金额, recovered_principal: {constant: '0'}}\n"
      "settled:\n  file: 'ST_{YYYYMMDD}_{N}.txt'\n  columns: [{name: 申请号, field: claim_id}, {name: 补偿, field: paid}]\n"
      "scores:\n  file: 'SC_{YYYYMMDD}_{N}.txt'\n  columns: [{name: 年度, field: year}, {name: 得分, field: score}]\n";
  std::string events = "借据号|日期|金额|逾期天数|类型\n", applications = "申请号|证件号|日期|金额|用途\n", claims = "申请号|借据号|证件号|放款日|日期|金额\n";
  for (int i = 1; i <= 9; ++i) {
    const std::string number = std::to_string(i);
    events += "L" + number + "|20200526|1.00||1\n";
    applications += "A" + number + "|370303199001011239|20200526|500000.00|1\n";
    claims += "C" + number + "|L" + number + "|370303199001011239|20190526|20200526|100.00\n";
  }
  bank_side.exchange.deliver("EV_20200526.txt", gb(events));
  bank_side.exchange.deliver("AP_20200526.txt", gb(applications));
  bank_side.exchange.deliver("CL_20200526.txt", gb(claims));
  bank_side.exchange.deliver("RS_20200601.txt", gb("申请号|结果|借据号|放款日|金额|到期日|原因\nconformance-application-1-5|放款|L1|20200601|500000|20230601|\n"));
  bank_side.exchange.put("bank.yaml", bank + more);
  testing::check_conformance("flat-file", bank_side.exchange.path("bank.yaml"), "2020-12-31");
}

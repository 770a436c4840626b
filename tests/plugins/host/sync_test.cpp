// Rounds with real adapter libraries on a real database, cut off and repeated.
#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "core/loan/book.hpp"
#include "plugins/host/sync/sync.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using namespace talent_loan::host;
using talent_loan::testing::read_file;
using talent_loan::testing::TemporaryFolder;

namespace {

const std::string library = std::string(TALENT_LOAN_TEST_ADAPTERS) + "/scripted_bank.so";

// Eligible for the two purposes that talent loans have.
class PurposeDecides final : public DecisionMaker {
 public:
  Decision decide(Transaction&, const Application& application, Day decided_on) override {
    Decision decision;
    decision.eligible = application.purpose == "innovation" || application.purpose == "commercialisation";
    if (!decision.eligible) decision.reasons = {"PURPOSE_NOT_COVERED"};
    decision.version = VersionId("v1");
    decision.cites = {"§4"};
    decision.decided_on = decided_on;
    return decision;
  }
};

const std::string script =
    "application;A-1;talent;11010519491231002X;2020-06-01;10000000;innovation;no;no\n"
    "application;A-2;talent;11010519491231002X;2020-06-02;20000000;speculation;no;no\n"
    "application;A-3;talent;11010519491231002X;2020-06-03;30000000;innovation;no;no\n"
    "application;A-4;talent;110105194912310021;2020-06-03;30000000;innovation;no;no\n"
    "application;A-5;talent;11010519491231002X;2020-06-04;40000000;innovation;no;no\n"
    "issue;A-1;disbursed;L-1;2020-06-10;10000000;2021-06-10\n"
    "issue;A-3;declined;no capacity\n"
    "event;E-1;1;L-1;2020-07-01;1000000\n"
    "event;E-2;2;L-1;2020-10-01;0;0;95\n"
    "event;E-1;1;L-1;2020-07-01;1000000\n"
    "event;E-3;6;L-1;2020-10-02\n"
    "claim;C-1;L-1;11010519491231002X;2020-06-10;2020-10-02;2020-10-05;9000000;0\n";

struct Fixture {
  explicit Fixture(Isolation isolation_of_banks = Isolation::in_process) : isolation(isolation_of_banks) {}

  TemporaryFolder folder;
  Database database = Database::open("sqlite://" + (folder / "loans.db"));
  PurposeDecides decisions;
  std::function<bool(const StatedClaim&)> open_to_all{};

  BankBinding bank(const std::string& id, const std::string& config) {
    BankBinding binding;
    binding.id = BankId(id);
    binding.name = verbatim(id);
    binding.adapter = library;
    binding.isolation = isolation;
    binding.config = config;
    binding.base_directory = (folder.path() / id).string();
    binding.timeout = Milliseconds(2000);
    std::filesystem::create_directories(binding.base_directory);
    return binding;
  }
  std::vector<BankReport> sync(std::vector<BankBinding> bindings, const std::string& as_of = "2020-12-31") {
    SyncRequest request;
    request.bindings = std::move(bindings);
    request.maker = session_maker(folder.path().string(), {});
    request.as_of = *parse_day(as_of);
    request.actor = "tester";
    request.language = Language::english;
    request.key.file = folder / "key";
    request.open_to_all = open_to_all;
    return sync_banks(database, decisions, request);
  }
  // Every row that a round can write, as text.
  std::string books() {
    Transaction transaction = database.read();
    std::string all;
    for (const char* sql : {"SELECT bank_id, application_id, stage, loan_id, declined_because FROM loan_applications ORDER BY 1, 2",
                            "SELECT bank_id, application_id, reasons FROM loan_decisions ORDER BY 1, 2",
                            "SELECT bank_id, loan_id, disbursed_on FROM loans ORDER BY 1, 2", "SELECT bank_id, event_id, kind FROM loan_events ORDER BY 1, 2",
                            "SELECT bank_id, claim_id, loan_id FROM claims ORDER BY 1, 2",
                            "SELECT bank_id, stream, token FROM adapter_cursors ORDER BY 1, 2"}) {
      transaction.each(sql, {}, [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.optional_text(i).value_or("-") + " ";
        all += "\n";
      });
    }
    return all;
  }

  Isolation isolation;
};

// The same rounds in both isolations: the books may not be able to tell.
Isolation either() { return GENERATE(Isolation::in_process, Isolation::process); }

}  // namespace

TEST_CASE("a round takes a loan from its application to its claim, and the next one changes nothing") {
  Fixture fixture(either());
  const auto first = fixture.sync({fixture.bank("a", script)}).front();
  CHECK(first.failures.empty());
  CHECK(first.counts.applications == 4);
  CHECK(first.counts.eligible == 3);
  CHECK(first.counts.not_eligible == 1);
  CHECK(first.counts.told == 4);
  CHECK(first.counts.disbursed == 1);
  CHECK(first.counts.declined == 1);
  CHECK(first.counts.pending == 1);
  CHECK(first.counts.events == 3);
  CHECK(first.counts.claims == 1);
  REQUIRE(first.rejects.size() == 1);
  CHECK(first.rejects.front().row.key == "A-4");
  CHECK(first.rejects.front().row.code == RowCode::bad_identifier);
  CHECK(first.rejects.front().row.message.english.find("110105194912310021") == std::string::npos);

  const std::string books = fixture.books();
  const std::string told = read_file(fixture.folder / "a/bank.log");
  CHECK(std::count(told.begin(), told.end(), '\n') == 5);
  const auto second = fixture.sync({fixture.bank("a", script)}).front();
  CHECK(second.counts.applications + second.counts.told + second.counts.disbursed + second.counts.events + second.counts.claims == 0);
  CHECK(second.counts.pending == 1);
  CHECK(fixture.books() == books);
  CHECK(read_file(fixture.folder / "a/bank.log") == told);
}

TEST_CASE("nothing dated after the day of the round is taken, and it comes when its day has come") {
  Fixture fixture;
  const auto early = fixture.sync({fixture.bank("a", script)}, "2020-06-05").front();
  CHECK(early.counts.applications == 4);
  CHECK(early.counts.disbursed == 0);
  CHECK(early.counts.events == 0);
  const auto late = fixture.sync({fixture.bank("a", script)}, "2020-12-31").front();
  CHECK(late.counts.disbursed == 1);
  CHECK(late.counts.claims == 1);
}

TEST_CASE("a round cut off by a fault anywhere is finished by the next, with the books of an undisturbed one") {
  Fixture undisturbed;
  undisturbed.sync({undisturbed.bank("a", script)});
  const Isolation isolation = either();
  for (const char* call : {"open", "health", "poll_applications", "decision", "issue", "poll_events", "poll_claims", "close"}) {
    for (const char* fault : {"throw", "unavailable", "denied", "zero-result", "silent-error"}) {
      INFO(call << " " << fault);
      Fixture fixture(isolation);
      BankBinding bad = fixture.bank("a", script + "fault;" + call + ";" + fault + "\n");
      bad.attempts = 1;
      const auto report = fixture.sync({bad}).front();
      REQUIRE(report.failures.size() == 1);
      const std::string said = report.failures.front().sentence(Language::english);
      CHECK_THAT(said, Catch::Contains(call) && Catch::Contains("bank a") && Catch::Contains("scripted_bank.so"));
      CHECK(fixture.sync({fixture.bank("a", script)}).front().failures.empty());
      CHECK(fixture.books() == undisturbed.books());
    }
  }
}

TEST_CASE("what an adapter may not hand over is refused whole, told by name, and never booked") {
  const std::vector<std::pair<const char*, const char*>> faults{
      {"small-struct", "struct_size is smaller"}, {"huge-struct", "impossible struct_size"}, {"bad-word", ""},
      {"bad-utf8", "not UTF-8"},                  {"null-text", "null pointer"},             {"long-text", "8192 bytes"},
      {"negative", "-1"},                         {"overflow", "9223372036854775807"},       {"no-such-day", "2147483647"},
      {"cursor-back", "back to -1"},              {"cursor-still", "cursor"},                {"no-cursor", "null pointer"},
      {"null-records", "null pointer"},           {"too-many", "more than 4096 records"},    {"other-thread", "another thread"}};
  const Isolation isolation = either();
  for (const char* call : {"poll_applications", "poll_events", "poll_claims"}) {
    for (const auto& [fault, words] : faults) {
      INFO(call << " " << fault);
      Fixture fixture(isolation);
      const auto report = fixture.sync({fixture.bank("a", std::string("fault;") + call + ";" + fault + "\n")}).front();
      REQUIRE(report.failures.size() == 1);
      CHECK_THAT(report.failures.front().sentence(Language::english), Catch::Contains(call) && Catch::Contains(words));
      CHECK(fixture.books().empty());
    }
  }
}

TEST_CASE("a struct larger than known is read as far as it is known") {
  Fixture fixture(either());
  const auto report = fixture.sync({fixture.bank("a", "fault;poll_events;larger-struct\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.counts.events == 1);  // the same event twice is one
}

TEST_CASE("an answer that does not fit its question is no answer") {
  const Isolation isolation = either();
  for (const char* call : {"decision", "issue"}) {
    for (const char* fault : {"no-answer", "twice", "unknown-key", "bad-utf8", "small-struct", "silent-item"}) {
      INFO(call << " " << fault);
      Fixture fixture(isolation);
      const auto report = fixture.sync({fixture.bank("a", script + "fault;" + call + ";" + fault + "\n")}).front();
      CHECK_FALSE(report.failures.empty());
      CHECK(fixture.sync({fixture.bank("a", script)}).front().failures.empty());
    }
  }
}

TEST_CASE("results that come after their call has ended are noticed") {
  Fixture fixture(either());
  const auto report = fixture.sync({fixture.bank("a", script + "fault;poll_events;late\n")}).front();
  REQUIRE(report.failures.size() == 1);
  CHECK_THAT(report.failures.front().sentence(Language::english), Catch::Contains("after the call had ended"));
}

TEST_CASE("writing to a connection that the other side has closed ends no process") {
  Fixture fixture(either());
  const auto report = fixture.sync({fixture.bank("a", script + "fault;poll_events;closed-pipe\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.counts.events == 3);
}

TEST_CASE("where all borrowers are covered, a claim registers its loan, and what events told of it is not told twice") {
  Fixture fixture;
  fixture.open_to_all = [](const StatedClaim& stated) { return stated.claim.loan != LoanId("L-3"); };
  const std::string rest = ";11010519491231002X;2020-06-10;2020-10-02;2020-10-05;";
  const auto report = fixture.sync({fixture.bank("a", "event;E-1;1;L-1;2020-07-01;99999\nclaim;C-1;L-1" + rest + "100001;0\nclaim;C-2;L-2" + rest +
                                                          "5000;0\nclaim;C-3;L-3" + rest + "5000;0\nclaim;C-4;L-4" + rest + "0;0\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.counts.claims == 3);    // C-3, of a loan that is not registered, among them
  CHECK(report.counts.rejected == 1);  // C-4: no loan is of nothing
  Transaction transaction = fixture.database.read();
  const auto amount = [&](const char* loan) { return find_loan(transaction, BankId("a"), LoanId(loan)).value().amount; };
  CHECK(amount("L-1") == Fen(200000));
  CHECK(events_of(transaction, BankId("a"), LoanId("L-1")).size() == 1);
  CHECK(amount("L-2") == Fen(5000));
  CHECK_FALSE(find_loan(transaction, BankId("a"), LoanId("L-3")));
  CHECK_FALSE(find_loan(transaction, BankId("a"), LoanId("L-4")));
}

TEST_CASE("what one bank does wrong costs another nothing") {
  Fixture alone;
  alone.sync({alone.bank("b", script)});
  Fixture fixture;
  const auto reports = fixture.sync({fixture.bank("a", script + "fault;poll_applications;throw\n"), fixture.bank("b", script)});
  CHECK(reports[0].failures.size() == 1);
  CHECK(reports[1].failures.empty());
  CHECK(fixture.books() == alone.books());
}

TEST_CASE("an isolated adapter may crash, leave, hang, spin or take all memory in any call, and only its bank feels it") {
  Fixture undisturbed;
  undisturbed.sync({undisturbed.bank("b", script)});
  for (const char* call : {"open", "health", "poll_applications", "decision", "issue", "poll_events", "poll_claims", "close"}) {
    for (const char* fault : {"crash", "abort", "exit", "hang", "hog"}) {
      INFO(call << " " << fault);
      Fixture fixture(Isolation::process);
      BankBinding bad = fixture.bank("a", script + "fault;" + call + ";" + fault + "\n");
      bad.timeout = Milliseconds(300);
      bad.attempts = 1;
      bad.limits.memory_bytes = std::uint64_t{256} << 20;
      const auto reports = fixture.sync({bad, fixture.bank("b", script)});
      REQUIRE(reports[0].failures.size() == 1);
      CHECK_THAT(reports[0].failures.front().sentence(Language::english), Catch::Contains(call) && Catch::Contains("bank a"));
      CHECK(reports[1].failures.empty());
      CHECK(fixture.sync({fixture.bank("a", script)}).front().failures.empty());
    }
  }
}

TEST_CASE("an adapter that dies after its bank has acted is asked again with the same key, and the bank acts once") {
  for (const char* call : {"decision", "issue"}) {
    Fixture fixture(Isolation::process);
    CHECK_FALSE(fixture.sync({fixture.bank("a", script + "fault;" + call + ";crash-after\n")}).front().failures.empty());
    CHECK(fixture.sync({fixture.bank("a", script)}).front().failures.empty());
    const std::string told = read_file(fixture.folder / "a/bank.log");
    CHECK(std::count(told.begin(), told.end(), '\n') == 5);
  }
}

TEST_CASE("a missing library fails its bank only") {
  Fixture fixture;
  BankBinding gone = fixture.bank("a", script);
  gone.adapter = "/nonexistent/gone.so";
  const auto reports = fixture.sync({gone, fixture.bank("b", script)});
  REQUIRE(reports[0].failures.size() == 1);
  CHECK_THAT(reports[0].failures.front().sentence(Language::english), Catch::Contains("gone.so") && Catch::Contains("bank a"));
  CHECK(reports[1].failures.empty());
}

TEST_CASE("an event that comes again with other content is rejected and the first stands") {
  Fixture fixture;
  const auto report = fixture.sync({fixture.bank("a", "event;E-1;1;L-1;2020-07-01;100\nevent;E-1;1;L-1;2020-07-01;200\n")}).front();
  CHECK(report.counts.events == 1);
  REQUIRE(report.rejects.size() == 1);
  CHECK(report.rejects.front().row.code == RowCode::duplicate_key);
}

TEST_CASE("more records than one poll carries come in several") {
  Fixture fixture;
  const auto report = fixture.sync({fixture.bank("a", "many-events;L-1;10000;2020-07-01\n")}).front();
  CHECK(report.failures.empty());
  CHECK(report.counts.events == 10000);
}

// Every text report, whole, in both languages, against the files in golden/. After a wanted change run this test with
// TALENT_LOAN_WRITE_GOLDEN=1 and read the difference before it is committed.
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "core/report/award_claim.hpp"
#include "core/report/batch_report.hpp"
#include "core/report/claim_report.hpp"
#include "core/report/policy_explanation.hpp"
#include "core/report/statements.hpp"
#include "core/report/text_report.hpp"
#include "tests/core/report/story.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

using Teller = std::function<void(const Reporting&, Report&)>;

void check_golden(const std::string& name, Language language, const std::string& text) {
  const std::string path = std::string(TALENT_LOAN_SOURCE_DIR) + "/tests/core/report/golden/" + name + (language == Language::chinese ? ".zh.txt" : ".en.txt");
  if (std::getenv("TALENT_LOAN_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  INFO(path << "\n" << text);
  CHECK(text == read_file(path));
}

std::vector<std::pair<std::string, Teller>> reports() {
  const auto batch = [](const char* id) {
    return [id](const Reporting& reporting, Report& out) { batch_report(reporting, find_batch(reporting.transaction, BatchId(id)).value(), out); };
  };
  const auto claim = [](const char* bank, const char* id) {
    return [bank, id](const Reporting& reporting, Report& out) {
      claim_report(reporting, claim_history(reporting.transaction, BankId(bank), ClaimId(id), reporting.policies).value(), out);
    };
  };
  return {{"batch", batch("2020-12")},
          {"batch-reversed", batch("2021-03")},
          {"bank", [](const Reporting& reporting, Report& out) { bank_statement(reporting, BankId("icbc"), day("2021-12-31"), out); }},
          {"fund", [](const Reporting& reporting, Report& out) { fund_statement(reporting, "city-fund", day("2020-12-01"), std::nullopt, out); }},
          {"year-2020", [](const Reporting& reporting, Report& out) { year_summary(reporting, 2020, out); }},
          {"year-2021", [](const Reporting& reporting, Report& out) { year_summary(reporting, 2021, out); }},
          {"award", [](const Reporting& reporting, Report& out) { award_claim(reporting, PayerId("province"), {.batch = {}, .year = 2020}, out); }},
          {"claims", [](const Reporting& reporting, Report& out) { claims_report(reporting, {}, out); }},
          {"claim-written-off", claim("icbc", "A")},
          {"claim-closed", claim("ccb", "B")},
          {"claim-rejected", claim("ccb", "C")},
          {"claim-reversed", claim("rural", "D")},
          {"explain", [](const Reporting& reporting, Report& out) {
             out.head(explain_policy(*reporting.policies.find(VersionId("v2020")), yuan(1000000), reporting.language), {});
           }}};
}

}  // namespace

TEST_CASE("every text report reads as it is kept, in both languages and on both databases") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Story story(url);
    for (const Language language : {Language::chinese, Language::english}) {
      for (const auto& [name, tell] : reports()) {
        story.read(language, [&](const Reporting& reporting) {
          TextReport out(language);
          tell(reporting, out);
          check_golden(name, language, out.text());
        });
      }
    }
  }
}

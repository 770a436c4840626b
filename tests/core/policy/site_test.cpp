// site.yaml: defaults, every error at once, and who may act.
#include <catch2/catch.hpp>

#include "core/policy/site.hpp"
#include "tests/support/run_program.hpp"

using namespace talent_loan;
using talent_loan::testing::TemporaryFolder;

TEST_CASE("without a file the defaults hold and anyone may act") {
  const Site site = load_site("/no/such/site.yaml");
  CHECK_FALSE(site.maker_checker_required);
  CHECK(site.acting_user("", "root", Role::checker) == UserId("root"));
  CHECK(site.payer_name(PayerId("city")).english == "city");
}

TEST_CASE("a site with users and names") {
  TemporaryFolder folder;
  const Site site = load_site(folder.write("site.yaml",
                                           "schema: talent-loan/site/1\nmaker_checker: required\nclosing_date: 2020-06-30\nclaim_window_days: 180\n"
                                           "scheme: s\nusers:\n  - {id: li, roles: [maker]}\n  - {id: wang, name: 王某, roles: [checker]}\n"
                                           "payers: [{id: city, name: {zh: 市财政, en: city finance}, account: \"3700\", agent: \"1024\"}]\n"));
  CHECK(site.maker_checker_required);
  CHECK(site.closing_date == parse_day("2020-06-30"));
  CHECK(site.claim_window_days == 180);
  CHECK(site.payer_name(PayerId("city")).chinese == "市财政");
  CHECK(site.acting_user("li", "root", Role::maker) == UserId("li"));
  CHECK_THROWS_WITH(site.acting_user("li", "root", Role::checker), Catch::Contains("wang"));
  CHECK_THROWS_AS(site.acting_user("", "root", Role::maker), Failure);
}

TEST_CASE("every error of site.yaml is reported at once") {
  TemporaryFolder folder;
  const std::string path = folder.write("site.yaml",
                                        "schema: talent-loan/site/1\nmaker_checker: requierd\nclosing_date: 2020-02-30\nclosing: 1\n"
                                        "users:\n  - {id: li, roles: [boss]}\n  - {id: li, roles: []}\n");
  try {
    load_site(path);
    FAIL("not reported");
  } catch (const Failure& failure) {
    INFO(failure.what());
    CHECK(failure.diagnostics().size() == 6);
  }
}

#include <catch2/catch.hpp>

#include "core/talent/history.hpp"

using namespace talent_loan;

namespace {

Day day(const char* text) { return *parse_day(text); }

Period period(const char* from, const char* to) {
  return {day(from), *to == '\0' ? std::nullopt : parse_day(to)};
}

std::string shown(const Period& period) { return format_day(period.from) + ".." + (period.to ? format_day(*period.to) : ""); }

// "row from..to" of every selection that stands.
std::vector<std::string> standing(const std::vector<Statement>& statements, const std::vector<RevocationStatement>& revocations = {}) {
  std::vector<std::string> out;
  for (const auto& selection : resolve(statements, revocations).selections) out.push_back(std::to_string(selection.row) + " " + shown(selection.valid));
  return out;
}

std::vector<std::string> employments(const std::vector<Statement>& statements) {
  std::vector<std::string> out;
  for (const auto& employment : resolve(statements, {}).employments) out.push_back(std::to_string(employment.employer) + " " + shown(employment.period));
  return out;
}

Statement said(std::int64_t version, const Period& valid, std::optional<EmploymentStatement> employment = std::nullopt) {
  return {.said = {Day(static_cast<std::int32_t>(version)), version}, .valid = valid, .employment = employment, .row = static_cast<std::size_t>(version)};
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a later statement corrects the ones it overlaps and stands beside the others") {
  CHECK(standing({said(1, period("2018-01-01", ""))}) == Lines{"1 2018-01-01.."});
  CHECK(standing({said(1, period("2018-01-01", "")), said(2, period("2018-03-01", "2023-02-28"))}) == Lines{"2 2018-03-01..2023-02-28"});
  CHECK(standing({said(1, period("2013-01-01", "2017-12-31")), said(2, period("2018-01-01", ""))}) == Lines{"1 2013-01-01..2017-12-31", "2 2018-01-01.."});
  CHECK(standing({said(1, period("2013-01-01", "2018-01-01")), said(2, period("2018-01-01", ""))}) == Lines{"2 2018-01-01.."});
  CHECK(standing({said(1, period("2013-01-01", "2014-12-31")), said(2, period("2015-01-01", "2016-12-31")), said(3, period("2014-06-01", "2015-06-01"))}) ==
        Lines{"3 2014-06-01..2015-06-01"});
}

TEST_CASE("a revocation ends what was known before it, and what is only corrected later") {
  const RevocationStatement revocation{{Day(5), 5}, day("2020-06-10")};
  CHECK(standing({said(1, period("2018-01-01", ""))}, {revocation}) == Lines{"1 2018-01-01..2020-06-09"});
  CHECK(standing({said(1, period("2018-01-01", "2019-12-31"))}, {revocation}) == Lines{"1 2018-01-01..2019-12-31"});
  // Not yet begun: it never holds, but it is still listed.
  CHECK(standing({said(1, period("2020-09-01", ""))}, {revocation}) == Lines{"1 2020-09-01..2020-06-09"});
  CHECK_FALSE(resolve({said(1, period("2020-09-01", ""))}, {revocation}).selections[0].valid.contains(day("2020-09-01")));
  // A correction that comes later does not bring the selection back; a new selection does.
  CHECK(standing({said(1, period("2018-01-01", "")), said(6, period("2018-02-01", ""))}, {revocation}) == Lines{"6 2018-02-01..2020-06-09"});
  CHECK(standing({said(6, period("2020-06-10", ""))}, {revocation}) == Lines{"6 2020-06-10.."});
  CHECK(standing({said(1, period("2018-01-01", ""))}, {revocation, {{Day(7), 7}, day("2019-01-01")}}) == Lines{"1 2018-01-01..2018-12-31"});
}

TEST_CASE("a new employer ends the old employment, the same one corrects it") {
  const Period always = period("2018-01-01", "");
  const auto at = [](std::uint32_t employer, const char* from, const char* to) { return EmploymentStatement{employer, period(from, to)}; };
  CHECK(employments({said(1, always, at(1, "2015-01-01", "")), said(2, always, at(2, "2020-03-01", ""))}) ==
        Lines{"1 2015-01-01..2020-02-29", "2 2020-03-01.."});
  CHECK(employments({said(1, always, at(1, "2015-01-01", "")), said(2, always, at(1, "2016-01-01", ""))}) == Lines{"1 2016-01-01.."});
  CHECK(employments({said(1, always, at(1, "2015-01-01", "2017-12-31")), said(2, always, at(1, "2019-01-01", ""))}) ==
        Lines{"1 2015-01-01..2017-12-31", "1 2019-01-01.."});
  // A wrong employer, mended: it never was.
  CHECK(employments({said(1, always, at(1, "2015-01-01", "")), said(2, always, at(2, "2015-01-01", ""))}) == Lines{"2 2015-01-01.."});
  // A row that says nothing of an employer leaves what was said.
  CHECK(employments({said(1, always, at(1, "2015-01-01", "")), said(2, always)}) == Lines{"1 2015-01-01.."});
}

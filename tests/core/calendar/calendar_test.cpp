#include "core/calendar/calendar.hpp"

#include <catch2/catch.hpp>

using namespace talent_loan;

namespace {
Day day(const char* text) { return parse_day(text).value(); }
}  // namespace

TEST_CASE("only real ISO days are days") {
  CHECK(day("1970-01-01").days_since_1970() == 0);
  CHECK(day("2020-02-29").date().ok());
  CHECK(format_day(day("0001-01-01")) == "0001-01-01");
  CHECK(format_day(day("9999-12-31")) == "9999-12-31");
  for (const char* bad : {"", "2019-02-29", "2020-13-01", "2020-00-10", "2020-1-1", "2020/05/01", "20200501", "2020-05-01 ", "0000-01-01",
                          "2020-05-0a"}) {
    INFO(bad);
    CHECK_FALSE(parse_day(bad));
  }
}

TEST_CASE("months are counted by the same day, or the last day of a shorter month") {
  CHECK(add_months(day("2020-01-31"), 1) == day("2020-02-29"));
  CHECK(add_months(day("2019-01-31"), 1) == day("2019-02-28"));
  CHECK(add_months(day("2019-05-15"), 12) == day("2020-05-15"));
  CHECK(months_completed(day("2019-05-26"), day("2020-05-25")) == 11);
  CHECK(months_completed(day("2019-05-26"), day("2020-05-26")) == 12);
  CHECK(months_completed(day("2019-08-31"), day("2020-02-29")) == 6);
  CHECK(months_completed(day("2020-02-01"), day("2020-01-01")) == 0);
}

TEST_CASE("periods include both ends and may still be running") {
  const Period year{day("2020-01-01"), day("2020-12-31")};
  CHECK(year.contains(day("2020-12-31")));
  CHECK_FALSE(year.contains(day("2021-01-01")));
  CHECK(year.overlaps({day("2020-12-31"), std::nullopt}));
  CHECK_FALSE(year.overlaps({day("2021-01-01"), std::nullopt}));
}

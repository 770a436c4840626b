#include "core/money/money.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "core/message/message.hpp"

using namespace talent_loan;

TEST_CASE("yuan are read exactly as the border allows and nothing else") {
  CHECK(parse_yuan("1234567.89") == Fen(123456789));
  CHECK(parse_yuan("0.01") == Fen(1));
  CHECK(parse_yuan("5") == Fen(500));
  CHECK(parse_yuan("5.5") == Fen(550));
  CHECK(parse_yuan("999999999999999.99") == Fen(99999999999999999));
  for (const char* bad : {"", ".5", "5.", "+5.00", "-5.00", " 5.00", "5.00 ", "5.001", "1,000.00", "1e3", "1000000000000000.00",
                          "0x10", "5.0O", "١.00", "NaN"}) {
    INFO(bad);
    CHECK_FALSE(parse_yuan(bad));
  }
}

TEST_CASE("amounts are written with two decimals always") {
  CHECK(format_yuan(Fen(0)) == "0.00");
  CHECK(format_yuan(Fen(7)) == "0.07");
  CHECK(format_yuan(Fen(-123456)) == "-1234.56");
  FenSum sum;
  for (int i = 0; i < 1000; ++i) sum += Fen(99999999999999999);
  CHECK(format_yuan(sum) == "999999999999999990.00");
}

TEST_CASE("percentages are exact to six decimals of a percent") {
  CHECK(parse_percent("80%") == Ratio::percent(80));
  CHECK(parse_percent("6.00%") == Ratio::percent(6));
  CHECK(parse_percent("33.333333%") == Ratio(33333333));
  for (const char* bad : {"80", "0.8", "80 %", "-1%", "33.3333333%", "%", ".5%"}) CHECK_FALSE(parse_percent(bad));
  CHECK(format_percent(Ratio(33333333)) == "33.333333%");
  CHECK(format_percent(Ratio::percent(80)) == "80%");
  CHECK(format_percent(Ratio(2500000)) == "2.5%");
}

TEST_CASE("a share is floored to the fen through a 128-bit product") {
  CHECK(floor_share(Fen(33333333), Ratio::percent(80)) == Fen(26666666));
  CHECK(floor_share(Fen(1), Ratio::percent(80)) == Fen(0));
  CHECK(floor_share(Fen(99999999999999999), Ratio::percent(100)) == Fen(99999999999999999));
  CHECK(floor_part(Fen(10), 1, 3) == Fen(3));
}

TEST_CASE("arithmetic that leaves 64 bits is refused, never wrapped") {
  const Fen most(std::numeric_limits<std::int64_t>::max());
  CHECK_THROWS_AS(most + Fen(1), Failure);
  CHECK_THROWS_AS(Fen(std::numeric_limits<std::int64_t>::min()) - Fen(1), Failure);
  FenSum sum;
  sum += most;
  sum += most;
  CHECK_THROWS_AS(sum.to_fen(), Failure);
}

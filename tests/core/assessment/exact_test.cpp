#include "core/assessment/exact.hpp"

#include <catch2/catch.hpp>

using talent_loan::assessment::Exact;

namespace {

Exact exact(const char* text) {
  const auto number = Exact::parse(text);
  INFO(text);
  REQUIRE(number.has_value());
  return *number;
}

}  // namespace

TEST_CASE("a decimal is an optional minus sign, digits and decimals, and nothing else") {
  for (const char* good :
       {"0", "-0", "007", "12.5", "-12.50", "123456789012345678901234567890.000000000000000000001"}) {
    INFO(good);
    CHECK(Exact::parse(good).has_value());
  }
  for (const char* bad :
       {"", "-", "+1", " 1", "1 ", ".5", "5.", "1e3", "1,000", "5%", "--1", "1.2.3", "０", "nan", "0x10"}) {
    INFO(bad);
    CHECK_FALSE(Exact::parse(bad).has_value());
  }
  CHECK_FALSE(Exact::parse(std::string(41, '1')).has_value());
  CHECK_FALSE(Exact::parse("0." + std::string(41, '1')).has_value());
}

TEST_CASE("rounding is half up, towards plus infinity for negatives too") {
  CHECK(exact("2.345").fixed(2) == "2.35");
  CHECK(exact("2.3449999999999999999999999").fixed(2) == "2.34");
  CHECK(exact("-2.345").fixed(2) == "-2.34");
  CHECK(exact("-2.3450000000000000000000001").fixed(2) == "-2.35");
  CHECK(exact("0.5").fixed(0) == "1");
  CHECK(exact("-0.5").fixed(0) == "0");
  CHECK(exact("-1.5").fixed(0) == "-1");
  CHECK((Exact(1) / Exact(3)).fixed(9) == "0.333333333");
  CHECK((Exact(2) / Exact(3)).fixed(0) == "1");
  CHECK((Exact(-2) / Exact(3)).fixed(0) == "-1");
}

TEST_CASE("a number has exactly the decimals that are asked for, and zero has no sign") {
  CHECK(exact("7").fixed(2) == "7.00");
  CHECK(exact("-0.004").fixed(2) == "0.00");
  CHECK(exact("-0.006").fixed(2) == "-0.01");
  CHECK(exact("0.05").fixed(3) == "0.050");
  CHECK(exact("123456789012345678901234567890.5").fixed(0) == "123456789012345678901234567891");
}

TEST_CASE("arithmetic is exact whatever the signs and sizes") {
  CHECK(Exact(1) / Exact(3) + Exact(1) / Exact(6) == exact("0.5"));
  CHECK(Exact(7) / Exact(-2) == exact("-3.5"));
  CHECK(exact("0.1") + exact("0.2") == exact("0.3"));
  CHECK(exact("1.50") - exact("1.5") == Exact());
  CHECK(exact("99999999999999999999.9") * exact("0.00000000000000000001") < Exact(1));
  CHECK(exact("-1") < exact("-0.99"));
  CHECK(exact("10") == exact("10.000"));
}

TEST_CASE("whole units are counted towards zero") {
  CHECK(exact("2.99").truncated() == Exact(2));
  CHECK(exact("-2.99").truncated() == Exact(-2));
  CHECK(exact("-3").truncated() == Exact(-3));
}

TEST_CASE("a number is shown as short as it is, and as an approximation where it never ends") {
  CHECK(exact("2.500").shown() == "2.5");
  CHECK(exact("100").shown() == "100");
  CHECK(exact("-0.000000000001").shown() == "-0.000000000001");
  CHECK((Exact(2) / Exact(3)).shown() == "≈0.666667");
}

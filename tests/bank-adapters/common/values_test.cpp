#include "bank-adapters/common/values.hpp"

#include <catch2/catch.hpp>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/problem.hpp"

using namespace talent_loan::adapters;

namespace {

std::string day(const char* pattern, const char* text, int pivot = 70) {
  const auto parsed = DateStyle::compile(pattern)->parse(text, pivot);
  return parsed ? iso_date(*parsed) : "-";
}

AmountStyle style(AmountStyle::Unit unit, char thousands = '\0', AmountStyle::Sign sign = AmountStyle::Sign::none) { return {unit, thousands, sign}; }

std::int64_t amount(const char* text, const AmountStyle& how) { return parse_amount(text, how).value_or(-1); }

}  // namespace

TEST_CASE("days are read in each style, and only real ones") {
  struct Case {
    const char* pattern;
    const char* text;
    const char* iso;
  };
  const Case cases[] = {
      {"YYYYMMDD", "20200526", "2020-05-26"},     {"YYYYMMDD", "2020526", "-"},
      {"YYYYMMDD", "202005261", "-"},             {"YYYY-MM-DD", "2020-02-29", "2020-02-29"},
      {"YYYY-MM-DD", "2019-02-29", "-"},          {"M/D/YYYY", "2/28/1997", "1997-02-28"},
      {"M/D/YYYY", "12/31/1997", "1997-12-31"},   {"M/D/YYYY", "02/08/1997", "1997-02-08"},
      {"M/D/YYYY", "13/1/1997", "-"},             {"M/D/YYYY", "2/28/97", "-"},
      {"M/D/YYYY", "2/30/1997", "-"},             {"M/D/YYYY", "0/1/1997", "-"},
      {"D-Mon-YY", "30-Apr-03", "2003-04-30"},    {"D-Mon-YY", "1-Jan-70", "1970-01-01"},
      {"D-Mon-YY", "1-Jan-69", "2069-01-01"},     {"D-Mon-YY", "31-Apr-03", "-"},
      {"D-Mon-YY", "3-Foo-03", "-"},              {"D-Mon-YY", "30-Apr-2003", "-"},
      {"YYYY年M月D日", "2020年5月6日", "2020-05-06"}, {"YYYY年M月D日", "2020年13月6日", "-"},
      {"M/D/YYYY", "2/28/1997 ", "-"},            {"YYYY-MM-DD", "0000-01-01", "-"},
  };
  for (const Case& one : cases) {
    INFO(one.pattern << " " << one.text);
    CHECK(day(one.pattern, one.text) == one.iso);
  }
  CHECK(day("D-Mon-YY", "1-Jan-20", 10) == "1920-01-01");
  CHECK_FALSE(DateStyle::compile("YYYYMM"));
  CHECK_FALSE(DateStyle::compile("YYYY-YY-MM-DD"));
}

TEST_CASE("a day is written as its style reads it") {
  const auto parsed = DateStyle::compile("YYYY-MM-DD")->parse("2020-05-06", 70);
  for (const char* pattern : {"YYYYMMDD", "M/D/YYYY", "D-Mon-YY", "YYYY年M月D日", "DD.MM.YYYY"}) {
    const auto compiled = DateStyle::compile(pattern);
    INFO(pattern);
    CHECK(compiled->parse(compiled->format(*parsed), 70) == parsed);
  }
}

TEST_CASE("the first style that fits reads the day") {
  const std::vector<DateStyle> styles{*DateStyle::compile("M/D/YYYY"), *DateStyle::compile("D-Mon-YY")};
  CHECK(iso_date(*parse_date("2/28/1997", styles, 70)) == "1997-02-28");
  CHECK(iso_date(*parse_date("8-Jan-98", styles, 70)) == "1998-01-08");
  CHECK_FALSE(parse_date("1997-02-28", styles, 70));
}

TEST_CASE("amounts are exact in each notation") {
  const AmountStyle yuan = style(AmountStyle::Unit::yuan);
  CHECK(amount("208959", yuan) == 20895900);
  CHECK(amount("1234567.8", yuan) == 123456780);
  CHECK(amount("0.01", yuan) == 1);
  CHECK(amount("999999999999999.99", yuan) == 99999999999999999);
  for (const char* bad : {"", ".5", "1.", "1.234", "1,234.00", "-1", "+1", " 1", "1 ", "1e3", "$1", "1000000000000000", "一百", "0x10"}) {
    INFO(bad);
    CHECK(amount(bad, yuan) == -1);
  }
  const AmountStyle grouped = style(AmountStyle::Unit::yuan, ',');
  CHECK(amount("1,234,567.89", grouped) == 123456789);
  CHECK(amount("1234567.89", grouped) == 123456789);
  for (const char* bad : {"12,34", "1,2345", ",123", "1,,234", "1,234,"}) {
    INFO(bad);
    CHECK(amount(bad, grouped) == -1);
  }
  const AmountStyle fen = style(AmountStyle::Unit::fen);
  CHECK(amount("00000000000000012345", fen) == 12345);
  CHECK(amount("000", fen) == 0);
  CHECK(amount("1.00", fen) == -1);
  CHECK(amount("100000000000000000", fen) == -1);
}

TEST_CASE("a sign stands only where the bank writes it, and no amount is negative") {
  const AmountStyle leading = style(AmountStyle::Unit::fen, '\0', AmountStyle::Sign::leading);
  const AmountStyle trailing = style(AmountStyle::Unit::fen, '\0', AmountStyle::Sign::trailing);
  CHECK(amount("+123", leading) == 123);
  CHECK(amount("123+", leading) == -1);
  CHECK(amount("123+", trailing) == 123);
  CHECK(amount("0-", trailing) == 0);
  AmountFault fault;
  CHECK_FALSE(parse_amount("-5", leading, &fault));
  CHECK(fault.negative);
}

TEST_CASE("amounts are written in the bank's notation") {
  CHECK(format_amount(123456789, style(AmountStyle::Unit::yuan)) == "1234567.89");
  CHECK(format_amount(123456789, style(AmountStyle::Unit::yuan, ',')) == "1,234,567.89");
  CHECK(format_amount(5, style(AmountStyle::Unit::fen, '\0', AmountStyle::Sign::trailing)) == "5+");
}

TEST_CASE("GB18030 is decoded and encoded, and what is not text of it is noticed") {
  const auto bytes = encoded(Encoding::gb18030, "淄博㐀𠀀A");
  REQUIRE(bytes);
  CHECK(bytes->size() == 2 + 2 + 4 + 4 + 1);
  Decoder decoder(Encoding::gb18030);
  std::string back;
  CHECK(decoder.append(*bytes, back));
  CHECK(back == "淄博㐀𠀀A");
  CHECK(invalid_at(Encoding::gb18030, "A\xD7") == 1);
  CHECK(invalid_at(Encoding::utf8, "A\xC0\x80") == 1);
  CHECK_FALSE(encoded(Encoding::gb18030, "\xFF"));
}

TEST_CASE("the nearest word is offered only where it is near") {
  CHECK(nearest_word("delimted", {"delimited", "fixed-width"}) == "delimited");
  CHECK(nearest_word("json", {"delimited", "fixed-width"}).empty());
  CHECK(shown("a\x01\xFF") == "\"a\\x01\\xFF\"");
}

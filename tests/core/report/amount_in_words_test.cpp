// Amounts in words, by the examples of the rules for payment documents and around every place of a zero.
#include <catch2/catch.hpp>

#include "core/report/amount_in_words.hpp"

using namespace talent_loan;

TEST_CASE("amounts in words") {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "人民币零元整"},
      {1, "人民币壹分"},
      {10, "人民币壹角整"},
      {105, "人民币壹元零伍分"},
      {140950, "人民币壹仟肆佰零玖元伍角整"},
      {600714, "人民币陆仟零柒元壹角肆分"},
      {1640902, "人民币壹万陆仟肆佰零玖元零贰分"},
      {32504, "人民币叁佰贰拾伍元零肆分"},
      {1000000'00, "人民币壹佰万元整"},
      {1000300'50, "人民币壹佰万零叁佰元伍角整"},
      {100000000'00, "人民币壹亿元整"},
      {1200000001'00, "人民币壹拾贰亿零壹元整"},
      {123456789'01, "人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"},
      {1000000000000'00, "人民币壹万亿元整"},
      {10010'00, "人民币壹万零壹拾元整"},
      {666666'66, "人民币陆拾陆万陆仟陆佰陆拾陆元陆角陆分"}};
  for (const auto& [fen, words] : cases) CHECK(amount_in_words(Fen(fen)) == words);
}

#include "core/identity/identity.hpp"

#include <catch2/catch.hpp>

#include "core/identity/masking.hpp"
#include "core/message/message.hpp"

using namespace talent_loan;

TEST_CASE("a resident identity number needs its check character and a real day of birth") {
  CHECK(valid_resident_identity_number("11010519491231002X"));  // the example of GB 11643-1999
  CHECK_FALSE(valid_resident_identity_number("11010519491231002x"));
  CHECK_FALSE(valid_resident_identity_number("110105194912310021"));
  CHECK_FALSE(valid_resident_identity_number("11010519490231002X"));
  CHECK_FALSE(valid_resident_identity_number("11010519491231002"));
}

TEST_CASE("a social credit code needs its check character") {
  CHECK(valid_social_credit_code("91350100M000100Y43"));  // the example of GB 32100-2015
  CHECK_FALSE(valid_social_credit_code("91350100M000100Y44"));
  CHECK_FALSE(valid_social_credit_code("91350100M000100I43"));
  CHECK_FALSE(valid_social_credit_code("91350100m000100y43"));
  CHECK_FALSE(valid_social_credit_code(""));
}

TEST_CASE("any single changed character of a number is noticed") {
  const std::string code = "91350100M000100Y43";
  for (std::size_t i = 0; i < code.size(); ++i) {
    for (const char c : std::string("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      std::string changed = code;
      changed[i] = c;
      CHECK(valid_social_credit_code(changed) == (c == code[i]));
    }
  }
}

TEST_CASE("whatever has the form of an identity number is masked in text, right or mistyped, and nothing else is") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"11010519491231002X", "1101**********002X"},
      {"11010519491231002x", "1101**********002x"},
      {"110105194912310021", "1101**********0021"},  // the check character is wrong
      {"left on 2020-06-01: 11010519491231002X, and 110105491231002.", "left on 2020-06-01: 1101**********002X, and 1101*******1002."},
      {"身份证110105194912310021号", "身份证1101**********0021号"},
      {"ABC123456789012", "ABC1*******9012"},
      {"no11010519491231002X", "no1101**********002X"},
      {"11010519491231002X11010519491231002X", "1101**********002X1101**********002X"},
      {"1101051949123100211", "1101051949123100211"},  // 19 digits are no such number
      {"110105194913310021", "110105194913310021"},    // nor is one without a possible day of birth
      {"202006150000000017", "202006150000000017"},
      {"XABC123456789012", "XABC123456789012"},
      {"91350100M000100Y43", "91350100M000100Y43"},
      {"E12345678", "E12345678"},
      {"１１０１０５１９４９１２３１００２Ｘ", "１１０１**********００２Ｘ"},
      {"，１１０105194912310021号", "，１１０1**********0021号"},
      {"", ""},
  };
  for (const auto& [text, masked] : cases) {
    INFO(text);
    CHECK(without_identity_numbers(text) == masked);
    CHECK(without_identity_numbers(masked) == masked);
  }
  for (const char* number : {"11010519491231002X", "110105194912310021", "110105491231002", "ABC123456789012"}) CHECK(has_form_of_identity_number(number));
  for (const char* other : {"", "T-1", "11010519491231002", " 11010519491231002X", "202006150000000017", "A1C123456789012", "91350100M000100Y43"}) {
    CHECK_FALSE(has_form_of_identity_number(other));
  }
}

TEST_CASE("a masked number tells at most four characters of its ends, and nothing that is no character") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"11010519491231002X", "1101**********002X"}, {"ABC123456789012", "ABC1*******9012"}, {"E12345678", "E1*****78"}, {"AB1234567890", "AB********90"},
      {"E1234567", "********"}, {"３７０３０２１９８００１０１００１７", "３７０３**********００１７"}, {"37030\xff\xef\xbc", "********"}, {"\xff\xef\xbc\x90" "1234567890", "*０********90"}, {"", ""}};
  for (const auto& [number, masked] : cases) CHECK(masked_identifier(number) == masked);
}

TEST_CASE("in free text what is made like a passport number is masked too, and dates, amounts and documents are not") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"left: E12345678.", "left: E1*****78."},
      {"护照EA1234567、G87654321，来自 ITA0012345", "护照EA*****67、G8*****21，来自 IT******45"},
      {"护照Ｅ１２３４５６７８", "护照Ｅ１*****７８"},
      {"AB12345 and e1234567", "******* and ********"},
      {"2020-06-15, 20200615, 1234567.89, 100000000, 鲁人社〔2020〕123号, T-0001, COVID19, A4, 91350100M000100Y43", "2020-06-15, 20200615, 1234567.89, 100000000, 鲁人社〔2020〕123号, T-0001, COVID19, A4, 91350100M000100Y43"},
      {"11010519491231002X", "1101**********002X"},
      {"", ""},
  };
  for (const auto& [text, masked] : cases) {
    CHECK(without_numbers_of_persons(text) == masked);
    CHECK(without_numbers_of_persons(masked) == masked);
  }
}

TEST_CASE("a name in the wrong cell is masked, and what clerks write there by mistake is not") {
  const std::vector<std::pair<std::string, std::string>> names{{"张三", "张*"}, {"欧阳明月", "欧*"}, {"买买提·艾力", "买*"}, {"Maria Rossi", "M*"}, {"Jean-Luc D'Arc", "J*"}, {"E12345678", "E1*****78"}};
  for (const auto& [cell, masked] : names) CHECK(without_personal_data(cell) == masked);
  for (const char* cell : {"泰山学者", "省级", "身份证", "护照", "长期", "至今", "2020年6月1日", "2018/01/01", "taishan-scolar", "provincial", "Provincial", "resident", "yes", "x", "",
                           "张", "淄博英才计划", "91350100M000100Y43", "1,234.56", "\xff\xfe\xe5\xbc"}) {
    CHECK(without_personal_data(cell) == cell);
  }
}

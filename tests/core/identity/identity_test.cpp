#include "core/identity/identity.hpp"

#include <catch2/catch.hpp>

#include "core/identity/masking.hpp"

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

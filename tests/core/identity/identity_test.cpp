#include "core/identity/identity.hpp"

#include <catch2/catch.hpp>

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

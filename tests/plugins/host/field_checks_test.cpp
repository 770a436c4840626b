// What a text from an adapter may hold, byte by byte.
#include <catch2/catch.hpp>

#include "plugins/host/session/field_checks.hpp"

using namespace talent_loan;
using namespace talent_loan::host;

namespace {

std::string complaint(const std::string& text) {
  try {
    FieldChecks("event").text(text, "field");
  } catch (const AdapterFailure& failure) {
    CHECK(failure.kind() == AdapterFailure::Kind::broke_rules);
    return failure.sentences(Language::english);
  }
  return {};
}

}  // namespace

TEST_CASE("a control character or a byte that is no UTF-8 is found wherever it stands, and every other byte passes") {
  for (std::size_t length = 1; length <= 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(length, byte % 2 == 0 ? ' ' : '~');  // the first and the last that are allowed
        text[at] = static_cast<char>(byte);
        const std::string said = complaint(text);
        const bool control = byte < 0x20 || byte == 0x7F;
        const bool expected = control ? said.find("control characters") != std::string::npos : byte >= 0x80 ? said.find("not UTF-8") != std::string::npos : said.empty();
        if (!expected) FAIL("length " << length << ", at " << at << ", byte " << byte << ": " << said);
      }
    }
  }
}

TEST_CASE("Chinese passes, and a control character after it is found") {
  CHECK(complaint("授信审批未通过").empty());
  CHECK(complaint("人才 A-17, 第 3 批").empty());
  CHECK_THAT(complaint("授信审批\n未通过"), Catch::Contains("control characters"));
  CHECK_THAT(complaint(std::string("授信\0审批", 13)), Catch::Contains("control characters"));
  CHECK_THAT(complaint("abcdefgh\xE6\x8E"), Catch::Contains("not UTF-8"));
}

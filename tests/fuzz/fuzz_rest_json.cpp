// Any bytes as a bank's JSON: refused with a sentence, or a document whose numbers keep their digits and whose values
// any pointer can be asked for; what is put into a document stands there.
#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/problem.hpp"
#include "bank-adapters/rest-json/exact_json.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::rest_json;
using talent_loan::fuzz::require;

namespace {

void no_numbers(const nlohmann::json& value) {
  require(!value.is_number(), "every number is the text it was written as");
  if (!value.is_structured()) return;
  for (const auto& item : value) no_numbers(item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  talent_loan::fuzz::Input input(data, size);
  const std::string pointer(input.until('\n'));
  const std::string body(input.rest());
  try {
    nlohmann::json document = read_exact(body);
    no_numbers(document);
    if (!is_pointer(pointer)) return 0;
    require(invalid_at(Encoding::utf8, text_at(document, pointer)) == std::string_view::npos, "a value is UTF-8");
    nlohmann::json made = document.is_object() ? document : nlohmann::json::object();
    // Only objects are made on the way, so what was put there is found there.
    if (put(made, pointer, "here") && invalid_at(Encoding::utf8, pointer) == std::string_view::npos) require(text_at(made, pointer) == "here", "what was put is there");
  } catch (const Refused& refused) {
    require(!refused.problems().empty() && !refused.problems().front().found.english.empty(), "a refusal says why");
  }
  return 0;
}

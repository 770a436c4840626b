// Any bytes as the configuration of the flat-file adapter: refused with a place and a sentence, or usable.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "bank-adapters/flat-file/config.hpp"
#include "bank-adapters/flat-file/outbox.hpp"
#include "bank-adapters/flat-file/rows.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::flat_file;

namespace {

// Whatever a configuration that was accepted asks for can be done with any file.
void read_something(const InputStream& stream) {
  bool done = false;
  RowReader rows([&done](char* into, std::size_t size) {
    constexpr std::string_view file = "a,b\n1,2\n\xD5\xC5\xC8\xFD|\"x\n2020-05-26,1.00\n";
    const std::size_t got = done ? 0 : file.copy(into, size);
    done = true;
    return got;
  }, stream, "f");
  for (Row row; rows.next(row);) {}
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Config config = read_config({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", "/exchange");
    if (config.folders.in.empty() || config.folders.in.front() != '/') std::abort();
    for (const auto* stream : {&config.applications, &config.issue_results, &config.events, &config.claims}) {
      if (*stream) read_something(**stream);
    }
    for (const auto* stream : {&config.decisions, &config.issue_requests, &config.settled, &config.scores}) {
      const OutRecord record{"k", {{"application_id", std::string("A1")}, {"paid", OutgoingFen{5}}}, ""};
      if (*stream) render(**stream, {&record});
    }
  } catch (const Refused& refused) {
    if (refused.problems().empty()) std::abort();
    for (const Problem& problem : refused.problems()) {
      if (problem.found.chinese.empty() || problem.found.english.empty()) std::abort();
    }
  }
  return 0;
}

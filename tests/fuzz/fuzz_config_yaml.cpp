// Any bytes as site.yaml, programmes.yaml, the words of talent lists, or banks.yaml (the first byte says which):
// refused with every problem and its place, or usable.
#include <filesystem>
#include <fstream>

#include "core/policy/site.hpp"
#include "core/talent/list_sheet.hpp"
#include "plugins/host/banks/banks_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::require;

namespace {

// A folder of this process, removed at its end.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("talent-loan-fuzz-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() {
    std::error_code gone;
    std::filesystem::remove_all(path, gone);
  }
};

void read(std::uint8_t kind, const std::string& text) {
  static const Folder folder;
  if (kind == 3) {
    std::ofstream(folder.path / "banks.yaml") << text;
    for (const host::BankBinding& binding : host::load_banks(folder.path.string())) {
      require(!binding.id.empty() && !binding.adapter.empty() && binding.timeout.count() > 0 && binding.attempts > 0, "a binding can be used");
    }
    return;
  }
  const fuzz::MemoryFile file(text);
  if (kind == 0) {
    const Site site = load_site(file.path());
    require(!site.city.chinese.empty() && !site.bank_name(BankId("bank")).english.empty(), "a site has names");
  }
  if (kind == 1) {
    for (const auto& [id, programme] : load_programmes(file.path())) require(!id.empty() && id == programme.id, "a programme stands under its id");
  }
  if (kind == 2) load_list_vocabulary(file.path(), {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::uint8_t kind = input.byte() % 4;
  const std::string text(input.rest());
  // A path in it would be read: nothing but what stands here is of interest.
  if (kind == 3 && text.find("config:") != std::string::npos) return 0;
  try {
    read(kind, text);
  } catch (const Failure& failure) {
    require(!failure.diagnostics().empty(), "a refusal names its problems");
    for (const Diagnostic& diagnostic : failure.diagnostics()) {
      require(!diagnostic.sentence(Language::english).empty() && !diagnostic.place.file.empty(), "with words and a place");
    }
  }
  return 0;
}

#include "plugins/host/bureau.hpp"

#include "core/store/audit.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {

UserId Bureau::user(const std::string& as, Role role) const { return site.acting_user(as, operating_user(), role); }

Bureau open_bureau(const Globals& globals) { return {load_site(globals.config_path("site.yaml")), open_database(globals)}; }

PolicySet load_configured_policies(const Globals& globals) { return load_policies({globals.config_path("policies")}); }

void add_as(CLI::App& leaf, const Globals& globals, std::string& as) {
  leaf.add_option("--as", as, globals.say({"操作用户（见 site.yaml）", "who acts (a user of site.yaml)"}))->type_name("USER");
}

void commit_with_files(Transaction& transaction, std::vector<OutputFile*> files) {
  std::erase(files, nullptr);
  for (OutputFile* file : files) file->prepare();
  transaction.commit();
  try {
    commit_all(files);
  } catch (const Failure& failure) {
    std::vector<Diagnostic> diagnostics = failure.diagnostics();
    for (Diagnostic& diagnostic : diagnostics) {
      diagnostic.remedy = {"账务已保存，不会重复记账；请排除原因后重新运行同一命令，即可补写文件",
                           "the books are kept and nothing is booked twice: mend the cause and run the same command again to write the files"};
    }
    throw Failure(std::move(diagnostics));
  }
}

std::optional<OutputFile> output_for(const std::string& path) {
  return path.empty() ? std::nullopt : std::optional<OutputFile>(std::in_place, path);
}

}  // namespace talent_loan::host

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

std::optional<OutputFile> output_for(const std::string& path) {
  return path.empty() ? std::nullopt : std::optional<OutputFile>(std::in_place, path);
}

}  // namespace talent_loan::host

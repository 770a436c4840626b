#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_policy_commands(CLI::App& program, const Globals& globals, Invocation&) {
  program.add_subcommand("policy", globals.say({"政策版本", "policy versions"}));
}

}  // namespace talent_loan::host

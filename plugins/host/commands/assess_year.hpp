// The commands of the yearly assessment that need a database.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_assess_run(CLI::App& assess, const Globals& globals, Invocation& invocation);
void add_assess_reward(CLI::App& assess, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

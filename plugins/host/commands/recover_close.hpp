// recover close, recover reopen: the end of following a claim up.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_closing_commands(CLI::App& recover, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

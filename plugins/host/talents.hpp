// Parts of `talent-loan talents` that stand in files of their own.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_talents_verify(CLI::App& talents, const Globals& globals, Invocation& invocation);
void add_talents_snapshot(CLI::App& talents, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

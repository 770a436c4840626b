// audit verify, audit sign.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_audit_commands(CLI::App& program, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

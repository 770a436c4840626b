// `talent-loan adapter claims`: what a bank's adapter would hand over, as a claims file.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_adapter_claims(CLI::App& group, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

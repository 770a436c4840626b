// report award, claim, claims.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_claim_reports(CLI::App& report, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

// Parts of `talent-loan adapter` that stand in files of their own.
#pragma once

#include <string>

#include "plugins/host/program.hpp"

namespace talent_loan::host {

// A library that exists as a file, else an adapter's name.
std::string library_path(const std::string& given, const Globals& globals);

void add_adapter_check(CLI::App& group, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

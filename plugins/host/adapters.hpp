// Parts of `talent-loan adapter` that stand in files of their own.
#pragma once

#include <string>

#include "plugins/host/program.hpp"

namespace talent_loan::host {

// A library that exists as a file, else an adapter's name.
std::string library_path(const std::string& given, const Globals& globals);

// What inspection says of a library's signature: whose it is, why it is not to be trusted, or that there is none.
struct SignatureState {
  Text said;
  bool sound = true;  // false: there is one, and it must not be relied on
};
SignatureState signature_state(const std::string& library, const Globals& globals);

void add_adapter_breakers(CLI::App& group, const Globals& globals, Invocation& invocation);
void add_adapter_check(CLI::App& group, const Globals& globals, Invocation& invocation);
void add_adapter_new(CLI::App& group, const Globals& globals, Invocation& invocation);
void add_adapter_sign(CLI::App& group, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

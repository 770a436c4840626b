// The program's commands: one function per file in this folder, each adds its subcommands to the program. Only
// main.cpp reads this list, so that a new command compiles itself and main.cpp; a declaration that does not match
// its definition fails at the link.
#pragma once

#include "plugins/host/program.hpp"

namespace talent_loan::host {

void add_policy_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_assess_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_adapter_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_split_command(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_talents_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_receipt_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_banks_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_database_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_sync_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_settle_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_recover_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_fund_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_ledger_commands(CLI::App& program, const Globals& globals, Invocation& invocation);
void add_report_commands(CLI::App& program, const Globals& globals, Invocation& invocation);

}  // namespace talent_loan::host

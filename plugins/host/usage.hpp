// How the program is used: its help, and what it says of a command line that it cannot take, in both languages.
#pragma once

#include <CLI/CLI.hpp>

#include "core/message/message.hpp"

namespace talent_loan::host {

// Help in this language. Call before any command is added: commands take it over from the program.
void speak(CLI::App& program, Language language);

// Commands that only hold others show the example of their first one. Call after all are added.
void give_examples(CLI::App& program);

// What is wrong with a command line that could not be parsed, what is allowed there, and where to read more.
Diagnostic usage_complaint(const CLI::App& program, const CLI::ParseError& error);

}  // namespace talent_loan::host

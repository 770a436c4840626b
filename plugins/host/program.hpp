// The program `talent-loan`: what its commands share.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/message/message.hpp"

namespace talent_loan::host {

// Exit codes of the contract.
enum class Exit { done = 0, failed = 1, wrong_usage = 2, rows_rejected = 3 };

// Options that stand before or after any subcommand, and what commands share through them.
struct Globals {
  std::string config_directory;  // resolved before a command runs
  std::string database_url = "sqlite://talent-loan.db";
  Language language = Language::chinese;
  std::string log_level = "warning";
  std::string log_json;
  bool quiet = false;

  std::string config_path(const std::string& name) const { return config_directory + "/" + name; }
  std::string say(const Text& text) const { return text.in(language); }
  // A summary or warning line on standard error, unless --quiet.
  void tell(const Text& text) const;
};

// A command sets `run` when it is the one that was asked for; main calls it after parsing.
struct Invocation {
  std::function<Exit()> run;
};

// Adds a leaf command: its help texts in the language that is in force, an example, and its body.
CLI::App* add_leaf(CLI::App& parent, const Globals& globals, Invocation& invocation, const std::string& name,
                   const Text& description, const std::string& example, std::function<Exit()> body);

}  // namespace talent_loan::host

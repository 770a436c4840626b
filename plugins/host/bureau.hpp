// What the finance bureau's commands work with: the site, its policies and the database.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/files/files.hpp"
#include "core/policy/policy.hpp"
#include "core/policy/site.hpp"
#include "core/store/database.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {

struct Bureau {
  Site site;
  Database database;

  UserId user(const std::string& as, Role role) const;
};
// Reads config/site.yaml and opens the database.
Bureau open_bureau(const Globals& globals);

// Every version in config/policies.
PolicySet load_configured_policies(const Globals& globals);

// --as USER, for commands that change the books.
void add_as(CLI::App& leaf, const Globals& globals, std::string& as);

// An output file where a path was given.
std::optional<OutputFile> output_for(const std::string& path);

}  // namespace talent_loan::host

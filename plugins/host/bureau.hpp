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

// Commits a command's changes and puts its files in their place. All files are on disk before the database
// commits: a disk that is full by then stops both. Where one still cannot be put in its place afterwards, throws
// Failure that says that the books are kept and what to do.
void commit_with_files(Transaction& transaction, std::vector<OutputFile*> files);

// An output file where a path was given.
std::optional<OutputFile> output_for(const std::string& path);

}  // namespace talent_loan::host

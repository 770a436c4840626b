// The talent programmes (人才工程) whose lists are imported: data, read from config/programmes.yaml.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/identity/identity.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

struct Programme {
  ProgrammeId id;
  Text name;
  Level level = Level::district;
  std::string document{};                 // the public document that set it up; empty where not known for sure
  std::optional<int> validity_years{};    // of a selection, for people to read; a list's own dates decide
};

using Programmes = std::map<ProgrammeId, Programme>;

// Throws Failure with every error of the file at once.
Programmes load_programmes(const std::string& path);

}  // namespace talent_loan

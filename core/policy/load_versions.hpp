// The checks that need every loaded version at once. Internal to core/policy.
#pragma once

#include <vector>

#include "core/policy/load_parts.hpp"

namespace talent_loan {

// A version with the places that errors about it name.
struct LoadedVersion {
  PolicyVersion version;
  YamlValue id;
  YamlValue effective;
  YamlValue supersedes;
  bool comparable = false;  // scheme, version and period were readable
};

// Errors: a version loaded twice, `supersedes` that runs in a circle or into another scheme, overlapping
// periods of which neither version supersedes the other. Warnings: gaps between periods, a superseded version
// that is not loaded, versions that meet only because different dates govern them.
void check_versions_together(const std::vector<LoadedVersion>& versions, PolicyWarnings& warnings);

}  // namespace talent_loan

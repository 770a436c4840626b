// How the parts of a policy file are read. Internal to core/policy; load_policies() is the way in.
#pragma once

#include <string>
#include <vector>

#include "core/files/yaml.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// What is allowed but deserves a look: `policy check` shows it, nothing else stops for it.
using PolicyWarnings = std::vector<Diagnostic>;
void warn(PolicyWarnings& warnings, const YamlValue& at, Text found, Text remedy);

// The keys of a condition, followed by the keys it stands beside.
std::vector<std::string> condition_keys(std::vector<std::string> beside = {});
Condition read_condition(const YamlMap& map, PolicyWarnings& warnings);

std::vector<ProgrammeId> read_programmes(const YamlValue& value);
std::optional<Level> read_level(const YamlValue& value);
// `cite` of a rule; its absence is worth a warning where `wanted`.
std::string read_cite(const YamlMap& rule, bool wanted, PolicyWarnings& warnings);

std::vector<Share> read_shares(const YamlValue& value, PolicyWarnings& warnings);
Eligibility read_eligibility(const YamlValue& value, PolicyWarnings& warnings);
Limits read_limits(const YamlValue& value, const Eligibility& eligibility, PolicyWarnings& warnings);
Compensation read_compensation(const YamlValue& value, PolicyWarnings& warnings);

}  // namespace talent_loan

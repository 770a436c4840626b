// Reading the formulas of an assessment table; used by the table's loader only.
#pragma once

#include <optional>

#include "core/assessment/table.hpp"
#include "core/files/yaml.hpp"

namespace talent_loan::assessment {

// A decimal number, or 0 after a problem has been recorded.
Exact number(const YamlValue& value);
// The same, 0 refused as well as what is below it.
Exact number_above_zero(const YamlValue& value);
Exact number_not_negative(const YamlValue& value);
std::optional<Exact> optional_number(const YamlValue& value);

// The formula of an indicator whose full marks are `points`; records that they are missing where its kind
// needs them (at `indicator`). nullopt where the kind is unknown.
std::optional<Formula> read_formula(const YamlValue& value, const YamlMap& indicator,
                                    const std::optional<Exact>& points);

}  // namespace talent_loan::assessment

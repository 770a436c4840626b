// What rejected rows are told: a sentence per finding that says what was found and what is allowed. One place,
// so that every file is answered in the same words. `column` is the column's name.
#pragma once

#include <string_view>

#include "core/message/message.hpp"

namespace talent_loan {

Text missing_value(std::string_view column);
Text bad_date(std::string_view column, std::string_view found);
Text bad_amount(std::string_view column, std::string_view found);
// `allowed`: the words, as they are written in the file.
Text bad_value(std::string_view column, std::string_view found, std::string_view allowed);
Text duplicate_key(std::string_view column);

}  // namespace talent_loan

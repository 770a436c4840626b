// The words of settlement as people say them, in both languages.
#pragma once

#include <string>

#include "core/policy/policy.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

Text status_words(BatchStatus status);               // 待复核（未记账） / prepared, not booked
Text payment_words(const std::string& status);       // 付款失败 / failed
std::string compensation_clauses(const PolicyVersion& version);  // of the shares and the trigger: "§4 §7"

}  // namespace talent_loan

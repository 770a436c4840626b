// The words of policy files as people say them, in both languages. Words that are the policy's own
// (programmes, tags, payers it invents) are shown as they are written.
#pragma once

#include <string>
#include <string_view>

#include "core/message/message.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

Text level_name(Level level);           // 省级 / provincial
Text governing_date_name(GoverningDate date);
Text purpose_name(std::string_view purpose);
Text payer_name(const PayerId& payer);  // 市级财政（city） / city
Text period_name(const Period& period);

// "；贷款额至多 5000000.00 元；人才层次省级及以上": what must hold, without a leading separator; empty where
// nothing is asked.
Text condition_name(const Condition& condition);

}  // namespace talent_loan

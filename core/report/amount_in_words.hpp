// 大写金额: amounts as payment documents in China write them, so that no digit can be altered.
#pragma once

#include <string>

#include "core/money/money.hpp"

namespace talent_loan {

// "人民币壹佰贰拾万零叁佰元伍角整": by the rules for filling in payment documents (支付结算办法, annex 1).
// REQUIRES: amount not negative.
std::string amount_in_words(Fen amount);

}  // namespace talent_loan

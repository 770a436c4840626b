// SM3 (GB/T 32905-2016), the national hash: 256 bits, written as 64 lower-case hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace talent_loan {

std::string sm3_hex(std::string_view bytes);

}  // namespace talent_loan

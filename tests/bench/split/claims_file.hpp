// The file that the speed of `split` is measured on.
#pragma once

#include <cstdint>
#include <string>

namespace talent_loan::bench {

// Writes `rows` claims, about 84 bytes each, 0.5% of them bad in one of five ways (wrong date, wrong amount,
// repeated key, dates out of order, over-recovered). The same bytes for the same number of rows, anywhere.
void write_claims(const std::string& path, std::uint64_t rows);

}  // namespace talent_loan::bench

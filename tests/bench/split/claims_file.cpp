#include "tests/bench/split/claims_file.hpp"

#include <fstream>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

namespace talent_loan::bench {

void write_claims(const std::string& path, std::uint64_t rows) {
  std::mt19937_64 random(2020);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::ofstream file(path, std::ios::binary);
  file << "claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,outstanding_principal,recovered_principal\n";
  for (std::uint64_t i = 0; i < rows; ++i) {
    const std::uint64_t outstanding = 1 + below(500'000'000);
    const std::uint64_t recovered = below(10) < 6 ? below(outstanding + 1) : 0;
    std::string key = fmt::format("C{:010}", i);
    std::string disbursed = fmt::format("{}-{:02}-{:02}", 2019 + below(2), 1 + below(12), 1 + below(28));
    std::string defaulted = fmt::format("2021-{:02}-{:02}", 1 + below(12), 1 + below(28));
    std::string owed = fmt::format("{}.{:02}", outstanding / 100, outstanding % 100);
    std::string got = fmt::format("{}.{:02}", recovered / 100, recovered % 100);
    switch (below(1000)) {
      case 0: disbursed = "2020/05/01"; break;
      case 1: owed = "1234.567"; break;
      case 2: key = fmt::format("C{:010}", below(i + 1)); break;
      case 3: defaulted = "2018-01-01"; break;
      case 4: got = "99999999.00"; break;
      default: break;
    }
    file << fmt::format("{},bank-{:03},L{:010},B{:09},{},{},{},{}\n", key, 1 + below(40), i, below(400'000), disbursed, defaulted, owed, got);
  }
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace talent_loan::bench

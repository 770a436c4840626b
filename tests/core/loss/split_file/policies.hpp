// Policy versions made in place, for tests of arithmetic and files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/policy/policy.hpp"

namespace talent_loan::testing {

inline Day day(const char* text) { return *parse_day(text); }
inline Fen yuan(const char* text) { return *parse_yuan(text); }

inline Share share(const char* payer, Ratio ratio) {
  Share made{};
  made.members = {{PayerId(payer), 1}};
  made.tiers = {{Condition{}, ratio}};
  return made;
}

inline Share reimbursing(const char* payer, Ratio ratio, const char* of) {
  Share made = share(payer, ratio);
  made.reimburses = PayerId(of);
  return made;
}

inline PolicyVersion version(const char* name, const char* from, const char* to, std::vector<Share> shares) {
  PolicyVersion made{};
  made.scheme = SchemeId("scheme");
  made.version = VersionId(name);
  made.effective.from = day(from);
  if (*to != '\0') made.effective.to = day(to);
  made.compensation.shares = std::move(shares);
  return made;
}

// Zibo's 80% from 2020-05-26 to the year's end with the province's 30% within it, and the 50% before.
inline std::vector<PolicyVersion> zibo() {
  return {version("before", "2018-12-01", "2020-05-25",
                  {share("city", Ratio::percent(50)), reimbursing("province", Ratio::percent(30), "city")}),
          version("zibo-2020-56", "2020-05-26", "2020-12-31",
                  {share("city", Ratio::percent(80)), reimbursing("province", Ratio::percent(30), "city")})};
}

}  // namespace talent_loan::testing

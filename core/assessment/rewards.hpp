// A yearly sum divided among the banks that were ranked, towards the principal losses they bear themselves.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/assessment/results.hpp"
#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/money/money.hpp"

namespace talent_loan::assessment {

enum class DivideBy { score = 1, grade, rank };
std::string_view word(DivideBy by);

// How many parts a grade ("优秀") or a rank ("1") gets; what is not named gets none.
using Parts = std::map<std::string, Exact>;

struct Reward {
  BankId bank;
  std::int64_t rank = 0;
  std::string score;
  std::string grade;
  Exact part;
  Fen amount;
};

// Every bank's ⌊sum × part ÷ Σ parts⌋ in fen; the fen left over, fewer than there are banks with a part, go
// one each to those banks from rank 1 on, in the order of the scores. The amounts add up to the sum exactly.
//
// Parts: by score the score itself (0 where it is not above 0); by rank, unless `parts` says otherwise, as
// many as banks stand at this rank or after it; by grade as `parts` says. Throws Failure where nobody has a
// part.
std::vector<Reward> divide(const std::vector<StoredScore>& scores, Fen sum, DivideBy by, const Parts& parts);

struct RewardRequest {
  int year = 0;
  Fen sum;  // above 0
  DivideBy by = DivideBy::score;
  Parts parts{};
  std::string fund{};  // paid from this fund, which must hold the sum; or, where empty,
  PayerId payer{};     // from the budget of this payer
  Day posted_on;
  std::optional<Day> closed_to{};
  std::string user{};
};

// Divides, books one entry (a debit of expenses:reward:BANK for each bank) and stores the round. The same
// request again books nothing and gives the same rewards; another one for the same year throws Failure.
std::vector<Reward> grant(Transaction& transaction, const RewardRequest& request);

// `bank_id,rank,score,grade,part,amount`, last a row with bank_id TOTAL.
void write_rewards(OutputFile& file, const std::vector<Reward>& rewards);

}  // namespace talent_loan::assessment

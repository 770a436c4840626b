// Which banks are filed (备案) with the supervisor, from when to when.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

struct BankFiling {
  BankId bank;
  std::string name;
  Period filed;  // both ends inclusive; no end: still filed
  std::optional<std::string> ended_because{};
};

// In byte order of banks, then by first day.
std::vector<BankFiling> bank_filings(Transaction& transaction);

// Files a bank for a period; an empty name keeps the one it was filed under before. The same filing again changes
// nothing and gives false. One that overlaps another of the same bank throws Failure.
bool file_bank(Transaction& transaction, const BankFiling& filing, const std::string& actor);

// Ends the filing that holds on `from`, whose last day is then the day before. A filing that would begin on or
// after `from` is ended before its first day, so that it never held. The same again changes nothing and gives
// false. Throws Failure where the bank is not filed then.
bool unfile_bank(Transaction& transaction, const BankId& bank, Day from, const std::string& why, const std::string& actor);

// For many questions at once; safe to read from any thread.
class FiledBanks {
 public:
  explicit FiledBanks(const std::vector<BankFiling>& filings);
  bool filed_on(const std::string& bank, Day day) const;

 private:
  std::map<std::string, std::vector<Period>, std::less<>> periods_;
};

}  // namespace talent_loan

// The lines and totals files of a settlement: their columns, and the sums per bank.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/money/money.hpp"
#include "core/policy/policy.hpp"

namespace talent_loan {

// claim_id,bank_id,loan_id,policy_version,principal_loss,<payer>_pays,<payer>_bears,…,bank_bears
std::string lines_header(const std::vector<PayerId>& payers);
// bank_id,claims,principal_loss,<payer>_pays,<payer>_bears,…,bank_bears
std::string totals_header(const std::vector<PayerId>& payers);

// Sums per bank. Not shared between threads: each sums its own and they are added up at the end.
class BankTotals {
 public:
  explicit BankTotals(std::size_t payers) : payers_(payers) {}

  // `pays` and `bears`: one amount for each payer.
  void add(std::string_view bank_id, Fen loss, const Fen* pays, const Fen* bears, Fen bank_bears);
  void add(const BankTotals& other);
  std::uint64_t claims() const;

  // The rows of the totals file: banks in byte order, then TOTAL. Throws Failure where what the payers and the
  // bank bear does not add up to the loss.
  std::string rows() const;

 private:
  // Sums of one bank: principal loss, the payers' pays and bears by turns, bank_bears.
  struct Bank {
    std::string id;
    std::uint64_t claims = 0;
    std::vector<FenSum> sums;
  };
  Bank& bank(std::string_view bank_id);
  void append(std::string& out, const Bank& bank) const;

  std::size_t payers_;
  std::deque<Bank> banks_;
  std::unordered_map<std::string_view, Bank*> by_id_;  // keys point into banks_
  // The bank last seen for each of some shapes of identifier: spares most rows the map.
  std::array<Bank*, 256> recent_{};
};

}  // namespace talent_loan

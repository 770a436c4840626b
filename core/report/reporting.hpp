// What every report is made from: one consistent state of the books, the names of those who appear in them, and
// the language. Everything is borrowed for the call.
#pragma once

#include <map>
#include <string>

#include "core/message/message.hpp"
#include "core/policy/policy.hpp"
#include "core/policy/site.hpp"
#include "core/store/database.hpp"

namespace talent_loan {

using BankNames = std::map<BankId, Text>;

// As the banks are filed with the supervisor; a later filing's name stands. A bank filed without a name is left out.
BankNames filed_bank_names(Transaction& transaction);

struct Reporting {
  Transaction& transaction;
  const Site& site;
  const PolicySet& policies;
  const BankNames& bank_names;  // of banks that site.yaml does not name
  Language language = Language::chinese;

  std::string say(const Text& text) const { return text.in(language); }
  std::string say(const char* chinese, const char* english) const { return language == Language::chinese ? chinese : english; }

  std::string bank_name(const BankId& bank) const;  // the id where none is known
  std::string bank(const BankId& bank) const;       // "鲁中银行（luzhong-bank）": the name beside the id
  std::string payer(const PayerId& payer) const { return say(site.payer_name(payer)); }
  std::string fund(const std::string& fund) const { return say(site.fund_name(fund)); }
  std::string user(const UserId& user) const;  // "李某（li）"; a dash for nobody
};

// "鲁中银行（luzhong-bank）", "a fund (its payer)": only the first where both are the same or the second is empty.
std::string beside(const std::string& name, const std::string& other, Language language);

// "淄博市 · 标题"
std::string titled(const Reporting& reporting, const std::string& title);

}  // namespace talent_loan

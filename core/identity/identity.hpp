// Who and what a record is about: one type per kind of key, and the check characters of public identifiers.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace talent_loan {

// A key of one kind. `Identifier<BankTag>` and `Identifier<LoanTag>` do not convert into each other: a bank
// cannot be passed where a loan is due. Any bytes are kept as they came.
template <typename Tag>
class Identifier {
 public:
  Identifier() = default;
  explicit Identifier(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Identifier&, const Identifier&) = default;

 private:
  std::string text_;
};

using BankId = Identifier<struct BankTag>;
using LoanId = Identifier<struct LoanTag>;
using ClaimId = Identifier<struct ClaimTag>;
using TalentId = Identifier<struct TalentTag>;
using ApplicationId = Identifier<struct ApplicationTag>;
using DecisionId = Identifier<struct DecisionTag>;
using RequestId = Identifier<struct RequestTag>;
using RecoveryId = Identifier<struct RecoveryTag>;
using BatchId = Identifier<struct BatchTag>;
using ProgrammeId = Identifier<struct ProgrammeTag>;
using PayerId = Identifier<struct PayerTag>;
using SchemeId = Identifier<struct SchemeTag>;
using VersionId = Identifier<struct VersionTag>;
using UserId = Identifier<struct UserTag>;

// GB 32100-2015, unified social credit code: 18 characters of 0-9 and A-Z without I, O, S, V, Z, the last a
// check character (weights 3^i mod 31). Upper case only.
bool valid_social_credit_code(std::string_view code);

// GB 11643-1999, resident identity number: 17 digits and a check character (0-9 or X, ISO 7064 MOD 11-2),
// with a real day of birth at characters 7 to 14.
bool valid_resident_identity_number(std::string_view number);

// A passport number: 5 to 20 of A-Z and 0-9 (ICAO 9303 leaves the form to the issuing state).
bool valid_passport_number(std::string_view number);

// A foreign permanent resident card number: the card of 2023 has 18 characters in the form of GB 11643 whose
// first digit is 9; the earlier one has 15: three letters and twelve digits (its check digit, the last, by the
// weights 7, 3, 1 of ICAO 9303).
bool valid_permanent_resident_number(std::string_view number);

}  // namespace talent_loan

template <typename Tag>
struct std::hash<talent_loan::Identifier<Tag>> {
  std::size_t operator()(const talent_loan::Identifier<Tag>& id) const { return std::hash<std::string>{}(id.text()); }
};

// C structs of the interface to the kit's values and back. Included by sdk_border.hpp; nothing here is for adapters
// to name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace talent_loan::sdk::border {

inline talent_loan_text c(std::string_view text) { return {text.data(), text.size()}; }
inline std::string value(talent_loan_text text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }
inline std::vector<std::string> values(talent_loan_texts texts) {
  std::vector<std::string> out;
  out.reserve(texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) out.push_back(value(texts.items[i]));
  return out;
}
inline std::int32_t c(Day day) { return day.time_since_epoch().count(); }
inline std::int32_t c(std::optional<Day> day) { return day ? c(*day) : TALENT_LOAN_NO_DAY; }
inline Day day(std::int32_t days) { return Day(Day::duration(days)); }
inline std::int64_t c(std::optional<Rate> rate) { return rate ? rate->hundred_millionths : -1; }
inline talent_loan_yes_no c(bool yes) { return yes ? TALENT_LOAN_YES : TALENT_LOAN_NO; }

// A C struct with its size filled and everything else zero.
template <typename Struct>
Struct sized() {
  Struct made{};
  made.struct_size = sizeof(Struct);
  return made;
}

inline talent_loan_error c(const Error& error) {
  auto out = sized<talent_loan_error>();
  out.code = static_cast<talent_loan_result>(error.code());
  out.retry = static_cast<talent_loan_retry>(error.retry());
  out.text = c(error.text());
  out.field = c(error.field());
  return out;
}

inline talent_loan_cursor c(const Cursor& cursor) {
  auto out = sized<talent_loan_cursor>();
  out.position = cursor.position;
  out.token = c(cursor.token);
  return out;
}

// A struct of the host that is smaller than the first release's is no struct of this interface.
template <typename Struct>
const Struct& checked(const Struct* from, const char* what) {
  if (from == nullptr || from->struct_size < sizeof(Struct)) {
    throw Error(Result::bad_request, Retry::never, std::string("struct too small: ") + what, what);
  }
  return *from;
}

// Element `index` of an array of the host, whose elements may be larger than ours.
template <typename Struct>
const Struct& element(const Struct* items, std::size_t index, const char* what) {
  const std::size_t stride = checked(items, what).struct_size;
  const char* at = reinterpret_cast<const char*>(items) + index * stride;
  return checked(reinterpret_cast<const Struct*>(at), what);
}

inline Decision value(const talent_loan_decision& from) {
  return {value(from.key),           value(from.decision_id), value(from.application_id), from.eligible == TALENT_LOAN_YES,
          values(from.reasons),      value(from.policy_version), value(from.programme),   values(from.cites),
          day(from.decided_on)};
}

inline IssueRequest value(const talent_loan_issue& from) {
  return {value(from.key), value(from.application_id), value(from.decision_id), day(from.as_of)};
}

inline Settled value(const talent_loan_settled& from) {
  Settled out{value(from.key),  value(from.batch_id),       value(from.claim_id),      value(from.loan_id),
              from.accepted == TALENT_LOAN_YES, value(from.code), value(from.policy_version), Fen{from.principal_loss},
              Fen{from.paid},   Fen{from.bank_bears},       {}};
  for (std::size_t i = 0; i < from.payer_count; ++i) {
    const auto& payer = element(from.payers, i, "payers");
    out.payers.push_back({value(payer.payer), Fen{payer.pays}, Fen{payer.bears}});
  }
  return out;
}

inline Scored value(const talent_loan_scored& from) {
  Scored out{value(from.key), from.year, value(from.score), from.rank, from.banks, value(from.grade), {}};
  for (std::size_t i = 0; i < from.breakdown_count; ++i) {
    const auto& points = element(from.breakdown, i, "breakdown");
    out.breakdown.push_back({value(points.indicator), value(points.points)});
  }
  return out;
}

template <typename Value, typename Struct>
std::vector<Value> batch(const Struct* items, std::size_t count, const char* what) {
  std::vector<Value> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(value(element(items, i, what)));
  return out;
}

}  // namespace talent_loan::sdk::border

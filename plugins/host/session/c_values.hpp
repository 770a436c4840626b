// Internal to plugins/host/session: C structs of the interface to raw values and back. Copies, and checks what
// must hold before memory may be read (sizes, counts, pointers); what the values say is checked later.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <talent_loan_adapter.h>

#include "core/message/message.hpp"
#include "plugins/host/session/messages.hpp"

namespace talent_loan::host {

// What an adapter handed over cannot even be read. Thrown and caught within one call, never across the C line.
struct Unreadable {
  Text what;
};

constexpr std::size_t struct_bytes_at_most = 4096;  // a greater struct_size is no size of any version
constexpr std::size_t list_items_at_most = 64;

// The element of an adapter's array, whose elements may be larger than ours; smaller than the first release's
// they are refused.
template <typename Struct>
const Struct& element_of(const Struct* items, std::size_t index, const char* what) {
  const auto wrong = [what](const char* chinese, const char* english) {
    return Unreadable{{std::string(what) + chinese, std::string(what) + english}};
  };
  if (items == nullptr) throw wrong("：空指针", ": null pointer");
  const std::size_t stride = items->struct_size;
  if (stride < sizeof(Struct)) throw wrong("：struct_size 小于 1.0 版的结构", ": struct_size is smaller than the struct of version 1.0");
  if (stride > struct_bytes_at_most || stride % alignof(Struct) != 0) throw wrong("：struct_size 不可能", ": impossible struct_size");
  const auto* at = reinterpret_cast<const Struct*>(reinterpret_cast<const char*>(items) + index * stride);
  if (at->struct_size != stride) throw wrong("：同一数组中 struct_size 不一致", ": different struct_size within one array");
  return *at;
}

[[noreturn]] void unreadable(talent_loan_text text, const char* field);
inline std::string copied(talent_loan_text text, const char* field) {
  if (text.size == 0) return {};
  if (text.data == nullptr || text.size > TALENT_LOAN_TEXT_BYTES_AT_MOST) unreadable(text, field);
  return std::string(text.data, text.size);
}
std::vector<std::string> copied(talent_loan_texts texts, const char* field);
RawError copied(const talent_loan_error* error);
RawCursor copied(const talent_loan_cursor* cursor);
RawReject copied(const talent_loan_reject& row);
RawApplication copied(const talent_loan_application& from);
RawEvent copied(const talent_loan_event& from);
RawClaim copied(const talent_loan_claim& from);
RawAnswer copied(const talent_loan_answer& from);
RawIssueAnswer copied(const talent_loan_issue_answer& from);

// C structs that point into the values they were made from, which must outlive them unchanged.
inline talent_loan_text borrowed(const std::string& text) { return {text.data(), text.size()}; }
talent_loan_opening borrowed(const Opening& opening);

// A batch of C structs with the lists they point into.
class BorrowedDecisions {
 public:
  explicit BorrowedDecisions(const std::vector<DecisionNotice>& items);
  const std::vector<talent_loan_decision>& structs() const { return structs_; }

 private:
  std::vector<std::vector<talent_loan_text>> lists_;
  std::vector<talent_loan_decision> structs_;
};

class BorrowedIssues {
 public:
  explicit BorrowedIssues(const std::vector<IssueRequest>& items);
  const std::vector<talent_loan_issue>& structs() const { return structs_; }

 private:
  std::vector<talent_loan_issue> structs_;
};

class BorrowedSettled {
 public:
  explicit BorrowedSettled(const std::vector<SettledNotice>& items);
  const std::vector<talent_loan_settled>& structs() const { return structs_; }

 private:
  std::vector<std::vector<talent_loan_payer_amount>> lists_;
  std::vector<talent_loan_settled> structs_;
};

class BorrowedScored {
 public:
  explicit BorrowedScored(const std::vector<ScoredNotice>& items);
  const std::vector<talent_loan_scored>& structs() const { return structs_; }

 private:
  std::vector<std::vector<talent_loan_indicator_points>> lists_;
  std::vector<talent_loan_scored> structs_;
};

}  // namespace talent_loan::host

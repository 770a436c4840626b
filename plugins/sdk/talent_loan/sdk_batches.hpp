// What a poll finds on its way to the host: records become C structs as they are delivered, their texts stand in
// the batch's own memory, and a full batch goes to the host's sink. Included by sdk_border.hpp; nothing here is for
// adapters to name.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include <talent_loan/sdk_values.hpp>

namespace talent_loan::sdk::border {

// The texts that the C structs of one batch point to, side by side in chunks that never move: a batch has too many
// short ones for a piece of the heap each. What was kept stays where it is until clear().
class Texts {
 public:
  static constexpr std::size_t chunk_bytes = 16384;

  talent_loan_text keep(std::string_view text) {
    if (text.empty()) return {nullptr, 0};
    if (text.size() > static_cast<std::size_t>(end_ - next_)) new_chunk(text.size());
    char* const at = next_;
    std::memcpy(at, text.data(), text.size());
    next_ += text.size();
    return {at, text.size()};
  }
  talent_loan_texts keep(const std::vector<std::string>& texts) {
    if (texts.empty()) return {nullptr, 0};
    talent_loan_text* const items = room_for(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) new (items + i) talent_loan_text(keep(std::string_view(texts[i])));
    return {items, texts.size()};
  }
  // Forgets all of them, and keeps one chunk for the next batch.
  void clear() {
    if (chunks_.empty()) return;
    chunks_.resize(1);
    use(chunks_.front());
  }

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  talent_loan_text* room_for(std::size_t count) {
    const std::size_t bytes = count * sizeof(talent_loan_text);
    void* at = next_;
    auto left = static_cast<std::size_t>(end_ - next_);
    if (std::align(alignof(talent_loan_text), bytes, at, left) == nullptr) {
      new_chunk(bytes);
      at = next_;  // new[] aligns for every type
    }
    next_ = static_cast<char*>(at) + bytes;
    return static_cast<talent_loan_text*>(at);
  }
  // What is left of the last chunk is not used any more.
  void new_chunk(std::size_t bytes_at_least) {
    const std::size_t size = bytes_at_least > chunk_bytes ? bytes_at_least : chunk_bytes;
    chunks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    use(chunks_.back());
  }
  void use(const Chunk& chunk) {
    next_ = chunk.bytes.get();
    end_ = next_ + chunk.size;
  }

  std::vector<Chunk> chunks_;
  char* next_ = nullptr;  // the first free byte of the last chunk
  char* end_ = nullptr;   // its end
};

inline talent_loan_application c(const Application& from, Texts& texts) {
  auto out = sized<talent_loan_application>();
  out.borrower_kind = static_cast<talent_loan_borrower_kind>(from.borrower_kind);
  out.application_id = texts.keep(from.application_id);
  out.borrower_id = texts.keep(from.borrower_id);
  out.applied_on = c(from.applied_on);
  out.term_months = from.term_months.value_or(0);
  out.amount = from.amount.count;
  out.rate = c(from.rate);
  out.purpose = texts.keep(from.purpose);
  out.secured = c(from.secured);
  out.guaranteed = c(from.guaranteed);
  out.tags = texts.keep(from.tags);
  return out;
}

inline talent_loan_event c(const Event& from, Texts& texts) {
  auto out = sized<talent_loan_event>();
  out.kind = static_cast<talent_loan_event_kind>(from.kind);
  out.event_id = texts.keep(from.event_id);
  out.loan_id = texts.keep(from.loan_id);
  out.happened_on = c(from.happened_on);
  out.overdue_days = from.overdue_days;
  out.amount = from.amount.count;
  out.costs = from.costs.count;
  out.loan_class = from.loan_class ? static_cast<talent_loan_class>(*from.loan_class) : 0;
  out.due_on = c(from.due_on);
  out.sequence = from.sequence;
  return out;
}

inline talent_loan_claim c(const Claim& from, Texts& texts) {
  auto out = sized<talent_loan_claim>();
  out.claim_id = texts.keep(from.claim_id);
  out.loan_id = texts.keep(from.loan_id);
  out.borrower_id = texts.keep(from.borrower_id);
  out.bank_id = texts.keep(from.bank_id);
  out.disbursed_on = c(from.disbursed_on);
  out.defaulted_on = c(from.defaulted_on);
  out.claimed_on = c(from.claimed_on);
  out.outstanding_principal = from.outstanding_principal.count;
  out.recovered_principal = from.recovered_principal.count;
  out.loan_amount = from.loan_amount ? from.loan_amount->count : -1;
  out.line = from.line;
  return out;
}

inline talent_loan_reject c(const Reject& from, Texts& texts) {
  auto out = sized<talent_loan_reject>();
  out.code = static_cast<talent_loan_reject_code>(from.code);
  out.source = texts.keep(from.source);
  out.line = from.line;
  out.key = texts.keep(from.key);
  out.text = texts.keep(from.text);
  return out;
}

// Gathers records into batches of up to `batch_records` for the host's sink. Where a call of it throws, the batch and
// its cursor are as they were before that call.
template <typename Record, typename CRecord, typename CSink>
class Batches final : public Sink<Record> {
 public:
  static constexpr std::size_t batch_records = 512;
  Batches(const CSink& sink, const Poll& poll) : sink_(sink), left_(poll.at_most), after_(poll.after) {}

  bool deliver(const Record& record, const Cursor& after) override {
    if (stopped_) throw Error(Result::internal, Retry::never, "a record was handed over after the host had said stop");
    if (records_.capacity() == 0) records_.reserve(left_ < batch_records ? left_ : batch_records);
    const CRecord made = c(record, texts_);
    move_to(after);
    records_.push_back(made);  // there is room: nothing throws any more
    if (--left_ == 0) stopped_ = true;
    if (stopped_ || records_.size() == batch_records) flush();
    return !stopped_;
  }
  void skip_to(const Cursor& after) override { move_to(after); }
  void reject(const Reject& row) override { rejects_.push_back(c(row, texts_)); }

  void flush() {
    if (!rejects_.empty()) {
      sink_.reject(&sink_, rejects_.data(), rejects_.size());
      rejects_.clear();
    }
    if (moved_) {
      const talent_loan_cursor after = c(after_);
      if (sink_.take(&sink_, records_.data(), records_.size(), &after) != TALENT_LOAN_SINK_CONTINUE) stopped_ = true;
      records_.clear();
      moved_ = false;
    }
    texts_.clear();
  }

 private:
  void move_to(const Cursor& after) {
    after_.token = after.token;  // first, for want of memory it may throw
    after_.position = after.position;
    moved_ = true;
  }

  const CSink& sink_;
  std::uint32_t left_;
  Cursor after_;
  bool moved_ = false;
  bool stopped_ = false;
  Texts texts_;
  std::vector<CRecord> records_;
  std::vector<talent_loan_reject> rejects_;
};

}  // namespace talent_loan::sdk::border

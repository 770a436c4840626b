// An adapter without a bank: whatever it hands over is made of the bytes of its configuration. It lies about
// everything but where its own memory ends.
#include <memory>
#include <vector>

#include <talent_loan_adapter.h>

#include "tests/fuzz/fuzz.hpp"

struct talent_loan_instance {
  std::string bytes;
};

namespace {

using talent_loan::fuzz::Input;

constexpr std::size_t stride_at_most = 8192;  // more than the host takes for a size

// Values of one call. Everything it points to lives as long as it does.
class Lies {
 public:
  explicit Lies(const talent_loan_instance& instance) : input_(instance.bytes) { input_.byte(); }

  bool more() const { return !input_.empty(); }
  std::uint8_t byte() { return input_.byte(); }
  std::int32_t word() { return input_.byte() % 2 == 0 ? input_.byte() : input_.number<std::int32_t>(); }
  std::int64_t amount() { return input_.byte() % 2 == 0 ? input_.number<std::uint16_t>() : input_.number<std::int64_t>(); }
  talent_loan_text text() {
    const std::uint8_t shape = input_.byte();
    if (shape == 0xFF) return {nullptr, input_.number<std::uint32_t>()};
    if (shape == 0xFE) {
      static const std::string long_text(5000, 'x');
      return {long_text.data(), input_.number<std::uint16_t>() % (long_text.size() + 1)};
    }
    const std::string_view piece = input_.text();
    return {piece.data(), piece.size()};
  }
  // An array of `count` structs, each with room behind it for whatever size it claims, at that distance.
  template <typename Struct, typename Fill>
  const Struct* array(std::size_t count, Fill fill) {
    const std::uint8_t shape = input_.byte();
    if (shape == 0xFF) return nullptr;
    const std::uint32_t size = shape < 0xF0 ? sizeof(Struct) : shape < 0xF8 ? sizeof(Struct) + 8U * (shape - 0xF0U) : input_.number<std::uint32_t>();
    const std::size_t stride = size < sizeof(Struct) || size > stride_at_most || size % alignof(Struct) != 0 ? sizeof(Struct) : size;
    auto& room = rooms_.emplace_back(std::make_unique<std::uint64_t[]>(count * stride / 8 + stride_at_most));
    char* const begin = reinterpret_cast<char*>(room.get());
    for (std::size_t i = 0; i < count; ++i) {
      Struct made{};
      made.struct_size = shape == 0xFD && i > 0 ? input_.byte() : size;
      fill(made);
      std::memcpy(begin + i * stride, &made, sizeof made);
    }
    return reinterpret_cast<const Struct*>(begin);
  }
  const talent_loan_error* error() {
    return array<talent_loan_error>(1, [this](talent_loan_error& made) {
      made.code = word();
      made.retry = word();
      made.text = text();
      made.field = text();
    });
  }
  const talent_loan_cursor* cursor() {
    return array<talent_loan_cursor>(1, [this](talent_loan_cursor& made) {
      made.position = amount();
      made.token = text();
    });
  }
  talent_loan_texts texts() {
    auto& list = lists_.emplace_back();
    for (std::size_t count = input_.byte() % 70; list.size() < count;) list.push_back(text());
    return {input_.byte() == 0xFF ? nullptr : list.data(), list.size()};
  }
  talent_loan_result result(const talent_loan_call* call) {
    if (!more() || byte() % 4 != 0) return TALENT_LOAN_OK;
    if (byte() % 4 != 0) call->fail(call, error());
    return word();
  }

 private:
  Input input_;
  std::vector<std::unique_ptr<std::uint64_t[]>> rooms_;
  std::vector<std::vector<talent_loan_text>> lists_;
};

void fill(Lies& lies, talent_loan_application& made) {
  made.borrower_kind = lies.word();
  made.application_id = lies.text();
  made.borrower_id = lies.text();
  made.applied_on = lies.word();
  made.term_months = lies.word();
  made.amount = lies.amount();
  made.rate = lies.amount();
  made.purpose = lies.text();
  made.secured = lies.word();
  made.guaranteed = lies.word();
  made.tags = lies.texts();
}
void fill(Lies& lies, talent_loan_event& made) {
  made.kind = lies.word();
  made.event_id = lies.text();
  made.loan_id = lies.text();
  made.happened_on = lies.word();
  made.overdue_days = lies.word();
  made.amount = lies.amount();
  made.costs = lies.amount();
  made.loan_class = lies.word();
  made.due_on = lies.word();
  made.sequence = lies.amount();
}
void fill(Lies& lies, talent_loan_claim& made) {
  made.claim_id = lies.text();
  made.loan_id = lies.text();
  made.borrower_id = lies.text();
  made.bank_id = lies.text();
  made.disbursed_on = lies.word();
  made.defaulted_on = lies.word();
  made.claimed_on = lies.word();
  made.outstanding_principal = lies.amount();
  made.recovered_principal = lies.amount();
  made.loan_amount = lies.amount();
}
void fill(Lies& lies, talent_loan_reject& made) {
  made.code = lies.word();
  made.source = lies.text();
  made.key = lies.text();
  made.text = lies.text();
}
void fill(Lies& lies, talent_loan_answer& made) {
  made.result = lies.word();
  made.key = lies.text();
  made.receipt = lies.text();
  made.error = lies.byte() % 2 == 0 ? nullptr : lies.error();
}
void fill(Lies& lies, talent_loan_issue_answer& made) {
  made.result = lies.word();
  made.key = lies.text();
  made.error = lies.byte() % 2 == 0 ? nullptr : lies.error();
  made.outcome = lies.word();
  made.disbursed_on = lies.word();
  made.loan_id = lies.text();
  made.amount = lies.amount();
  made.rate = lies.amount();
  made.due_on = lies.word();
  made.term_months = lies.word();
  made.reason = lies.text();
}

template <typename Item, typename Sink>
talent_loan_result hand_over(const talent_loan_call* call, talent_loan_instance* instance, const Sink* sink) {
  Lies lies(*instance);
  for (int batch = 0; batch < 8 && lies.more(); ++batch) {
    if (lies.byte() % 4 == 0) {
      const std::size_t rows = lies.byte() % 3;
      sink->reject(sink, lies.array<talent_loan_reject>(rows, [&](talent_loan_reject& row) { fill(lies, row); }), rows);
    }
    const std::size_t count = lies.byte() % 5;
    const Item* items = lies.array<Item>(count, [&](Item& item) { fill(lies, item); });
    sink->take(sink, items, count, lies.cursor());
  }
  return lies.result(call);
}

template <typename Answer, typename Sink>
talent_loan_result answer(const talent_loan_call* call, talent_loan_instance* instance, const Sink* sink) {
  Lies lies(*instance);
  for (int batch = 0; batch < 4 && lies.more(); ++batch) {
    const std::size_t count = lies.byte() % 5;
    sink->take(sink, lies.array<Answer>(count, [&](Answer& item) { fill(lies, item); }), count);
  }
  return lies.result(call);
}

talent_loan_result open(const talent_loan_call*, const talent_loan_opening* opening, talent_loan_instance** instance) {
  *instance = new talent_loan_instance{std::string(opening->config.data, opening->config.size)};
  return TALENT_LOAN_OK;
}
talent_loan_result close(const talent_loan_call*, talent_loan_instance* instance) { return delete instance, TALENT_LOAN_OK; }
talent_loan_result health(const talent_loan_call* call, talent_loan_instance* instance) {
  Lies lies(*instance);
  while (lies.more() && lies.byte() % 2 == 0) call->log(call, lies.word(), lies.text());
  return lies.result(call);
}
talent_loan_result poll_applications(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll*, const talent_loan_application_sink* sink) {
  return hand_over<talent_loan_application>(call, instance, sink);
}
talent_loan_result poll_events(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll*, const talent_loan_event_sink* sink) {
  return hand_over<talent_loan_event>(call, instance, sink);
}
talent_loan_result poll_claims(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_poll*, const talent_loan_claim_sink* sink) {
  return hand_over<talent_loan_claim>(call, instance, sink);
}
talent_loan_result decision(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_decision*, size_t, const talent_loan_answer_sink* sink) {
  return answer<talent_loan_answer>(call, instance, sink);
}
talent_loan_result issue(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_issue*, size_t, const talent_loan_issue_answer_sink* sink) {
  return answer<talent_loan_issue_answer>(call, instance, sink);
}
talent_loan_result settled(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_settled*, size_t, const talent_loan_answer_sink* sink) {
  return answer<talent_loan_answer>(call, instance, sink);
}
talent_loan_result scored(const talent_loan_call* call, talent_loan_instance* instance, const talent_loan_scored*, size_t, const talent_loan_answer_sink* sink) {
  return answer<talent_loan_answer>(call, instance, sink);
}

const void* get_table(talent_loan_text name) {
  static const talent_loan_adapter_table table = {sizeof table, 0, &open, &close, &health, &poll_applications, &decision, &issue, &poll_events, &poll_claims, &settled, &scored};
  return std::string_view(name.data, name.size) == TALENT_LOAN_ADAPTER_TABLE_1 ? &table : nullptr;
}

}  // namespace

const talent_loan_entry talent_loan_adapter_entry = {TALENT_LOAN_ADAPTER_MAGIC, TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR,
                                                     sizeof(talent_loan_entry), {"fuzzed", 6}, {"1", 1}, &get_table};

// The bank keeps a ledger, a text file of lines in the order of days, and reads a file of messages: README.md.
#include <talent_loan/lines.hpp>

using namespace talent_loan::sdk;

class LedgerFile : public Adapter {
 public:
  LedgerFile(const Opening& opening, const Call& call)
      : ledger_(LinesFile::named(opening, call, 1, "台账文件", "the ledger", '|')), messages_(LinesFile::named(opening, call, 2, "消息文件", "the messages", ' ')) {}

  void health(const Call& call) override { ledger_.require_readable(call); }
  void poll_applications(const Call& call, const Poll& poll, Sink<Application>& sink) override { ledger_.poll(call, poll, sink, application_of); }
  void poll_events(const Call& call, const Poll& poll, Sink<Event>& sink) override { ledger_.poll(call, poll, sink, event_of); }
  void poll_claims(const Call& call, const Poll& poll, Sink<Claim>& sink) override { ledger_.poll(call, poll, sink, claim_of); }

  std::string decision(const Call& call, const Decision& d) override {
    return messages_.tell_once(call, d.key, "decision " + d.application_id + (d.eligible ? " yes" : " no") + each_after(" ", d.reasons));
  }
  Issued issue(const Call& call, const IssueRequest& r) override {
    messages_.tell_once(call, r.key, "issue " + r.application_id);
    Issued issued = Issued::pending();
    ledger_.each(call, [&](const Line& line) {
      if (line.key() != r.application_id || !(line.is("lent") || line.is("declined")) || line.day(2) > r.as_of) return true;
      issued = line.is("declined") ? Issued::declined(line.text(3)) : Issued{IssueOutcome::disbursed, line.id(3), line.day(2), line.fen(4), {}, line.day(5), {}, {}};
      return false;
    });
    return issued;
  }
  std::string settled(const Call& call, const Settled& s) override {
    return messages_.tell_once(call, s.key, "settled " + s.claim_id + " " + std::to_string(s.paid.count) + " " + s.code);
  }
  std::string scored(const Call& call, const Scored& s) override { return messages_.tell_once(call, s.key, "scored " + std::to_string(s.year) + " " + s.score); }

 private:
  static bool yes(const Line& line, std::size_t cell) { return line.one_of<bool>(cell, {{"yes", true}, {"no", false}}); }

  static std::optional<Application> application_of(const Line& line) {
    if (!line.is("application")) return std::nullopt;
    line.require_cells(11);
    const auto kind = line.one_of<BorrowerKind>(3, {{"talent", BorrowerKind::talent}, {"employer", BorrowerKind::employer}});
    return Application{line.id(1), kind, line.id(4), line.day(2), line.fen(5), line.id(6), yes(line, 7), yes(line, 8),
                       static_cast<int>(line.whole(9, 1200)), Rate{line.whole(10, 10'000) * 10'000}, {}};
  }
  static std::optional<Claim> claim_of(const Line& line) {
    if (!line.is("claim")) return std::nullopt;
    line.require_cells(10);
    return Claim{line.id(1), line.id(3), line.id(4), {}, line.day(5), line.day(6), line.day(2), line.fen(7), line.fen(8), line.fen(9), line.number()};
  }
  static std::optional<Event> event_of(const Line& line) {
    using Kind = std::optional<EventKind>;  // none: lines that other calls read
    const Kind kind = line.one_of<Kind>(0, {{"repayment", EventKind::repayment}, {"overdue", EventKind::overdue}, {"classified", EventKind::classification},
                                            {"default", EventKind::default_}, {"application", {}}, {"lent", {}}, {"declined", {}}, {"claim", {}}});
    if (!kind) return std::nullopt;
    line.require_cells(kind == EventKind::default_ ? 4 : 5);
    Event event{*kind, line.id(1), line.id(3), line.day(2), 0, {}, {}, {}, {}, 0};
    if (kind == EventKind::repayment) event.amount = line.fen(4);
    if (kind == EventKind::overdue) event.overdue_days = static_cast<int>(line.whole(4, 36'500));
    if (kind == EventKind::classification) {
      event.loan_class = line.one_of<LoanClass>(4, {{"special-mention", LoanClass::special_mention}, {"substandard", LoanClass::substandard},
                                                    {"doubtful", LoanClass::doubtful}, {"loss", LoanClass::loss}});
    }
    return event;
  }

  LinesFile ledger_, messages_;
};

TALENT_LOAN_EXPORT_ADAPTER("ledger-file", "1.0.0", LedgerFile)

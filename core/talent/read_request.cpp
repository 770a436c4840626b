#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/talent/verify_file.hpp"

namespace talent_loan {
namespace {

enum Column { request_id = 0, bank_id, borrower_kind, borrower_id, on, amount, purpose, secured, guaranteed };

// A row that slipped by a column has its identity number anywhere.
Text shown(std::string_view cell) { return verbatim(quoted(without_personal_data(cell))); }

RowProblem problem(RowCode code, Column column, const Text& found, const Text& allowed) {
  const std::string& name = request_column_names()[column];
  return {code, {fmt::format("{}：{}；允许：{}", name, found.chinese, allowed.chinese),
                 fmt::format("{}: {}; allowed: {}", name, found.english, allowed.english)}};
}

std::optional<BorrowerRule::Kind> parse_kind(std::string_view cell) {
  if (cell == "talent") return BorrowerRule::Kind::talent;
  if (cell == "employer") return BorrowerRule::Kind::employer;
  return std::nullopt;
}

std::optional<bool> parse_yes_no(std::string_view cell) {
  if (cell == "yes") return true;
  if (cell == "no") return false;
  return std::nullopt;
}

std::optional<RowProblem> bad_identifier(BorrowerRule::Kind kind, std::string_view id, const Verifier& verifier) {
  if (kind == BorrowerRule::Kind::employer) {
    if (valid_social_credit_code(id)) return std::nullopt;
    return problem(RowCode::bad_identifier, borrower_id, verbatim(quoted(masked_identifier(id))),
                   {"18 位统一社会信用代码，校验码正确", "a unified social credit code: 18 characters with the right check character"});
  }
  if (plausible_identity_number(id) || verifier.listed(id)) return std::nullopt;
  return problem(RowCode::bad_identifier, borrower_id, verbatim(quoted(masked_identifier(id))),
                 {"位数和校验码正确的身份证、护照或外国人永久居留身份证号码",
                  "a resident identity, passport or permanent resident card number with the right length and check character"});
}

}  // namespace

const std::vector<std::string>& request_column_names() {
  static const std::vector<std::string> names{"request_id", "bank_id", "borrower_kind", "borrower_id", "on", "amount", "purpose", "secured", "guaranteed"};
  return names;
}

std::variant<VerificationRequest, RowProblem> read_request(const RequestCells& cells, const Verifier& verifier) {
  for (std::size_t i = 0; i < request_columns; ++i) {
    if (cells[i].empty()) return problem(RowCode::missing_value, static_cast<Column>(i), {"空白", "empty"}, {"必须有值", "a value"});
  }
  const std::optional<Day> day = parse_day(cells[on]);
  if (!day) return problem(RowCode::bad_date, on, shown(cells[on]), {"YYYY-MM-DD 格式的真实日期", "a real day as YYYY-MM-DD"});
  const std::optional<Fen> asked = parse_yuan(cells[amount]);
  if (!asked) {
    return problem(RowCode::bad_amount, amount, shown(cells[amount]),
                   {"元，最多两位小数，例如 1234567.89", "yuan with at most two decimals, for example 1234567.89"});
  }
  const std::optional<BorrowerRule::Kind> kind = parse_kind(cells[borrower_kind]);
  if (kind) {
    if (auto found = bad_identifier(*kind, cells[borrower_id], verifier)) return *std::move(found);
  } else {
    return problem(RowCode::bad_value, borrower_kind, shown(cells[borrower_kind]), verbatim("talent, employer"));
  }
  for (const Column column : {secured, guaranteed}) {
    if (!parse_yes_no(cells[column])) return problem(RowCode::bad_value, column, shown(cells[column]), verbatim("yes, no"));
  }
  return VerificationRequest{.bank = BankId(std::string(cells[bank_id])), .kind = *kind, .borrower_id = std::string(cells[borrower_id]),
                             .on = *day, .amount = *asked, .purpose = std::string(cells[purpose]),
                             .secured = *parse_yes_no(cells[secured]), .guaranteed = *parse_yes_no(cells[guaranteed])};
}

void append_decision(std::string_view request_id, const VerificationDecision& decision, std::string& out) {
  std::string cites;
  for (const std::string& cite : decision.cites) (cites += cites.empty() ? "" : "|") += cite;
  RowText row(out);
  row.text(request_id).plain(decision.eligible() ? "yes" : "no").plain(decision.reasons.words());
  row.text(decision.version != nullptr ? decision.version->version.text() : "").text(decision.programme.text()).text(cites).end();
}

}  // namespace talent_loan

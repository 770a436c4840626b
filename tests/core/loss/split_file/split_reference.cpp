#include "tests/core/loss/split_file/split_reference.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace talent_loan::testing {
namespace {

constexpr Int128 one = 100'000'000;

std::string digits(Int128 value) {
  std::string out;
  for (; value > 0; value /= 10) out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return out.empty() ? "0" : out;
}

std::string yuan(Int128 fen) {
  const std::string cents = digits(fen % 100);
  return digits(fen / 100) + "." + (cents.size() == 1 ? "0" : "") + cents;
}

bool is_amount(const std::string& text) {
  static const std::regex form(R"([0-9]{1,15}(\.[0-9]{1,2})?)");
  return std::regex_match(text, form);
}

Int128 fen(std::string text) {
  const std::size_t point = text.find('.');
  std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  decimals.resize(2, '0');
  Int128 value = 0;
  for (const char c : text.substr(0, point) + decimals) value = value * 10 + (c - '0');
  return value;
}

bool is_date(const std::string& text) {
  static const std::regex form(R"([0-9]{4}-[0-9]{2}-[0-9]{2})");
  if (!std::regex_match(text, form)) return false;
  const int year = std::stoi(text.substr(0, 4));
  const int month = std::stoi(text.substr(5, 2));
  const int day = std::stoi(text.substr(8, 2));
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int last[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= last[month - 1];
}

int level_number(const std::string& word) {
  const std::vector<std::string> words{"", "district", "municipal", "provincial", "national"};
  return static_cast<int>(std::find(words.begin(), words.end(), word) - words.begin());
}

std::string cell(const std::string& text) {
  std::string out = text;
  if (!text.empty() && std::string("=+-@\t\r").find(text.front()) != std::string::npos) out = "'" + text;
  if (text.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string doubled;
  for (const char c : out) doubled += c == '"' ? std::string("\"\"") : std::string(1, c);
  return "\"" + doubled + "\"";
}

bool one_of(const std::string& list, const std::string& word) {
  return ("|" + list + "|").find("|" + word + "|") != std::string::npos;
}

}  // namespace

SplitReference::SplitReference(std::vector<PolicyVersion> versions, std::string scheme) : versions_(std::move(versions)) {
  std::erase_if(versions_, [&](const PolicyVersion& v) { return v.scheme.text() != scheme; });
  std::sort(versions_.begin(), versions_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.effective.from, a.version.text()) < std::pair(b.effective.from, b.version.text());
  });
  for (const PolicyVersion& version : versions_) {
    for (const Share& share : version.compensation.shares) {
      for (const ShareMember& member : share.members) {
        if (std::find(payers_.begin(), payers_.end(), member.payer.text()) == payers_.end()) payers_.push_back(member.payer.text());
      }
    }
  }
}

bool SplitReference::reads(const std::string& column) const {
  const auto asks = [&](const Condition& c) {
    if (column == "loan_amount") return c.loan_amount_over || c.loan_amount_at_most;
    if (column == "level") return c.level_at_least || c.level_at_most;
    if (column == "programme") return !c.programmes.empty();
    return c.tag || c.without_tag;
  };
  for (const PolicyVersion& version : versions_) {
    if (column == "claimed_on" && version.governed_by == GoverningDate::claimed_on) return true;
    if (column == "claimed_on") continue;
    for (const Share& share : version.compensation.shares) {
      if (asks(share.when)) return true;
      for (const auto& tier : share.tiers) {
        if (asks(tier.when)) return true;
      }
      for (const auto& bonus : share.bonuses) {
        if (asks(bonus.when)) return true;
      }
    }
  }
  return false;
}

bool SplitReference::holds(const Condition& c, const Row& row) {
  const auto at = [&](const char* column) {
    const auto found = row.find(column);
    return found == row.end() ? std::string() : found->second;
  };
  const std::string amount = at("loan_amount");
  const int level = level_number(at("level"));
  if (c.loan_amount_over && (amount.empty() || fen(amount) <= c.loan_amount_over->count())) return false;
  if (c.loan_amount_at_most && (amount.empty() || fen(amount) > c.loan_amount_at_most->count())) return false;
  if (c.level_at_least && (level == 0 || level < static_cast<int>(*c.level_at_least))) return false;
  if (c.level_at_most && (level == 0 || level > static_cast<int>(*c.level_at_most))) return false;
  bool programme = c.programmes.empty();
  for (const ProgrammeId& id : c.programmes) programme = programme || id.text() == at("programme");
  if (!programme) return false;
  if (c.tag && !one_of(at("tags"), *c.tag)) return false;
  return !c.without_tag || !one_of(at("tags"), *c.without_tag);
}

Int128 SplitReference::share(const Share& share, const Row& row, Int128 loss) {
  if (!holds(share.when, row)) return 0;
  Int128 ratio = 0;
  for (auto tier = share.tiers.rbegin(); tier != share.tiers.rend(); ++tier) {
    if (holds(tier->when, row)) ratio = tier->value.hundred_millionths();  // from the last: the first that fits stays
  }
  for (const auto& bonus : share.bonuses) ratio += holds(bonus.when, row) ? bonus.value.hundred_millionths() : 0;
  if (share.ratio_at_most) ratio = std::min<Int128>(ratio, share.ratio_at_most->hundred_millionths());
  const Int128 amount = loss * ratio / one;
  return share.per_claim_at_most ? std::min<Int128>(amount, share.per_claim_at_most->count()) : amount;
}

SplitReference::Amounts SplitReference::amounts_of(const PolicyVersion& version, const Row& row, Int128 loss, Int128& bank_bears) {
  Amounts amounts;
  Int128 room = loss * version.compensation.ceiling.hundred_millionths() / one;
  bank_bears = loss;
  for (const Share& each : version.compensation.shares) {
    if (each.reimburses) continue;
    const Int128 amount = std::min(share(each, row, loss), room);
    room -= amount;
    bank_bears -= amount;
    Int128 parts = 0;
    for (const ShareMember& member : each.members) parts += member.part;
    Int128 first = amount;
    for (std::size_t i = 1; i < each.members.size(); ++i) {
      const Int128 part = amount * each.members[i].part / parts;
      amounts[each.members[i].payer.text()].first += part;
      first -= part;
    }
    amounts[each.members[0].payer.text()].first += first;
  }
  for (auto& [payer, amount] : amounts) amount.second = amount.first;
  for (const Share& each : version.compensation.shares) {
    if (!each.reimburses) continue;
    Int128& of = amounts[each.reimburses->text()].second;
    const Int128 amount = std::min(share(each, row, loss), of);
    of -= amount;
    amounts[each.members[0].payer.text()].second += amount;
  }
  return amounts;
}

const PolicyVersion* SplitReference::version_of(const Row& row) const {
  const PolicyVersion* best = nullptr;
  for (const PolicyVersion& version : versions_) {
    const std::string day = row.at(std::string(word(version.governed_by)));
    const bool contains = format_day(version.effective.from) <= day && (!version.effective.to || day <= format_day(*version.effective.to));
    if (contains && (best == nullptr || version.supersedes == best->version)) best = &version;
  }
  return best;
}

std::string SplitReference::code_of(const Row& row) {
  std::vector<std::string> required{"claim_id", "bank_id", "loan_id", "borrower_id", "disbursed_on", "defaulted_on",
                                    "outstanding_principal", "recovered_principal"};
  std::vector<std::string> dates{"disbursed_on", "defaulted_on"};
  if (reads("claimed_on")) {
    required.push_back("claimed_on");
    dates.push_back("claimed_on");
  }
  for (const std::string& column : required) {
    if (row.at(column).empty()) return "MISSING_VALUE";
  }
  for (const std::string& column : dates) {
    if (!is_date(row.at(column))) return "BAD_DATE";
  }
  if (!is_amount(row.at("outstanding_principal")) || !is_amount(row.at("recovered_principal"))) return "BAD_AMOUNT";
  if (reads("loan_amount") && !row.at("loan_amount").empty() && !is_amount(row.at("loan_amount"))) return "BAD_AMOUNT";
  if (reads("level") && level_number(row.at("level")) > 4) return "BAD_VALUE";
  if (accepted_.contains(row.at("claim_id"))) return "DUPLICATE_KEY";
  if (row.at("defaulted_on") < row.at("disbursed_on")) return "DATES_OUT_OF_ORDER";
  if (fen(row.at("recovered_principal")) > fen(row.at("outstanding_principal"))) return "RECOVERED_OVER_OUTSTANDING";
  return version_of(row) == nullptr ? "NO_POLICY_IN_FORCE" : "";
}

ReferenceResult SplitReference::split(const std::string& claims_path) {
  ReferenceResult result;
  std::string payer_columns;
  for (const std::string& payer : payers_) payer_columns += "," + payer + "_pays," + payer + "_bears";
  result.lines = "claim_id,bank_id,loan_id,policy_version,principal_loss" + payer_columns + ",bank_bears\n";
  result.totals = "bank_id,claims,principal_loss" + payer_columns + ",bank_bears\n";
  std::map<std::string, std::vector<Int128>> banks;
  std::vector<Int128> total(payers_.size() * 2 + 3);
  CsvReader reader(InputFile::open(claims_path));
  CsvRow cells;
  while (reader.next(cells)) {
    Row row;
    for (std::size_t i = 0; i < cells.cells.size() && i < reader.header().size(); ++i) row[reader.header()[i]] = cells.cells[i];
    const std::string code = cells.fault == RowFault::none ? code_of(row) : "MALFORMED_ROW";
    if (!code.empty()) {
      const std::string key = row.contains("claim_id") ? row["claim_id"].substr(0, row["claim_id"].find('\0')) : "";
      result.rejects.push_back(std::to_string(cells.line) + "," + cell(key) + "," + code);
      continue;
    }
    accepted_.insert(row["claim_id"]);
    const PolicyVersion& version = *version_of(row);
    const Int128 loss = fen(row["outstanding_principal"]) - fen(row["recovered_principal"]);
    Int128 bank_bears = 0;
    const Amounts amounts = amounts_of(version, row, loss, bank_bears);
    std::vector<Int128> numbers{loss};
    for (const std::string& payer : payers_) {
      const auto amount = amounts.contains(payer) ? amounts.at(payer) : std::pair<Int128, Int128>(0, 0);
      numbers.push_back(amount.first);
      numbers.push_back(amount.second);
    }
    numbers.push_back(bank_bears);
    result.lines += cell(row["claim_id"]) + "," + cell(row["bank_id"]) + "," + cell(row["loan_id"]) + "," + cell(version.version.text());
    for (const Int128 number : numbers) result.lines += "," + yuan(number);
    result.lines += "\n";
    std::vector<Int128>& bank = banks.try_emplace(row["bank_id"], total.size()).first->second;
    numbers.insert(numbers.begin(), 1);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      bank[i] += numbers[i];
      total[i] += numbers[i];
    }
  }
  const auto add_total = [&](const std::string& id, const std::vector<Int128>& numbers) {
    result.totals += id + "," + digits(numbers[0]);
    for (std::size_t i = 1; i < numbers.size(); ++i) result.totals += "," + yuan(numbers[i]);
    result.totals += "\n";
  };
  for (const auto& [id, numbers] : banks) add_total(cell(id), numbers);
  add_total("TOTAL", total);
  return result;
}

}  // namespace talent_loan::testing

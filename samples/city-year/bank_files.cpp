#include "samples/city-year/bank_files.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "core/files/files.hpp"

namespace talent_loan::sample {
namespace {

namespace fs = std::filesystem;

Day month_end(Day day) {
  const auto date = day.date();
  return Day(std::chrono::year_month_day(date.year() / date.month() / std::chrono::last));
}

std::string compact(Day day) {
  std::string text = format_day(day);
  std::erase(text, '-');
  return text;
}

void write_file(const fs::path& path, std::string_view bytes) {
  OutputFile file(path.string());
  file.write(bytes);
  file.commit();
}

// A bank's own words for ours.
using Codes = std::map<std::string, std::string>;

struct FixedColumn {
  std::string field;
  std::size_t width;
  Codes codes{};
};

std::string fixed_cell(const Record& record, const FixedColumn& column) {
  if (const auto amount = record.amounts.find(column.field); amount != record.amounts.end()) {
    return fmt::format("{:0>{}}", amount->second.count(), column.width);
  }
  std::string cell;
  if (const auto day = record.days.find(column.field); day != record.days.end()) cell = compact(day->second);
  if (const auto text = record.texts.find(column.field); text != record.texts.end()) {
    const auto code = column.codes.find(text->second);
    cell = utf8_to_gb18030(code == column.codes.end() ? text->second : code->second);
  }
  cell.resize(column.width, ' ');  // widths count GB18030 bytes and are wide enough for every sample cell
  return cell;
}

// Writes the stream's records month by month; `render` makes a file's bytes of one month's records.
void by_month(const std::vector<Record>& records, const std::function<void(Day, const std::vector<Record>&)>& write_month) {
  std::vector<Record> month;
  for (const Record& record : records) {
    if (!month.empty() && month_end(month.back().dated) != month_end(record.dated)) {
      write_month(month_end(month.back().dated), month);
      month.clear();
    }
    month.push_back(record);
  }
  if (!month.empty()) write_month(month_end(month.back().dated), month);
}

void write_fixed_stream(const std::vector<Record>& records, const fs::path& folder, const std::string& name, const std::string& total_of,
                        const std::vector<FixedColumn>& columns) {
  by_month(records, [&](Day day, const std::vector<Record>& month) {
    std::string bytes;
    FenSum total;
    for (const Record& record : month) {
      for (const FixedColumn& column : columns) bytes += fixed_cell(record, column);
      bytes += "\r\n";
      if (const auto amount = record.amounts.find(total_of); amount != record.amounts.end()) total += amount->second;
    }
    const std::string file = name + compact(day) + ".txt";
    write_file(folder / file, bytes);
    write_file(folder / (file + ".ok"), fmt::format("{}|{}\n", month.size(), total.to_fen().count()));
  });
}

// One line of the ledger: the words of each kind stand in samples/out-of-tree-adapter/cpp/README.md.
std::string ledger_line(const std::string& kind, const Record& record, const std::vector<std::string>& fields) {
  std::string line = kind;
  for (const std::string& field : fields) {
    line += '|';
    if (const auto text = record.texts.find(field); text != record.texts.end()) line += text->second;
    if (const auto amount = record.amounts.find(field); amount != record.amounts.end()) line += fmt::format("{}", amount->second.count());
    if (const auto day = record.days.find(field); day != record.days.end()) line += format_day(day->second);
  }
  return line + '\n';
}

using LedgerEntry = std::pair<Day, std::string>;

std::vector<LedgerEntry> ledger_of(const BankRecords& records) {
  std::vector<LedgerEntry> entries;
  const auto add = [&](const std::string& kind, const Record& record, const std::vector<std::string>& fields) {
    entries.emplace_back(record.dated, ledger_line(kind, record, fields));
  };
  for (const Record& record : records.applications) {
    add("application", record, {"application_id", "applied_on", "borrower_kind", "borrower_id", "amount", "purpose", "secured", "guaranteed", "term_months", "rate_bp"});
  }
  for (const Record& record : records.issue_results) {
    const bool lent = record.texts.at("outcome") == "disbursed";
    if (lent) add("lent", record, {"application_id", "disbursed_on", "loan_id", "amount", "due_on"});
    else entries.emplace_back(record.dated, fmt::format("declined|{}|{}|{}\n", record.texts.at("application_id"), format_day(record.dated), record.texts.at("reason")));
  }
  for (const Record& record : records.events) {
    const std::string& kind = record.texts.at("kind");
    const std::map<std::string, std::string> values{{"repayment", "amount"}, {"overdue", "overdue_days"}, {"classification", "loan_class"}};
    std::vector<std::string> fields{"event_id", "happened_on", "loan_id"};
    if (const auto value = values.find(kind); value != values.end()) fields.push_back(value->second);
    add(kind == "classification" ? "classified" : kind, record, fields);
  }
  for (const Record& record : records.claims) {
    add("claim", record, {"claim_id", "claimed_on", "loan_id", "borrower_id", "disbursed_on", "defaulted_on", "outstanding_principal", "recovered_principal", "loan_amount"});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const LedgerEntry& a, const LedgerEntry& b) { return a.first < b.first; });
  return entries;
}

}  // namespace

void write_fixed_width_bank(const BankRecords& records, const fs::path& folder) {
  const Codes kinds{{"talent", "1"}, {"employer", "2"}};
  const Codes purposes{{"commercialisation", "01"}, {"innovation", "02"}};
  const Codes yes_no{{"yes", "Y"}, {"no", "N"}};
  const Codes outcomes{{"disbursed", "放款"}, {"declined", "拒绝"}};
  const Codes events{{"repayment", "还本"}, {"overdue", "逾期"}, {"classification", "分类"}, {"default", "违约"}};
  const Codes classes{{"special-mention", "关注"}, {"substandard", "次级"}};
  fs::create_directories(folder);
  write_fixed_stream(records.applications, folder, "APPL", "amount",
                     {{"application_id", 12}, {"borrower_kind", 1, kinds}, {"borrower_id", 18}, {"borrower_name", 60}, {"applied_on", 8},
                      {"amount", 17}, {"purpose", 2, purposes}, {"secured", 1, yes_no}, {"guaranteed", 1, yes_no}, {"term_months", 3}, {"rate", 8}});
  write_fixed_stream(records.issue_results, folder, "RSLT", "amount",
                     {{"application_id", 12}, {"outcome", 4, outcomes}, {"loan_id", 12}, {"disbursed_on", 8}, {"due_on", 8}, {"amount", 17},
                      {"rate", 8}, {"term_months", 3}, {"reason", 40}});
  write_fixed_stream(records.events, folder, "EVNT", "amount",
                     {{"event_id", 16}, {"kind", 4, events}, {"loan_id", 12}, {"happened_on", 8}, {"amount", 17}, {"overdue_days", 5},
                      {"loan_class", 4, classes}});
  write_fixed_stream(records.claims, folder, "CLAM", "outstanding_principal",
                     {{"claim_id", 14}, {"loan_id", 12}, {"borrower_id", 18}, {"disbursed_on", 8}, {"defaulted_on", 8}, {"claimed_on", 8},
                      {"outstanding_principal", 17}, {"recovered_principal", 17}, {"loan_amount", 17}});
}

void write_ledger_bank(const BankRecords& records, const fs::path& folder) {
  fs::create_directories(folder);
  std::string ledger;
  for (const auto& [day, line] : ledger_of(records)) ledger += line;
  write_file(folder / "ledger.txt", ledger);
}

}  // namespace talent_loan::sample

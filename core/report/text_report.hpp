// A report as plain text: sections numbered, tables lined up.
#pragma once

#include <memory>

#include "core/report/report.hpp"
#include "core/report/text_table.hpp"

namespace talent_loan {

class TextReport : public Report {
 public:
  explicit TextReport(Language language);
  ~TextReport() override;

  void head(const std::string& title, const std::vector<std::string>& lines) override;
  ReportRows& table(const std::string& name, std::vector<ReportColumn> columns) override;
  void note(const std::string& line) override;
  void chart(const ReportChart&) override {}

  // All of it; nothing can be added afterwards.
  std::string text();

 private:
  class Rows;
  void end_table();

  Language language_;
  std::string out_;
  int tables_ = 0;
  std::unique_ptr<Rows> rows_;
  std::vector<std::string> notes_;  // of the table that was begun last
};

}  // namespace talent_loan

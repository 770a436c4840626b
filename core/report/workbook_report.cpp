#include "core/report/workbook_report.hpp"

#include <algorithm>
#include <utility>

#include "core/files/scratch_file.hpp"
#include "core/report/report_sheet.hpp"

namespace talent_loan {
namespace {

constexpr lxw_row_t charted_at_most = 20;  // more categories than that cannot be read

}  // namespace

class WorkbookReport::Book {
 public:
  Book(Language language, Day made_on) : language_(language), book_(workbook_new(scratch_.path().c_str())), formats_(book_) {
    made_on_ = static_cast<time_t>(made_on.days_since_1970()) * 86400;
  }
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;
  ~Book() {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }

  void head(const std::string& title, const std::vector<std::string>& lines) {
    title_ = title;
    lines_ = lines;
  }

  ReportSheet& add(const std::string& name, std::vector<ReportColumn> columns) {
    sheets_.push_back(std::make_unique<ReportSheet>(book_, formats_, language_, name, std::move(columns), title_, lines_));
    return *sheets_.back();
  }

  ReportSheet& last() { return *sheets_.back(); }

  void draw(const ReportChart& wanted) {
    const ReportSheet& data = last();
    if (data.empty()) return;
    lxw_chart* chart = workbook_add_chart(book_, LXW_CHART_COLUMN);
    const lxw_row_t end = std::min(data.last_row(), data.first_row() + charted_at_most - 1);
    for (const std::string& key : wanted.series) {
      lxw_chart_series* series = chart_add_series(chart, nullptr, nullptr);
      chart_series_set_categories(series, data.name().c_str(), data.first_row(), data.column_of(wanted.categories), end, data.column_of(wanted.categories));
      chart_series_set_values(series, data.name().c_str(), data.first_row(), data.column_of(key), end, data.column_of(key));
      chart_series_set_name(series, data.title_of(key).c_str());
    }
    const bool cut = end < data.last_row();
    const std::string first_ones = language_ == Language::chinese ? "（前 20 家）" : " (first 20)";
    chart_title_set_name(chart, (wanted.title + (cut ? first_ones : "")).c_str());
    chart_axis_set_num_format(chart->y_axis, "#,##0");
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    charts_.push_back(chart);
  }

  std::string bytes() {
    for (const auto& sheet : sheets_) sheet->finish();
    place_charts();
    lxw_doc_properties properties{};
    properties.title = title_.data();
    properties.created = made_on_;
    workbook_set_properties(book_, &properties);
    check_written(workbook_close(std::exchange(book_, nullptr)), title_);
    return scratch_.bytes();
  }

 private:
  // On a sheet of their own: tables may be long.
  void place_charts() {
    if (charts_.empty()) return;
    lxw_worksheet* page = workbook_add_worksheet(book_, language_ == Language::chinese ? "图表" : "charts");
    set_up_print(page, language_);
    worksheet_fit_to_pages(page, 1, 1);  // no chart is cut by the end of a page
    lxw_row_t row = 0;
    for (lxw_chart* chart : charts_) {
      lxw_chart_options options{};
      options.x_scale = 1.9;
      options.y_scale = 1.5;
      check_written(worksheet_insert_chart_opt(page, row, 0, chart, &options), title_);
      row += 24;
    }
  }

  Language language_;
  ScratchFile scratch_;
  lxw_workbook* book_;  // freed by workbook_close
  SheetFormats formats_;
  time_t made_on_;
  std::string title_;
  std::vector<std::string> lines_;
  std::vector<std::unique_ptr<ReportSheet>> sheets_;
  std::vector<lxw_chart*> charts_;
};

WorkbookReport::WorkbookReport(Language language, Day made_on) : book_(std::make_unique<Book>(language, made_on)) {}
WorkbookReport::~WorkbookReport() = default;

void WorkbookReport::head(const std::string& title, const std::vector<std::string>& lines) { book_->head(title, lines); }
ReportRows& WorkbookReport::table(const std::string& name, std::vector<ReportColumn> columns) { return book_->add(name, std::move(columns)); }
void WorkbookReport::note(const std::string& line) { book_->last().note(line); }
void WorkbookReport::chart(const ReportChart& chart) { book_->draw(chart); }
std::string WorkbookReport::bytes() { return book_->bytes(); }

}  // namespace talent_loan

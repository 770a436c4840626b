#include "core/report/assessment_workbook.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "core/files/scratch_file.hpp"
#include "core/report/report_sheet.hpp"

namespace talent_loan {
namespace {

using namespace assessment;

constexpr lxw_row_t header_row = 2;  // a title and a blank row stand above
constexpr std::size_t charted_at_most = 20;

// Spreadsheets hold binary numbers: exact points become the nearest one only here, where they are shown.
double shown_number(const Exact& number, int decimals) {
  return std::strtod(number.fixed(decimals).c_str(), nullptr);
}

class Builder {
 public:
  Builder(const AssessmentView& view, Language language, const std::string& path)
      : view_(view), language_(language), book_(workbook_new(path.c_str())) {
    title_ = format("");
    format_set_bold(title_);
    format_set_font_size(title_, 14);
    head_ = format("");
    format_set_bold(head_);
    format_set_text_wrap(head_);
    format_set_align(head_, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bg_color(head_, 0xDDE6F0);
    format_set_border(head_, LXW_BORDER_THIN);
    text_ = format("");
    format_set_border(text_, LXW_BORDER_THIN);
    const int round = view.table.round;
    points_ = format(round == 0 ? "0" : "0." + std::string(static_cast<std::size_t>(round), '0'));
    format_set_border(points_, LXW_BORDER_THIN);
    value_ = format("#,##0.######");
    format_set_border(value_, LXW_BORDER_THIN);
    set_properties();
  }

  void build() {
    ranking();
    values();
    rules();
    check_written(workbook_close(book_), view_.table.id);
  }

 private:
  std::string say(const char* chinese, const char* english) const {
    return language_ == Language::chinese ? chinese : english;
  }

  lxw_format* format(const std::string& numbers) {
    lxw_format* out = workbook_add_format(book_);
    if (!numbers.empty()) format_set_num_format(out, numbers.c_str());
    return out;
  }

  // A fixed time of making, so that the same result gives the same bytes.
  void set_properties() {
    std::string title = view_.table.title.empty() ? view_.table.id : view_.table.title;
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.created = 1577836800;  // 2020-01-01
    workbook_set_properties(book_, &properties);
  }

  lxw_worksheet* sheet(const std::string& name, const std::string& title) {
    lxw_worksheet* out = workbook_add_worksheet(book_, name.c_str());
    worksheet_write_string(out, 0, 0, title.c_str(), title_);
    worksheet_freeze_panes(out, header_row + 1, 2);
    set_up_print(out, language_);
    worksheet_repeat_rows(out, 0, header_row);
    return out;
  }

  std::string heading() const {
    const auto year = view_.shown_year();
    const std::string title = view_.table.title.empty() ? view_.table.id : view_.table.title;
    if (!year) return title;
    return language_ == Language::chinese ? fmt::format("{}（{} 年）", title, *year) : fmt::format("{} ({})", title, *year);
  }

  void headers(lxw_worksheet* page, std::vector<std::string> titles) {
    for (const Indicator& indicator : view_.table.indicators) titles.push_back(indicator.name());
    worksheet_set_row(page, header_row, 42, nullptr);  // points: three lines of a long indicator title
    for (std::size_t i = 0; i < titles.size(); ++i)
      worksheet_write_string(page, header_row, static_cast<lxw_col_t>(i), titles[i].c_str(), head_);
    worksheet_set_column(page, 0, 0, 6, nullptr);
    worksheet_set_column(page, 1, 1, 22, nullptr);
    worksheet_set_column(page, 2, static_cast<lxw_col_t>(titles.size() - 1), 12, nullptr);
  }

  std::string ranking_name() const { return say("排名", "ranking"); }

  void ranking() {
    lxw_worksheet* page = sheet(ranking_name(), heading());
    headers(page, {say("名次", "rank"), say("银行", "bank"), say("得分", "score"), say("等级", "grade")});
    lxw_row_t row = header_row;
    for (const BankScore& one : view_.scoring.ranked) ranking_row(page, ++row, one);
    if (row > header_row) {
      worksheet_autofilter(page, header_row, 0, row,
                           static_cast<lxw_col_t>(3 + view_.table.indicators.size()));
      chart(row);
    }
  }

  void ranking_row(lxw_worksheet* page, lxw_row_t row, const BankScore& one) {
    const int round = view_.table.round;
    worksheet_write_number(page, row, 0, static_cast<double>(one.rank), text_);
    worksheet_write_string(page, row, 1, view_.name(one.bank).c_str(), text_);
    worksheet_write_string(page, row, 3, one.grade.c_str(), text_);
    for (std::size_t i = 0; i < one.points.size(); ++i) {
      worksheet_write_number(page, row, static_cast<lxw_col_t>(4 + i), shown_number(one.points[i], round),
                             points_);
    }
    Exact sum = view_.table.base;
    for (const Exact& points : one.points) sum += points;
    const double score = shown_number(one.score, round);
    if (sum.rounded(round) != one.score) {  // a veto: the total does not follow from the points
      worksheet_write_number(page, row, 2, score, points_);
      return;
    }
    char first[LXW_MAX_CELL_NAME_LENGTH];
    char last[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(first, row, 4);
    lxw_rowcol_to_cell(last, row, static_cast<lxw_col_t>(3 + one.points.size()));
    const std::string formula =
        fmt::format("=ROUND({}+SUM({}:{}),{})", view_.table.base.shown(), first, last, round);
    worksheet_write_formula_num(page, row, 2, formula.c_str(), points_, score);
  }

  // Bars of the first banks, the best on top, on a sheet of their own: the ranking may be long.
  void chart(lxw_row_t last) {
    lxw_worksheet* page = workbook_add_worksheet(book_, say("图表", "chart").c_str());
    set_up_print(page, language_);
    worksheet_fit_to_pages(page, 1, 1);
    const lxw_row_t charted = std::min<lxw_row_t>(last, header_row + static_cast<lxw_row_t>(charted_at_most));
    lxw_chart* bars = workbook_add_chart(book_, LXW_CHART_BAR);
    lxw_chart_series* series = chart_add_series(bars, nullptr, nullptr);
    const std::string ranking = ranking_name(), score = say("得分", "score");
    chart_series_set_categories(series, ranking.c_str(), header_row + 1, 1, charted, 1);
    chart_series_set_values(series, ranking.c_str(), header_row + 1, 2, charted, 2);
    chart_series_set_name(series, score.c_str());
    chart_series_set_labels(series);
    chart_axis_set_reverse(bars->y_axis);
    const std::string first_ones = language_ == Language::chinese ? fmt::format("（前 {} 家）", charted_at_most)
                                                                  : fmt::format(" (first {})", charted_at_most);
    chart_title_set_name(bars, (last > charted ? score + first_ones : score).c_str());
    chart_legend_set_position(bars, LXW_CHART_LEGEND_NONE);
    lxw_chart_options options{};
    options.x_scale = 1.6;
    options.y_scale = 0.6 + 0.07 * static_cast<double>(charted - header_row);
    worksheet_insert_chart_opt(page, 0, 0, bars, &options);
  }

  void values() {
    lxw_worksheet* page = sheet(say("指标值", "indicator values"), say("各行指标值", "each bank's indicator values"));
    headers(page, {say("名次", "rank"), say("银行", "bank")});
    lxw_row_t row = header_row;
    for (const BankScore& one : view_.scoring.ranked) {
      worksheet_write_number(page, ++row, 0, static_cast<double>(one.rank), text_);
      worksheet_write_string(page, row, 1, view_.name(one.bank).c_str(), text_);
      for (std::size_t i = 0; i < view_.table.indicators.size(); ++i) {
        const std::size_t column = view_.values.indicator_index(view_.table.indicators[i].id);
        const Exact& value = *counted_value(view_.table, view_.values, column, one.bank);
        worksheet_write_number(page, row, static_cast<lxw_col_t>(2 + i), shown_number(value, 6), value_);
      }
    }
  }

  void rules() {
    lxw_worksheet* page = sheet(say("计分规则", "scoring rules"), say("指标与满分", "indicators and full marks"));
    const std::string titles[] = {say("指标", "indicator"), say("名称", "title"), say("满分", "full marks"), say("依据", "rests on")};
    for (lxw_col_t i = 0; i < 4; ++i) worksheet_write_string(page, header_row, i, titles[i].c_str(), head_);
    worksheet_set_column(page, 0, 0, 24, nullptr);
    worksheet_set_column(page, 1, 1, 40, nullptr);
    lxw_row_t row = header_row;
    for (const Indicator& indicator : view_.table.indicators) {
      worksheet_write_string(page, ++row, 0, indicator.id.c_str(), text_);
      worksheet_write_string(page, row, 1, indicator.name().c_str(), text_);
      worksheet_write_blank(page, row, 2, text_);
      if (indicator.points) worksheet_write_number(page, row, 2, shown_number(*indicator.points, 9), value_);
      worksheet_write_string(page, row, 3, indicator.cite.c_str(), text_);
    }
  }

  const AssessmentView& view_;
  Language language_;
  lxw_workbook* book_;  // freed by workbook_close
  lxw_format* title_;
  lxw_format* head_;
  lxw_format* text_;
  lxw_format* points_;
  lxw_format* value_;
};

}  // namespace

std::string assessment_workbook(const AssessmentView& view, Language language) {
  const ScratchFile scratch;
  Builder(view, language, scratch.path()).build();
  return scratch.bytes();
}

}  // namespace talent_loan

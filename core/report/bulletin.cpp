#include "core/report/bulletin.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace talent_loan {
namespace {

using namespace assessment;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

constexpr const char* style =
    "@page{size:A4;margin:20mm 22mm}body{font:11pt/1.6 FangSong,STFangsong,serif;max-width:170mm;margin:0 "
    "auto}"
    "h1{font:bold 17pt SimSun,serif;text-align:center;margin:0 0 4mm}p{text-indent:2em;margin:1.5mm 0}"
    "table{border-collapse:collapse;width:100%;font-size:9.5pt;line-height:1.25;margin:2mm 0}"
    "th,td{border:.3mm solid #000;padding:.4mm 2mm;text-align:center}.sign{text-align:right;margin-top:6mm}";

// "优秀 2 家、良好 5 家", in the order of the table.
std::string grade_counts(const AssessmentView& view) {
  std::vector<std::string> names;
  for (const Grade& grade : view.table.grades) names.push_back(grade.name);
  for (const BankScore& one : view.scoring.ranked) {
    if (!one.grade.empty() && std::find(names.begin(), names.end(), one.grade) == names.end())
      names.push_back(one.grade);
  }
  std::string out;
  for (const std::string& name : names) {
    const auto count = std::count_if(view.scoring.ranked.begin(), view.scoring.ranked.end(),
                                     [&](const BankScore& one) { return one.grade == name; });
    out += fmt::format("{}{} {} 家", out.empty() ? "" : "、", escaped(name), count);
  }
  return out;
}

// What weighs most, by full marks: at most five.
std::string weights(const Table& table) {
  std::vector<const Indicator*> weighted;
  for (const Indicator& indicator : table.indicators) {
    if (indicator.points && indicator.points->positive()) weighted.push_back(&indicator);
  }
  std::stable_sort(weighted.begin(), weighted.end(),
                   [](const Indicator* a, const Indicator* b) { return *a->points > *b->points; });
  if (weighted.size() > 5) weighted.resize(5);
  std::string out;
  for (const Indicator* indicator : weighted) {
    out += fmt::format("{}{} {} 分", out.empty() ? "" : "、", escaped(indicator->name()),
                       indicator->points->shown());
  }
  return out;
}

std::string opening(const AssessmentView& view) {
  const auto year = view.shown_year();
  std::string out = fmt::format(
      "<p>根据{}，对 {} 家银行{}服务人才和中小微企业的情况进行了考核，现将结果通报如下。</p>\n",
      escaped(view.table.title.empty() ? "考核办法（" + view.table.id + "）"
                                       : "《" + view.table.title + "》"),
      view.scoring.ranked.size() + view.scoring.left_out.size(), year ? fmt::format(" {} 年度", *year) : "");
  if (const std::string parts = weights(view.table); !parts.empty())
    out += fmt::format("<p>主要指标及满分：{}。</p>\n", parts);
  if (!view.table.grades.empty()) out += fmt::format("<p>等级：{}。</p>\n", grade_counts(view));
  return out;
}

std::string ranking(const AssessmentView& view) {
  const auto& ranked = view.scoring.ranked;
  std::string out = "<table>\n<tr><th>名次</th><th>银行</th><th>得分</th><th>等级</th></tr>\n";
  for (std::size_t i = 0; i < std::min(ranked.size(), bulletin_banks_at_most); ++i) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", ranked[i].rank,
                       escaped(view.name(ranked[i].bank)), ranked[i].score.fixed(view.table.round),
                       escaped(ranked[i].grade));
  }
  out += "</table>\n";
  if (ranked.size() > bulletin_banks_at_most)
    out += fmt::format("<p>其余 {} 家的名次见附表。</p>\n", ranked.size() - bulletin_banks_at_most);
  return out;
}

// Banks that are not ranked, as many as the page can bear.
std::string left_out(const AssessmentView& view) {
  constexpr std::size_t named_at_most = 10;
  const auto& all = view.scoring.left_out;
  if (all.empty()) return "";
  std::string names;
  for (std::size_t i = 0; i < std::min(all.size(), named_at_most); ++i) {
    names += fmt::format("{}{}（{}）", i == 0 ? "" : "、", escaped(view.name(all[i].bank)),
                         all[i].veto ? "一票否决" : "数据不全");
  }
  if (all.size() > named_at_most) names += fmt::format("等 {} 家", all.size());
  return fmt::format("<p>以下银行不列入排名：{}。</p>\n", names);
}

}  // namespace

std::string bulletin(const AssessmentView& view) {
  const auto year = view.shown_year();
  const std::string title =
      fmt::format("关于{}银行年度考核结果的通报", year ? fmt::format(" {} 年", *year) : "");
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta "
             "charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n",
             title, style) +
         opening(view) + ranking(view) + left_out(view) +
         "<p>各项得分及其依据由考核部门存档，各银行可查询本行明细。</p>\n"
         "<p class=\"sign\">（印章）<br>　　　　年　　月　　日</p>\n</body>\n</html>\n";
}

}  // namespace talent_loan

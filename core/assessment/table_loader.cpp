#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/assessment/formula_loader.hpp"
#include "core/assessment/table.hpp"
#include "core/files/yaml.hpp"

namespace talent_loan::assessment {
namespace {

const std::vector<std::string> table_keys{"id",      "year",        "title",        "round",
                                          "missing", "peer_groups", "base",         "indicators",
                                          "vetoes",  "grades",      "total_points", "groups"};
const std::vector<std::string> sources{
    "loan-book/balance",   "loan-book/disbursed",   "loan-book/loans",    "loan-book/first_time_borrowers",
    "loan-book/npl_ratio", "loan-book/compensated", "loan-book/recovered"};
// The columns that every scores file has before the indicators'.
const std::vector<std::string> reserved{"rank", "bank_id", "score", "grade"};

Test read_test(const YamlValue& value, const YamlMap& map) {
  Test test;
  test.indicator = map.required("indicator").word().value_or("");
  test.over = optional_number(map.optional("over"));
  test.at_least = optional_number(map.optional("at_least"));
  test.at_most = optional_number(map.optional("at_most"));
  test.below = optional_number(map.optional("below"));
  const bool bounded = map.has("over") || map.has("at_least") || map.has("at_most") || map.has("below");
  if (value.is_map() && !bounded) {
    value.complain({"没有写界限", "no bound"},
                   {"over、at_least、at_most 或 below", "over, at_least, at_most or below"});
  }
  return test;
}

class TableReader {
 public:
  explicit TableReader(const YamlMap& root) : root_(root) {}

  Table read() {
    table_.id = root_.required("id").word().value_or("");
    if (const auto year = root_.optional("year").integer(1, 9999)) table_.year = static_cast<int>(*year);
    table_.title = root_.optional("title").text().value_or("");
    if (const auto round = root_.optional("round").integer(0, 9)) table_.round = static_cast<int>(*round);
    table_.base = number(root_.optional("base"));
    read_words();
    for (const YamlValue& one : root_.required("indicators").filled_list()) read_indicator(one);
    for (const YamlValue& one : root_.optional("vetoes").list()) read_veto(one);
    check_gates();
    read_grades();
    read_groups();
    check_total();
    return std::move(table_);
  }

 private:
  void read_words() {
    const auto missing = root_.optional("missing").one_of({"error", "zero", "exclude"});
    table_.missing = missing == "zero"      ? Missing::zero
                     : missing == "exclude" ? Missing::exclude
                                            : Missing::error;
    table_.separate_peer_groups =
        root_.optional("peer_groups").one_of({"together", "separate"}) == "separate";
  }

  void read_indicator(const YamlValue& value) {
    const YamlMap map = value.map({"id", "title", "source", "points", "formula", "zero_unless", "cite"});
    Indicator one;
    one.id = read_id(map.required("id"));
    one.title = map.optional("title").text().value_or("");
    one.source = map.optional("source").one_of(sources).value_or("");
    if (map.has("points")) one.points = number_not_negative(map.optional("points"));
    if (auto formula = read_formula(map.required("formula"), map, one.points))
      one.formula = std::move(*formula);
    if (const YamlValue gate = map.optional("zero_unless"); gate.present()) {
      one.zero_unless = read_test(gate, gate.map({"indicator", "over", "at_least", "at_most", "below"}));
      gates_.push_back(gate.peek("indicator"));
    }
    one.cite = map.optional("cite").text().value_or("");
    warn_of_unreachable_points(one, value);
    table_.indicators.push_back(std::move(one));
  }

  std::string read_id(const YamlValue& value) {
    const std::string id = value.word().value_or("");
    if (std::find(reserved.begin(), reserved.end(), id) != reserved.end()) {
      value.complain({fmt::format("{} 是得分表自己的列名", talent_loan::quoted(id)),
                      fmt::format("{} is a column of every scores file", talent_loan::quoted(id))},
                     {"其他名称", "another name"});
    }
    if (!id.empty() && !ids_.insert(id).second) {
      value.complain({fmt::format("指标 {} 重复", talent_loan::quoted(id)),
                      fmt::format("the indicator {} a second time", talent_loan::quoted(id))},
                     {"每个指标一次", "each indicator once"});
    }
    return id;
  }

  // Marks above the indicator's full marks are cut when scoring; who wrote them should know.
  void warn_of_unreachable_points(const Indicator& one, const YamlValue& value) {
    if (!one.points) return;
    Exact most;
    const auto raise = [&](const Exact& points) { most = std::max(most, points); };
    if (const auto* bands = std::get_if<Bands>(&one.formula)) {
      for (const Bands::Band& band : bands->bands) raise(band.points);
    } else if (const auto* groups = std::get_if<RankGroups>(&one.formula)) {
      for (const RankGroups::Group& group : groups->groups) raise(group.points);
    } else if (const auto* line = std::get_if<Linear>(&one.formula)) {
      raise(line->from.points);
      raise(line->to.points);
    }
    if (most <= *one.points) return;
    table_.warnings.push_back(
        {.place = value.place(),
         .found = {fmt::format("公式最多给 {} 分，满分只有 {} 分", most.shown(), one.points->shown()),
                   fmt::format("the formula gives up to {} points, full marks are {}", most.shown(),
                               one.points->shown())},
         .allowed = {},
         .remedy = {"超出部分不计", "what lies above is cut"}});
  }

  void read_veto(const YamlValue& value) {
    const YamlMap map = value.map({"indicator", "over", "at_least", "at_most", "below", "then", "cite"});
    Veto veto;
    veto.test = read_test(value, map);
    veto.cite = map.optional("cite").text().value_or("");
    const YamlValue then = map.required("then");
    if (then.is_map()) {
      veto.then = Veto::Then::grade;
      veto.grade = then.map({"grade"}).required("grade").text().value_or("");
    } else if (const auto word = then.text(); word == "zero") {
      veto.then = Veto::Then::zero;
    } else if (word && word != "excluded") {
      then.complain(verbatim(talent_loan::quoted(*word)),
                    {"excluded、zero 或 {grade: 等级}", "excluded, zero or {grade: NAME}"});
    }
    table_.vetoes.push_back(std::move(veto));
  }

  // A gate may read what the table scores or what a veto names: anything else is a slip of the pen, and a
  // gate that never opens would turn the points of every bank to 0.
  void check_gates() {
    std::vector<std::string> known(ids_.begin(), ids_.end());
    for (const Veto& veto : table_.vetoes) known.push_back(veto.test.indicator);
    for (const YamlValue& gate : gates_) {
      const auto id = gate.text();
      if (!id || std::find(known.begin(), known.end(), *id) != known.end()) continue;
      const std::string near = nearest_word(*id, known);
      gate.complain({fmt::format("未知的指标 {}", talent_loan::quoted(*id)),
                     fmt::format("the unknown indicator {}", talent_loan::quoted(*id))},
                    {"表中的指标", "an indicator of the table"},
                    near.empty()
                        ? Text{}
                        : Text{fmt::format("是否为 {}？", near), fmt::format("did you mean {}?", near)});
    }
  }

  void read_grades() {
    const auto grades = root_.optional("grades").list();
    std::optional<Exact> earlier;
    for (std::size_t i = 0; i < grades.size(); ++i) {
      const YamlMap map = grades[i].map({"at_least", "name"});
      const bool last = i + 1 == grades.size();
      const YamlValue bound = map.optional("at_least");
      Grade grade{optional_number(bound), map.required("name").text().value_or("")};
      if (!bound.present() && !last) {
        grades[i].complain(
            {"没有 at_least，其后的等级永远用不上", "no at_least: the grades that follow are never reached"},
            {"只有最后一个等级没有 at_least", "only the last grade is without at_least"});
      }
      if (bound.present() && last) {
        grades[i].complain({"最后一个等级也有 at_least：更低的得分没有等级",
                            "the last grade has at_least too: lower scores have no grade"},
                           {"最后一个等级不写 at_least", "a last grade without at_least"});
      }
      if (grade.at_least && earlier && *grade.at_least >= *earlier) {
        bound.complain(
            {fmt::format("{}，不低于前一等级", grade.at_least->shown()),
             fmt::format("{}, not below the grade before", grade.at_least->shown())},
            {fmt::format("小于 {}", earlier->shown()), fmt::format("less than {}", earlier->shown())});
      }
      if (grade.at_least) earlier = grade.at_least;
      table_.grades.push_back(std::move(grade));
    }
  }

  void read_groups() {
    std::map<std::string, std::string> group_of;
    for (const auto& [name, banks] : root_.optional("groups").entries()) {
      PeerGroup group{name, {}};
      for (const YamlValue& bank : banks.list()) {
        const std::string id = bank.text().value_or("");
        const auto [at, first] = group_of.emplace(id, name);
        if (!first) {
          bank.complain(
              {fmt::format("银行 {} 已在 {} 组", talent_loan::quoted(id), talent_loan::quoted(at->second)),
               fmt::format("the bank {} is in the group {} already", talent_loan::quoted(id),
                           talent_loan::quoted(at->second))},
              {"每家银行一个组", "one group for each bank"});
        }
        group.banks.push_back(id);
      }
      table_.groups.push_back(std::move(group));
    }
  }

  void check_total() {
    const YamlValue total = root_.optional("total_points");
    if (!total.present()) return;
    const Exact stated = number(total);
    Exact sum = table_.base;
    for (const Indicator& one : table_.indicators) sum += one.points.value_or(Exact());
    if (sum == stated) return;
    total.complain({fmt::format("写明总分 {}，基础分与各项满分之和为 {}", stated.shown(), sum.shown()),
                    fmt::format("{} stated, but the base and the indicators' points add up to {}",
                                stated.shown(), sum.shown())},
                   {"两者相等", "the same number"});
  }

  const YamlMap& root_;
  Table table_;
  std::set<std::string> ids_;
  std::vector<YamlValue> gates_;
};

Table finished(const YamlMap& root, YamlProblems& problems) {
  Table table = root.present() ? TableReader(root).read() : Table{};
  problems.throw_if_any();
  return table;
}

}  // namespace

Table load_table(const std::string& path) {
  YamlProblems problems;
  return finished(read_yaml(path, "assessment", table_keys, problems), problems);
}

Table parse_table(std::string_view text, const std::string& name) {
  YamlProblems problems;
  return finished(parse_yaml(text, name, "assessment", table_keys, problems), problems);
}

}  // namespace talent_loan::assessment

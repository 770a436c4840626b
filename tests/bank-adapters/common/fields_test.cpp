#include "bank-adapters/common/fields.hpp"

#include <ctime>

#include <catch2/catch.hpp>

using namespace talent_loan::adapters;

namespace {

// A map whose columns are named c0, c1, …
FieldMap map_of(const std::string& fields, const std::vector<FieldSpec>& specs = claim_fields()) {
  YamlFile file("schema: t/1\nfields:\n" + fields, "map.yaml");
  const YamlMap root = file.root("t/1", {"fields"});
  ValueStyles styles;
  styles.dates.push_back(*DateStyle::compile("YYYY-MM-DD"));
  const auto position = [](const std::string& name) { return static_cast<std::size_t>(name.back() - '0'); };
  FieldMap map(root, specs, styles, {"column"},
               [&](const YamlMap& entry) { return entry.has("column") ? std::optional(position(entry.text("column", ""))) : std::nullopt; },
               [&](const YamlMap& names, const std::string& field) { return std::optional(position(names.text(field, ""))); });
  file.finish();
  return map;
}

const std::string claim_map =
    "  claim_id: c0\n  loan_id: c0\n  borrower_id: c1\n  disbursed_on: c2\n  defaulted_on: c3\n"
    "  outstanding_principal: c4\n  recovered_principal: {constant: '0'}\n";

std::string problems_of(const std::string& fields, const std::vector<FieldSpec>& specs = claim_fields()) {
  try {
    map_of(fields, specs);
  } catch (const Refused& refused) {
    return refused.sentences(Language::english);
  }
  return {};
}

}  // namespace

TEST_CASE("cells become the fields of the interface") {
  const FieldMap map = map_of(claim_map);
  std::vector<Value> values;
  REQUIRE_FALSE(map.read({"L1", "B1", "2020-05-26", "2021-01-01", "100.5"}, values));
  CHECK(values[0].text == "L1");
  CHECK(values[7].number == 10050);
  CHECK(values[8].present);
  CHECK_FALSE(values[9].present);
}

TEST_CASE("the first code that applies is the row's, whatever the order of its fields") {
  const FieldMap map = map_of(claim_map);
  std::vector<Value> values;
  const auto code = [&](std::vector<std::string> cells) { return map.read(cells, values)->code; };
  CHECK(code({"L1", "", "x", "2021-01-01", "y"}) == RejectCode::missing_value);
  CHECK(code({"L1", "B1", "2021-02-29", "2021-01-01", "y"}) == RejectCode::bad_date);
  CHECK(code({"L1", "B1", "2020-05-26", "2021-01-01", "1,000"}) == RejectCode::bad_amount);
  CHECK(code({"L\n1", "B1", "2020-05-26", "2021-01-01", "1"}) == RejectCode::bad_identifier);
}

TEST_CASE("personal data never stands in what a row is told") {
  const FieldMap map = map_of(claim_map);
  std::vector<Value> values;
  const auto reject = map.read({"L1", std::string(70, '7'), "2020-05-26", "2021-01-01", "1"}, values);
  REQUIRE(reject);
  CHECK(reject->text.english.find("777") == std::string::npos);
}

TEST_CASE("words are translated, and a word that is not listed is an error or the one configured") {
  const std::string events =
      "  event_id: c0\n  loan_id: c1\n  happened_on: c2\n  amount: c4\n"
      "  kind: {column: c3, values: {'01': repayment, '02': overdue}}\n"
      "  loan_class: {column: c5, values: {'1': normal}, otherwise: loss}\n";
  const FieldMap map = map_of(events, event_fields());
  std::vector<Value> values;
  REQUIRE_FALSE(map.read({"E1", "L1", "2020-05-26", "02", "1", "9"}, values));
  CHECK(values[1].number == 2);
  CHECK(values[7].text == "loss");
  const auto reject = map.read({"E1", "L1", "2020-05-26", "03", "1", "1"}, values);
  REQUIRE(reject);
  CHECK(reject->code == RejectCode::bad_value);
  CHECK(reject->text.english == "kind is \"03\"; allowed: 01, 02");
}

TEST_CASE("every mistake in a field map is reported at once, with its place and the nearest word") {
  const std::string text = problems_of(
      "  claim_id: c0\n  loanid: c0\n  borrower_id: {colum: c1}\n  disbursed_on: {column: c2, dates: [YYYYMM]}\n"
      "  defaulted_on: c3\n  outstanding_principal: {column: c4, amounts: {unit: dollars}}\n  recovered_principal: {constant: none}\n");
  CHECK(text.find("map.yaml:4:3: fields.loanid: unknown key") != std::string::npos);
  CHECK(text.find("is it loan_id?") != std::string::npos);
  CHECK(text.find("fields.borrower_id.colum: unknown key") != std::string::npos);
  CHECK(text.find("is it column?") != std::string::npos);
  CHECK(text.find("nothing says where loan_id comes from") != std::string::npos);
  CHECK(text.find("fields.disbursed_on.dates") != std::string::npos);
  CHECK(text.find("fields.outstanding_principal.amounts.unit: \"dollars\"; allowed: yuan, fen") != std::string::npos);
  CHECK(text.find("fields.recovered_principal.constant") != std::string::npos);
}

TEST_CASE("an optional field that a bank fills badly can count as absent, a required one cannot") {
  const FieldMap map = map_of(claim_map + "  loan_amount: {column: c5, unreadable: absent}\n");
  std::vector<Value> values;
  REQUIRE_FALSE(map.read({"L1", "B1", "2020-05-26", "2021-01-01", "1", "n/a"}, values));
  CHECK_FALSE(values[9].present);
  CHECK(problems_of("  claim_id: {column: c0, unreadable: absent}\n").find("a required field cannot count as absent") != std::string::npos);
}

TEST_CASE("padding is taken off both ends, Chinese blanks included") {
  CHECK(trimmed("  a b ", " ") == "a b");
  CHECK(trimmed("　 张 　", " 　") == "张");
  CHECK(trimmed("   ", " ").empty());
}

TEST_CASE("anchors, duplicate keys, depth and what is no YAML are refused with their line") {
  const auto problem = [](const std::string& text) -> std::string {
    try {
      YamlFile file(text, "x.yaml");
      file.root("t/1", {"a"});
      file.finish();
    } catch (const Refused& refused) {
      return refused.what();
    }
    return {};
  };
  CHECK(problem("schema: t/1\na: &x 1\n").find("x.yaml:2:4: an anchor or alias") == 0);
  CHECK(problem("schema: t/1\na: 1\na: 2\n").find("x.yaml:3:1: a: this key stands twice") == 0);
  CHECK(problem("schema: t/2\n").find("not a configuration of this adapter; allowed: t/1") != std::string::npos);
  CHECK(problem("a: 1\n").find("schema: this key is missing") != std::string::npos);
  CHECK(problem("schema: [1\n").find("not valid YAML") != std::string::npos);
  CHECK(problem("- 1\n").find("not a mapping") != std::string::npos);
  CHECK(problem(std::string(40, '[') + std::string(40, ']')).find("nested too deeply") != std::string::npos);
  CHECK(problem(std::string((1 << 20) + 1, ' ')).find("over 1 MiB") != std::string::npos);
}

TEST_CASE("what yaml-cpp takes for an endless row of documents, or for the end of one, is refused with its line") {
  const auto problem = [](const std::string& text) {
    try {
      YamlFile file(text, "x.yaml");
    } catch (const Refused& refused) {
      return std::string(refused.what());
    }
    return std::string();
  };
  CHECK(problem(",").find("x.yaml:1: not a mapping") == 0);
  CHECK(problem("# a comment\n,\n").find("not a mapping") != std::string::npos);
  CHECK(problem("{schema: t/1}\n, b\n").find("x.yaml:2: more than one YAML document") == 0);
  CHECK(problem("schema: t/1\n---\na: 1\n").find("more than one YAML document") != std::string::npos);
  CHECK(problem("schema: \"t/1\n").find("not valid YAML") != std::string::npos);
  CHECK(problem("schema: t/1\na: b\x04\nc: d\n").find("x.yaml:2:5: a control character") == 0);
  CHECK(problem("schema: t/1\na: \xff\n").find("x.yaml:2:4: a byte that is not UTF-8") == 0);
  CHECK(problem(std::string("s\0c\0", 4)).find("a control character") != std::string::npos);
}

TEST_CASE("a large file of any one piece is answered in a moment") {
  for (const std::string piece : {",", "[", "{", "- ", "? ", "{a: ", "[a: ", "a", "a ", "\n", "\" ", "'", "| ", "!a ", "%TAG ! a\n", "--- ", "---\n", "...\n",
                                  "#\n", ": ", "[,", "? a\n", "- a\n", "]", "}", "{}", "a:\n ", "- [", "{? ", "a: ["}) {
    for (const std::string front : {"", "schema: ", "schema: [", "schema: \""}) {
      INFO("after " << front << " many times " << piece);
      std::string text = front;
      while (text.size() + piece.size() < 60'000) text += piece;
      const std::clock_t begin = std::clock();
      try {
        YamlFile file(text, "x.yaml");  // or it is a mapping after all
      } catch (const Refused& refused) {
        CHECK_FALSE(refused.problems().empty());
      }
      CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 5);
    }
  }
}

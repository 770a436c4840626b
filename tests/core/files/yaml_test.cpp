#include "core/files/yaml.hpp"

#include <catch2/catch.hpp>

using namespace talent_loan;

namespace {

const std::vector<std::string> keys = {"name", "amount", "ratio", "from", "items", "open", "count", "inner"};

std::vector<std::string> sentences(const YamlProblems& problems) {
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : problems.sorted())
    out.push_back(diagnostic.sentence(Language::english));
  return out;
}

std::string first_problem(std::string_view text) {
  YamlProblems problems;
  parse_yaml(text, "t.yaml", "test", keys, problems);
  return problems.empty() ? "" : sentences(problems).front();
}

// One scalar under the key `name` of a good file.
struct Scalar {
  explicit Scalar(const std::string& written)
      : root(parse_yaml("schema: talent-loan/test/1\nname: " + written + "\n", "t.yaml", "test", keys,
                        problems)),
        value(root.required("name")) {}
  YamlProblems problems;
  YamlMap root;
  YamlValue value;
};

}  // namespace

TEST_CASE("typed getters take what the border files take, from the text as written") {
  YamlProblems problems;
  const YamlMap root = parse_yaml(
      "schema: talent-loan/test/1\nname: 英才计划\namount: 10000000.00\nratio: 6.25%\nfrom: 2020-05-26\n"
      "items: [a, b]\nopen: false\ncount: -3\ninner: {x: 1, y: 2}\n",
      "t.yaml", "test", keys, problems);
  CHECK(root.required("name").text() == "英才计划");
  CHECK(root.required("name").word() == "英才计划");
  CHECK(root.required("amount").yuan() == Fen(1000000000));
  CHECK(root.required("ratio").percent() == Ratio(6250000));
  CHECK(root.required("from").day() == parse_day("2020-05-26"));
  CHECK(root.required("items").list().size() == 2);
  CHECK(root.required("open").yes_or_no() == false);
  CHECK(root.required("count").integer(-5, 5) == -3);
  CHECK(root.required("count").decimal() == "-3");
  const auto entries = root.required("inner").entries();
  REQUIRE(entries.size() == 2);
  CHECK(entries[1].first == "y");
  CHECK(entries[1].second.integer(0, 9) == 2);
  CHECK(problems.empty());
}

TEST_CASE("money written so that it would pass through a float is refused with the way to write it") {
  for (const char* bad :
       {"1e7", "1_000", "1.000", "+5.00", "-5.00", ".5", "0x10", "\"1,000.00\"", "5 yuan", "[5]", "{a: 1}"}) {
    Scalar scalar(bad);
    CHECK_FALSE(scalar.value.yuan());
    INFO(bad);
    REQUIRE(scalar.problems.count() == 1);
    CHECK(sentences(scalar.problems)[0].find("t.yaml:2:7: name: ") == 0);
    CHECK(sentences(scalar.problems)[0].find("10000000.00") != std::string::npos);
  }
}

TEST_CASE("a ratio needs its percent sign and stays within its range") {
  for (const char* bad : {"0.8", "80", "80 %", "-1%", "100.000001%", "33.3333333%", "1e1%"}) {
    Scalar scalar(bad);
    CHECK_FALSE(scalar.value.percent());
    CHECK(scalar.problems.count() == 1);
  }
  CHECK(Scalar("100%").value.percent() == Ratio::percent(100));
  CHECK(Scalar("300%").value.percent(Ratio::percent(1000)) == Ratio::percent(300));
}

TEST_CASE("days, numbers, words and booleans are strict") {
  for (const char* bad : {"2020-02-30", "2020/05/01", "2020-5-1", "20200501"})
    CHECK_FALSE(Scalar(bad).value.day());
  for (const char* bad : {"1.0", "1e3", "0x1", "11", "-1", "99999999999999999999", "一"})
    CHECK_FALSE(Scalar(bad).value.integer(0, 10));
  for (const char* bad : {"True", "on", "1", "y", "''"}) CHECK_FALSE(Scalar(bad).value.yes_or_no());
  for (const char* bad : {"1e3", "1.", ".5", "1.2.3", "--1", "NaN", "1.0000000001"})
    CHECK_FALSE(Scalar(bad).value.decimal());
  for (const char* bad : {"a b", "a,b", "\"\"", "a/b", "\"a\\nb\""}) CHECK_FALSE(Scalar(bad).value.word());
  CHECK_FALSE(Scalar("''").value.text());
}

TEST_CASE("a slip is answered with the nearest allowed word") {
  Scalar scalar("quueue");
  CHECK_FALSE(scalar.value.one_of({"queue", "pro-rata"}));
  CHECK(sentences(scalar.problems)[0] ==
        "t.yaml:2:7: name: \"quueue\"; allowed: queue, pro-rata; did you mean queue?");
  CHECK(first_problem("schema: talent-loan/test/1\namuont: 1\n").find("did you mean amount?") !=
        std::string::npos);
}

TEST_CASE("every problem of every file is reported at once, by file, line and column") {
  YamlProblems problems;
  const YamlMap one =
      parse_yaml("schema: talent-loan/test/1\nnaem: a\ncount: x\namount: 1\namount: 2\nopen:\n", "one.yaml",
                 "test", keys, problems);
  const YamlMap two = parse_yaml("name: [a]\n", "two.yaml", "test", keys, problems);
  two.required("name").text();
  one.required("count").integer(0, 9);
  one.required("ratio");
  one.required("open").yes_or_no();
  const auto all = sentences(problems);
  REQUIRE(all.size() == 7);
  CHECK(all[0].find("one.yaml:1:1: the key ratio is missing") == 0);
  CHECK(all[1].find("one.yaml:2:1: naem: the unknown key \"naem\"") == 0);
  CHECK(all[2].find("one.yaml:3:8: count: \"x\"") == 0);
  CHECK(all[3].find("one.yaml:5:1: amount: the key \"amount\" a second time") == 0);
  CHECK(all[4].find("one.yaml:6:1: open: no value") == 0);
  CHECK(all[5].find("two.yaml:1:1: the key schema is missing") == 0);
  CHECK(all[6].find("two.yaml:1:7: name: a list; allowed: a text") == 0);
  CHECK_THROWS_AS(problems.throw_if_any(), Failure);
}

TEST_CASE("key paths lead through maps and lists") {
  YamlProblems problems;
  const YamlMap root = parse_yaml("schema: talent-loan/test/1\nitems:\n  - {name: a}\n  - {name: [b]}\n",
                                  "t.yaml", "test", keys, problems);
  for (const YamlValue& item : root.required("items").filled_list())
    item.map({"name"}).required("name").text();
  REQUIRE(problems.count() == 1);
  CHECK(sentences(problems)[0].find("t.yaml:4:12: items[1].name: a list") == 0);
}

TEST_CASE("what could hide or explode is refused where it stands") {
  CHECK(first_problem("schema: talent-loan/test/1\nname: &a [x]\nitems: *a\n")
            .find("t.yaml:2:7: an anchor (&) or alias (*)") == 0);
  CHECK(first_problem("schema: talent-loan/test/1\nname: !!python/object x\n").find("the tag") !=
        std::string::npos);
  CHECK(first_problem("schema: talent-loan/test/1\nname: a\n---\nname: b\n")
            .find("more than one YAML document") != std::string::npos);
  // yaml-cpp hands out empty documents without end where a token begins no node.
  CHECK(first_problem("# a comment\n,").find("more than one YAML document") != std::string::npos);
  CHECK(first_problem("{schema: talent-loan/test/1}\n, a: b\n").find("more than one YAML document") != std::string::npos);
  CHECK(first_problem("schema: talent-loan/test/1\nname: \"a\n").find("YAML syntax error") !=
        std::string::npos);
  CHECK(first_problem("schema: talent-loan/test/1\nname: a\x04\nrest: b\n")
            .find("t.yaml:2:8: a control character") == 0);
  CHECK(first_problem("schema: talent-loan/test/1\nname: \xff\n")
            .find("t.yaml:2:7: a byte that is not UTF-8") == 0);
  CHECK(first_problem("schema: talent-loan/test/1\n? [a]\n: b\n")
            .find("t.yaml:2:3: a key that is no plain text") == 0);
  CHECK(first_problem("").find("an empty file") != std::string::npos);
  CHECK(first_problem("# only a comment\n").find("t.yaml") == 0);
  CHECK(first_problem("- a\n").find("t.yaml:1:1: a list; allowed: a map with the keys") == 0);
  CHECK(first_problem(std::string(100000, '[')).find("nesting over 32 levels") != std::string::npos);
  CHECK(first_problem("schema: talent-loan/test/1\nname: " + std::string(2 << 20, 'x'))
            .find("larger than 1 MiB") != std::string::npos);
}

TEST_CASE("a file of another kind is told so and nothing else") {
  YamlProblems problems;
  const YamlMap root =
      parse_yaml("schema: talent-loan/assessment/1\nid: x\nyear: 2020\n", "t.yaml", "test", keys, problems);
  CHECK_FALSE(root.present());
  CHECK(sentences(problems) ==
        std::vector<std::string>{
            "t.yaml:1:9: schema: \"talent-loan/assessment/1\"; allowed: talent-loan/test/1"});
}

TEST_CASE("a file that cannot be read is one problem among the others") {
  YamlProblems problems;
  CHECK_FALSE(read_yaml("/nonexistent.yaml", "test", keys, problems).present());
  CHECK_FALSE(read_yaml("/", "test", keys, problems).present());
  CHECK(problems.count() == 2);
}

TEST_CASE("a key on which the others depend can be looked at first, without complaint") {
  YamlProblems problems;
  const YamlMap root = parse_yaml("schema: talent-loan/test/1\nname: {kind: a, other: b}\nitems: x\n",
                                  "t.yaml", "test", keys, problems);
  CHECK(root.required("name").peek("kind").text() == "a");
  CHECK_FALSE(root.required("name").peek("none").present());
  CHECK_FALSE(root.required("items").peek("kind").present());
  CHECK(problems.empty());
}

TEST_CASE("a file of nothing but errors is told briefly and at once") {
  std::string text = "schema: talent-loan/test/1\n";
  for (int i = 0; i < 80'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  YamlProblems problems;
  parse_yaml(text, "t.yaml", "test", keys, problems);
  CHECK(problems.count() == 80'000);
  const auto all = sentences(problems);
  CHECK(all.size() == YamlProblems::kept_at_most + 1);
  CHECK(all.back() == "t.yaml: 79000 more problems; correct those above first");
}

TEST_CASE("a list longer than its use allows is refused") {
  Scalar scalar("[a, b, c]");
  CHECK(scalar.value.filled_list(3).size() == 3);
  CHECK(scalar.value.filled_list(2).empty());
  CHECK(sentences(scalar.problems)[0] == "t.yaml:2:7: name: a list of 3 items; allowed: at most 2 items");
}

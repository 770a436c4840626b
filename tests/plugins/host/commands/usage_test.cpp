// Help and wrong usage, in both languages.
#include <catch2/catch.hpp>

#include "tests/support/run_program.hpp"

using namespace talent_loan::testing;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Ran in(const std::string& language, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--lang", language});
  return run_program(arguments, {});
}

// Names below a heading of the help, up to the next blank line.
std::vector<std::string> names_below(const std::string& help, const std::string& heading) {
  std::vector<std::string> names;
  std::size_t at = help.find("\n" + heading + ":\n");
  if (at == std::string::npos) return names;
  for (at += heading.size() + 3; help.compare(at, 2, "  ") == 0; at = help.find('\n', at) + 1) {
    if (help[at + 2] != ' ') names.push_back(help.substr(at + 2, help.find(' ', at + 2) - at - 2));
  }
  return names;
}

void check_help(std::vector<std::string> command, int& seen) {
  command.push_back("--help");
  const Ran english = in("en", command), chinese = in("zh", command);
  INFO(english.out << "\n" << chinese.out);
  CHECK(english.exit == 0);
  CHECK(contains(english.out, "Example:\n  talent-loan "));
  CHECK(contains(chinese.out, "示例：\n  talent-loan "));
  for (const char* word : {"Usage", "Options", "Subcommands", "OPTIONS", "SUBCOMMAND", "REQUIRED", "Needs", "Excludes", "Print ", "Exactly", "Group"}) {
    CHECK_FALSE(contains(chinese.out, word));
  }
  ++seen;
  command.pop_back();
  const std::vector<std::string> below = names_below(english.out, "Subcommands");
  CHECK(below == names_below(chinese.out, "子命令"));
  for (const std::string& name : below) {
    command.push_back(name);
    check_help(command, seen);
    command.pop_back();
  }
}

}  // namespace

TEST_CASE("every command's help is in the language asked for and shows an example") {
  int seen = 0;
  check_help({}, seen);
  CHECK(seen > 60);
}

TEST_CASE("wrong usage says what, what is allowed, and where to read more, in both languages") {
  struct Case {
    std::vector<std::string> arguments;
    std::string chinese;
    std::string english;
  };
  const std::vector<Case> cases{
      {{}, "talent-loan: 缺少子命令；允许：policy, ", "talent-loan: a subcommand is missing; allowed: policy, "},
      {{"splitt"}, "talent-loan: 没有此子命令：\"splitt\"；允许：split？；", "talent-loan: no such subcommand: \"splitt\"; allowed: split?; "},
      {{"policy", "zzzzzz"}, "没有此子命令：\"zzzzzz\"；允许：check, explain, test；", "no such subcommand: \"zzzzzz\"; allowed: check, explain, test; "},
      {{"split"}, "talent-loan split: 缺少 --policy, --claims, --lines, --rejects；用法见 talent-loan split --help\n",
       "talent-loan split: --policy, --claims, --lines, --rejects are missing; see talent-loan split --help\n"},
      {{"split", "--polcy", "x"}, "没有此选项：\"--polcy\"；允许：--policy？；", "no such option: \"--polcy\"; allowed: --policy?; "},
      {{"fund", "status", "more"}, "talent-loan fund status: 多余的参数：\"more\"；", "nothing more is expected here: \"more\"; "},
      {{"settle", "--batch", "b"}, "talent-loan settle: 缺少 --as-of；", "talent-loan settle: --as-of is missing; "},
      {{"split", "--threads", "x"}, "--threads: \"x\"；允许：整数，1 至 256；", "--threads: \"x\"; allowed: a whole number, 1 to 256; "},
      {{"split", "--encoding", "latin1"}, "--encoding: \"latin1\"；允许：utf8, gb18030；", "--encoding: \"latin1\"; allowed: utf8, gb18030; "},
      {{"split", "--policy"}, "--policy: 后面缺少值；", "--policy: a value must follow; "},
      {{"settle", "--batch", "b", "--as-of", "2020-02-30"}, "应为 YYYY-MM-DD", "a real day as YYYY-MM-DD is wanted"},
      {{"report", "award", "--payer", "province"}, "须给出其中一个选项，且只能给出一个；允许：--", "one of several options must be given, and only one; allowed: --"},
      {{"talents", "verify", "--requests", "r.csv"}, "--requests: 须同时给出 --decisions；", "--requests: needs --decisions as well; "},
  };
  for (const Case& one : cases) {
    const Ran chinese = in("zh", one.arguments), english = in("en", one.arguments);
    INFO(chinese.err << english.err);
    CHECK(chinese.exit == 2);
    CHECK(english.exit == 2);
    CHECK(contains(chinese.err, one.chinese));
    CHECK(contains(english.err, one.english));
    CHECK(contains(english.err, "--help"));
  }
}

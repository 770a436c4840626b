#include "plugins/host/usage.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

namespace talent_loan::host {
namespace {

// The parser's own words; what commands say of themselves is in the language already.
class ChineseHelp : public CLI::Formatter {
 public:
  ChineseHelp() {
    label("Usage", "用法");
    label("OPTIONS", "选项");
    label("SUBCOMMAND", "子命令");
    label("SUBCOMMANDS", "子命令");
    label("Positionals", "参数");
    label("REQUIRED", "");  // said in the description: columns are counted in bytes
    label("Needs", "须同时给出");
    label("Excludes", "不能同时给出");
  }

  std::string make_group(std::string group, bool is_positional, std::vector<const CLI::Option*> options) const override {
    return CLI::Formatter::make_group(group == "Options" ? "选项" : std::move(group), is_positional, std::move(options));
  }
  std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override {
    return CLI::detail::find_and_replace(CLI::Formatter::make_subcommands(app, mode), "\nSubcommands:\n", "\n子命令:\n");
  }
  std::string make_description(const CLI::App* app) const override {
    return CLI::detail::find_and_replace(CLI::Formatter::make_description(app), "[Exactly 1 of the following options is required]",
                                         "[下列选项须给出其中一个，且只能给出一个]");
  }
  std::string make_expanded(const CLI::App* group) const override {
    return CLI::detail::find_and_replace(CLI::Formatter::make_expanded(group), "[Option Group: ", "[选项组：");
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    return option->get_description() + (option->get_required() ? "（必填）" : "");
  }
};

std::string full_name(const CLI::App& command) {
  std::string name = command.get_name();
  for (const CLI::App* above = command.get_parent(); above != nullptr; above = above->get_parent()) name = above->get_name() + " " + name;
  return name;
}

// The innermost command that was named.
const CLI::App& command_of(const CLI::App& program) {
  const CLI::App* command = &program;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

std::vector<std::string> subcommands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* below : command.get_subcommands({})) {
    if (!below->get_name().empty()) names.push_back(below->get_name());
  }
  return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    for (const CLI::App* group : app->get_subcommands([](const CLI::App* below) { return below->get_name().empty(); })) {
      for (const CLI::Option* option : group->get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      }
    }
  }
  return names;
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

void describe_unknown_word(Diagnostic& complaint, const CLI::App& command, const std::string& given) {
  const bool option = given.starts_with("-");
  const std::vector<std::string> commands = subcommands_of(command);
  const std::vector<std::string> known = option ? options_of(command) : commands;
  if (option) complaint.found = {"没有此选项：" + talent_loan::quoted(given), "no such option: " + talent_loan::quoted(given)};
  else if (!commands.empty()) complaint.found = {"没有此子命令：" + talent_loan::quoted(given), "no such subcommand: " + talent_loan::quoted(given)};
  else complaint.found = {"多余的参数：" + talent_loan::quoted(given), "nothing more is expected here: " + talent_loan::quoted(given)};
  const std::string near = nearest_word(given, known);
  if (!near.empty()) complaint.allowed = {near + "？", near + "?"};
  else if (!option) complaint.allowed = verbatim(joined(commands));
}

// Everything that the command must be given and was not.
std::vector<std::string> missing_options(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_required() && option->count() == 0) names.push_back(option->get_name());
  }
  return names;
}

void describe_missing(Diagnostic& complaint, const CLI::App& command, const std::string& said) {
  std::vector<std::string> missing = missing_options(command);
  const std::string named = said.substr(0, said.find(" is required"));
  const std::size_t list = said.find('['), end = said.find(']');
  if (list != std::string::npos && end != std::string::npos) {  // one of several options
    complaint.found = {"须给出其中一个选项，且只能给出一个", "one of several options must be given, and only one"};
    complaint.allowed = verbatim(said.substr(list + 1, end - list - 1));
    return;
  }
  if (missing.empty() && named == "A subcommand") {
    complaint.found = {"缺少子命令", "a subcommand is missing"};
    complaint.allowed = verbatim(joined(subcommands_of(command)));
    return;
  }
  if (std::find(missing.begin(), missing.end(), named) == missing.end()) missing.push_back(named);
  complaint.found = {"缺少 " + joined(missing), joined(missing) + (missing.size() == 1 ? " is missing" : " are missing")};
}

// "--option: what is wrong with the value": the program's own checks speak both languages, the parser's are told here.
void describe_value(Diagnostic& complaint, const std::string& said) {
  const std::size_t colon = said.find(": ");
  std::string problem = colon == std::string::npos ? said : said.substr(colon + 2);
  if (colon != std::string::npos) complaint.place.field = said.substr(0, colon);
  const std::size_t set = problem.rfind(" not in {"), range = problem.rfind(" not in range ");
  if (set != std::string::npos && problem.ends_with("}")) {
    complaint.found = verbatim(talent_loan::quoted(problem.substr(0, set)));
    std::string words = problem.substr(set + 9, problem.size() - set - 10);
    complaint.allowed = verbatim(CLI::detail::find_and_replace(std::move(words), ",", ", "));
  } else if (range != std::string::npos && problem.starts_with("Value ")) {
    const std::string bounds = problem.substr(range + 14);
    complaint.found = verbatim(talent_loan::quoted(problem.substr(6, range - 6)));
    complaint.allowed = {"整数，" + CLI::detail::find_and_replace(bounds, " to ", " 至 "), "a whole number, " + bounds};
  } else {
    complaint.found = verbatim(problem);
  }
}

// "NAME word OTHER" as the parser puts it.
bool describe_pair(Diagnostic& complaint, const std::string& said, const std::string& word, const Text& what) {
  const std::size_t at = said.find(word);
  if (at == std::string::npos) return false;
  complaint.place.field = said.substr(0, at);
  const std::string other = said.substr(at + word.size());
  complaint.found = {fmt::format(fmt::runtime(what.chinese), other), fmt::format(fmt::runtime(what.english), other)};
  return true;
}

void add_missing_examples(CLI::App& command) {
  const std::vector<CLI::App*> below = command.get_subcommands({});
  for (CLI::App* app : below) add_missing_examples(*app);
  if (command.get_footer().empty() && !below.empty() && !below.front()->get_name().empty()) command.footer(below.front()->get_footer());
}

}  // namespace

void speak(CLI::App& program, Language language) {
  const bool chinese = language == Language::chinese;
  if (chinese) program.formatter(std::make_shared<ChineseHelp>());
  program.set_help_flag("-h,--help", chinese ? "显示本帮助" : "show this help");
}

void give_examples(CLI::App& program) {
  program.footer(program.get_subcommand("split")->get_footer());
  add_missing_examples(program);
}

Diagnostic usage_complaint(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App& command = command_of(program);
  const std::string said = error.what();
  Diagnostic complaint{.place = {.file = full_name(command)}};
  const std::vector<std::string> unknown = program.remaining(true);
  const bool lacks = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if ((lacks || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) && !unknown.empty()) {
    describe_unknown_word(complaint, command, unknown.front());
  } else if (lacks) {
    describe_missing(complaint, command, said);
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && said.ends_with(" missing")) {
    complaint.place.field = said.substr(0, said.find(':'));
    complaint.found = {"后面缺少值", "a value must follow"};
  } else if (!describe_pair(complaint, said, " requires ", {"须同时给出 {}", "needs {} as well"}) &&
             !describe_pair(complaint, said, " excludes ", {"不能与 {} 同时给出", "cannot be given together with {}"})) {
    describe_value(complaint, said);
  }
  complaint.remedy = {fmt::format("用法见 {} --help", full_name(command)), fmt::format("see {} --help", full_name(command))};
  return complaint;
}

}  // namespace talent_loan::host

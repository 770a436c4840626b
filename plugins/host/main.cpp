#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/identity/masking.hpp"
#include "plugins/host/commands/commands.hpp"
#include "plugins/host/usage.hpp"

namespace talent_loan::host {
namespace {

// The language of help texts is needed before the command line is parsed.
Language early_language(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--lang" && i + 1 < argc) return std::string_view(argv[i + 1]) == "en" ? Language::english : Language::chinese;
    if (argument.starts_with("--lang=")) return argument.substr(7) == "en" ? Language::english : Language::chinese;
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("en") ? Language::english : Language::chinese;
  }
  return Language::chinese;
}

void add_globals(CLI::App& program, Globals& globals) {
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  program.add_option("--config", globals.config_directory, say("配置目录", "configuration folder"))->type_name("DIR");
  program.add_option("--db", globals.database_url, say("数据库", "database: sqlite://FILE or postgresql://…"))->type_name("URL");
  program.add_option_function<std::string>("--lang", [](const std::string&) {}, say("语言", "language"))
      ->check(CLI::IsMember({"zh", "en"}));
  program.add_option("--log-level", globals.log_level, say("日志级别", "log level"))
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  program.add_option("--log-json", globals.log_json, say("JSON 日志文件", "log as JSON lines to this file"))->type_name("FILE");
  program.add_flag("--quiet", globals.quiet, say("不输出摘要和进度", "no summaries, no progress"));
}

void resolve_config(Globals& globals) {
  if (!globals.config_directory.empty()) return;
  globals.config_directory = std::filesystem::is_directory("config") ? "config" : TALENT_LOAN_INSTALLED_CONFIG;
}

void start_log(const Globals& globals) {
  auto logger = globals.log_json.empty() ? std::make_shared<spdlog::logger>("talent-loan", std::make_shared<spdlog::sinks::stderr_sink_mt>())
                                         : std::make_shared<spdlog::logger>("talent-loan", std::make_shared<spdlog::sinks::basic_file_sink_mt>(globals.log_json));
  if (!globals.log_json.empty()) logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":%v})");
  logger->set_level(spdlog::level::from_str(globals.log_level));
  spdlog::set_default_logger(std::move(logger));
}

int run(int argc, char** argv) {
  Globals globals;
  globals.language = early_language(argc, argv);
  Invocation invocation;
  CLI::App program(globals.say({"人才贷风险补偿：资格、拆分、结算、考核", "government-backed talent lending: eligibility, splitting, settlement, assessment"}),
                   "talent-loan");
  speak(program, globals.language);
  program.set_version_flag("--version", std::string(TALENT_LOAN_VERSION), globals.say({"显示版本", "show the version"}));
  program.require_subcommand(1);
  program.fallthrough();
  add_globals(program, globals);
  add_policy_commands(program, globals, invocation);
  add_assess_commands(program, globals, invocation);
  add_adapter_commands(program, globals, invocation);
  add_split_command(program, globals, invocation);
  add_talents_commands(program, globals, invocation);
  add_receipt_commands(program, globals, invocation);
  add_banks_commands(program, globals, invocation);
  add_database_commands(program, globals, invocation);
  add_sync_commands(program, globals, invocation);
  add_settle_commands(program, globals, invocation);
  add_recover_commands(program, globals, invocation);
  add_fund_commands(program, globals, invocation);
  add_ledger_commands(program, globals, invocation);
  add_report_commands(program, globals, invocation);
  give_examples(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    // It repeats what was typed.
    std::cerr << without_identity_numbers(usage_complaint(program, error).sentence(globals.language)) << '\n';
    return static_cast<int>(Exit::wrong_usage);
  }
  try {
    resolve_config(globals);
    start_log(globals);
    return static_cast<int>(invocation.run());
  } catch (const Failure& failure) {
    fmt::print(stderr, "{}", without_identity_numbers(failure.sentences(globals.language)));
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}\n", globals.say({"内存不足", "out of memory"}));
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  return static_cast<int>(Exit::failed);
}

}  // namespace

void Globals::tell(const Text& text) const {
  if (!quiet) fmt::print(stderr, "{}\n", say(text));
}

CLI::App* add_leaf(CLI::App& parent, const Globals& globals, Invocation& invocation, const std::string& name,
                   const Text& description, const std::string& example, std::function<Exit()> body) {
  CLI::App* leaf = parent.add_subcommand(name, globals.say(description));
  leaf->footer(globals.say({"示例：\n  ", "Example:\n  "}) + example);
  leaf->callback([&invocation, body = std::move(body)] { invocation.run = body; });
  return leaf;
}

}  // namespace talent_loan::host

int main(int argc, char** argv) { return talent_loan::host::run(argc, argv); }

#include <memory>

#include <fmt/format.h>

#include "core/store/audit.hpp"
#include "core/talent/talent_lists.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/talents.hpp"

namespace talent_loan::host {
namespace {

struct ImportArguments {
  std::string file;
  std::string rejects;
  std::optional<Day> as_of;
  Encoding encoding = Encoding::utf8;
  bool strict = false;
};

Exit import_talents(const Globals& globals, const ImportArguments& arguments) {
  const Programmes programmes = load_programmes(globals.config_path("programmes.yaml"));
  const auto rows = csv_list_rows(CsvReader(InputFile::open(arguments.file), arguments.encoding));
  RejectsFile rejects(arguments.rejects, globals.language);
  ImportOptions options{.as_of = *arguments.as_of, .source = arguments.file, .actor = operating_user()};
  options.verdict = [&](const ListRow& row, const RowProblem* problem) {
    if (problem != nullptr) rejects.add(row.line, shown_key(row[ListColumn::talent_id]), word(problem->code), problem->message);
  };
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const Vault vault = vault_for_writing(transaction, key_source(globals));
  const ImportSummary summary = import_list(transaction, *rows, programmes, vault, options);
  // The files first as far as they can fail: a full disk must not leave a list half reported.
  if (rejects.output() != nullptr) rejects.output()->prepare();
  transaction.commit();
  if (rejects.output() != nullptr) rejects.output()->commit();
  globals.tell({fmt::format("读入 {} 行：新增 {}，已知 {}，拒绝 {}", summary.rows, summary.taken, summary.known, summary.rejected),
                fmt::format("{} rows in: {} new, {} known already, {} rejected", summary.rows, summary.taken, summary.known, summary.rejected)});
  if (summary.version != 0) {
    globals.tell({fmt::format("名单版本 {}，截至 {}", summary.version, format_day(*arguments.as_of)),
                  fmt::format("list version {}, as of {}", summary.version, format_day(*arguments.as_of))});
  }
  return arguments.strict && summary.rejected > 0 ? Exit::rows_rejected : Exit::done;
}

struct RevokeArguments {
  std::string talent;
  std::string why;
  std::optional<Day> from;
  std::optional<Day> as_of;
};

Exit revoke(const Globals& globals, const RevokeArguments& arguments) {
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const Day as_of = arguments.as_of.value_or(day_in_china(transaction.now()));
  const bool changed = revoke_talent(transaction, {TalentId(arguments.talent), *arguments.from, as_of, arguments.why, operating_user()});
  transaction.commit();
  const std::string shown = shown_key(arguments.talent);
  if (changed) {
    globals.tell({fmt::format("人才 {} 自 {} 起撤销", shown, format_day(*arguments.from)), fmt::format("talent {} is revoked from {}", shown, format_day(*arguments.from))});
  } else {
    globals.tell({fmt::format("人才 {} 早已如此撤销，没有改动", shown), fmt::format("talent {} was revoked so before; nothing changed", shown)});
  }
  return Exit::done;
}

void add_import(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* leaf = add_leaf(talents, globals, invocation, "import", {"导入人才名单", "import a talent list"},
                            "talent-loan talents import list.csv --as-of 2020-06-01 --rejects rejects.csv",
                            [&globals, arguments] { return import_talents(globals, *arguments); });
  leaf->add_option("FILE", arguments->file, globals.say({"名单（CSV），- 为标准输入", "the list (CSV), - for standard input"}))->required();
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"名单反映的日期，自该日起视为已知", "the day the list tells of; its facts count as known from it"})->required();
  leaf->add_option("--rejects", arguments->rejects, globals.say({"被拒绝的行及原因", "rejected rows and why"}))->type_name("FILE");
  add_encoding(*leaf, globals, arguments->encoding);
  add_strict(*leaf, globals, arguments->strict);
}

void add_revoke(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<RevokeArguments>();
  CLI::App* leaf = add_leaf(talents, globals, invocation, "revoke", {"自某日起撤销人才资格", "revoke a talent from a day on"},
                            "talent-loan talents revoke T-0001 --from 2020-09-01 --why \"left the programme\"",
                            [&globals, arguments] { return revoke(globals, *arguments); });
  leaf->add_option("TALENT", arguments->talent, globals.say({"名单中的 talent_id", "talent_id of a list"}))->required();
  add_day(*leaf, globals, "--from", arguments->from, {"不再有效的第一天", "the first day without validity"})->required();
  leaf->add_option("--why", arguments->why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT");
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"自该日起视为已知（默认今天）", "the day from which this counts as known (today)"});
}

}  // namespace

void add_talents_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* talents = program.add_subcommand("talents", globals.say({"人才名单与资格核验", "talent lists and verification"}));
  talents->require_subcommand(1);
  add_import(*talents, globals, invocation);
  add_revoke(*talents, globals, invocation);
  add_talents_verify(*talents, globals, invocation);
}

}  // namespace talent_loan::host

#include <sys/stat.h>

#include <functional>
#include <memory>

#include <fmt/format.h>

#include "core/files/workbook.hpp"
#include "core/loan/borrower_seal.hpp"
#include "core/store/audit.hpp"
#include "core/talent/list_sheet.hpp"
#include "core/talent/rotation.hpp"
#include "core/talent/talent_lists.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/registry_source.hpp"
#include "plugins/host/talents.hpp"

namespace talent_loan::host {
namespace {

struct ImportArguments {
  std::string file;
  std::string rejects;
  std::optional<Day> as_of;
  Encoding encoding = Encoding::utf8;
  bool strict = false;
  bool snapshot = false;
};

const Text status_header{"状态", "status"};
const Text accepted{"已接受", "accepted"};

// Sheets go to and fro in either language.
StatusWords status_words() {
  StatusWords words{{status_header.chinese, status_header.english}, {accepted.chinese, accepted.english}};
  for (int code = static_cast<int>(RowCode::malformed_row); code <= static_cast<int>(RowCode::no_policy_in_force); ++code) {
    words.beginnings.push_back(std::string(word(static_cast<RowCode>(code))) + ": ");
  }
  return words;
}

// Files made while it lives can be read by their owner only. REQUIRES: no other thread makes files meanwhile.
class OwnerOnly {
 public:
  OwnerOnly() : before_(::umask(0077)) {}
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;
  ~OwnerOnly() { ::umask(before_); }

 private:
  mode_t before_;
};

// The list being read, from a CSV file or a workbook, and where its rejected rows go.
class ListFile {
 public:
  ListFile(const Globals& globals, const ImportArguments& arguments, const Programmes& programmes)
      : path_(arguments.file), rejects_path_(arguments.rejects), to_workbook_(arguments.rejects.ends_with(".xlsx")), language_(globals.language),
        rejects_(to_workbook_ ? std::string() : arguments.rejects, globals.language) {
    if (!looks_like_workbook(arguments.file)) {
      if (to_workbook_) refuse_workbook_rejects();
      rows_ = csv_list_rows(CsvReader(InputFile::open(arguments.file), arguments.encoding));
      return;
    }
    vocabulary_ = load_list_vocabulary(globals.config_path("programmes.yaml"), programmes);
    sheet_ = read_workbook(arguments.file);
    list_.emplace(sheet_, vocabulary_, arguments.file);
    rows_ = list_->rows();
    status_.resize(sheet_.rows.size());
    status_[list_->header_row()] = globals.say(status_header);
  }
  ListFile(const ListFile&) = delete;

  ListRows& rows() { return *rows_; }

  void note(const ListRow& row, const RowProblem* problem) {
    if (!to_workbook_) {
      if (problem != nullptr) rejects_.add(row.line, shown_key(row), word(problem->code), problem->message);
      return;
    }
    status_[row.line - 1] = problem != nullptr ? fmt::format("{}: {}", word(problem->code), problem->message.in(language_))
                                               : accepted.in(language_);
  }
  // As much as can fail before the database commits, and the rest after it.
  void prepare() {
    if (rejects_.output() != nullptr) rejects_.output()->prepare();
    if (!to_workbook_) return;
    const OwnerOnly numbers_in_the_clear;
    const auto whole = workbook_with_status(path_, sheet_, list_->header_row(), status_, status_words());
    if (!whole) return write_workbook(rejects_path_, sheet_, list_->date_columns(), status_);
    back_.emplace(rejects_path_);
    back_->write(*whole);
    back_->prepare();
  }
  void commit() {
    if (rejects_.output() != nullptr) rejects_.output()->commit();
    if (back_) back_->commit();
  }

 private:
  [[noreturn]] void refuse_workbook_rejects() const {
    throw Failure(Diagnostic{.place = {.file = rejects_path_},
                             .found = {"名单不是工作簿，拒绝的行不能写成工作簿", "the list is no workbook, so its rejected rows cannot go to one"},
                             .remedy = {"请用 .csv 文件名", "give a file name ending in .csv"}});
  }

  std::string path_;
  std::string rejects_path_;
  bool to_workbook_;
  Language language_;
  RejectsFile rejects_;
  ListVocabulary vocabulary_;
  WorkbookSheet sheet_;
  std::optional<ListSheet> list_;
  std::unique_ptr<ListRows> rows_;
  std::vector<std::string> status_;
  std::optional<OutputFile> back_{};
};

Exit import_talents(const Globals& globals, const ImportArguments& arguments) {
  if (!arguments.rejects.empty()) {
    if (const auto twice = file_named_twice({arguments.file}, {arguments.rejects})) {
      fmt::print(stderr, "{}\n", twice->sentence(globals.language));
      return Exit::wrong_usage;
    }
  }
  const Programmes programmes = load_programmes(globals.config_path("programmes.yaml"));
  ListFile list(globals, arguments, programmes);
  ImportOptions options{.as_of = *arguments.as_of, .source = arguments.file, .actor = operating_user()};
  options.verdict = [&](const ListRow& row, const RowProblem* problem) { list.note(row, problem); };
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const Vault vault = vault_for_writing(transaction, key_source(globals));
  const ImportSummary summary = import_list(transaction, list.rows(), programmes, vault, options);
  list.prepare();  // a full disk must not leave a list kept and its rejected rows untold
  transaction.commit();
  list.commit();
  globals.tell({fmt::format("读入 {} 行：新增 {}，已知 {}，拒绝 {}", summary.rows, summary.taken, summary.known, summary.rejected),
                fmt::format("{} rows in: {} new, {} known already, {} rejected", summary.rows, summary.taken, summary.known, summary.rejected)});
  if (summary.version != 0) {
    globals.tell({fmt::format("名单版本 {}，截至 {}", summary.version, format_day(*arguments.as_of)),
                  fmt::format("list version {}, as of {}", summary.version, format_day(*arguments.as_of))});
  }
  if (summary.version != 0 || arguments.snapshot) see_to_snapshot(globals, database, vault, arguments.snapshot);
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
  const std::optional<Vault> vault = vault_for_reading(transaction, key_source(globals));
  const bool changed = revoke_talent(transaction, vault ? &*vault : nullptr, {TalentId(arguments.talent), *arguments.from, as_of, arguments.why, operating_user()});
  const std::string shown = shown_talent(transaction, vault ? &*vault : nullptr, TalentId(arguments.talent));
  transaction.commit();
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
  leaf->add_option("FILE", arguments->file, globals.say({"名单（CSV 或 xlsx），- 为标准输入", "the list (CSV or xlsx), - for standard input"}))->required();
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"名单反映的日期，自该日起视为已知", "the day the list tells of; its facts count as known from it"})->required();
  leaf->add_option("--rejects", arguments->rejects, globals.say({"被拒绝的行及原因；.xlsx 则为原表加一列状态", "rejected rows and why; .xlsx: the sheet itself with a status column"}))->type_name("FILE");
  add_encoding(*leaf, globals, arguments->encoding);
  add_strict(*leaf, globals, arguments->strict);
  leaf->add_flag("--snapshot", arguments->snapshot, globals.say({"导入后制作名册快照，使大批核验立即开始", "make the snapshot of the registry afterwards, so that verification by the million begins at once"}));
}

std::function<std::string(const std::string&)> not_blank(const Globals& globals) {
  return [&globals](const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos ? globals.say({"必须写明原因", "a reason is needed"}) : std::string();
  };
}

void add_revoke(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<RevokeArguments>();
  CLI::App* leaf = add_leaf(talents, globals, invocation, "revoke", {"自某日起撤销人才资格", "revoke a talent from a day on"},
                            "talent-loan talents revoke T-0001 --from 2020-09-01 --why \"left the programme\"",
                            [&globals, arguments] { return revoke(globals, *arguments); });
  leaf->add_option("TALENT", arguments->talent, globals.say({"名单中的 talent_id", "talent_id of a list"}))->required();
  add_day(*leaf, globals, "--from", arguments->from, {"不再有效的第一天", "the first day without validity"})->required();
  leaf->add_option("--why", arguments->why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT")->check(not_blank(globals));
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"自该日起视为已知（默认今天）", "the day from which this counts as known (today)"});
}

Exit rotate(const Globals& globals, const std::string& new_key_file) {
  Database database = open_database(globals);
  Transaction transaction = database.write();
  const std::optional<Vault> old_vault = vault_for_reading(transaction, key_source(globals));
  if (!old_vault) throw Failure({"数据库还没有个人信息，不需要换密钥", "the database holds no personal data yet; there is no key to change"}, {});
  const Vault new_vault(read_key_file(new_key_file));
  const std::uint64_t records = rotate_key(transaction, *old_vault, new_vault, operating_user(), [&](const std::vector<RenamedTalent>& renamed) {
    return reseal_borrowers(transaction, *old_vault, new_vault, renamed);
  });
  transaction.commit();
  globals.tell({fmt::format("{} 条记录已换用 {} 中的密钥；今后用 TALENT_LOAN_KEY_FILE 指定它，或以它替换旧密钥文件", records, new_key_file),
                fmt::format("{} records now use the key in {}; name it in TALENT_LOAN_KEY_FILE, or put it in the old key file's place", records, new_key_file)});
  return Exit::done;
}

void add_key(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  CLI::App* key = talents.add_subcommand("key", globals.say({"加密个人信息的密钥", "the key that seals personal data"}));
  key->require_subcommand(1);
  auto made = std::make_shared<std::string>();
  CLI::App* leaf = add_leaf(*key, globals, invocation, "new", {"生成密钥文件", "make a key file"}, "talent-loan talents key new next.key", [made] {
    make_key_file(*made);
    return Exit::done;
  });
  leaf->add_option("FILE", *made, globals.say({"密钥文件，不得已存在", "the key file; it must not exist"}))->required();
  auto next = std::make_shared<std::string>();
  leaf = add_leaf(*key, globals, invocation, "rotate", {"换用新密钥", "change to a new key"}, "talent-loan talents key rotate next.key",
                  [&globals, next] { return rotate(globals, *next); });
  leaf->add_option("FILE", *next, globals.say({"新密钥文件", "the new key file"}))->required();
}

}  // namespace

void add_talents_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* talents = program.add_subcommand("talents", globals.say({"人才名单与资格核验", "talent lists and verification"}));
  talents->require_subcommand(1);
  add_import(*talents, globals, invocation);
  add_revoke(*talents, globals, invocation);
  add_key(*talents, globals, invocation);
  add_talents_verify(*talents, globals, invocation);
  add_talents_snapshot(*talents, globals, invocation);
}

}  // namespace talent_loan::host

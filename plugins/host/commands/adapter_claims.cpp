#include "plugins/host/commands/adapter_claims.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <talent_loan_adapter.h>

#include "core/files/files.hpp"
#include "core/identity/masking.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/checks.hpp"

namespace talent_loan::host {
namespace {

constexpr Milliseconds call_allowed{600'000};
constexpr std::uint32_t claims_per_poll = 8192;

struct ClaimsOptions {
  std::string library;
  std::string bank;
  std::string config;
  std::string serves = "one";
  std::string as_of = "9999-12-31";
  std::string claims;
  std::string rejects;
  bool keep_lines = false;
  bool strict = false;
};

std::string adapter_configuration(const std::string& path) {
  std::string text = read_whole_file(path, 1 << 20);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (invalid_utf8_at(text) == std::string_view::npos) return text;
  throw Failure(Diagnostic{{path, 0, 0, {}}, {"配置文件不是 UTF-8", "the configuration is not UTF-8"}, {}, {"请转换编码", "convert it"}});
}

std::unique_ptr<AdapterSession> opened(const ClaimsOptions& options, const Globals& globals) {
  const bool is_file = std::filesystem::exists(options.library);
  const std::string path = is_file ? std::filesystem::absolute(options.library).string() : find_library(options.library, globals.config_directory);
  const auto library = AdapterLibrary::load(store_library(path, std::nullopt));
  auto session = in_process_session(library, [&globals](std::int32_t level, const std::string& line) {
    if (level >= TALENT_LOAN_LOG_INFO) globals.tell(verbatim(line));
  });
  Opening opening;
  opening.language = globals.language == Language::english ? TALENT_LOAN_ENGLISH : TALENT_LOAN_CHINESE;
  opening.bank_id = options.bank;
  opening.config = adapter_configuration(options.config);
  opening.config_path = options.config;
  opening.base_directory = std::filesystem::absolute(options.config).lexically_normal().parent_path().string();
  session->open(opening, call_allowed);
  return session;
}

// The claims file of the contract. Where lines are kept, each claim stands on the physical line of the bank's
// data it came from, with blank lines (which are not rows) between: what a later command says about a line of
// this file is said about that line of the bank's.
class ClaimsFile {
 public:
  ClaimsFile(const std::string& path, bool keep_lines) : file_(path), keep_lines_(keep_lines) {
    file_.write("claim_id,bank_id,loan_id,borrower_id,disbursed_on,defaulted_on,claimed_on,outstanding_principal,recovered_principal,loan_amount\n");
  }

  void add(const StatedClaim& stated) {
    const Claim& claim = stated.claim;
    if (keep_lines_) go_to(stated);
    row_.clear();
    RowText(row_).text(claim.id.text()).text(claim.bank.text()).text(claim.loan.text()).text(without_identity_numbers(stated.borrower_id))
        .plain(format_day(stated.disbursed_on)).plain(format_day(claim.defaulted_on)).plain(format_day(claim.claimed_on))
        .plain(format_yuan(claim.outstanding_principal)).plain(format_yuan(claim.recovered_principal))
        .plain(stated.loan_amount ? format_yuan(*stated.loan_amount) : "").end();
    file_.write(row_);
    ++line_;
    ++count_;
    sum_ += claim.outstanding_principal;
    if (stated.loan_amount && claim.outstanding_principal > *stated.loan_amount) ++above_loan_amount_;
  }

  OutputFile& output() { return file_; }
  std::uint64_t count() const { return count_; }
  std::uint64_t above_loan_amount() const { return above_loan_amount_; }
  const FenSum& sum() const { return sum_; }

 private:
  void go_to(const StatedClaim& stated) {
    if (stated.line < line_) {
      throw Failure({fmt::format("补偿申请 {} 在银行数据第 {} 行，已写到第 {} 行，行号无法保持", talent_loan::quoted(stated.claim.id.text()), stated.line, line_),
                     fmt::format("claim {} stands on line {} of the bank's data, and line {} is written already", talent_loan::quoted(stated.claim.id.text()), stated.line, line_)},
                    {"--keep-lines 只用于有表头的单个文件", "use --keep-lines for a single file with a header"});
    }
    file_.write(std::string(stated.line - line_, '\n'));
    line_ = stated.line;
  }

  OutputFile file_;
  bool keep_lines_;
  std::string row_;
  std::uint64_t line_ = 2;  // on which the next row would stand
  std::uint64_t count_ = 0;
  std::uint64_t above_loan_amount_ = 0;
  FenSum sum_;
};

void tell_about(const Globals& globals, const ClaimsFile& claims, const std::map<RowCode, std::uint64_t>& rejected) {
  const std::string sum = format_yuan(claims.sum());
  globals.tell({fmt::format("交出补偿申请 {} 笔，未还本金合计 {} 元；其中 {} 笔高于贷款金额（照样保留）", claims.count(), sum, claims.above_loan_amount()),
                fmt::format("{} claims handed over, outstanding principal {} in all; {} of them above the loan amount (kept)", claims.count(), sum, claims.above_loan_amount())});
  for (const auto& [code, count] : rejected) {
    globals.tell({fmt::format("拒收 {} 行：{}", count, word(code)), fmt::format("{} rows rejected: {}", count, word(code))});
  }
}

Exit run_claims(const Globals& globals, const ClaimsOptions& options) {
  const auto as_of = parse_day(options.as_of);
  if (!as_of) {
    throw Failure(Diagnostic{{{}, 0, 0, "--as-of"}, verbatim(talent_loan::quoted(options.as_of)), {"真实日期 YYYY-MM-DD", "a real day YYYY-MM-DD"}, {}});
  }
  const auto session = opened(options, globals);
  const BankId bank(options.bank);
  ClaimsFile claims(options.claims, options.keep_lines);
  RejectsFile rejects(options.rejects, globals.language);
  std::map<RowCode, std::uint64_t> rejected;
  PollRequest poll;
  poll.at_most = claims_per_poll;
  poll.as_of = as_of->days_since_1970();
  for (;;) {
    const Polled<StatedClaim> polled = stated(session->poll_claims(poll, call_allowed), poll, bank, options.serves == "several");
    for (const StatedClaim& claim : polled.records) claims.add(claim);
    for (const RejectedRow& row : polled.rejects) {
      rejects.add(row.line, row.key, word(row.code), row.message);
      ++rejected[row.code];
    }
    if (!polled.moved) break;
    poll.after = polled.after;
  }
  session->close(call_allowed);
  commit_all({&claims.output(), rejects.output()});
  tell_about(globals, claims, rejected);
  return options.strict && rejects.count() > 0 ? Exit::rows_rejected : Exit::done;
}

}  // namespace

void add_adapter_claims(CLI::App& group, const Globals& globals, Invocation& invocation) {
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  auto options = std::make_shared<ClaimsOptions>();
  CLI::App* leaf = add_leaf(group, globals, invocation, "claims",
                            {"把适配器会交出的补偿申请写成补偿申请文件（不动数据库）", "write the claims an adapter would hand over as a claims file (no database)"},
                            "talent-loan adapter claims flat-file --bank zibo-rural --config bank.yaml --claims claims.csv --rejects rejects.csv",
                            [options, &globals] { return run_claims(globals, *options); });
  leaf->add_option("LIBRARY", options->library, say("库文件或适配器名", "library file or name of an adapter"))->required();
  leaf->add_option("--bank", options->bank, say("银行编号", "id of the bank"))->required()->type_name("ID");
  leaf->add_option("--config", options->config, say("适配器的配置文件", "the adapter's configuration"))->required()->type_name("FILE");
  leaf->add_option("--serves", options->serves, say("补偿申请属于一家银行，或数据自带银行", "claims are of this bank, or name their banks"))->check(CLI::IsMember({"one", "several"}));
  leaf->add_option("--as-of", options->as_of, say("只取到这一天", "nothing that is dated later"))->type_name("DATE");
  leaf->add_option("--claims", options->claims, say("写出的补偿申请文件", "the claims file to write"))->required()->type_name("FILE");
  leaf->add_option("--rejects", options->rejects, say("写出的拒收文件", "the rejects file to write"))->type_name("FILE");
  leaf->add_flag("--keep-lines", options->keep_lines, say("补偿申请保持在银行文件中的行号", "each claim on its line of the bank's file"));
  leaf->add_flag("--strict", options->strict, say("有拒收行时以 3 退出", "exit 3 where rows were rejected"));
}

}  // namespace talent_loan::host

// settle, settle approve, settle reverse, settle payment-status: batches of compensation.
#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/identity/masking.hpp"
#include "core/settlement/batch.hpp"
#include "core/settlement/batch_files.hpp"
#include "core/settlement/batch_rows.hpp"
#include "core/settlement/payment_message.hpp"
#include "core/talent/bank_filings.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

constexpr std::size_t status_report_bytes_at_most = 4 << 20;  // some ten thousand payments; a batch has one per bank and payer

struct SettleArguments {
  std::string batch;
  std::optional<Day> as_of;
  std::string scheme;
  std::string lines;
  std::string rejects;
  std::string totals;
  std::string payments;
  std::string message;
  std::string as;
  bool dry_run = false;
  bool strict = false;
};

// The files of a batch: written from what the transaction sees, put in place when it is durable.
class BatchOutputs {
 public:
  BatchOutputs(const SettleArguments& arguments, Language language)
      : lines_(output_for(arguments.lines)), totals_(output_for(arguments.totals)), payments_(output_for(arguments.payments)),
        message_(output_for(arguments.message)), rejects_(arguments.rejects, language) {}

  void write(Transaction& transaction, const BatchRecord& batch, const Site& site) {
    if (lines_) write_lines(transaction, batch, *lines_);
    add_rejects(transaction, batch, rejects_);
    if (totals_) write_totals(transaction, batch, *totals_);
    if (payments_) write_payments(transaction, batch, *payments_);
    if (message_) message_->write(payment_message(transaction, batch, site));
  }

  std::vector<OutputFile*> files() {
    std::vector<OutputFile*> files{rejects_.output()};
    for (auto* file : {&lines_, &totals_, &payments_, &message_}) {
      if (*file) files.push_back(&**file);
    }
    std::erase(files, nullptr);
    return files;
  }

 private:
  std::optional<OutputFile> lines_, totals_, payments_, message_;
  RejectsFile rejects_;
};

// Tells at log level debug how long each stage of the work took.
class StageLog {
 public:
  void begin(std::string_view stage) {
    end();
    stage_ = stage;
    since_ = std::chrono::steady_clock::now();
  }
  void end() {
    if (stage_.empty()) return;
    spdlog::debug("stage={} seconds={:.3f}", stage_, std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count());
    stage_.clear();
  }

 private:
  std::string stage_;
  std::chrono::steady_clock::time_point since_;
};

Text status_words(BatchStatus status) {
  switch (status) {
    case BatchStatus::prepared: return {"已准备，待他人复核：settle approve", "prepared; another user books it with settle approve"};
    case BatchStatus::booked: return {"已记账", "booked"};
    case BatchStatus::reversed: return {"已冲销", "reversed"};
  }
  return {};
}

void tell_batch(const Globals& globals, Transaction& transaction, const BatchRecord& batch) {
  const BatchCounts counts = count_claims(transaction, batch);
  FenSum paid;
  for (const Payment& payment : stored_payments(transaction, batch.number)) paid += payment.amount;
  const std::int64_t all = counts.accepted + counts.rejected + counts.waiting;
  const Text status = status_words(batch.status);
  globals.tell({fmt::format("批次 {}（截至 {}）：申报 {} 笔，通过 {}，未通过 {}，等待基金 {}；支付 {} 元；{}", batch.batch.text(), format_day(batch.as_of),
                            all, counts.accepted, counts.rejected, counts.waiting, format_yuan(paid), status.chinese),
                fmt::format("batch {} as of {}: {} claims, {} accepted, {} rejected, {} waiting for their fund; {} paid; {}",
                            batch.batch.text(), format_day(batch.as_of), all, counts.accepted, counts.rejected, counts.waiting,
                            format_yuan(paid), status.english)});
}

void tell_unopened_funds(const Globals& globals, Transaction& transaction, const PolicySet& policies, const SchemeId& scheme) {
  const std::vector<std::string> opened = opened_funds(transaction);
  std::vector<std::string> told;
  for (const PolicyVersion& version : policies.versions()) {
    const auto& fund = version.compensation.fund;
    if (version.scheme != scheme || !fund) continue;
    const auto in = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), fund->name) != names.end(); };
    if (in(opened) || in(told)) continue;
    told.push_back(fund->name);
    globals.tell({fmt::format("注意：基金 {} 尚无存入记录，不限制支付（fund deposit）", fund->name),
                  fmt::format("note: nothing was ever deposited into fund {}, it limits nothing (fund deposit)", fund->name)});
  }
}

Exit settle_batch(const Globals& globals, const SettleArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  const SchemeId scheme = policies.choose_scheme(arguments.scheme.empty() ? bureau.site.scheme : arguments.scheme);
  const UserId user = bureau.user(arguments.as, Role::maker);
  BatchOutputs outputs(arguments, globals.language);
  Transaction transaction = bureau.database.write();
  const FiledBanks filed(bank_filings(transaction));
  StageLog log;
  const SettlementRequest request{
      .batch = BatchId(arguments.batch),
      .rules = {.policies = &policies, .scheme = scheme, .as_of = *arguments.as_of, .claim_window_days = bureau.site.claim_window_days,
                .bank_filed = [&](const BankId& bank, Day day) { return filed.filed_on(bank.text(), day); }},
      .user = user,
      .book = !bureau.site.maker_checker_required,
      .closed_to = bureau.site.closing_date,
      .stage = [&](std::string_view stage) { log.begin(stage); }};
  tell_unopened_funds(globals, transaction, policies, scheme);
  const BatchRecord batch = settle(transaction, request);
  log.begin("files");
  outputs.write(transaction, batch, bureau.site);
  tell_batch(globals, transaction, batch);
  const bool rejected = count_claims(transaction, batch).rejected > 0;
  log.begin("commit");
  if (arguments.dry_run) {
    globals.tell({"试算：没有保存任何内容", "dry run: nothing was kept"});
    commit_all(outputs.files());
  } else {
    commit_with_files(transaction, outputs.files());
  }
  log.end();
  return arguments.strict && rejected ? Exit::rows_rejected : Exit::done;
}

struct ApproveArguments {
  std::string batch;
  std::string as;
  std::string payments;
  std::string message;
};

Exit approve_batch(const Globals& globals, const ApproveArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, Role::checker);
  std::optional<OutputFile> payments = output_for(arguments.payments), message = output_for(arguments.message);
  Transaction transaction = bureau.database.write();
  const BatchRecord batch = approve(transaction, BatchId(arguments.batch), user, bureau.site.closing_date);
  if (payments) write_payments(transaction, batch, *payments);
  if (message) message->write(payment_message(transaction, batch, bureau.site));
  tell_batch(globals, transaction, batch);
  commit_with_files(transaction, {payments ? &*payments : nullptr, message ? &*message : nullptr});
  return Exit::done;
}

struct ReverseArguments {
  std::string batch;
  std::string reversal;
  std::string why;
  std::string as;
  std::optional<Day> on;
};

Exit reverse_batch(const Globals& globals, const ReverseArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, bureau.site.maker_checker_required ? Role::checker : Role::maker);
  Transaction transaction = bureau.database.write();
  const BatchRecord batch = reverse(transaction, {.batch = BatchId(arguments.batch), .reversal = arguments.reversal, .why = without_identity_numbers(arguments.why),
                                                  .user = user, .on = arguments.on, .closed_to = bureau.site.closing_date});
  transaction.commit();
  globals.tell({fmt::format("批次 {} 已由 {} 冲销，申报可在新批次中办理", batch.batch.text(), batch.reversal),
                fmt::format("batch {} is reversed by {}; its claims are free for another batch", batch.batch.text(), batch.reversal)});
  return Exit::done;
}

struct StatusArguments {
  std::string report;
  std::string as;
};

Exit read_status(const Globals& globals, const StatusArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, Role::maker);
  const std::string xml = read_whole_file(arguments.report, status_report_bytes_at_most);
  Transaction transaction = bureau.database.write();
  const PaymentStatusSummary summary = apply_status_report(transaction, xml, arguments.report, user);
  transaction.commit();
  globals.tell({fmt::format("回执：已付 {}，失败 {}，处理中 {}，此前已知 {}", summary.paid, summary.failed, summary.pending, summary.repeated),
                fmt::format("{} paid, {} failed, {} pending, {} known already", summary.paid, summary.failed, summary.pending, summary.repeated)});
  return Exit::done;
}

void add_payment_status(CLI::App& settle, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<StatusArguments>();
  CLI::App* leaf = add_leaf(settle, globals, invocation, "payment-status", {"读入银行付款回执 pain.002.001.11", "read a bank's payment status report, pain.002.001.11"},
                            "talent-loan settle payment-status --report status.xml",
                            [&globals, arguments] { return read_status(globals, *arguments); });
  leaf->add_option("--report", arguments->report, globals.say({"回执文件", "the report"}))->required()->type_name("FILE");
  add_as(*leaf, globals, arguments->as);
}

void add_approve(CLI::App& settle, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<ApproveArguments>();
  CLI::App* leaf = add_leaf(settle, globals, invocation, "approve", {"复核并记账", "approve a prepared batch and book it"},
                            "talent-loan settle approve --batch 2020-12 --as wang --payments payments.csv",
                            [&globals, arguments] { return approve_batch(globals, *arguments); });
  leaf->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->required()->type_name("ID");
  leaf->add_option("--payments", arguments->payments, globals.say({"付款指令文件", "payment instructions"}))->type_name("FILE");
  leaf->add_option("--message", arguments->message, globals.say({"付款报文 pain.001", "payment message (pain.001)"}))->type_name("FILE");
  add_as(*leaf, globals, arguments->as);
}

void add_reverse(CLI::App& settle, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<ReverseArguments>();
  CLI::App* leaf = add_leaf(settle, globals, invocation, "reverse", {"冲销批次，或撤回未复核的批次", "reverse a batch, or withdraw a prepared one"},
                            "talent-loan settle reverse --batch 2020-12 --reversal 2020-12-r --why \"duplicate import\"",
                            [&globals, arguments] { return reverse_batch(globals, *arguments); });
  leaf->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->required()->type_name("ID");
  leaf->add_option("--reversal", arguments->reversal, globals.say({"冲销号", "id of the reversal"}))->required()->type_name("ID");
  leaf->add_option("--why", arguments->why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT");
  add_day(*leaf, globals, "--on", arguments->on, {"记账日，默认批次截止日或其后第一个未结账日", "day of posting; default: the batch's day or the first open one after it"});
  add_as(*leaf, globals, arguments->as);
}

}  // namespace

void add_settle_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<SettleArguments>();
  CLI::App* leaf = add_leaf(program, globals, invocation, "settle", {"结算补偿批次", "settle a batch of claims"},
                            "talent-loan settle --batch 2020-12 --as-of 2020-12-31 --lines lines.csv --rejects rejects.csv"
                            " --totals totals.csv --payments payments.csv",
                            [] { return Exit::wrong_usage; });
  const auto file = [&](const char* name, std::string& path, const Text& what) {
    leaf->add_option(name, path, globals.say(what))->type_name("FILE");
  };
  leaf->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->type_name("ID");
  add_day(*leaf, globals, "--as-of", arguments->as_of, {"截止日", "the day as of which claims are settled"});
  leaf->add_option("--scheme", arguments->scheme, globals.say({"方案，默认见 site.yaml", "scheme; default: site.yaml's"}))->type_name("NAME");
  leaf->add_flag("--dry-run", arguments->dry_run, globals.say({"试算，不保存", "preview, keep nothing"}));
  file("--lines", arguments->lines, {"逐笔拆分", "one line per accepted claim"});
  file("--rejects", arguments->rejects, {"未通过的申报", "rejected claims"});
  file("--totals", arguments->totals, {"各银行合计", "totals by bank"});
  file("--payments", arguments->payments, {"付款指令", "payment instructions"});
  file("--message", arguments->message, {"付款报文 pain.001.001.10", "payment message, pain.001.001.10"});
  add_strict(*leaf, globals, arguments->strict);
  add_as(*leaf, globals, arguments->as);
  add_approve(*leaf, globals, invocation);
  add_reverse(*leaf, globals, invocation);
  add_payment_status(*leaf, globals, invocation);
  // Its own options are required only where no subcommand was given.
  leaf->callback([leaf, arguments, &globals, &invocation] {
    if (!leaf->get_subcommands().empty()) return;
    if (arguments->batch.empty()) throw CLI::RequiredError("--batch");
    if (!arguments->as_of) throw CLI::RequiredError("--as-of");
    invocation.run = [arguments, &globals] { return settle_batch(globals, *arguments); };
  });
}

}  // namespace talent_loan::host

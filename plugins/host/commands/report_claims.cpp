#include "plugins/host/commands/report_claims.hpp"

#include <algorithm>
#include <memory>

#include "core/report/award_claim.hpp"
#include "core/report/claim_report.hpp"
#include "core/report/csv_rows.hpp"
#include "plugins/host/commands/report_job.hpp"

namespace talent_loan::host {
namespace {

struct AwardArguments {
  std::string payer;
  std::string batch;
  int year = 0;
  ReportFiles files;
};

Exit report_award(const Globals& globals, const AwardArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::read);
  AwardScope scope;
  scope.year = arguments.year;
  if (!arguments.batch.empty()) scope.batch = job.batch(arguments.batch);
  const PayerId payer(arguments.payer);
  job.write(arguments.files, scope.last_day(), [&](Report& out) { award_claim(job.reporting(), payer, scope, out); },
            [&](OutputFile& file) {
              CsvRows rows(award_columns(), file);
              award_list(job.reporting(), payer, scope, rows);
            });
  return Exit::done;
}

struct ClaimsArguments {
  std::vector<std::string> states;
  std::string bank;
  ReportFiles files;
};

Exit report_claims(const Globals& globals, const ClaimsArguments& arguments) {
  ClaimFilter filter;
  for (const std::string& state : arguments.states) filter.states.push_back(parse_claim_state(state).value());  // checked by the option
  if (!arguments.bank.empty()) filter.bank = BankId(arguments.bank);
  ReportJob job(globals, ReportJob::Policies::unread);
  if (filter.bank) job.require_bank(arguments.bank);
  job.write(arguments.files, job.last_posting(), [&](Report& out) { claims_report(job.reporting(), filter, out); },
            [&](OutputFile& file) {
              CsvRows rows(claim_columns(), file);
              claim_list(job.reporting(), filter, StatesAs::words, rows);
            });
  // The report says it too, but the list as CSV cannot.
  const bool approved_asked = std::find(filter.states.begin(), filter.states.end(), ClaimState::approved) != filter.states.end();
  if (approved_asked && !arguments.files.csv.empty()) globals.tell(why_none_is_approved());
  return Exit::done;
}

struct ClaimArguments {
  std::string claim;
  std::string bank;
  ReportFiles files;
};

// The bank may be left out where only one has a claim of that id.
BankId bank_of(Transaction& transaction, const ClaimArguments& arguments) {
  std::vector<BankId> banks;
  transaction.each("SELECT bank_id FROM claims WHERE claim_id = :claim ORDER BY bank_id COLLATE \"C\"", {arguments.claim}, [&](const Row& row) {
    if (arguments.bank.empty() || arguments.bank == row.text(0)) banks.push_back(row.id<BankId>(0));
  });
  if (banks.size() == 1) return banks.front();
  const std::string claim = talent_loan::quoted(arguments.claim);
  if (banks.empty()) throw Failure({"没有补偿申请 " + claim, "there is no claim " + claim}, {"report claims 列出全部申请", "report claims lists them all"});
  std::string known;
  for (const BankId& bank : banks) known += (known.empty() ? "" : ", ") + bank.text();
  throw Failure({"多家银行有申请 " + claim, "several banks have a claim " + claim}, {"用 --bank 指定：" + known, "say which with --bank: " + known});
}

Exit report_claim(const Globals& globals, const ClaimArguments& arguments) {
  ReportJob job(globals, ReportJob::Policies::read);
  const auto history = claim_history(job.transaction(), bank_of(job.transaction(), arguments), ClaimId(arguments.claim), job.reporting().policies);
  job.write(arguments.files, history->changes.back().on, [&](Report& out) { claim_report(job.reporting(), *history, out); });
  return Exit::done;
}

void add_award(CLI::App& report, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<AwardArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, "award", {"上级奖励申请表及清单", "the claim for what a reimbursing payer owes, with its list"},
                            "talent-loan report award --payer province --year 2020 --xlsx award-2020.xlsx", [&globals, arguments] { return report_award(globals, *arguments); });
  leaf->add_option("--payer", arguments->payer, globals.say({"出资方（政策中有 reimburses 的）", "a payer whose share reimburses another"}))->required()->type_name("PAYER");
  CLI::Option_group* scope = leaf->add_option_group("scope", globals.say({"范围", "what it covers"}));
  scope->add_option("--year", arguments->year, globals.say({"年度（按批次截至日）", "calendar year of the batches' as-of day"}))->check(CLI::Range(1, 9999))->type_name("YYYY");
  scope->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->type_name("ID");
  scope->require_option(1);
  add_report_files(*leaf, globals, arguments->files, HasList::yes);
}

}  // namespace

void add_claim_reports(CLI::App& report, const Globals& globals, Invocation& invocation) {
  add_award(report, globals, invocation);

  auto claims = std::make_shared<ClaimsArguments>();
  CLI::App* leaf = add_leaf(report, globals, invocation, "claims", {"补偿申请台账", "claims and their states"}, "talent-loan report claims --state settled --state paid --bank icbc --csv claims.csv",
                            [&globals, claims] { return report_claims(globals, *claims); });
  leaf->add_option("--state", claims->states, globals.say({"状态，可重复；默认全部。复核即记账，没有申请停留在 approved：待复核的查 accepted，已复核的查 settled 及其后各状态",
                                                        "state, may be repeated; default: all. Approving books at once, so no claim stays approved: ask for accepted (still to be approved), or settled and what follows it (approved)"}))->check(CLI::IsMember(claim_state_words()))->type_name("STATE");
  leaf->add_option("--bank", claims->bank, globals.say({"银行", "bank id"}))->type_name("ID");
  add_report_files(*leaf, globals, claims->files, HasList::yes);

  auto claim = std::make_shared<ClaimArguments>();
  leaf = add_leaf(report, globals, invocation, "claim", {"一笔申请的履历", "the life of one claim"}, "talent-loan report claim --bank icbc --claim C-17",
                  [&globals, claim] { return report_claim(globals, *claim); });
  leaf->add_option("--claim", claim->claim, globals.say({"申报号", "claim id"}))->required()->type_name("ID");
  leaf->add_option("--bank", claim->bank, globals.say({"银行（多家银行有同号申请时需要）", "bank id, where several have a claim of this id"}))->type_name("ID");
  add_report_files(*leaf, globals, claim->files);
}

}  // namespace talent_loan::host

#include "plugins/host/commands/recover_close.hpp"

#include <memory>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/settlement/claim_closing.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct ClosingArguments {
  std::string claim;
  std::string bank;
  std::string ground;
  std::string why;
  std::string as;
  std::optional<Day> on;

  std::optional<BankId> named_bank() const { return bank.empty() ? std::nullopt : std::optional(BankId(bank)); }
};

Exit close_one(const Globals& globals, const ClosingArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, Role::maker);
  Transaction transaction = bureau.database.write();
  const bool closed = close_claim(transaction,
                                  {.claim = ClaimId(arguments.claim), .bank = arguments.named_bank(), .ground = parse_closing_ground(arguments.ground).value(),  // checked by the option
                                   .on = arguments.on.value_or(day_in_china(transaction.now())), .why = without_identity_numbers(arguments.why), .user = user},
                                  policies);
  transaction.commit();
  if (closed) globals.tell({fmt::format("申请 {} 已结案（{}）；债务不消灭，之后的追偿仍须分配", arguments.claim, arguments.ground),
                            fmt::format("claim {} is closed as {}; the debt remains, later recoveries are shared", arguments.claim, arguments.ground)});
  else globals.tell({"此前已如此结案，没有改动", "closed so before; nothing changed"});
  return Exit::done;
}

Exit reopen_one(const Globals& globals, const ClosingArguments& arguments) {
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, bureau.site.maker_checker_required ? Role::checker : Role::maker);
  Transaction transaction = bureau.database.write();
  reopen_claim(transaction, {.claim = ClaimId(arguments.claim), .bank = arguments.named_bank(), .why = without_identity_numbers(arguments.why), .user = user});
  transaction.commit();
  globals.tell({fmt::format("申请 {} 的结案已撤销", arguments.claim), fmt::format("the closing of claim {} is taken back", arguments.claim)});
  return Exit::done;
}

void add_common(CLI::App& leaf, const Globals& globals, ClosingArguments& arguments) {
  leaf.add_option("--claim", arguments.claim, globals.say({"申报号", "claim id"}))->required()->type_name("ID");
  leaf.add_option("--bank", arguments.bank, globals.say({"银行（多家银行有同号申请时需要）", "bank id, where several have a claim of this id"}))->type_name("ID");
  leaf.add_option("--why", arguments.why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT");
  add_as(leaf, globals, arguments.as);
}

}  // namespace

void add_closing_commands(CLI::App& recover, const Globals& globals, Invocation& invocation) {
  auto closing = std::make_shared<ClosingArguments>();
  CLI::App* close = add_leaf(recover, globals, invocation, "close", {"结案：已全部收回、预计不再有收回或银行已核销", "end following a claim up: all recovered, nothing more expected, or written off"},
                             "talent-loan recover close --claim C-17 --ground no-further-recovery --on 2022-06-30 --why \"bankruptcy closed, report no. 12\"",
                             [&globals, closing] { return close_one(globals, *closing); });
  add_common(*close, globals, *closing);
  close->add_option("--ground", closing->ground, globals.say({"结案依据", "on what ground"}))
      ->required()
      ->check(CLI::IsMember({"fully-recovered", "no-further-recovery", "written-off"}))
      ->type_name("GROUND");
  add_day(*close, globals, "--on", closing->on, {"结案日，默认今天", "day of closing; default: today"});

  auto reopening = std::make_shared<ClosingArguments>();
  CLI::App* reopen = add_leaf(recover, globals, invocation, "reopen", {"撤销结案", "take a closing back"}, "talent-loan recover reopen --claim C-17 --why \"the borrower pays again\"",
                              [&globals, reopening] { return reopen_one(globals, *reopening); });
  add_common(*reopen, globals, *reopening);
}

}  // namespace talent_loan::host

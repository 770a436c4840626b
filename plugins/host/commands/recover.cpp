// recover, recover reverse, close, reopen: what banks collect after compensation, and when that ends.
#include <memory>

#include <fmt/format.h>

#include "core/identity/masking.hpp"
#include "core/settlement/recovery.hpp"
#include "plugins/host/bureau.hpp"
#include "plugins/host/commands/recover_close.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct RecoverArguments {
  std::string recoveries;
  std::string returns;
  std::string rejects;
  std::string as;
  Encoding encoding = Encoding::utf8;
  bool strict = false;
};

Exit recover(const Globals& globals, const RecoverArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  const RecoveryRules rules{.policies = &policies, .user = bureau.user(arguments.as, Role::maker), .closed_to = bureau.site.closing_date};
  std::optional<OutputFile> returns = output_for(arguments.returns);
  RejectsFile rejects(arguments.rejects, globals.language);
  Transaction transaction = bureau.database.write();
  const RecoverySummary summary = book_recoveries(transaction,
                                                  {.recoveries = arguments.recoveries, .encoding = arguments.encoding,
                                                   .returns = returns ? &*returns : nullptr, .rejects = &rejects},
                                                  rules);
  commit_with_files(transaction, {returns ? &*returns : nullptr, rejects.output()});
  globals.tell({fmt::format("追偿 {} 行：入账 {}，已登记过 {}，拒绝 {}；返还 {} 元", summary.rows, summary.booked, summary.repeated, summary.rejected,
                            format_yuan(summary.returned)),
                fmt::format("{} recoveries: {} booked, {} known already, {} rejected; {} returned", summary.rows, summary.booked,
                            summary.repeated, summary.rejected, format_yuan(summary.returned))});
  return arguments.strict && summary.rejected > 0 ? Exit::rows_rejected : Exit::done;
}

struct ReverseArguments {
  std::string recovery;
  std::string reversal;
  std::string why;
  std::string as;
};

Exit reverse_one(const Globals& globals, const ReverseArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  const UserId user = bureau.user(arguments.as, bureau.site.maker_checker_required ? Role::checker : Role::maker);
  Transaction transaction = bureau.database.write();
  const bool booked = reverse_recovery(transaction, {RecoveryId(arguments.recovery), arguments.reversal, without_identity_numbers(arguments.why)},
                                       {.policies = &policies, .user = user, .closed_to = bureau.site.closing_date});
  transaction.commit();
  if (booked) globals.tell({fmt::format("追偿 {} 已冲销", arguments.recovery), fmt::format("recovery {} is reversed", arguments.recovery)});
  else globals.tell({"此前已冲销，没有改动", "reversed before; nothing changed"});
  return Exit::done;
}

}  // namespace

void add_recover_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<RecoverArguments>();
  CLI::App* leaf = add_leaf(program, globals, invocation, "recover", {"登记补偿后追回的款项", "book what banks recovered after compensation"},
                            "talent-loan recover --recoveries recoveries.csv --returns returns.csv --rejects rejects.csv",
                            [] { return Exit::wrong_usage; });
  leaf->add_option("--recoveries", arguments->recoveries, globals.say({"追偿文件", "recoveries file"}))->type_name("FILE");
  leaf->add_option("--returns", arguments->returns, globals.say({"各方应返还金额", "what flows back to whom"}))->type_name("FILE");
  leaf->add_option("--rejects", arguments->rejects, globals.say({"被拒绝的行", "rejected rows"}))->type_name("FILE");
  add_encoding(*leaf, globals, arguments->encoding);
  add_strict(*leaf, globals, arguments->strict);
  add_as(*leaf, globals, arguments->as);

  auto undone = std::make_shared<ReverseArguments>();
  CLI::App* reverse = add_leaf(*leaf, globals, invocation, "reverse", {"冲销一笔追偿", "reverse one recovery"},
                               "talent-loan recover reverse --recovery R-17 --reversal R-17-x --why \"cheque returned\"",
                               [&globals, undone] { return reverse_one(globals, *undone); });
  reverse->add_option("--recovery", undone->recovery, globals.say({"追偿编号", "recovery id"}))->required()->type_name("ID");
  reverse->add_option("--reversal", undone->reversal, globals.say({"冲销号", "id of the reversal"}))->required()->type_name("ID");
  reverse->add_option("--why", undone->why, globals.say({"原因", "the reason"}))->required()->type_name("TEXT");
  add_as(*reverse, globals, undone->as);
  add_closing_commands(*leaf, globals, invocation);

  leaf->callback([leaf, arguments, &globals, &invocation] {
    if (!leaf->get_subcommands().empty()) return;
    if (arguments->recoveries.empty()) throw CLI::RequiredError("--recoveries");
    invocation.run = [arguments, &globals] { return recover(globals, *arguments); };
  });
}

}  // namespace talent_loan::host

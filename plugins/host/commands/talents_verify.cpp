#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "core/policy/site.hpp"
#include "core/talent/bank_filings.hpp"
#include "core/talent/explanation.hpp"
#include "core/talent/receipt.hpp"
#include "core/talent/verify_file.hpp"
#include "plugins/host/book_balances.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/progress.hpp"
#include "plugins/host/registry_source.hpp"
#include "plugins/host/talents.hpp"

namespace talent_loan::host {
namespace {

struct VerifyArguments {
  // Of a file:
  VerifyFileOptions file{};
  bool strict = false;
  // Of one borrower:
  std::string borrower;
  std::string kind;
  std::string bank;
  std::string purpose;
  std::optional<Day> on;
  std::optional<Fen> amount;
  bool secured = false;
  bool guaranteed = false;
  bool explain = false;
  std::string receipt;
  std::string signing_key;
  // Of both:
  std::vector<std::string> policies;
  std::string scheme;
  std::optional<Day> known_on;
};

PolicySet policies_of(const Globals& globals, const VerifyArguments& arguments) {
  return load_policies(arguments.policies.empty() ? std::vector<std::string>{globals.config_path("policies")} : arguments.policies);
}

// --scheme, else the site's, else the only one.
SchemeId scheme_of(const Globals& globals, const VerifyArguments& arguments, const PolicySet& policies) {
  if (!arguments.scheme.empty()) return policies.choose_scheme(arguments.scheme);
  return policies.choose_scheme(load_site(globals.config_path("site.yaml")).scheme);
}

Exit verify_requests(const Globals& globals, const VerifyArguments& arguments) {
  const PolicySet policies = policies_of(globals, arguments);
  const SchemeId scheme = scheme_of(globals, arguments, policies);
  Database database = open_database(globals);
  Transaction look = database.read();
  const std::optional<Vault> vault = vault_for_reading(look, key_source(globals));
  const Registry registry = registry_for_many(globals, look, vault, arguments.known_on);
  const FiledBanks banks(bank_filings(look));
  const std::unique_ptr<BalanceLookup> balances = book_balances(look, vault ? &*vault : nullptr);
  const Verifier verifier(policies, scheme, registry, banks, vault ? &*vault : nullptr, balances.get());
  VerifyFileOptions options = arguments.file;
  options.language = globals.language;
  VerifySummary summary;
  {
    Progress progress(globals, {"核验", "verifying"});
    options.progress = [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all); };
    summary = verify_file(verifier, options);
  }
  globals.tell({fmt::format("读入 {} 行：符合 {}，不符合 {}，拒绝 {}", summary.rows, summary.eligible, summary.not_eligible, summary.rejected),
                fmt::format("{} rows in: {} eligible, {} not eligible, {} rejected", summary.rows, summary.eligible, summary.not_eligible, summary.rejected)});
  return arguments.strict && summary.rejected > 0 ? Exit::rows_rejected : Exit::done;
}

BorrowerRule::Kind kind_of(const VerifyArguments& arguments) {
  if (!arguments.kind.empty()) return arguments.kind == "employer" ? BorrowerRule::Kind::employer : BorrowerRule::Kind::talent;
  const bool only_a_code = valid_social_credit_code(arguments.borrower) && !valid_resident_identity_number(arguments.borrower);
  return only_a_code ? BorrowerRule::Kind::employer : BorrowerRule::Kind::talent;
}

Exit verify_one(const Globals& globals, const VerifyArguments& arguments) {
  const PolicySet policies = policies_of(globals, arguments);
  const SchemeId scheme = scheme_of(globals, arguments, policies);
  VerificationRequest request{.kind = kind_of(arguments), .borrower_id = arguments.borrower, .on = *arguments.on,
                              .amount = arguments.amount.value_or(Fen()), .secured = arguments.secured, .guaranteed = arguments.guaranteed};
  if (!arguments.bank.empty()) request.bank = BankId(arguments.bank);
  if (!arguments.purpose.empty()) request.purpose = arguments.purpose;

  Database database = open_database(globals);
  Transaction look = database.read();
  const std::optional<Vault> vault = vault_for_reading(look, key_source(globals));
  const bool employer = request.kind == BorrowerRule::Kind::employer;
  const Registry registry = employer ? load_employer(look, arguments.borrower, arguments.known_on)
                            : vault  ? load_person(look, vault->lookup(arguments.borrower), arguments.known_on)
                                     : Registry();
  const FiledBanks banks(bank_filings(look));
  const std::unique_ptr<BalanceLookup> balances = book_balances(look, vault ? &*vault : nullptr);
  const Verifier verifier(policies, scheme, registry, banks, vault ? &*vault : nullptr, balances.get());
  const bool known_form = employer ? valid_social_credit_code(arguments.borrower)
                                   : plausible_identity_number(arguments.borrower) || verifier.listed(arguments.borrower);
  if (!known_form) {
    throw Failure({fmt::format("{} 的位数或校验码不对", talent_loan::quoted(masked_identifier(arguments.borrower))),
                   fmt::format("{} has a wrong length or check character", talent_loan::quoted(masked_identifier(arguments.borrower)))},
                  {"人才用证件号码，企业用 18 位统一社会信用代码", "a talent is asked for by identity number, an enterprise by its unified social credit code"});
  }
  const VerificationDecision decision = verifier.decide(request);
  const Programmes programmes = load_programmes(globals.config_path("programmes.yaml"));
  if (!arguments.receipt.empty()) {
    OutputFile receipt(arguments.receipt);
    receipt.write(sign_receipt(request, decision, {scheme, arguments.known_on, look.now()}, SigningKey::read_private(arguments.signing_key)));
    receipt.commit();
    if (arguments.receipt == "-") return Exit::done;
  }
  fmt::print("{}", explain(request, decision, programmes, arguments.explain).in(globals.language));
  return Exit::done;
}

Exit verify(const Globals& globals, VerifyArguments arguments) {
  const VerifyFileOptions& file = arguments.file;
  if (!arguments.borrower.empty()) {
    if (arguments.borrower == "-") {
      std::getline(std::cin, arguments.borrower);
      if (arguments.borrower.ends_with('\r')) arguments.borrower.pop_back();
    }
    return verify_one(globals, arguments);
  }
  if (file.requests.empty()) {
    globals.tell({"请给出 --requests 和 --decisions（一个文件），或 --borrower 和 --on（一个借款人）",
                  "give --requests and --decisions for a file, or --borrower and --on for one borrower"});
    return Exit::wrong_usage;
  }
  std::vector<std::string> outputs{file.decisions};
  if (!file.rejects.empty()) outputs.push_back(file.rejects);
  if (const auto twice = file_named_twice({file.requests}, outputs)) {
    fmt::print(stderr, "{}\n", twice->sentence(globals.language));
    return Exit::wrong_usage;
  }
  return verify_requests(globals, arguments);
}

}  // namespace

void add_talents_verify(CLI::App& talents, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<VerifyArguments>();
  arguments->file.threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* leaf = add_leaf(talents, globals, invocation, "verify", {"核验借款人资格：一个文件或一个借款人", "verify borrowers: a file of them, or one"},
                            "talent-loan talents verify --requests requests.csv --decisions decisions.csv\n"
                            "  talent-loan talents verify --borrower 91370303MA3C000006 --on 2020-06-15 --explain",
                            [&globals, arguments] { return verify(globals, *arguments); });
  const auto say = [&](const char* chinese, const char* english) { return globals.say({chinese, english}); };
  CLI::Option* requests = leaf->add_option("--requests", arguments->file.requests, say("核验请求，- 为标准输入", "requests, - for standard input"))->type_name("FILE");
  CLI::Option* decisions = leaf->add_option("--decisions", arguments->file.decisions, say("核验结果，- 为标准输出", "decisions, - for standard output"))->type_name("FILE");
  leaf->add_option("--rejects", arguments->file.rejects, say("被拒绝的行及原因", "rejected rows and why"))->type_name("FILE")->needs(requests);
  leaf->add_option("--threads", arguments->file.threads, say("线程数；结果与线程数无关", "threads; the results are the same for any number"))
      ->check(CLI::Range(1U, 256U));
  add_encoding(*leaf, globals, arguments->file.encoding);
  add_strict(*leaf, globals, arguments->strict);
  CLI::Option* borrower = leaf->add_option("--borrower", arguments->borrower, say("证件号码或统一社会信用代码；- 从标准输入读取，不在进程列表中出现",
                                                                            "identity number or unified social credit code; - reads it from standard input, and no list of processes shows it"))->type_name("ID");
  CLI::Option* on = add_day(*leaf, globals, "--on", arguments->on, {"核验哪一天", "the day asked about"});
  leaf->add_option("--kind", arguments->kind, say("借款人类别（默认按号码判断）", "kind of borrower (told from the number)"))->check(CLI::IsMember({"talent", "employer"}))->needs(borrower);
  leaf->add_option("--bank", arguments->bank, say("银行；不填则不问备案", "bank; without it its filing is not asked"))->type_name("ID")->needs(borrower);
  leaf->add_option("--purpose", arguments->purpose, say("用途；不填则不问", "purpose; not asked without it"))->needs(borrower);
  add_yuan(*leaf, globals, "--amount", arguments->amount, {"金额（元）", "amount in yuan"})->needs(borrower);
  leaf->add_flag("--secured", arguments->secured, say("有抵质押", "collateral is taken"))->needs(borrower);
  leaf->add_flag("--guaranteed", arguments->guaranteed, say("有担保", "a guarantee is taken"))->needs(borrower);
  leaf->add_flag("--explain", arguments->explain, say("用一段话说明", "say it in sentences a borrower can read"))->needs(borrower);
  CLI::Option* receipt = leaf->add_option("--receipt", arguments->receipt, say("签名回执，- 为标准输出", "signed receipt, - for standard output"))->type_name("FILE")->needs(borrower);
  CLI::Option* signing_key = leaf->add_option("--signing-key", arguments->signing_key, say("签署回执的私钥", "private key that signs the receipt"))->type_name("FILE")->needs(receipt);
  receipt->needs(signing_key);
  leaf->add_option("--policy", arguments->policies, say("政策文件或目录（默认配置目录中的 policies）", "policy file or folder (policies of the configuration folder)"))
      ->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->type_name("PATH");
  leaf->add_option("--scheme", arguments->scheme, say("方案", "scheme"))->type_name("NAME");
  add_day(*leaf, globals, "--known-on", arguments->known_on, {"按当日已知的名单（默认全部）", "by what was known on that day (all)"});
  requests->needs(decisions)->excludes(borrower);
  decisions->needs(requests);
  borrower->needs(on);
  on->needs(borrower);
}

}  // namespace talent_loan::host

#include "plugins/host/commands/audit.hpp"

#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/store/audit.hpp"
#include "core/talent/signed_head.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

// "17:9f86d0…" as `audit verify` prints it.
std::optional<AuditHead> parse_head(const std::string& text) {
  AuditHead head;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.sequence);
  if (error != std::errc() || head.sequence < 1 || *end != ':') return std::nullopt;
  head.hash = end + 1;
  if (head.hash.size() != 64 || head.hash.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return head;
}

// The trail's head, once all of it was found whole.
AuditHead whole_trail(const Globals& globals, const std::optional<AuditHead>& noted) {
  Database database = open_database(globals);
  Transaction look = database.read();
  const AuditReport report = verify_audit(look, noted);
  if (report.broken) {
    throw Failure({"审计记录不完整：" + report.broken->chinese, "the audit trail is not whole: " + report.broken->english},
                  {"请与备份比对", "compare with a backup"});
  }
  return report.head;
}

struct VerifyArguments {
  std::string head;
  std::string signature;
  std::string key;
};

Exit verify_trail(const Globals& globals, const VerifyArguments& arguments) {
  std::optional<AuditHead> noted;
  if (!arguments.head.empty()) noted = parse_head(arguments.head);
  if (!arguments.signature.empty()) {
    noted = read_signed_head(read_whole_file(arguments.signature), arguments.signature, SigningKey::read_public(arguments.key));
  }
  const AuditHead head = whole_trail(globals, noted);
  fmt::print("{}\n", globals.say({fmt::format("审计记录完整：{} 条", head.sequence), fmt::format("the audit trail is whole: {} entries", head.sequence)}));
  if (head.sequence > 0) fmt::print("{}:{}\n", head.sequence, head.hash);
  return Exit::done;
}

struct SignArguments {
  std::string key;
  std::string out = "-";
};

Exit sign_trail(const Globals& globals, const SignArguments& arguments) {
  const SigningKey key = SigningKey::read_private(arguments.key);
  OutputFile file(arguments.out);
  const AuditHead head = whole_trail(globals, std::nullopt);
  file.write(sign_head(head, system_clock().now(), key));
  file.commit();
  globals.tell({fmt::format("审计记录完整，已签署至第 {} 条；请存放在数据库之外", head.sequence),
                fmt::format("the audit trail is whole and signed up to entry {}; keep the file away from the database", head.sequence)});
  return Exit::done;
}

}  // namespace

void add_audit_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* audit = program.add_subcommand("audit", globals.say({"审计记录", "the audit trail"}));
  audit->require_subcommand(1);
  auto verified = std::make_shared<VerifyArguments>();
  CLI::App* verify = add_leaf(*audit, globals, invocation, "verify",
                              {"检查审计记录及其所涵盖的账表完整、未被改动", "check that the audit trail and the books it covers are complete and untouched"},
                              "talent-loan audit verify --signature head.json --key bureau.pem.pub",
                              [&globals, verified] { return verify_trail(globals, *verified); });
  CLI::Option* head = verify->add_option("--head", verified->head, globals.say({"早先记下的链尾（序号:SM3）", "a head noted earlier (number:SM3)"}))
                          ->check(CLI::Validator([](const std::string& text) { return parse_head(text) ? std::string() : "NUMBER:SM3"; }, "", ""))
                          ->type_name("HEAD");
  CLI::Option* key = verify->add_option("--key", verified->key, globals.say({"签署者的公钥", "the signer's public key"}))->type_name("FILE");
  CLI::Option* signature = verify->add_option("--signature", verified->signature, globals.say({"audit sign 签署的链尾", "a head that audit sign signed"}))
                               ->type_name("FILE")->needs(key)->excludes(head);
  key->needs(signature);

  auto to_sign = std::make_shared<SignArguments>();
  CLI::App* sign = add_leaf(*audit, globals, invocation, "sign", {"检查后签署审计记录的链尾", "check the audit trail and sign its head"},
                            "talent-loan audit sign --key bureau.pem --out head.json", [&globals, to_sign] { return sign_trail(globals, *to_sign); });
  sign->add_option("--key", to_sign->key, globals.say({"私钥（keys new）", "private key (keys new)"}))->required()->type_name("FILE");
  sign->add_option("--out", to_sign->out, globals.say({"输出文件，默认标准输出", "output file; default: standard output"}))->type_name("FILE");
}

}  // namespace talent_loan::host

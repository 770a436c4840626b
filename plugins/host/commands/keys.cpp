#include <memory>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/talent/receipt.hpp"
#include "plugins/host/options.hpp"

namespace talent_loan::host {
namespace {

struct NewKeyArguments {
  std::string path;
  std::string algorithm = "ed25519";
};

Exit make_key(const Globals& globals, const NewKeyArguments& arguments) {
  make_signing_key(arguments.path, arguments.algorithm == "sm2" ? SignatureAlgorithm::sm2 : SignatureAlgorithm::ed25519);
  globals.tell({fmt::format("私钥 {}（请妥善保管），公钥 {}.pub（可以公开，交给核对回执或适配器签名的人）", arguments.path, arguments.path),
                fmt::format("private key {} (keep it safe), public key {}.pub (give it to whoever checks what is signed with it: receipts or adapters)", arguments.path, arguments.path)});
  return Exit::done;
}

struct ReceiptArguments {
  std::string receipt;
  std::string key;
  std::string borrower;
};

Exit verify_receipt(const Globals& globals, const ReceiptArguments& arguments) {
  const SigningKey key = SigningKey::read_public(arguments.key);
  const ReceiptCheck check = check_receipt(read_whole_file(arguments.receipt), key, arguments.borrower);
  const auto refuse = [&](const Text& why) {
    throw Failure(Diagnostic{.place = {.file = arguments.receipt}, .found = {"回执无效：" + why.chinese, "the receipt is not genuine: " + why.english}});
  };
  if (!check.genuine) refuse(check.why_not);
  if (check.borrower_matches && !*check.borrower_matches) refuse({"不是该借款人的回执", "it is about another borrower"});
  fmt::print("{}", check.decision);
  globals.tell({"回执有效，内容未被改动", "the receipt is genuine and unchanged"});
  return Exit::done;
}

}  // namespace

void add_receipt_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* keys = program.add_subcommand("keys", globals.say({"签署回执和适配器的密钥", "keys that sign receipts and adapters"}));
  keys->require_subcommand(1);
  auto made = std::make_shared<NewKeyArguments>();
  CLI::App* leaf = add_leaf(*keys, globals, invocation, "new", {"生成一对密钥", "make a key pair"}, "talent-loan keys new bureau.pem --algorithm sm2",
                            [&globals, made] { return make_key(globals, *made); });
  leaf->add_option("FILE", made->path, globals.say({"私钥文件；公钥写入 FILE.pub", "file for the private key; the public one goes to FILE.pub"}))->required();
  leaf->add_option("--algorithm", made->algorithm, globals.say({"签名算法", "signature algorithm"}))->check(CLI::IsMember({"ed25519", "sm2"}));

  CLI::App* receipt = program.add_subcommand("receipt", globals.say({"核验结论的签名回执", "signed receipts of decisions"}));
  receipt->require_subcommand(1);
  auto checked = std::make_shared<ReceiptArguments>();
  leaf = add_leaf(*receipt, globals, invocation, "verify", {"检查回执是否真实、未被改动（不需要数据库）", "check that a receipt is genuine and unchanged (needs no database)"},
                  "talent-loan receipt verify receipt.json --key bureau.pem.pub", [&globals, checked] { return verify_receipt(globals, *checked); });
  leaf->add_option("FILE", checked->receipt, globals.say({"回执", "the receipt"}))->required();
  leaf->add_option("--key", checked->key, globals.say({"签署者的公钥", "the signer's public key"}))->required()->type_name("FILE");
  leaf->add_option("--borrower", checked->borrower, globals.say({"同时核对借款人号码", "also check that it is about this number"}))->type_name("ID");
}

}  // namespace talent_loan::host

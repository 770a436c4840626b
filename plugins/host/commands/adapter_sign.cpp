#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/store/clock.hpp"
#include "plugins/host/adapters.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/options.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {
namespace {

struct SignArguments {
  std::string path;
  std::string key;
  std::string out;
  std::optional<Day> on;
  std::optional<Day> valid_to;
};

Exit sign(const Globals& globals, const SignArguments& arguments) {
  const std::string path = library_path(arguments.path, globals);
  const LibraryFile library = store_library(path, std::nullopt);  // refuses what is no library
  const SigningKey key = SigningKey::read_private(arguments.key);
  const Day on = arguments.on.value_or(day_in_china(system_clock().now()));
  if (arguments.valid_to && *arguments.valid_to < on) {
    throw Failure(Diagnostic{{{}, 0, 0, "--valid-to"}, verbatim(format_day(*arguments.valid_to)), {"不早于签名日 " + format_day(on), "not before the day of signing, " + format_day(on)}, {}});
  }
  OutputFile file(arguments.out.empty() ? signature_path(path) : arguments.out);
  file.write(signed_statement(read_whole_file(library.stored_path, library_bytes_at_most), key, on, arguments.valid_to));
  file.commit();
  globals.tell({fmt::format("签名写入 {}（{}，密钥 {}，SHA-256 {}）", file.path(), word(key.algorithm()), key.key_id(), library.sha256),
                fmt::format("signature written to {} ({}, key {}, sha256 {})", file.path(), word(key.algorithm()), key.key_id(), library.sha256)});
  return Exit::done;
}

}  // namespace

SignatureState signature_state(const std::string& library, const Globals& globals) {
  if (!std::filesystem::exists(signature_path(library))) return {{"签名：无", "signature: none"}};
  const SignatureRule rule{key_files_of(globals.config_path("adapter-keys")), {}};
  try {
    const std::string bytes = read_whole_file(library, library_bytes_at_most);
    const CheckedSignature checked = require_signature(library, bytes, rule, day_in_china(system_clock().now()));
    const LibrarySignature& signature = checked.signature;
    const std::string name = std::filesystem::path(checked.key_file).stem().string();
    const std::string until = signature.valid_to ? format_day(*signature.valid_to) : "-";
    return {{fmt::format("签名：有效，{}（{}，密钥 {}），{} 签署，有效期至 {}", name, signature.algorithm, signature.key_id, format_day(signature.signed_on), until),
             fmt::format("signature: genuine, by {} ({}, key {}), signed on {}, valid to {}", name, signature.algorithm, signature.key_id, format_day(signature.signed_on), until)}};
  } catch (const AdapterFailure& failure) {
    const Diagnostic& why = failure.diagnostics().front();
    return {{"签名：不可信，" + why.sentence(Language::chinese), "signature: not to be trusted: " + why.sentence(Language::english)}, false};
  }
}

void add_adapter_sign(CLI::App& group, const Globals& globals, Invocation& invocation) {
  auto arguments = std::make_shared<SignArguments>();
  CLI::App* leaf = add_leaf(group, globals, invocation, "sign", {"为适配器库签名，写出与库并列的签名文件", "sign an adapter library: a detached signature beside it"},
                            "talent-loan adapter sign ./my-bank.so --key bureau.pem --valid-to 2027-12-31", [&globals, arguments] { return sign(globals, *arguments); });
  leaf->add_option("LIBRARY", arguments->path, globals.say({"库文件或适配器名", "library file or name of an adapter"}))->required();
  leaf->add_option("--key", arguments->key, globals.say({"私钥（talent-loan keys new 生成）", "private key (made by talent-loan keys new)"}))->required()->type_name("PEM");
  leaf->add_option("--out", arguments->out, globals.say({"签名文件（默认 LIBRARY.sig）", "the signature file (LIBRARY.sig)"}))->type_name("FILE");
  add_day(*leaf, globals, "--on", arguments->on, {"签署日（默认今天）", "day of signing (today)"});
  add_day(*leaf, globals, "--valid-to", arguments->valid_to, {"有效期的最后一天（默认不限）", "last day it is valid (no end)"});
}

}  // namespace talent_loan::host

#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "plugins/host/adapters.hpp"
#include "plugins/host/banks/banks_file.hpp"
#include "plugins/host/commands/adapter_claims.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/library/child.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {
namespace {

constexpr Milliseconds inspection_allowed{5000};

// What loading it says, found out in a child: code of a library that nobody has checked yet does not run here.
std::string described(const LibraryFile& file, const Globals& globals) {
  try {
    const auto library = AdapterLibrary::load(file);
    const std::string interface = fmt::format("{}.{}", library->major(), library->minor());
    return "+" + globals.say({fmt::format("适配器：{}\n版本：{}\n接口版本：{}（主机 {}.{}）\n函数表：{}（{} 字节）\nSHA-256：{}\n", library->name(), library->version(), interface,
                                          TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR, TALENT_LOAN_ADAPTER_TABLE_1, library->table().struct_size, file.sha256),
                              fmt::format("adapter: {}\nversion: {}\ninterface: {} (host {}.{})\ntable: {} ({} bytes)\nsha256: {}\n", library->name(), library->version(), interface,
                                          TALENT_LOAN_ADAPTER_MAJOR, TALENT_LOAN_ADAPTER_MINOR, TALENT_LOAN_ADAPTER_TABLE_1, library->table().struct_size, file.sha256)});
  } catch (const Failure& failure) {
    return "-" + failure.sentences(globals.language);
  }
}

Exit inspect(const std::string& given, const Globals& globals) {
  const LibraryFile file = store_library(library_path(given, globals), std::nullopt);
  const ChildResult result = run_in_child([&] { return described(file, globals); }, inspection_allowed);
  if (result.finished && result.output.starts_with('+')) {
    const SignatureState signature = signature_state(file.path, globals);
    fmt::print("{}{}\n", result.output.substr(1), globals.say(signature.said));
    return signature.sound ? Exit::done : Exit::failed;
  }
  if (result.finished) {
    fmt::print(stderr, "{}", result.output.substr(1));
    return Exit::failed;
  }
  const Text happened = result.timed_out ? Text{"装入时没有在 5 秒内结束", "loading did not end within 5 seconds"}
                        : result.signal != 0 ? Text{fmt::format("装入时被信号 {} 终止", result.signal), fmt::format("loading it was ended by signal {}", result.signal)}
                                             : Text{fmt::format("装入时进程以 {} 退出", result.exit_code), fmt::format("loading it ended the process with exit code {}", result.exit_code)};
  throw Failure(Diagnostic{{file.path, 0, 0, {}}, happened, {"装入时不做任何事的共享库", "a library that does nothing when it is loaded"}, {"退回给适配器的提供者", "return it to its maker"}});
}

}  // namespace

std::string library_path(const std::string& given, const Globals& globals) {
  return std::filesystem::exists(given) ? std::filesystem::absolute(given).string() : find_library(given, globals.config_directory);
}

void add_adapter_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* group = program.add_subcommand("adapter", globals.say({"银行适配器", "bank adapters"}));
  group->require_subcommand(1);
  {
    auto library = std::make_shared<std::string>();
    CLI::App* leaf = add_leaf(*group, globals, invocation, "inspect", {"显示适配器库的名称、版本、函数表、哈希和签名", "name, versions, table, hash and signature of an adapter library"},
                              "talent-loan adapter inspect ./my-bank.so", [library, &globals] { return inspect(*library, globals); });
    leaf->add_option("LIBRARY", *library, globals.say({"库文件或适配器名", "library file or name of an adapter"}))->required();
  }
  add_adapter_claims(*group, globals, invocation);
  {
    auto banks = std::make_shared<std::vector<std::string>>();
    CLI::App* leaf = add_leaf(*group, globals, invocation, "pin", {"把各银行适配器库的 SHA-256 写入 banks.yaml", "write the SHA-256 of banks' adapter libraries into banks.yaml"},
                              "talent-loan adapter pin zibo-rural", [banks, &globals] {
                                for (const Text& line : pin_libraries(globals.config_directory, *banks)) fmt::print("{}\n", globals.say(line));
                                return Exit::done;
                              });
    leaf->add_option("BANK", *banks, globals.say({"银行编号；不写则全部", "ids of banks; none: all"}));
  }
  add_adapter_new(*group, globals, invocation);
  add_adapter_sign(*group, globals, invocation);
  add_adapter_check(*group, globals, invocation);
  add_adapter_breakers(*group, globals, invocation);
}

}  // namespace talent_loan::host

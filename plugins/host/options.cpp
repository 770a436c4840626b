#include "plugins/host/options.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "core/loan/borrower_seal.hpp"
#include "core/store/audit.hpp"

namespace talent_loan::host {
namespace {

std::string complaint(const Globals& globals, const std::string& given, const Text& wanted) {
  return fmt::format("{}: {}", talent_loan::quoted(given), globals.say(wanted));
}

}  // namespace

CLI::Option* add_day(CLI::App& leaf, const Globals& globals, const std::string& name, std::optional<Day>& day, const Text& description) {
  const auto check = [&globals](const std::string& given) {
    return parse_day(given) ? std::string() : complaint(globals, given, {"应为 YYYY-MM-DD 格式的真实日期", "a real day as YYYY-MM-DD is wanted"});
  };
  return leaf.add_option_function<std::string>(name, [&day](const std::string& given) { day = parse_day(given); }, globals.say(description))
      ->check(CLI::Validator(check, "", ""))
      ->type_name("DATE");
}

CLI::Option* add_yuan(CLI::App& leaf, const Globals& globals, const std::string& name, std::optional<Fen>& amount, const Text& description) {
  const auto check = [&globals](const std::string& given) {
    return parse_yuan(given) ? std::string() : complaint(globals, given, {"应为元，最多两位小数", "yuan with at most two decimals are wanted"});
  };
  return leaf.add_option_function<std::string>(name, [&amount](const std::string& given) { amount = parse_yuan(given); }, globals.say(description))
      ->check(CLI::Validator(check, "", ""))
      ->type_name("YUAN");
}

CLI::Option* add_encoding(CLI::App& leaf, const Globals& globals, Encoding& encoding) {
  return leaf
      .add_option_function<std::string>(
          "--encoding", [&encoding](const std::string& given) { encoding = given == "gb18030" ? Encoding::gb18030 : Encoding::utf8; },
          globals.say({"输入文件的编码", "encoding of the input file"}))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
}

CLI::Option* add_strict(CLI::App& leaf, const Globals& globals, bool& strict) {
  return leaf.add_flag("--strict", strict, globals.say({"有被拒绝的行时退出码为 3", "exit 3 where rows were rejected"}));
}

Database open_database(const Globals& globals) {
  Database database = Database::open(globals.database_url);
  {
    Transaction look = database.read();
    if (!has_unsealed_borrowers(look)) return database;
  }
  // Written by a version that stored them in the clear.
  Transaction transaction = database.write();
  seal_borrowers(transaction, vault_for_writing(transaction, key_source(globals)), operating_user());
  transaction.commit();
  return database;
}

KeySource key_source(const Globals& globals) {
  KeySource source;
  if (const char* given = std::getenv("TALENT_LOAN_KEY")) source.given = given;
  constexpr std::string_view sqlite = "sqlite://";
  if (const char* file = std::getenv("TALENT_LOAN_KEY_FILE")) source.file = file;
  else if (globals.database_url.starts_with(sqlite)) source.file = globals.database_url.substr(sqlite.size()) + ".key";
  else source.file = "talent-loan.key";
  return source;
}

}  // namespace talent_loan::host

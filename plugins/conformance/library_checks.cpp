#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>

#include <fmt/format.h>

#include "plugins/conformance/check_lists.hpp"

namespace talent_loan::host {
namespace {

constexpr const char* entry_symbol = "talent_loan_adapter_entry";

// The header's words for an adapter's name. The host itself asks only for UTF-8 of the right length.
bool is_name(const std::string& text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

Text loads(const CheckRequest& request) {
  const auto library = AdapterLibrary::load(request.file);
  if (!is_name(library->name())) {
    const std::string name = talent_loan::quoted(library->name());
    throw RuleBroken{{fmt::format("入口的 name 为 {}；应为 a-z、0-9 和 -，至多 64 字节", name), fmt::format("the entry's name is {}; allowed: a-z, 0-9 and -, at most 64 bytes", name)}};
  }
  return verbatim(fmt::format("{} {}, {}.{}", library->name(), library->version(), library->major(), library->minor()));
}

Text exports_entry_only(const CheckRequest& request) {
  std::string others;
  bool entry = false;
  std::size_t count = 0;
  for (const std::string& symbol : boost::dll::library_info(request.file.stored_path).symbols()) {
    if (symbol == entry_symbol) {
      entry = true;
    } else if (++count <= 5) {
      others += " " + symbol;
    }
  }
  if (!entry) throw RuleBroken{{fmt::format("没有导出 {}", entry_symbol), fmt::format("{} is not exported", entry_symbol)}};
  if (count > 0) throw RuleBroken{{fmt::format("另外导出 {} 个符号：{}", count, others), fmt::format("exports {} other symbols:{}", count, others)}};
  return verbatim(entry_symbol);
}

const void* table_named(const CheckRequest& request, std::string_view name) {
  const auto library = AdapterLibrary::load(request.file);
  const boost::dll::shared_library handle(request.file.stored_path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  return handle.get<const talent_loan_entry>(entry_symbol).get_table({name.data(), name.size()});
}

Text unknown_tables_are_null(const CheckRequest& request) {
  for (const char* name : {"talent-loan/adapter/2", "talent-loan/adapter/10", "talent-loan/adapter/", "talent-loan/no-such-table/1", "x", ""}) {
    if (table_named(request, name) != nullptr) throw RuleBroken{verbatim(fmt::format("get_table(\"{}\") != NULL", name))};
  }
  return {"未提供的函数表均为 NULL", "NULL for every table that is not offered"};
}

Text table_is_stable(const CheckRequest& request) {
  if (table_named(request, TALENT_LOAN_ADAPTER_TABLE_1) != table_named(request, TALENT_LOAN_ADAPTER_TABLE_1)) {
    throw RuleBroken{{"两次得到不同的函数表", "two requests gave different tables"}};
  }
  return verbatim(TALENT_LOAN_ADAPTER_TABLE_1);
}

}  // namespace

std::vector<Check> library_checks() {
  return {
      {loading_check, {"入口、版本、函数表齐全，装入即可用，免得在贷款中途才失败", "entry, version and table are whole, so that nothing is missing in the middle of a loan"}, loads},
      {"library.exports", {"只导出入口符号，免得与主机或别的适配器的符号相混", "only the entry symbol is exported, so that no symbol meets another library's"}, exports_entry_only, true},
      {"library.unknown-table", {"没有的函数表答 NULL，以后的版本才能询问新能力", "a table that is not offered is NULL, so that later hosts can ask for new ones"}, unknown_tables_are_null},
      {"library.stable-table", {"函数表与库同寿命，主机只问一次", "the table lives as long as the library: the host asks once"}, table_is_stable},
  };
}

}  // namespace talent_loan::host

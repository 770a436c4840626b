#include "bank-adapters/common/verdict.hpp"

#include <fmt/format.h>

#include "bank-adapters/common/kit.hpp"

namespace talent_loan::adapters {

Verdict VerdictTable::of(const std::string& code) const {
  for (const auto& [known, meaning] : codes) {
    if (known == code) return meaning;
  }
  return otherwise;
}

VerdictTable read_verdict_table(const YamlMap& map) {
  VerdictTable table;
  const std::vector<std::string> words{"ok", "later", "same-key", "never", "denied", "not-found", "conflict"};
  if (const auto codes = map.map("codes", {})) {
    for (const std::string& code : codes->keys()) table.codes.emplace_back(code, static_cast<Verdict>(codes->word(code, words, 0)));
  }
  if (table.codes.empty()) map.wrong("codes", {"没有代码", "no codes"}, {"至少一个 ok", "one that is ok at least"});
  table.otherwise = static_cast<Verdict>(map.word("otherwise", words, static_cast<std::size_t>(Verdict::never)));
  if (table.otherwise == Verdict::ok) map.wrong("otherwise", {"未知代码不能当作成功", "an unknown code cannot count as success"}, {"never, later, …", "never, later, …"});
  return table;
}

void judge(const sdk::Call& call, Verdict verdict, const std::string& code, const std::string& said, const std::string& field, const std::string& place) {
  const auto fail = [&](sdk::Result result, sdk::Retry retry) {
    const std::string about = field.substr(0, 64);
    const Text asked = place.empty() ? Text{} : Text{place + "：", place + ": "};
    throw error(call, result, retry,
                {fmt::format("{}银行回答代码 {}：{}", asked.chinese, shown(code), shown(said)), fmt::format("{}the bank answers code {}: {}", asked.english, shown(code), shown(said))}, about);
  };
  switch (verdict) {
    case Verdict::ok: return;
    case Verdict::later: fail(sdk::Result::unavailable, sdk::Retry::later); return;
    case Verdict::same_key: fail(sdk::Result::timed_out, sdk::Retry::same_key); return;
    case Verdict::never: fail(sdk::Result::bad_data, sdk::Retry::never); return;
    case Verdict::denied: fail(sdk::Result::denied, sdk::Retry::never); return;
    case Verdict::not_found: fail(sdk::Result::not_found, sdk::Retry::never); return;
    case Verdict::conflict: fail(sdk::Result::conflict, sdk::Retry::never); return;
  }
}

}  // namespace talent_loan::adapters

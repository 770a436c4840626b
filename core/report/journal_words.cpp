#include "core/report/journal_words.hpp"

#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace talent_loan {
namespace {

// How descriptions of one kind are written: `before` FIRST `between` SECOND `after`.
struct Wording {
  std::string_view kind;
  std::string_view before, between, after;
  bool first_is_short;  // it ends at the first `between`, not at the last
  const char* chinese;  // of {0} FIRST and {1} SECOND
};

constexpr std::array wordings{
    Wording{"deposit", "deposit into fund ", " from ", "", false, "存入基金 {0}（来源 {1}）"},
    Wording{"settlement", "compensation of bank ", ", ", " claims", false, "补偿银行 {0}，{1} 笔申请"},
    Wording{"recovery", "recovery on claim ", " of bank ", "", false, "银行 {1} 的申请 {0} 的追偿"},
    Wording{"recovery-reversal", "reversal of recovery ", ": ", "", true, "冲销追偿 {0}：{1}"},
    Wording{"reward", "rewards of the assessment of ", ", by ", "", true, "{0} 年度考核奖励（{1}）"},
};

std::optional<std::string> in_chinese(const Wording& wording, std::string_view text) {
  if (!text.starts_with(wording.before) || !text.ends_with(wording.after)) return std::nullopt;
  text.remove_prefix(wording.before.size());
  if (text.size() < wording.after.size()) return std::nullopt;
  text.remove_suffix(wording.after.size());
  const std::size_t at = wording.first_is_short ? text.find(wording.between) : text.rfind(wording.between);
  if (at == std::string_view::npos) return std::nullopt;
  return fmt::format(fmt::runtime(wording.chinese), text.substr(0, at), text.substr(at + wording.between.size()));
}

}  // namespace

Text entry_kind_words(const std::string& kind) {
  if (kind == "deposit") return {"存入", kind};
  if (kind == "settlement") return {"补偿支付", kind};
  if (kind == "settlement-reversal") return {"补偿冲销", kind};
  if (kind == "recovery") return {"追偿", kind};
  if (kind == "recovery-reversal") return {"追偿冲销", kind};
  if (kind == "reward") return {"考核奖励", kind};
  return verbatim(kind);
}

Text entry_description(const JournalEntry& entry) {
  for (const Wording& wording : wordings) {
    if (wording.kind != entry.kind) continue;
    if (auto chinese = in_chinese(wording, entry.description)) return {*std::move(chinese), entry.description};
  }
  return verbatim(entry.description);
}

}  // namespace talent_loan

#include <set>

#include <catch2/catch.hpp>

#include "core/ledger/export.hpp"
#include "core/report/journal_words.hpp"
#include "tests/core/report/story.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;
using talent_loan::testing::Story;

namespace {

Text described(const std::string& kind, const std::string& description) {
  JournalEntry entry;
  entry.kind = kind;
  entry.description = description;
  return entry_description(entry);
}

}  // namespace

TEST_CASE("whatever the program books is told in Chinese, and in English as it was posted") {
  FreshDatabases databases;
  Story story(databases.urls().front());
  std::set<std::string> kinds;
  story.read(Language::chinese, [&](const Reporting& reporting) {
    each_entry(reporting.transaction, std::nullopt, std::nullopt, [&](const JournalEntry& entry) {
      INFO(entry.kind << ": " << entry.description);
      kinds.insert(entry.kind);
      CHECK(entry_kind_words(entry.kind).chinese != entry.kind);
      CHECK(entry_kind_words(entry.kind).english == entry.kind);
      const Text told = entry_description(entry);
      CHECK(told.english == entry.description);
      if (entry.kind != "settlement-reversal") CHECK(told.chinese != entry.description);  // that one is a reason somebody typed
    });
  });
  for (const char* kind : {"deposit", "settlement", "settlement-reversal", "recovery", "recovery-reversal"}) CHECK(kinds.contains(kind));
}

TEST_CASE("names keep their commas, colons and small words") {
  CHECK(described("settlement", "compensation of bank a, b claims, 3 claims").chinese == "补偿银行 a, b claims，3 笔申请");
  CHECK(described("recovery", "recovery on claim C of bank 1 of bank icbc").chinese == "银行 icbc 的申请 C of bank 1 的追偿");
  CHECK(described("recovery-reversal", "reversal of recovery R-1: twice: a slip").chinese == "冲销追偿 R-1：twice: a slip");
  CHECK(described("deposit", "deposit into fund away from home from award:province").chinese == "存入基金 away from home（来源 award:province）");
  CHECK(described("reward", "rewards of the assessment of 2020, by rank").chinese == "2020 年度考核奖励（rank）");
}

TEST_CASE("a description of other words stands as it was posted") {
  for (const char* text : {"", " claims", "compensation of bank ", "compensation of bank claims", "补偿"}) {
    INFO(text);
    CHECK(described("settlement", text).chinese == text);
  }
  CHECK(described("deposit", "compensation of bank icbc, 3 claims").chinese == "compensation of bank icbc, 3 claims");
  CHECK(entry_kind_words("gift").chinese == "gift");
}

// Lists of talents for a desk, and what may be told of them from any run.
#pragma once

#include "tests/plugins/host/commands/desk.hpp"

namespace talent_loan::testing {

// The programmes, list.csv, and longer.csv, which shares a talent with it and has a row that is refused.
inline void put_lists_on(const Desk& desk) {
  const std::string header = "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";
  const auto row = [](const char* talent, const char* passport) { return fmt::format("{},A B,passport,{},zibo-yingcai,municipal,2019-01-01,,,,,\n", talent, passport); };
  desk.folder().write("list.csv", header + row("T1", "E12345678") + row("T2", "E22345678"));
  desk.folder().write("longer.csv", header + row("T2", "E22345678") + row("T3", "E32345678") + row("T4", ""));
  std::filesystem::copy(std::string(TALENT_LOAN_SOURCE_DIR) + "/config/programmes.yaml", desk.folder() / "config/programmes.yaml");
}

// Lists and who stands on them, without what a database's key or the hour changes.
inline std::string lists_told(const Desk& desk) {
  std::string all;
  Database database = Database::open(desk.url());
  Transaction look = database.read();
  look.each("SELECT version, source, rows_new FROM list_versions ORDER BY version", {}, [&](const Row& row) { all += row.text(0) + " " + row.text(1) + " " + row.text(2) + "\n"; });
  look.each("SELECT version, talent_id FROM talent_listings ORDER BY version, row_in_version", {}, [&](const Row& row) { all += row.text(0) + " " + row.text(1) + "\n"; });
  return all;
}

}  // namespace talent_loan::testing

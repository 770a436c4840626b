// Internal to core/store: the numbered .sql files of migrations/, embedded when the program is built.
#pragma once

#include <string_view>
#include <vector>

namespace talent_loan {

struct EmbeddedMigration {
  std::string_view name;  // "0001_base"
  std::string_view sql;
};
const std::vector<EmbeddedMigration>& embedded_migrations();  // by number

}  // namespace talent_loan

#include "core/store/value.hpp"

#include <charconv>

#include <fmt/format.h>

#include "core/store/connection.hpp"

namespace talent_loan {

void refuse_cell(const std::string& column, const char* wanted) {
  throw Failure({fmt::format("数据库列 {} 的内容不是{}", column, wanted),
                 fmt::format("database column {} does not hold what this program writes there ({})", column, wanted)},
                {"数据库可能被其他程序改动过；请运行 talent-loan audit verify",
                 "another program may have changed the database; run talent-loan audit verify"});
}

const std::string& Row::text(std::size_t column) const {
  const auto& cell = cells_.at(column);
  if (!cell) refuse_cell(names_->at(column), "NOT NULL");
  return *cell;
}

std::int64_t Row::integer(std::size_t column) const {
  const std::string& cell = text(column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) refuse_cell(names_->at(column), "INTEGER");
  return value;
}

Day Row::day(std::size_t column) const {
  const std::optional<Day> day = parse_day(text(column));
  if (!day) refuse_cell(names_->at(column), "YYYY-MM-DD");
  return *day;
}

std::optional<std::int64_t> Row::optional_integer(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Row::optional_text(std::size_t column) const { return cells_.at(column); }

std::optional<Fen> Row::optional_fen(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return fen(column);
}

std::optional<Day> Row::optional_day(std::size_t column) const {
  if (null(column)) return std::nullopt;
  return day(column);
}

}  // namespace talent_loan

// What is bound to a statement and what a statement gives back, in the types of the domain.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/calendar/calendar.hpp"
#include "core/identity/identity.hpp"
#include "core/money/money.hpp"

namespace talent_loan {

// One bound value: NULL, a 64-bit integer or a text. Money binds as whole fen, a day as `YYYY-MM-DD`, a bool as
// 0 or 1, an identifier as its text, an absent optional as NULL. There is no floating point in the database.
class Value {
 public:
  Value() = default;
  Value(std::nullopt_t) {}
  template <std::integral Integer>
  Value(Integer integer) : held_(static_cast<std::int64_t>(integer)) {}
  Value(Fen amount) : held_(amount.count()) {}
  Value(Day day) : held_(format_day(day)) {}
  Value(std::string text) : held_(std::move(text)) {}
  Value(std::string_view text) : held_(std::string(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  template <typename Tag>
  Value(const Identifier<Tag>& id) : held_(id.text()) {}
  template <typename T>
  Value(const std::optional<T>& value) : held_(value ? Value(*value).held_ : Held()) {}

  bool null() const { return std::holds_alternative<std::monostate>(held_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held_); }
  const std::string* text() const { return std::get_if<std::string>(&held_); }

 private:
  using Held = std::variant<std::monostate, std::int64_t, std::string>;
  Held held_;
};

// One row of a result. Columns count from 0 in the order of the SELECT. Reading NULL where a value is required,
// or a cell that is not of the asked type, throws Failure that names the column: the database then holds what
// this program did not write.
class Row {
 public:
  bool null(std::size_t column) const { return !cells_.at(column); }
  std::int64_t integer(std::size_t column) const;
  bool flag(std::size_t column) const { return integer(column) != 0; }
  const std::string& text(std::size_t column) const;
  Fen fen(std::size_t column) const { return Fen(integer(column)); }
  Day day(std::size_t column) const;
  template <typename Id>
  Id id(std::size_t column) const {
    return Id(text(column));
  }

  std::optional<std::int64_t> optional_integer(std::size_t column) const;
  std::optional<std::string> optional_text(std::size_t column) const;
  std::optional<Fen> optional_fen(std::size_t column) const;
  std::optional<Day> optional_day(std::size_t column) const;

  std::size_t size() const { return cells_.size(); }

 private:
  friend class Transaction;
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<std::optional<std::string>> cells_;
};

}  // namespace talent_loan

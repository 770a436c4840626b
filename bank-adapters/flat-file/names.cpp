#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/flat-file/config.hpp"

namespace talent_loan::adapters::flat_file {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A style whose days are all as long as its pattern, so that a day can be cut out of a name.
bool of_fixed_width(std::string_view pattern) {
  const auto single = [&](std::string_view token) {
    const std::size_t at = pattern.find(token);
    return at != std::string_view::npos && pattern.substr(at, 2) != std::string(2, token.front());
  };
  return !single("M") && !single("D");
}

bool plain_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::none_of(text.begin(), text.end(), [](char c) {
    return c == '/' || static_cast<unsigned char>(c) < 0x20;
  });
}

}  // namespace

std::optional<NamePattern> NamePattern::compile(std::string_view text) {
  NamePattern pattern;
  pattern.text_ = text;
  if (!plain_name(text)) return std::nullopt;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    if (open != 0) {
      pattern.parts_.push_back({.literal = std::string(text.substr(0, open)), .day = std::nullopt, .number = false});
      text.remove_prefix(std::min(open, text.size()));
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view token = text.substr(1, close - 1);
    Part part;
    part.number = token == "N";
    if (!part.number) {
      part.day = of_fixed_width(token) ? DateStyle::compile(token) : std::nullopt;
      if (!part.day || pattern.has_day()) return std::nullopt;
    } else if (pattern.has_number()) {
      return std::nullopt;
    }
    pattern.parts_.push_back(std::move(part));
    text.remove_prefix(close + 1);
  }
  return pattern;
}

bool NamePattern::has_day() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.day.has_value(); });
}

bool NamePattern::has_number() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.number; });
}

std::optional<NamePattern::Match> NamePattern::match(std::string_view name) const {
  Match match;
  for (const Part& part : parts_) {
    if (part.day) {
      const std::size_t width = part.day->pattern().size();
      const auto day = part.day->parse(name.substr(0, width), 70);
      if (!day) return std::nullopt;
      match.day = *day;
      name.remove_prefix(width);
    } else if (part.number) {
      const std::size_t digits = static_cast<std::size_t>(std::find_if_not(name.begin(), name.end(), is_digit) - name.begin());
      const auto number = parse_count(name.substr(0, digits), INT64_MAX);
      if (!number) return std::nullopt;
      match.number = *number;
      name.remove_prefix(digits);
    } else {
      if (!name.starts_with(part.literal)) return std::nullopt;
      name.remove_prefix(part.literal.size());
    }
  }
  return name.empty() ? std::optional(match) : std::nullopt;
}

std::string NamePattern::make(std::int32_t day, std::int64_t number) const {
  std::string name;
  for (const Part& part : parts_) {
    if (part.day) name += part.day->format(day);
    else if (part.number) name += fmt::format("{:06}", number);
    else name += part.literal;
  }
  return name;
}

}  // namespace talent_loan::adapters::flat_file

#include "bank-adapters/common/problem.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bank-adapters/common/encoding.hpp"

namespace talent_loan::adapters {
namespace {

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string sentence(const Problem& problem, Language language) {
  const Place& place = problem.place;
  std::string text = place.file;
  if (place.line > 0) text += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) text += fmt::format(":{}", place.column);
  if (!text.empty()) text += ": ";
  if (!place.field.empty()) text += place.field + ": ";
  text += problem.found.in(language);
  if (!problem.allowed.empty()) text += (language == Language::chinese ? "；应为：" : "; allowed: ") + problem.allowed.in(language);
  return text;
}

Refused::Refused(Refusal why, std::vector<Problem> problems) : why_(why), problems_(std::move(problems)), english_(sentences(Language::english)) {}

std::string Refused::sentences(Language language, std::size_t bytes_at_most) const {
  std::string text;
  for (const Problem& problem : problems_) {
    if (!text.empty()) text += " | ";
    text += sentence(problem, language);
  }
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (text.size() <= bytes_at_most) return text;
  std::size_t end = bytes_at_most - 3;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& allowed) {
  std::string best;
  std::size_t best_distance = std::min<std::size_t>(2, (word.size() - (word.empty() ? 0 : 1)) / 2) + 1;
  for (const std::string& candidate : allowed) {
    const std::size_t edits = distance(word, candidate);
    if (edits < best_distance) {
      best = candidate;
      best_distance = edits;
    }
  }
  return best;
}

std::string shown(std::string_view text) {
  constexpr std::size_t characters_at_most = 60;
  std::string out = "\"";
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    if (characters == characters_at_most) {
      out += "…";
      break;
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_character_length(text.substr(i));
    if (byte < 0x20 || byte == 0x7F || length == 0) {
      out += fmt::format("\\x{:02X}", byte);
      ++i;
      continue;
    }
    out.append(text, i, length);
    i += length;
  }
  return out + "\"";
}

std::vector<std::string> split(std::string_view text, std::string_view delimiter) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(delimiter);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + delimiter.size());
  }
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

}  // namespace talent_loan::adapters

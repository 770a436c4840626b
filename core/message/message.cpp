#include "core/message/message.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace talent_loan {

Text verbatim(std::string_view text) { return {std::string(text), std::string(text)}; }

std::string Diagnostic::sentence(Language language) const {
  const bool chinese = language == Language::chinese;
  std::string out = place.file;
  if (place.line != 0) out += fmt::format(":{}", place.line);
  if (place.line != 0 && place.column != 0) out += fmt::format(":{}", place.column);
  if (!out.empty()) out += ": ";
  if (!place.field.empty()) out += place.field + ": ";
  out += found.in(language);
  if (!allowed.empty()) out += (chinese ? "；允许：" : "; allowed: ") + allowed.in(language);
  if (!remedy.empty()) out += (chinese ? "；" : "; ") + remedy.in(language);
  return out;
}

Failure::Failure(Diagnostic diagnostic) : Failure(std::vector<Diagnostic>{std::move(diagnostic)}) {}

Failure::Failure(std::vector<Diagnostic> diagnostics) : diagnostics_(std::move(diagnostics)) {
  english_ = sentences(Language::english);
}

Failure::Failure(Text found, Text remedy)
    : Failure(Diagnostic{.place = {}, .found = std::move(found), .allowed = {}, .remedy = std::move(remedy)}) {}

std::string Failure::sentences(Language language) const {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics_) out += diagnostic.sentence(language) + "\n";
  return out;
}

namespace {

std::size_t slip_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

// Length of the valid UTF-8 sequence at the front of `text`, or 0.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (lead > 0xF4 || length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& allowed) {
  std::string best;
  std::size_t best_distance = 3;
  if (word.size() > 60) return best;
  for (const std::string& candidate : allowed) {
    const std::size_t distance = slip_distance(word, candidate);
    if (distance < best_distance && distance * 2 < std::max(word.size(), candidate.size())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string quoted(std::string_view text) {
  constexpr int shown_at_most = 60;
  std::string out = "\"";
  int shown = 0;
  while (!text.empty() && shown < shown_at_most) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02X}", byte);
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
    ++shown;
  }
  return out + (text.empty() ? "\"" : "…\"");
}

std::string masked_identifier(std::string_view identifier) {
  std::vector<std::string_view> characters;
  while (!identifier.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(identifier), 1);
    characters.push_back(identifier.substr(0, length));
    identifier.remove_prefix(length);
  }
  // Of a passport number's nine, eight must not be told.
  const std::size_t shown = characters.size() >= 15 ? 4 : characters.size() >= 9 ? 2 : 0;
  std::string out;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool told = (i < shown || i + shown >= characters.size()) && utf8_length(characters[i]) != 0;
    out += told ? characters[i] : "*";
  }
  return out;
}

std::string masked_name(std::string_view name) {
  if (name.empty()) return "";
  const std::size_t length = utf8_length(name);
  return length == 0 ? "*" : std::string(name.substr(0, length)) + "*";
}

}  // namespace talent_loan

#include "core/talent/programmes.hpp"

#include <fmt/format.h>

#include "core/files/yaml.hpp"

namespace talent_loan {
namespace {

const std::vector<std::string> level_words{"district", "municipal", "provincial", "national"};

std::optional<Programme> read_programme(const YamlValue& value) {
  const YamlMap map = value.map({"id", "zh", "en", "level", "document", "validity_years"});
  const auto id = map.required("id").word();
  const auto chinese = map.required("zh").text();
  const auto english = map.required("en").text();
  const auto level = map.required("level").one_of(level_words);
  const auto document = map.optional("document").text();
  const auto years = map.optional("validity_years").integer(1, 100);
  if (!id || !chinese || !english || !level) return std::nullopt;
  Programme programme{.id = ProgrammeId(*id), .name = {*chinese, *english}, .level = *parse_level(*level)};
  if (document) programme.document = *document;
  if (years) programme.validity_years = static_cast<int>(*years);
  return programme;
}

}  // namespace

Programmes load_programmes(const std::string& path) {
  YamlProblems problems;
  const YamlMap root = read_yaml(path, "programmes", {"programmes", "columns", "words"}, problems);
  Programmes programmes;
  for (const YamlValue& value : root.required("programmes").filled_list()) {
    const std::optional<Programme> programme = read_programme(value);
    if (!programme) continue;
    if (!programmes.emplace(programme->id, *programme).second) {
      value.complain({fmt::format("编号 {} 已用过", programme->id.text()), fmt::format("the id {} is used before", programme->id.text())},
                     {"每个编号一次", "each id once"});
    }
  }
  problems.throw_if_any();
  return programmes;
}

}  // namespace talent_loan

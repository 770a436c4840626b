// What docs/policy.md shows must load: people copy it.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "core/policy/policy.hpp"

using namespace talent_loan;

namespace {

std::vector<std::string> yaml_blocks(const std::string& document) {
  std::ifstream in(std::string(TALENT_LOAN_SOURCE_DIR) + "/docs/" + document);
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = line == "```yaml";
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

}  // namespace

TEST_CASE("the policies shown to their authors load as they stand") {
  for (const char* document : {"policy.md", "policy.zh-CN.md"}) {
    INFO(document);
    const auto blocks = yaml_blocks(document);
    REQUIRE(blocks.size() >= 2);
    std::vector<Diagnostic> warnings;
    CHECK(parse_policy(blocks[0], document, &warnings).versions().front().version ==
          VersionId("zibo-2020-56"));
    CHECK(warnings.size() == 1);  // the version it supersedes is not there
    const std::string shapes =
        "schema: talent-loan/policy/1\nscheme: s\nversion: v\neffective: {from: 2020-01-01}\ncompensation:\n "
        " shares:\n"
        "    - {payer: city, ratio: 1%}\n" +
        blocks[1];
    CHECK(parse_policy(shapes, document).versions().front().compensation.shares.size() == 7);
  }
}

#include <map>

#include <catch2/catch.hpp>

#include "core/talent/listing.hpp"

using namespace talent_loan;

namespace {

const Programmes& programmes() {
  static const Programmes shipped = load_programmes(std::string(TALENT_LOAN_SOURCE_DIR) + "/config/programmes.yaml");
  return shipped;
}

// A good row, with some cells replaced.
struct RowOf {
  std::map<std::string, std::string> cells{{"talent_id", "T-1"}, {"name", "张三"}, {"id_type", "resident"}, {"id_number", "11010519491231002X"},
                                           {"programme", "taishan-scholar"}, {"level", "provincial"}, {"valid_from", "2018-01-01"}, {"valid_to", "2022-12-31"},
                                           {"employer_code", "91350100M000100Y43"}, {"employer_name", "某公司"}, {"employed_from", "2015-07-01"}, {"employed_to", ""}};
  std::string code() {
    ListRow row;
    for (std::size_t i = 0; i < list_columns; ++i) row.cells[i] = cells.at(list_column_names()[i]);
    const auto read = read_listing(row, programmes());
    if (const auto* problem = std::get_if<RowProblem>(&read)) {
      message = problem->message;
      return std::string(word(problem->code));
    }
    const auto order = dates_out_of_order(std::get<Listing>(read));
    if (order) message = order->message;
    return order ? std::string(word(order->code)) : "";
  }
  Text message{};
};

}  // namespace

TEST_CASE("each cell of a list is checked, and the first code in order is the row's") {
  struct Case {
    std::map<std::string, std::string> replaced;
    const char* code;
  };
  const std::vector<Case> cases{
      {{}, ""},
      {{{"level", ""}}, ""},
      {{{"valid_to", ""}}, ""},
      {{{"employed_to", "2019-01-01"}}, ""},
      {{{"employer_code", ""}, {"employer_name", ""}, {"employed_from", ""}}, ""},
      {{{"id_type", "passport"}, {"id_number", "E12345678"}}, ""},
      {{{"talent_id", ""}}, "MISSING_VALUE"},
      {{{"name", ""}}, "MISSING_VALUE"},
      {{{"id_type", ""}}, "MISSING_VALUE"},
      {{{"id_number", ""}}, "MISSING_VALUE"},
      {{{"programme", ""}}, "MISSING_VALUE"},
      {{{"valid_from", ""}}, "MISSING_VALUE"},
      {{{"employed_from", ""}}, "MISSING_VALUE"},
      {{{"employer_code", ""}}, "MISSING_VALUE"},
      {{{"employer_name", ""}}, "MISSING_VALUE"},
      {{{"valid_from", "2018-02-29"}}, "BAD_DATE"},
      {{{"valid_to", "2020/01/01"}}, "BAD_DATE"},
      {{{"employed_from", "20150701"}}, "BAD_DATE"},
      {{{"employed_to", "now"}}, "BAD_DATE"},
      {{{"id_number", "110105194912310021"}}, "BAD_IDENTIFIER"},
      {{{"id_number", "11010519491231002"}}, "BAD_IDENTIFIER"},
      {{{"id_type", "passport"}, {"id_number", "E 1234"}}, "BAD_IDENTIFIER"},
      {{{"id_type", "foreign-permanent-resident"}}, "BAD_IDENTIFIER"},
      {{{"employer_code", "91350100M000100Y44"}}, "BAD_IDENTIFIER"},
      {{{"id_type", "driver"}}, "BAD_VALUE"},
      {{{"programme", "nobel-prize"}}, "BAD_VALUE"},
      {{{"level", "national"}}, "BAD_VALUE"},
      {{{"level", "high"}}, "BAD_VALUE"},
      {{{"valid_to", "2017-12-31"}}, "DATES_OUT_OF_ORDER"},
      {{{"employed_to", "2015-06-30"}}, "DATES_OUT_OF_ORDER"},
      // Several at once: the contract's order decides.
      {{{"name", ""}, {"valid_from", "x"}}, "MISSING_VALUE"},
      {{{"valid_from", "x"}, {"id_number", "x"}}, "BAD_DATE"},
      {{{"employer_code", "x"}, {"programme", "x"}}, "BAD_IDENTIFIER"},
      {{{"level", "x"}, {"valid_to", "2017-12-31"}}, "BAD_VALUE"},
  };
  for (const Case& one : cases) {
    RowOf row;
    for (const auto& [name, cell] : one.replaced) {
      row.cells[name] = cell;
      INFO(name << " = " << cell);
    }
    CHECK(row.code() == one.code);
  }
}

TEST_CASE("a rejected identity number is masked in its message") {
  RowOf row;
  row.cells["id_number"] = "110105194912310021";
  CHECK(row.code() == "BAD_IDENTIFIER");
  CHECK(row.message.english.find("1101**********0021") != std::string::npos);
  CHECK(row.message.english.find("110105194912310021") == std::string::npos);
  CHECK(row.message.chinese.find("110105194912310021") == std::string::npos);
  CHECK(shown_key("11010519491231002X") == "1101**********002X");
  CHECK(shown_key("T-1") == "T-1");
}

TEST_CASE("a number that a clerk would call right is refused with what is wrong about it") {
  const std::map<std::string, std::string> causes{{"110105491231002", "the one of 18 that replaced it"}, {"11010519491231002x", "its last X in upper case"},
                                                  {" 11010519491231002X", "without blanks around it"}, {"'11010519491231002X", "without the apostrophe"},
                                                  {"１１０１０５１９４９１２３１００２Ｘ", "full-width digits must be plain"}, {"110105194912310021", "right length and check character"}};
  for (const auto& [number, cause] : causes) {
    RowOf row;
    row.cells["id_number"] = number;
    CHECK(row.code() == "BAD_IDENTIFIER");
    INFO(row.message.english);
    CHECK(row.message.english.find(cause) != std::string::npos);
  }
  RowOf row;
  row.cells["id_number"] = "110105194912310021";
  CHECK(row.code() == "BAD_IDENTIFIER");
  CHECK(row.message.english.ends_with("right length and check character"));
}

TEST_CASE("a row that slipped by a column tells no name and no passport number") {
  for (const char* column : {"id_type", "programme", "level", "valid_from", "valid_to", "employed_from", "employed_to", "employer_code"}) {
    for (const auto& [cell, told] : std::map<std::string, std::string>{{"张三丰", "张*"}, {"Maria Rossi", "M*"}, {"E12345678", "E1*****78"}}) {
      RowOf row;
      row.cells[column] = cell;
      CHECK_FALSE(row.code().empty());
      INFO(row.message.english);
      CHECK(row.message.english.find(told) != std::string::npos);
      CHECK(row.message.english.find(cell) == std::string::npos);
      CHECK(row.message.chinese.find(cell) == std::string::npos);
    }
  }
  RowOf row;
  row.cells["programme"] = "泰山学者";
  CHECK(row.code() == "BAD_VALUE");
  CHECK(row.message.english.find("\"泰山学者\"; allowed: an id of programmes.yaml, here taishan-scholar") != std::string::npos);
}

TEST_CASE("a row's key is told unless it is the row's own number or a name") {
  const auto key_of = [](std::string_view key, std::string_view number) {
    ListRow row;
    row.cells[static_cast<std::size_t>(ListColumn::talent_id)] = key;
    row.cells[static_cast<std::size_t>(ListColumn::id_number)] = number;
    return shown_key(row);
  };
  CHECK(key_of("T20200001", "E12345678") == "T20200001");
  CHECK(key_of("E12345678", "E12345678") == "E1*****78");
  CHECK(key_of("张三", "E12345678") == "张*");
  CHECK(key_of("11010519491231002X", "") == "1101**********002X");
  CHECK(key_of("", "").empty());
}

TEST_CASE("the shipped programmes carry Zibo's own plan and the provincial ones") {
  CHECK(programmes().at(ProgrammeId("zibo-yingcai")).level == Level::municipal);
  CHECK(programmes().at(ProgrammeId("taishan-scholar")).level == Level::provincial);
  CHECK(programmes().at(ProgrammeId("taishan-industry")).level == Level::provincial);
  CHECK(programmes().at(ProgrammeId("national-wanren")).level == Level::national);
}

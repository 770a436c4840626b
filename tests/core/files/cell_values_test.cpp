#include "core/files/cell_values.hpp"

#include <limits>
#include <random>

#include <catch2/catch.hpp>

#include "core/files/row_sentences.hpp"

using namespace talent_loan;

namespace {

// The cell with bytes around it that would spoil its value if they were taken for part of it.
std::optional<Fen> read_inside(const std::string& cell) {
  for (const char around : {'9', ',', '\xFF'}) {
    const std::string text = std::string(CellBytes::margin, around) + cell + std::string(CellBytes::margin, around);
    const auto value = read_yuan(CellBytes{text.data() + CellBytes::margin, cell.size()});
    if (value != parse_yuan(cell)) return Fen(-1);
  }
  return parse_yuan(cell);
}

std::string written(Fen amount) {
  char room[yuan_room];
  return {room, write_yuan(room, amount)};
}

}  // namespace

TEST_CASE("amounts are read as parse_yuan reads them") {
  for (const char* cell : {"", "0", "7", "0.0", "0.00", "0.01", "12.3", "12.34", "123456.78", "1234567.8", "12345678.90", "123456789.01",
                           "999999999999999.99", "999999999999999", "1000000000000000", "1000000000000000.00", ".5", "5.", "5.001", ".", "..",
                           "1.1.1", "+5.00", "-5.00", " 5.00", "5.00 ", "1,000.00", "1e3", "12a.00", "1234567a.00", "a2345678.00", "0x10",
                           "\xB1.00", "00000000000000.01", "000000000000000.01", "0000000000000000.01"}) {
    INFO(cell);
    CHECK(read_inside(cell) == parse_yuan(cell));
  }
  std::mt19937_64 random(7);
  const std::string alphabet = "0123456789012345678901234567890123456789..,-+ eE/:\xB0";
  int good = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string cell;
    for (std::size_t n = random() % 20; n > 0; --n) cell += alphabet[random() % (i % 2 == 0 ? 42 : alphabet.size())];
    const auto value = read_inside(cell);
    good += value.has_value() ? 1 : 0;
    if (value != parse_yuan(cell)) FAIL(cell);
  }
  CHECK(good > 10'000);
}

TEST_CASE("dates are read as parse_day reads them") {
  for (std::int32_t day = -719'162; day <= 2'932'896; ++day) {
    const std::string text = format_day(Day(day));
    if (read_day(text) != Day(day)) FAIL(text);
  }
  for (const char* cell : {"", "2020-05-2", "2020-05-266", "2020-00-10", "2020-13-10", "2020-02-30", "2019-02-29", "1900-02-29", "2000-02-29",
                           "0000-01-01", "2020/05/26", "2020-05/26", "2020-5-26 ", "20200-5-26", "2020-05-00", "2020-04-31", "२020-1-1",
                           "2020-05-3\xB1"}) {
    INFO(cell);
    CHECK(read_day(cell) == parse_day(cell));
  }
  std::mt19937_64 random(8);
  for (int i = 0; i < 300'000; ++i) {
    std::string cell = format_day(Day(static_cast<std::int32_t>(random() % 40'000)));
    cell[random() % 10] = static_cast<char>(random());
    if (i % 2 == 0) cell[8 + random() % 2] = static_cast<char>('0' + random() % 10);
    if (read_day(cell) != parse_day(cell)) FAIL(cell);
  }
}

TEST_CASE("amounts are written as format_yuan writes them") {
  for (std::int64_t fen = 0; fen < 2'000'000; ++fen) {
    if (written(Fen(fen)) != format_yuan(Fen(fen))) FAIL(fen);
  }
  for (std::int64_t power = 1; power <= 100'000'000'000'000'000; power *= 10) {
    for (const std::int64_t fen : {power - 1, power, power + 1, power * 10 - 1, power * 9}) CHECK(written(Fen(fen)) == format_yuan(Fen(fen)));
  }
  CHECK(written(Fen(std::numeric_limits<std::int64_t>::max())) == "92233720368547758.07");
  std::mt19937_64 random(9);
  for (int i = 0; i < 1'000'000; ++i) {
    const Fen amount(static_cast<std::int64_t>(random() >> (1 + random() % 63)));
    if (written(amount) != format_yuan(amount)) FAIL(amount.count());
  }
}

TEST_CASE("what is said of a wrong cell shows no identity number that slipped into it") {
  const std::string number = "11010519491231002X";
  for (const Text& said : {bad_date("defaulted_on", number), bad_amount("outstanding_principal", number), bad_value("programme", number, "any")}) {
    CHECK_THAT(said.chinese, Catch::Contains("1101") && !Catch::Contains("19491231"));
    CHECK_THAT(said.english, Catch::Contains("1101") && !Catch::Contains("19491231"));
  }
  CHECK_THAT(bad_date("defaulted_on", "2020-02-30").english, Catch::Contains("2020-02-30"));
}

#include "core/report/text_table.hpp"

#include <catch2/catch.hpp>

using namespace talent_loan;

TEST_CASE("Chinese characters take two cells, letters one, combining marks none") {
  CHECK(display_width("") == 0);
  CHECK(display_width("city") == 4);
  CHECK(display_width("市财政") == 6);
  CHECK(display_width("淄政办字〔2020〕56号") == 20);
  CHECK(display_width("§4") == 2);
  CHECK(display_width("e\xCC\x81") == 1);
}

TEST_CASE("columns line up whatever script they hold, without trailing blanks") {
  TextTable table({{"支付方"}, {"支付", TextTable::Align::right}, {"备注"}});
  table.add({"city", "800000.00", "§4"});
  table.add({"省财政", "0.00"});
  CHECK(table.text("  ") ==
        "  支付方       支付  备注\n"
        "  ------  ---------  ----\n"
        "  city    800000.00  §4\n"
        "  省财政       0.00\n");
  CHECK(table.rows() ==
        "city    800000.00  §4\n"
        "省财政       0.00\n");
}

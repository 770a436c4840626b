#include "bank-adapters/flat-file/records.hpp"

#include <algorithm>
#include <cstring>

#include <catch2/catch.hpp>

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::flat_file;

namespace {

// Hands out `bytes` in pieces of `piece` bytes.
ByteSource pieces(std::string bytes, std::size_t piece) {
  return [bytes = std::move(bytes), at = std::size_t{0}, piece](char* into, std::size_t size) mutable {
    const std::size_t got = std::min({piece, size, bytes.size() - at});
    std::memcpy(into, bytes.data() + at, got);
    at += got;
    return got;
  };
}

std::string shape(const Record& record) {
  std::string text = std::to_string(record.line) + ":";
  if (record.fault != RecordFault::none) return text + "fault" + std::to_string(static_cast<int>(record.fault));
  for (const std::string& cell : record.cells) text += "[" + cell + "]";
  return text;
}

std::string shapes(const std::string& bytes, const Format& format, std::size_t piece = 1 << 16) {
  RecordReader reader(pieces(bytes, piece), format, "f");
  std::string text;
  for (Record record; reader.next(record);) text += shape(record) + " ";
  return text;
}

Format bare() {
  Format format;
  format.header = false;
  return format;
}

std::string gb(const char* text) { return *encoded(Encoding::gb18030, text); }

}  // namespace

TEST_CASE("quotes, doubled quotes and line breaks inside quotes are honoured, however the bytes arrive") {
  const std::string bytes = "a,\"b, c\",d\r\n\"x\"\"y\",\"line\none\",z\n\n,,\nlast,row,";
  for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
    INFO(piece);
    CHECK(shapes(bytes, bare(), piece) == "1:[a][b, c][d] 2:[x\"y][line\none][z] 5:[][][] 6:[last][row][] ");
  }
}

TEST_CASE("a broken quote costs its own line and none after it") {
  const auto fault = std::to_string(static_cast<int>(RecordFault::broken_quote));
  CHECK(shapes("a,\"b,c\nd,e,f\n", bare()) == "1:fault" + fault + " 2:[d][e][f] ");
  CHECK(shapes("a,\"b,c\nd,\"e\",f\n", bare()) == "1:fault" + fault + " 2:[d][e][f] ");
  CHECK(shapes("a,b\"c,d\ne\n", bare()) == "1:fault" + fault + " 2:[e] ");
  CHECK(shapes("a,\"b\"c\ne\n", bare()) == "1:fault" + fault + " 2:[e] ");
}

TEST_CASE("without quoting a quote is a character, and a delimiter may be several") {
  Format format = bare();
  format.quoting = false;
  format.delimiter = "|@|";
  CHECK(shapes("a\"b|@|c|d|@|\n", format, 1) == "1:[a\"b][c|d][] ");
}

TEST_CASE("a byte of a Chinese character is no delimiter") {
  Format format = bare();
  format.encoding = Encoding::gb18030;
  format.delimiter = "|";
  // 0x7C is the second byte of characters of GBK, such as this one.
  const std::string character = "\x81\x7C";
  std::string name;
  REQUIRE(Decoder(Encoding::gb18030).append(character, name));
  for (const std::size_t piece : {1, 2, 100}) {
    CHECK(shapes(character + "|" + gb("淄博") + "\n", format, piece) == "1:[" + name + "][淄博] ");
  }
}

TEST_CASE("fixed widths count bytes of the file's own encoding") {
  Format format;
  format.fixed_width = true;
  format.encoding = Encoding::gb18030;
  format.slices = {{0, 4}, {4, 6}, {10, 3}};
  CHECK(shapes(gb("张三123456abc\n李四000000xyz\r\n"), format) == "1:[张三][123456][abc] 2:[李四][000000][xyz] ");
}

TEST_CASE("a field that lies outside its line or cuts a character is not read") {
  Format format;
  format.fixed_width = true;
  format.encoding = Encoding::gb18030;
  format.slices = {{0, 2}, {2, 3}, {5, 3}};
  RecordReader reader(pieces(gb("01张三abc\n01ab\n"), 100), format, "f");
  Record record;
  REQUIRE(reader.next(record));
  CHECK(record.readable == 1);
  CHECK(record.unreadable == RecordFault::cut_character);
  REQUIRE(reader.next(record));
  CHECK(record.readable == 1);
  CHECK(record.unreadable == RecordFault::wrong_length);
  format.pad_short_lines = true;
  CHECK(shapes("01ab\n", format) == "1:[01][ab][] ");
}

TEST_CASE("comments, blank lines and lines before the records are passed over, and counted as lines") {
  Format format = bare();
  format.skip_lines = 2;
  format.comment = "#";
  CHECK(shapes("report\n\"of the day\n# x,\"y\n\na,b\n", format) == "5:[a][b] ");
}

TEST_CASE("a byte-order mark is tolerated") {
  Format format;
  RecordReader reader(pieces("\xEF\xBB\xBFid,name\n1,2\n", 2), format, "f");
  CHECK(reader.header() == std::vector<std::string>{"id", "name"});
}

TEST_CASE("NUL bytes and lines without end are faults of their record, and memory stays bounded") {
  CHECK(shapes(std::string("a,b\0c\nd\n", 8), bare()) == "1:fault" + std::to_string(static_cast<int>(RecordFault::nul_byte)) + " 2:[d] ");
  const std::string huge(40 << 20, 'x');
  const std::string too_long = std::to_string(static_cast<int>(RecordFault::too_long));
  CHECK(shapes(huge + "\nb\n", bare()) == "1:fault" + too_long + " 2:[b] ");
  CHECK(shapes("\"" + huge + "\nb\n", bare()) == "1:fault" + too_long + " 2:[b] ");
  CHECK(shapes("a\n\"" + std::string(3 << 20, '\n'), bare()).substr(0, 4) == "1:[a");
}

TEST_CASE("bytes of another encoding refuse the file, or the record where so configured") {
  Format format = bare();
  CHECK_THROWS_WITH(shapes("a\nb,\xC0\n", format), "f:2: bytes here are not of the configured encoding; allowed: UTF-8");
  format.refuse_bad_encoding = false;
  CHECK(shapes("a,\xC0\nb\n", format) == "1:fault" + std::to_string(static_cast<int>(RecordFault::bad_encoding)) + " 2:[b] ");
}

TEST_CASE("a file without a header is refused where one is configured") {
  Format format;
  CHECK_THROWS_WITH(shapes("", format), Catch::Matchers::Contains("no names of columns"));
  CHECK_THROWS_WITH(shapes("\"a\n", format), Catch::Matchers::Contains("no names of columns"));
}

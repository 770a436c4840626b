#include "core/files/workbook_archive.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <minizip/unzip.h>

namespace talent_loan {
namespace {

constexpr std::size_t unpacked_bytes_at_most = 256U << 20;
constexpr std::ptrdiff_t tags_at_most = 12'000'000;  // about a gigabyte as a tree, and a list of 250,000 rows
constexpr std::uint32_t rows_at_most = 1U << 20;     // the format's own
constexpr std::size_t name_bytes_at_most = 1024;

}  // namespace

WorkbookArchive::WorkbookArchive(const std::string& path) : path_(path), archive_(unzOpen64(path.c_str()), unzClose) {
  if (!archive_) refuse({"不是 xlsx 工作簿", "not an xlsx workbook"}, {"请另存为 .xlsx 或 CSV", "save it as .xlsx or CSV"});
}

std::vector<std::string> WorkbookArchive::names() {
  std::vector<std::string> names;
  for (int at = unzGoToFirstFile(archive_.get()); at != UNZ_END_OF_LIST_OF_FILE; at = unzGoToNextFile(archive_.get())) {
    std::string name(name_bytes_at_most, '\0');
    unz_file_info64 info{};
    if (at != UNZ_OK || unzGetCurrentFileInfo64(archive_.get(), &info, name.data(), name.size(), nullptr, 0, nullptr, 0) != UNZ_OK) damaged();
    name.resize(std::min<std::size_t>(info.size_filename, name.size()));
    names.push_back(std::move(name));
  }
  return names;
}

bool WorkbookArchive::has(const std::string& name) const { return unzLocateFile(archive_.get(), name.c_str(), 2) == UNZ_OK; }

std::string WorkbookArchive::read(const std::string& name) {
  unz_file_info64 info{};
  const bool found = has(name) && unzGetCurrentFileInfo64(archive_.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) == UNZ_OK;
  if (!found) refuse({fmt::format("工作簿缺少 {}", quoted(name)), fmt::format("the workbook lacks {}", quoted(name))});
  // Counted while unpacking: what the archive says of its own size may be a lie.
  if (unzOpenCurrentFile(archive_.get()) != UNZ_OK) damaged();
  std::string bytes;
  std::string block(1 << 16, '\0');
  int got = 0;
  while ((got = unzReadCurrentFile(archive_.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
    unpacked_ += static_cast<std::size_t>(got);
    if (unpacked_ > unpacked_bytes_at_most) refuse({"工作簿展开后超过 256 MiB", "the workbook unpacks to over 256 MiB"}, {"请拆分，或用 CSV", "split it, or use CSV"});
    bytes.append(block, 0, static_cast<std::size_t>(got));
  }
  if (got < 0 || unzCloseCurrentFile(archive_.get()) != UNZ_OK) damaged();
  return bytes;
}

pugi::xml_document WorkbookArchive::read_xml(const std::string& name) {
  const std::string bytes = read(name);
  if (std::count(bytes.begin(), bytes.end(), '<') > tags_at_most) {
    refuse({"工作表的单元格太多", "the sheet has too many cells"}, {"请拆分，或用 CSV", "split it, or use CSV"});
  }
  pugi::xml_document document;
  // A document type could define entities; no workbook has one. pugixml expands none, and this refuses them.
  if (bytes.find("<!DOCTYPE") != std::string::npos) damaged();
  if (!document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_ws_pcdata)) damaged();
  return document;
}

void WorkbookArchive::damaged() const { refuse({"工作簿已损坏或加密", "the workbook is damaged or encrypted"}, {"请重新保存", "save it again"}); }

void WorkbookArchive::refuse(const Text& why, const Text& remedy) const {
  throw Failure(Diagnostic{.place = {.file = path_}, .found = why, .allowed = {}, .remedy = remedy});
}

bool xml_named(const pugi::xml_node& node, std::string_view name) {
  const std::string_view full = node.name();
  const std::size_t colon = full.find(':');
  return (colon == std::string_view::npos ? full : full.substr(colon + 1)) == name;
}

pugi::xml_node xml_child(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node node : parent.children()) {
    if (xml_named(node, name)) return node;
  }
  return {};
}

bool parse_cell_reference(std::string_view reference, std::uint32_t& row, std::uint32_t& column) {
  column = 0;
  std::size_t letters = 0;
  for (; letters < reference.size() && reference[letters] >= 'A' && reference[letters] <= 'Z' && letters < 3; ++letters) {
    column = column * 26 + static_cast<std::uint32_t>(reference[letters] - 'A' + 1);
  }
  const auto [end, error] = std::from_chars(reference.data() + letters, reference.data() + reference.size(), row);
  if (letters == 0 || error != std::errc() || end != reference.data() + reference.size() || row == 0 || row > rows_at_most) return false;
  --column;
  --row;
  return true;
}

}  // namespace talent_loan

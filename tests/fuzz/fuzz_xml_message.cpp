// Any bytes as a bank's XML message and as the length before it: refused with a sentence, or a document of whole
// texts that is the same when it is written and read again.
#include <utility>

#include "bank-adapters/xml-message/document.hpp"
#include "bank-adapters/xml-message/frame.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan::adapters;
using namespace talent_loan::adapters::xml_message;
using talent_loan::fuzz::require;

namespace {

void length(talent_loan::fuzz::Input& input) {
  const std::uint8_t shape = input.byte();
  Frame frame;
  frame.digits = (shape & 1) != 0;
  frame.little_endian = (shape & 2) != 0;
  frame.counts_itself = (shape & 4) != 0;
  frame.bytes = frame.digits ? 1 + (shape >> 3) % 20 : std::size_t{2} << (shape >> 3) % 3;
  std::string prefix(input.until('\n'));
  prefix.resize(frame.bytes, '0');
  const auto bytes = frame.message_bytes(prefix);
  if (!bytes || *bytes > INT64_MAX - 20) return;
  const auto again = frame.prefix(static_cast<std::size_t>(*bytes));
  require(again && frame.message_bytes(*again) == bytes, "a length that was read can be written");
  if (frame.digits) require(*again == prefix, "and is written as it was read");
}

// Texts as a field map sees them, cut at nothing and whole.
void whole_texts(const pugi::xml_document& document, std::vector<OutgoingMap::Cell>& cells) {
  struct Walker : pugi::xml_tree_walker {
    std::vector<OutgoingMap::Cell>* cells = nullptr;
    bool for_each(pugi::xml_node& node) override {
      const auto whole = [](std::string_view text) {
        require(invalid_at(Encoding::utf8, text) == std::string_view::npos, "texts are UTF-8");
        return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; });
      };
      whole(node.name());
      for (const pugi::xml_attribute attribute : node.attributes()) whole(attribute.value());
      if (!whole(node.value()) || cells->size() == 8) return true;
      OutgoingMap::Cell cell;
      cell.target = "Body/Text" + std::to_string(cells->size());
      cell.text = node.value();
      cells->push_back(std::move(cell));
      return true;
    }
  } walker;
  walker.cells = &cells;
  const_cast<pugi::xml_document&>(document).traverse(walker);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  talent_loan::fuzz::Input input(data, size);
  length(input);
  const Encoding encoding = input.byte() % 4 == 3 ? Encoding::gb18030 : Encoding::utf8;
  try {
    pugi::xml_document document;
    read(input.rest(), encoding, document);
    std::vector<OutgoingMap::Cell> cells;
    whole_texts(document, cells);
    pugi::xml_document again;
    read(written("Message", cells, encoding), encoding, again);
    for (const OutgoingMap::Cell& cell : cells) {
      const std::string text = again.document_element().child("Body").child(cell.target.c_str() + 5).text().get();
      // A parser makes one line feed of each line end, and knows no text of blanks alone.
      if (cell.text.find('\r') == std::string::npos && cell.text.find_first_not_of(" \t\n") != std::string::npos) require(text == cell.text, "a text survives a message");
    }
  } catch (const Refused& refused) {
    require(!refused.problems().empty() && !refused.problems().front().found.english.empty(), "a refusal says why");
  }
  return 0;
}

// XML as it crosses the wire: written from element paths, read with nothing in it that could expand or reach out.
#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/encoding.hpp"
#include "bank-adapters/common/outgoing.hpp"

namespace talent_loan::adapters::xml_message {

// "Head/Code", "Body/App/@no": names of elements below the root, and at the end perhaps an attribute.
bool is_element_path(std::string_view path);

// The message with these cells below an element `root`, in the encoding, with its declaration. Cells without a
// text are elements without one. Throws Refused(data) for a text that the encoding cannot hold or XML may not.
std::string written(const std::string& root, const std::vector<OutgoingMap::Cell>& cells, Encoding encoding);

// Reads an answer into `document`. Throws Refused(data) for bytes that are not of the encoding, a declaration of
// another encoding, a DTD, any entity but the five of XML itself, deeper nesting than 64, and what is not XML.
void read(std::string_view bytes, Encoding encoding, pugi::xml_document& document);

}  // namespace talent_loan::adapters::xml_message

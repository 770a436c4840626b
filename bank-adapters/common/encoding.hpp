// The two encodings that Chinese banks deliver: UTF-8 and GB18030 (of which GBK and GB2312 are subsets).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace talent_loan::adapters {

enum class Encoding { utf8, gb18030 };

// Bytes of the character at the front of `text`, or 0 where none begins there (RFC 3629; GB 18030-2005).
// REQUIRES: text is not empty.
std::size_t utf8_character_length(std::string_view text);
std::size_t gb18030_character_length(std::string_view text);
std::size_t character_length(Encoding encoding, std::string_view text);

// Offset of the first byte that is not a character of the encoding, or npos.
std::size_t invalid_at(Encoding encoding, std::string_view text);

// Appends `text` as UTF-8; false where it is not text of the encoding (then `out` holds what came before).
// Each object keeps one conversion open; not for two threads at once.
class Decoder {
 public:
  explicit Decoder(Encoding encoding);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder();

  bool append(std::string_view text, std::string& out);
  Encoding encoding() const { return encoding_; }

 private:
  Encoding encoding_;
  void* conversion_ = nullptr;
};

// UTF-8 text in the encoding; nullopt where it is not UTF-8.
std::optional<std::string> encoded(Encoding encoding, std::string_view utf8);

}  // namespace talent_loan::adapters

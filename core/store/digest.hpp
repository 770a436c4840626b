// SM3 (GB/T 32905-2016), the national hash: 256 bits, written as 64 lower-case hexadecimal digits.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace talent_loan {

std::string sm3_hex(std::string_view bytes);

// The same over bytes that come piece by piece.
class Sm3 {
 public:
  Sm3();
  Sm3(Sm3&&) noexcept;
  ~Sm3();

  void update(std::string_view bytes);
  std::string finish();  // once, the last call

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace talent_loan

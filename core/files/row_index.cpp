#include "core/files/row_index.hpp"

#include <bit>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace talent_loan {
namespace {

#if defined(__SSE2__)

// A bit for each of 16 bytes that is a delimiter. SSE2 is every x86-64: no dispatch, no second build.
std::uint64_t delimiters16(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i comma = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(','));
  const __m128i feed = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i nul = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(comma, feed), _mm_or_si128(quote, nul))));
}

std::uint64_t delimiters64(const char* at) {
  return delimiters16(at) | delimiters16(at + 16) << 16 | delimiters16(at + 32) << 32 | delimiters16(at + 48) << 48;
}

#else

std::uint64_t delimiters64(const char* at) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) {
    const char c = at[i];
    mask |= std::uint64_t{c == ',' || c == '\n' || c == '"' || c == '\0'} << i;
  }
  return mask;
}

#endif

}  // namespace

void RowIndex::build(std::string_view text) {
  count_ = 0;
  for (std::size_t at = 0; at < text.size(); at += 64) {
    if (positions_.size() < count_ + 64) positions_.resize(positions_.size() * 2 + 4096);
    std::uint64_t mask = delimiters64(text.data() + at);
    if (text.size() - at < 64) mask &= (std::uint64_t{1} << (text.size() - at)) - 1;
    for (; mask != 0; mask &= mask - 1) {
      positions_[count_++] = static_cast<std::uint32_t>(at + static_cast<std::size_t>(std::countr_zero(mask)));
    }
  }
}

}  // namespace talent_loan

#include "core/talent/sealed_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace talent_loan {
namespace {

constexpr std::array<char, 8> magic{'T', 'L', 'S', 'E', 'A', 'L', 'E', 'D'};
constexpr std::uint32_t format_version = 2;
constexpr std::uint32_t byte_order_mark = 0x01020304;
constexpr std::uint64_t part_alignment = 64;
constexpr std::uint64_t payload_alignment = 4096;
constexpr std::uint64_t heading_bytes_at_most = 1 << 20;
constexpr std::uint64_t payload_bytes_at_most = std::uint64_t{1} << 40;  // whose directory still fits into memory

// The first 64 bytes as they lie in the file.
struct Preamble {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t byte_order;
  std::uint64_t payload_bytes;
  std::uint64_t directory_bytes;
  std::array<char, 16> salt;
  gcm::Tag directory_tag;

  std::string_view bound() const { return {reinterpret_cast<const char*>(this), offsetof(Preamble, directory_tag)}; }
};
static_assert(sizeof(Preamble) == 64);

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t step) { return (value + step - 1) / step * step; }

gcm::Nonce nonce_of(std::uint64_t number) {
  gcm::Nonce nonce{};
  for (std::size_t i = 0; i < sizeof number; ++i) nonce[i] = static_cast<unsigned char>(number >> (8 * i));
  return nonce;
}

gcm::Key key_of(const Vault& vault, const std::array<char, 16>& salt) { return vault.derived_key("sealed file " + std::string(salt.data(), salt.size())); }

// Hands on what it is given in whole blocks.
template <typename Emit>
class Blocks {
 public:
  Blocks(std::size_t block_bytes, Emit emit) : block_(block_bytes), emit_(std::move(emit)) {}

  void add(Bytes bytes) {
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), block_.size() - used_);
      std::copy_n(bytes.begin(), taken, block_.begin() + static_cast<std::ptrdiff_t>(used_));
      bytes = bytes.subspan(taken);
      used_ += taken;
      if (used_ == block_.size()) end();
    }
  }
  void end() {
    if (used_ != 0) emit_(std::span<unsigned char>(block_.data(), used_));
    used_ = 0;
  }

 private:
  std::vector<unsigned char> block_;
  std::size_t used_ = 0;
  Emit emit_;
};

}  // namespace

std::vector<std::uint64_t> part_offsets(const std::vector<Bytes>& parts) {
  std::vector<std::uint64_t> offsets;
  std::uint64_t at = 0;
  for (const Bytes& part : parts) {
    offsets.push_back(at);
    at = round_up(at + part.size(), part_alignment);
  }
  return offsets;
}

void write_sealed(ReplacedFile& file, const Vault& vault, const std::string& heading, const std::vector<Bytes>& parts) {
  std::uint64_t payload = 0;
  for (const Bytes& part : parts) payload = round_up(payload + part.size(), part_alignment);
  const std::uint64_t blocks = round_up(payload, SealedFile::block_bytes) / SealedFile::block_bytes;
  Preamble preamble{.magic = magic, .version = format_version, .byte_order = byte_order_mark, .payload_bytes = payload,
                    .directory_bytes = sizeof(std::uint64_t) + heading.size() + blocks * sizeof(gcm::Tag), .salt = {}, .directory_tag = {}};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(preamble.salt.data()), static_cast<int>(preamble.salt.size())) != 1) {
    throw Failure({"无法产生随机数", "no random bytes"}, {});
  }
  const gcm::Key key = key_of(vault, preamble.salt);

  std::vector<unsigned char> directory(sizeof(std::uint64_t) + heading.size());
  const std::uint64_t heading_bytes = heading.size();
  std::memcpy(directory.data(), &heading_bytes, sizeof heading_bytes);
  std::copy(heading.begin(), heading.end(), directory.begin() + sizeof heading_bytes);
  std::uint64_t at = round_up(sizeof preamble + preamble.directory_bytes, payload_alignment);
  std::uint64_t number = 0;
  Blocks sealed(SealedFile::block_bytes, [&](std::span<unsigned char> block) {
    const gcm::Tag tag = gcm::seal(key, nonce_of(++number), {}, block, block.data());
    directory.insert(directory.end(), tag.begin(), tag.end());
    file.write_at(at, block);
    at += block.size();
  });
  static constexpr std::array<unsigned char, part_alignment> zeros{};
  for (const Bytes& part : parts) {
    sealed.add(part);
    sealed.add(Bytes(zeros).first(round_up(part.size(), part_alignment) - part.size()));
  }
  sealed.end();

  preamble.directory_tag = gcm::seal(key, nonce_of(0), preamble.bound(), directory, directory.data());
  file.write_at(0, {reinterpret_cast<const unsigned char*>(&preamble), sizeof preamble});
  file.write_at(sizeof preamble, directory);
}

std::unique_ptr<SealedFile> SealedFile::open(const std::string& path, const Vault& vault) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const int error = errno;
  std::unique_ptr<SealedFile> file(new SealedFile(path, descriptor));
  if (descriptor < 0) file->refuse({fmt::format("无法打开（{}）", std::strerror(error)), fmt::format("cannot be opened ({})", std::strerror(error))});
  file->read_directory(vault);
  return file;
}

SealedFile::~SealedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SealedFile::refuse(const Text& why, const Text& remedy) const { throw Failure(Diagnostic{.place = {.file = path_}, .found = why, .remedy = remedy}); }

bool SealedFile::read_at(std::uint64_t offset, unsigned char* into, std::size_t bytes) const {
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor_, into, bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    offset += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

void SealedFile::read_directory(const Vault& vault) {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) refuse({"不是普通文件", "not a regular file"});
  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  Preamble preamble{};
  if (!read_at(0, reinterpret_cast<unsigned char*>(&preamble), sizeof preamble) || preamble.magic != magic) {
    refuse({"不是本程序的加密文件", "not a sealed file of this program"});
  }
  if (preamble.version != format_version || preamble.byte_order != byte_order_mark) {
    refuse({"由另一版本的程序或另一种机器写成", "written by another version of this program or on another kind of machine"});
  }
  const std::uint64_t directory_bytes = preamble.directory_bytes;
  size_ = preamble.payload_bytes;
  const std::uint64_t blocks = size_ / block_bytes + (size_ % block_bytes != 0 ? 1 : 0);
  // Each against the file's size first, so that no sum of them can overflow.
  const bool sizes_fit = size_ <= std::min(file_bytes, payload_bytes_at_most) && directory_bytes <= file_bytes && directory_bytes >= sizeof(std::uint64_t) &&
                         directory_bytes <= sizeof(std::uint64_t) + heading_bytes_at_most + blocks * sizeof(gcm::Tag);
  const std::uint64_t directory_end = sizes_fit ? sizeof preamble + directory_bytes : 0;
  payload_begin_ = round_up(directory_end, payload_alignment);
  if (!sizes_fit || file_bytes != (size_ == 0 ? directory_end : payload_begin_ + size_)) refuse({"文件长度不对：被截断或改动", "its length is wrong: it was cut or changed"});

  std::vector<unsigned char> directory(directory_bytes);
  key_ = key_of(vault, preamble.salt);
  if (!read_at(sizeof preamble, directory.data(), directory.size()) ||
      !gcm::open(key_, nonce_of(0), preamble.directory_tag, preamble.bound(), directory, directory.data())) {
    refuse({"被改动，或用另一把密钥加密", "it was changed, or sealed with another key"});
  }
  std::uint64_t heading_bytes = 0;
  std::memcpy(&heading_bytes, directory.data(), sizeof heading_bytes);
  if (heading_bytes > directory.size() || sizeof heading_bytes + heading_bytes + blocks * sizeof(gcm::Tag) != directory.size()) {
    refuse({"目录不完整", "its directory is not whole"});
  }
  heading_.assign(reinterpret_cast<const char*>(directory.data()) + sizeof heading_bytes, heading_bytes);
  tags_.resize(blocks);
  if (blocks == 0) return;
  std::memcpy(tags_.data(), directory.data() + sizeof heading_bytes + heading_bytes, blocks * sizeof(gcm::Tag));
  memory_ = ZeroedPages(size_);
  ready_ = std::make_unique<std::atomic<unsigned char>[]>(blocks);
}

void SealedFile::fetch(std::uint64_t block) const {
  const std::lock_guard turn(turns_[block % turns_.size()]);
  if (ready_[block].load(std::memory_order_relaxed) != 0) return;
  const std::uint64_t begin = block * block_bytes;
  auto* place = reinterpret_cast<unsigned char*>(memory_.data()) + begin;
  const std::size_t bytes = std::min<std::uint64_t>(block_bytes, size_ - begin);
  thread_local std::vector<unsigned char> sealed(block_bytes);
  if (!read_at(payload_begin_ + begin, sealed.data(), bytes) ||
      !gcm::open(key_, nonce_of(block + 1), tags_[block], {}, {sealed.data(), bytes}, place)) {
    refuse({fmt::format("第 {} 块被改动或读不出", block), fmt::format("block {} was changed or cannot be read", block)},
           {"请删除此文件：它会重新生成", "delete this file: it is made anew"});
  }
  ready_[block].store(1, std::memory_order_release);
}

}  // namespace talent_loan

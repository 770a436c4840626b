#include "core/talent/vault_key.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "core/files/files.hpp"

namespace talent_loan {
namespace {

[[noreturn]] void refuse_key(const std::string& where, const Text& why, const Text& remedy = {}) {
  throw Failure(Diagnostic{.place = {.file = where}, .found = why, .allowed = {}, .remedy = remedy});
}

MasterKey parse_key(std::string_view text, const std::string& where) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  MasterKey key{};
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  bool ok = text.size() == 2 * key.size();
  for (std::size_t i = 0; ok && i < key.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    ok = high >= 0 && low >= 0;
    key[i] = static_cast<unsigned char>(high * 16 + low);
  }
  if (!ok) refuse_key(where, {"不是密钥", "not a key"}, {"密钥是 64 位十六进制数", "a key is 64 hexadecimal digits"});
  return key;
}

std::optional<MasterKey> existing_key(const KeySource& source) {
  if (source.given) return parse_key(*source.given, "TALENT_LOAN_KEY");
  if (::access(source.file.c_str(), F_OK) != 0) return std::nullopt;
  return read_key_file(source.file);
}

std::optional<std::string> expected_key_id(Transaction& transaction) {
  const auto row = transaction.query_one("SELECT key_id FROM vault_key");
  if (!row) return std::nullopt;
  return row->text(0);
}

Vault matching_vault(const KeySource& source, const std::string& expected) {
  const std::optional<MasterKey> key = existing_key(source);
  const Text remedy{"请恢复密钥文件的备份，或设置 TALENT_LOAN_KEY", "restore the key file from its backup, or set TALENT_LOAN_KEY"};
  if (!key) refuse_key(source.file, {"缺少数据库个人信息的密钥文件", "the key file for the database's personal data is missing"}, remedy);
  Vault vault(*key);
  if (vault.key_id() != expected) {
    refuse_key(source.given ? "TALENT_LOAN_KEY" : source.file, {"这不是该数据库的密钥", "this is not the key of that database"}, remedy);
  }
  return vault;
}

}  // namespace

MasterKey make_key_file(const std::string& path) {
  MasterKey key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) refuse_key(path, {"无法产生随机数", "no random bytes"});
  std::string text;
  for (const unsigned char byte : key) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  text += '\n';
  write_new_file(path, text, 0600);
  return key;
}

MasterKey read_key_file(const std::string& path) {
  const MasterKey key = parse_key(read_whole_file(path, 4096), path);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    refuse_key(path, {"其他用户可以读取密钥文件", "other users can read the key file"}, {"请执行 chmod 600", "run chmod 600 on it"});
  }
  return key;
}

Vault vault_for_writing(Transaction& transaction, const KeySource& source) {
  if (const auto expected = expected_key_id(transaction)) return matching_vault(source, *expected);
  const std::optional<MasterKey> existing = existing_key(source);
  Vault vault(existing ? *existing : make_key_file(source.file));
  transaction.execute("INSERT INTO vault_key (one_row, key_id, since) VALUES (1, :key_id, :since)",
                      {vault.key_id(), format_utc(transaction.now())});
  return vault;
}

std::optional<Vault> vault_for_reading(Transaction& transaction, const KeySource& source) {
  const auto expected = expected_key_id(transaction);
  if (!expected) return std::nullopt;
  return matching_vault(source, *expected);
}

}  // namespace talent_loan

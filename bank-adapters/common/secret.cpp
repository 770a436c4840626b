#include "bank-adapters/common/secret.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace talent_loan::adapters {
namespace {

constexpr std::size_t bytes_at_most = 64 * 1024;

}  // namespace

std::string path_below(const std::string& base, const std::string& path) {
  return (std::filesystem::path(base) / path).lexically_normal().string();
}

Secret Secret::read(const YamlMap& map, const std::string& key, const std::string& base) {
  Secret secret;
  if (!map.has(key)) return secret;
  if (!map.is_map(key)) {
    map.wrong(key, {"密钥写在配置里", "a secret in the configuration"}, {"{env: 环境变量名} 或 {file: 路径}", "{env: VARIABLE} or {file: PATH}"});
    return secret;
  }
  const auto entry = map.map(key, {"env", "file"});
  if (entry->has("env") == entry->has("file")) {
    entry->wrong("", {"来源不明", "its source is not clear"}, {"env 或 file 之一", "one of env, file"});
    return secret;
  }
  secret.in_file_ = entry->has("file");
  secret.name_ = entry->required_text(secret.in_file_ ? "file" : "env");
  if (secret.in_file_ && !secret.name_.empty()) secret.name_ = path_below(base, secret.name_);
  secret.field_ = entry->path();
  return secret;
}

std::string Secret::value() const {
  const auto refuse = [&](Text found, Text allowed) {
    throw Refused(Refusal::configuration, {.place = {.field = field_}, .found = std::move(found), .allowed = std::move(allowed)});
  };
  if (!in_file_) {
    const char* value = std::getenv(name_.c_str());
    if (value == nullptr || *value == '\0') refuse({"环境变量 " + name_ + " 未设置", "the environment variable " + name_ + " is not set"}, {"设置它，或改用 file", "set it, or use `file`"});
    return value;
  }
  std::ifstream in(name_, std::ios::binary);
  std::string text(bytes_at_most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > bytes_at_most) refuse({name_ + " 超过 64 KiB", name_ + " is over 64 KiB"}, {});
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) refuse({name_ + " 不能读取或为空", name_ + " cannot be read or is empty"}, {"只含密钥的文件", "a file that holds the secret and nothing else"});
  return text;
}

}  // namespace talent_loan::adapters

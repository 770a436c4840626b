#include "plugins/host/library/signature.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "core/files/yaml.hpp"
#include "plugins/host/library/adapter_library.hpp"
#include "plugins/host/session/session.hpp"

namespace talent_loan::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kind = "library-signature";
constexpr std::size_t signature_bytes_at_most = 1 << 14;

const Text ask_again{"请向适配器的提供者索取与该库一同交付的签名，或核对来源后用 talent-loan adapter sign 重新签名",
                     "ask its maker for the signature that belongs to this library, or check where it came from and sign it again with talent-loan adapter sign"};

[[noreturn]] void refuse(const std::string& path, Text found, Text allowed = {}, Text remedy = ask_again) {
  throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never, {{path, 0, 0, {}}, std::move(found), std::move(allowed), std::move(remedy)});
}

// What is signed: the statement, so that none of it can be changed, and the library itself, so that the strength of
// the signature does not rest on another hash than its own.
std::string signed_bytes(const LibrarySignature& statement, std::string_view library) {
  std::string bytes = fmt::format("talent-loan/{}/1\nlibrary_sha256: {}\nalgorithm: {}\nkey: {}\nsigned_on: {}\nvalid_to: {}\n\n", kind, statement.sha256,
                                  statement.algorithm, statement.key_id, format_day(statement.signed_on), statement.valid_to ? format_day(*statement.valid_to) : "-");
  return bytes.append(library);
}

// Runs what may throw Failure of any kind as part of loading one library.
template <typename Body>
auto as_not_loaded(Body body) {
  try {
    return body();
  } catch (const AdapterFailure&) {
    throw;
  } catch (const Failure& failure) {
    throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never, failure.diagnostics().front());
  }
}

LibrarySignature read_signature(const std::string& path) {
  YamlProblems problems;
  const YamlMap map = parse_yaml(read_whole_file(path, signature_bytes_at_most), path, kind,
                                 {"library_sha256", "algorithm", "key", "signed_on", "valid_to", "signature"}, problems);
  LibrarySignature read;
  read.sha256 = map.required("library_sha256").text().value_or("");
  read.algorithm = map.required("algorithm").one_of({std::string(word(SignatureAlgorithm::ed25519)), std::string(word(SignatureAlgorithm::sm2))}).value_or("");
  read.key_id = map.required("key").text().value_or("");
  read.signed_on = map.required("signed_on").day().value_or(Day());
  read.valid_to = map.optional("valid_to").day();
  read.signature = map.required("signature").text().value_or("");
  if (problems.empty()) return read;
  Diagnostic first = problems.sorted().front();
  first.found = {"签名文件无法使用：" + first.found.chinese, "the signature file cannot be used: " + first.found.english};
  first.remedy = ask_again;
  throw AdapterFailure(AdapterFailure::Kind::not_loaded, Retry::never, std::move(first));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// The key the signature says it is by, which must be one of the rule's.
std::pair<std::string, SigningKey> key_of(const LibrarySignature& signature, const std::string& signature_file, const SignatureRule& rule) {
  std::vector<std::string> trusted;
  for (const std::string& file : rule.key_files) {
    SigningKey key = SigningKey::read_public(file);
    const std::string id = key.key_id();
    if (id == signature.key_id) return {file, std::move(key)};
    trusted.push_back(fs::path(file).stem().string() + " (" + id + ")");
  }
  refuse(signature_file, {"签名所用的密钥 " + talent_loan::quoted(signature.key_id) + " 不在信任之列", "it is signed with the key " + talent_loan::quoted(signature.key_id) + ", which is not trusted here"},
         verbatim(joined(trusted)), {"核对签名者后把其公钥放进 adapter-keys，并写入 library_signed_by", "check who signed it; then put that public key into adapter-keys and name it in library_signed_by"});
}

}  // namespace

std::string signature_path(const std::string& library) { return library + ".sig"; }

std::string signed_statement(std::string_view library, const SigningKey& key, Day on, const std::optional<Day>& valid_to) {
  const LibrarySignature made{sha256_hex(library), std::string(word(key.algorithm())), key.key_id(), on, valid_to, {}};
  std::string text = fmt::format("schema: talent-loan/{}/1\nlibrary_sha256: {}\nalgorithm: {}\nkey: {}\nsigned_on: {}\n", kind, made.sha256, made.algorithm,
                                 made.key_id, format_day(made.signed_on));
  if (valid_to) text += fmt::format("valid_to: {}\n", format_day(*valid_to));
  return text + fmt::format("signature: {}\n", key.sign(signed_bytes(made, library)));
}

CheckedSignature require_signature(const std::string& path, std::string_view library, const SignatureRule& rule, Day today) {
  const std::string file = rule.signature_file.empty() ? signature_path(path) : rule.signature_file;
  return as_not_loaded([&]() -> CheckedSignature {
    if (!fs::exists(file)) refuse(file, {"没有这个签名文件，而该银行的库须有签名", "there is no such signature file, and this bank's library must be signed"});
    const LibrarySignature signature = read_signature(file);
    const auto [key_file, key] = key_of(signature, file, rule);
    const std::string sha256 = sha256_hex(library);
    if (signature.sha256 != sha256) {
      refuse(file, {fmt::format("签名属于 SHA-256 为 {} 的库，而 {} 为 {}：库在签名后被改动，或签名属于另一个库", talent_loan::quoted(signature.sha256), path, sha256),
                    fmt::format("it signs the library with SHA-256 {}, and {} has {}: the library was changed after it was signed, or the signature is another library's", talent_loan::quoted(signature.sha256), path, sha256)});
    }
    const bool fits = signature.algorithm == word(key.algorithm()) && key.verify(signed_bytes(signature, library), signature.signature);
    if (!fits) {
      refuse(file, {"签名不符：签名文件被改动，或不是由密钥 " + fs::path(key_file).stem().string() + " 所签", "the signature does not fit: its file was changed, or it was not made with the key " + fs::path(key_file).stem().string()});
    }
    if (signature.valid_to && *signature.valid_to < today) {
      refuse(file, {fmt::format("签名已于 {} 到期", format_day(*signature.valid_to)), fmt::format("the signature ended on {}", format_day(*signature.valid_to))},
             {fmt::format("{} 或以后", format_day(today)), fmt::format("{} or later", format_day(today))});
    }
    return {signature, key_file};
  });
}

std::vector<std::string> key_files_of(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (entry.path().extension() == ".pem") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace talent_loan::host

#include "tests/bank-adapters/rest-json/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace talent_loan::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

void extend(X509* certificate, X509* issuer, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
  if (extension == nullptr) throw std::runtime_error("OpenSSL refuses the extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Valid from yesterday for a year; unsigned.
Certificate blank(const std::string& name, EVP_PKEY* key) {
  static long serial = 1;
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -86'400);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365L * 86'400);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(memory.get(), certificate);
  return text_of(memory.get());
}

std::string pem(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory.get());
}

}  // namespace

struct CertificateAuthority::Parts {
  Key key;
  Certificate certificate;
};

CertificateAuthority::CertificateAuthority(const std::string& name) {
  Key key = new_key();
  Certificate certificate = blank(name, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign");
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  parts_ = std::make_unique<Parts>(Parts{std::move(key), std::move(certificate)});
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::write_certificate(const TemporaryFolder& folder, const std::string& name) const {
  return folder.write(name + ".pem", pem(parts_->certificate.get()));
}

void CertificateAuthority::issue(const TemporaryFolder& folder, const std::string& name, const std::string& address, long valid_seconds) const {
  const Key key = new_key();
  const Certificate certificate = blank(name, key.get());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(parts_->certificate.get()));
  extend(certificate.get(), parts_->certificate.get(), NID_ext_key_usage, address.empty() ? "clientAuth" : "serverAuth");
  if (!address.empty()) extend(certificate.get(), parts_->certificate.get(), NID_subject_alt_name, address.c_str());
  X509_sign(certificate.get(), parts_->key.get(), EVP_sha256());
  folder.write(name + ".pem", pem(certificate.get()));
  folder.write(name + ".key", pem(key.get()));
}

}  // namespace talent_loan::testing

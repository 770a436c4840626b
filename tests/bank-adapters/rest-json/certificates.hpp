// A certificate authority of the tests' own.
#pragma once

#include <memory>
#include <string>

#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name);
  ~CertificateAuthority();

  // Writes NAME.pem (its own certificate) into the folder and returns its path.
  std::string write_certificate(const TemporaryFolder& folder, const std::string& name) const;
  // Writes NAME.pem and NAME.key of a new certificate signed by this one. `address` is what a server's is for:
  // "IP:127.0.0.1"; empty: a client's. Below 0, `valid_seconds` is how long ago it expired.
  void issue(const TemporaryFolder& folder, const std::string& name, const std::string& address, long valid_seconds = 365L * 86'400) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// The files of one bank: its authority and its server's certificate for the loopback.
struct BankFiles {
  TemporaryFolder folder;
  CertificateAuthority authority{"bank authority"};
  BankFiles() {
    authority.write_certificate(folder, "ca");
    authority.issue(folder, "server", "IP:127.0.0.1");
  }
  std::string path() const { return folder.path().string(); }
};

}  // namespace talent_loan::testing

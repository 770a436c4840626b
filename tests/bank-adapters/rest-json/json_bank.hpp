// A bank's HTTPS interface on a port of the loopback, with a certificate of the tests' own authority, that
// misbehaves on demand.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

struct Asked {
  std::string method, path, body, authorization, key;
  std::map<std::string, std::string> query;
};

struct Told {
  enum class How { answer, stall, half, trickle };
  int status = 200;
  std::string body = "{}";
  std::string type = "application/json";
  std::map<std::string, std::string> headers{};
  How how = How::answer;
};

class JsonBank {
 public:
  // `folder` holds NAME.pem and NAME.key of the server; `client_ca` the file of the authority whose clients alone
  // are let in, empty: everyone.
  JsonBank(const TemporaryFolder& folder, const std::string& name, const std::string& client_ca, std::function<Told(const Asked&)> handle);
  ~JsonBank();

  int port() const;
  std::vector<Asked> asked() const;

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

// A port on which every connection is reset as soon as it is made.
class ResettingPort {
 public:
  ResettingPort();
  ~ResettingPort();
  int port() const;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace talent_loan::testing

// A bank's TLS port whose answers a test writes byte by byte, for what no honest HTTP server sends.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/run_program.hpp"

namespace talent_loan::testing {

class RawBank {
 public:
  // One connection, its handshake done.
  class Line {
   public:
    virtual ~Line() = default;
    virtual std::string read() = 0;                  // what comes next, at most 16 KiB; empty: nothing more
    virtual bool write(std::string_view bytes) = 0;  // false: the other side has gone
    virtual void reset() = 0;                        // breaks the connection off
    virtual bool over() const = 0;                   // the test is done

    // A whole request; false: no more comes.
    bool read_request();
  };

  // `folder` holds NAME.pem and NAME.key. Each connection is handed to `script`, one after the other.
  RawBank(const TemporaryFolder& folder, const std::string& name, std::function<void(Line&)> script);
  ~RawBank();
  int port() const;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace talent_loan::testing

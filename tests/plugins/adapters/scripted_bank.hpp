#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <talent_loan/sdk.hpp>

namespace scripted {

namespace sdk = talent_loan::sdk;

class Bank : public sdk::Adapter {
 public:
  Bank(const sdk::Opening& opening, const sdk::Call& call);
  bool takes(sdk::Notice notice) const override;
  void health(const sdk::Call& call) override;
  void poll_applications(const sdk::Call& call, const sdk::Poll& from, sdk::Sink<sdk::Application>& sink) override;
  void poll_events(const sdk::Call& call, const sdk::Poll& from, sdk::Sink<sdk::Event>& sink) override;
  void poll_claims(const sdk::Call& call, const sdk::Poll& from, sdk::Sink<sdk::Claim>& sink) override;
  std::string decision(const sdk::Call& call, const sdk::Decision& item) override;
  sdk::Issued issue(const sdk::Call& call, const sdk::IssueRequest& item) override;
  std::string settled(const sdk::Call& call, const sdk::Settled& item) override;
  std::string scored(const sdk::Call& call, const sdk::Scored& item) override;

  std::string fault_of(const std::string& call) const;  // empty: none
  const std::string& folder() const { return folder_; }

 private:
  template <typename Record, typename DatedOn>
  void poll(const std::vector<Record>& records, const sdk::Poll& poll, sdk::Sink<Record>& sink, DatedOn dated_on);
  void add_event(const std::vector<std::string>& cells);
  std::string note(const std::string& key, const std::string& content);

  std::string folder_;
  std::uint32_t portions_ = 0;  // 0: as many as are welcome
  std::minstd_rand random_{std::random_device{}()};
  std::set<std::string> not_taken_;
  std::map<std::string, std::string> faults_;
  std::vector<sdk::Application> applications_;
  std::map<std::string, std::vector<std::string>> issues_;
  std::vector<sdk::Event> events_;
  std::vector<sdk::Claim> claims_;
};

}  // namespace scripted

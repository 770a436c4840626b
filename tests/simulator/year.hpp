// One simulated year of one city: random commands against the real books and the model beside them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/policy/policy.hpp"
#include "tests/simulator/disturbance.hpp"
#include "tests/simulator/model.hpp"
#include "tests/support/run_program.hpp"

namespace talent_loan::simulator {

class Year {
 public:
  // REQUIRES: an empty database with this program's schema.
  Year(const std::string& url, std::uint64_t seed, std::function<void()> crash_server = {});

  // Steps of the year, every one checked; throws std::runtime_error that tells what differs and where. With
  // `told` every command is printed.
  void run(int steps, bool told = false);
  int disturbances() const { return disturbances_; }
  // How often each kind of thing came up: decisions on claims, states of batches, refusals, disturbances.
  const std::map<std::string, std::int64_t>& met() const { return met_; }

 private:
  void step();
  // Does what the model has done (`after`) or refuses what the model refused.
  void perform(const std::string& what, bool allowed, Model after, const Work& work);
  void note_what_was_met();
  void require(const std::string& differs, const std::string& when);

  void lend_and_claim();
  void claim_again();
  void deposit_some();
  void close_books();
  void settle_batch();
  void settle_other_day();
  void approve_one();
  void reverse_one();
  void recover_some();
  void reverse_recovered();

  std::string next_id(char prefix);
  std::string any_batch();
  std::optional<ClaimKey> any_claim(bool compensated);
  Work submitting(const LoanKey& loan, const std::optional<ModelLoan>& made, const ClaimKey& key, const ModelClaim& claim) const;

  testing::TemporaryFolder folder_;
  Random random_;
  Model model_;
  PolicySet policies_;
  Workplace workplace_;
  int today_ = 120;
  int ids_ = 0;
  int disturbances_ = 0;
  std::map<std::string, std::int64_t> met_{};
  bool told_ = false;
  std::string now_{};  // the step, for messages
};

}  // namespace talent_loan::simulator

#include "tests/simulator/year.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "tests/simulator/books.hpp"

namespace talent_loan::simulator {
namespace {

PolicySet load(const testing::TemporaryFolder& folder, const CityRules& rules) {
  std::vector<std::string> paths;
  for (const VersionRule& version : rules.versions) paths.push_back(folder.write("policies/" + version.id + ".yaml", rules.yaml(version)));
  try {
    return load_policies(paths);
  } catch (const Failure& failure) {
    throw std::runtime_error("the simulated policy is refused: " + failure.sentences(Language::english));
  }
}

}  // namespace

Year::Year(const std::string& url, std::uint64_t seed, std::function<void()> crash_server)
    : random_(seed), model_(CityRules::at_random(random_)), policies_(load(folder_, model_.rules)), workplace_(url, random_, std::move(crash_server)) {}

void Year::run(int steps, bool told) {
  told_ = told;
  for (int i = 1; i <= steps; ++i) {
    now_ = fmt::format("step {}", i);
    try {
      step();
    } catch (const Failure& failure) {
      throw std::runtime_error(fmt::format("{}: {}", now_, failure.sentences(Language::english)));
    }
  }
  for (const auto& [id, batch] : model_.batches) require(difference_in_lines(workplace_.database(), model_, id), "at the end");
  require(audit_verdict(workplace_.database()), "at the end");
  note_what_was_met();
}

void Year::note_what_was_met() {
  for (const auto& [key, claim] : model_.claims) {
    if (!claim.batch.empty()) ++met_["claim " + (claim.code.empty() ? "accepted" : claim.code)];
    if (!claim.recoveries.empty()) ++met_["claim with recoveries"];
  }
  for (const auto& [id, batch] : model_.batches) {
    ++met_["batch " + batch.status];
    if (batch.cut) ++met_["batch cut down in proportion"];
    if (!batch.waiting.empty()) ++met_["batch with waiting claims"];
    if (!batch.share_use.empty()) ++met_["batch with ceilings of a year"];
  }
}

void Year::step() {
  today_ += static_cast<int>(between(random_, 0, 30));
  switch (between(random_, 1, 16)) {
    case 1: case 2: case 3: case 4: return lend_and_claim();
    case 5: return claim_again();
    case 6: case 7: return deposit_some();
    case 8: return close_books();
    case 9: case 10: return settle_batch();
    case 11: return settle_other_day();
    case 12: return approve_one();
    case 13: return reverse_one();
    case 14: case 15: return recover_some();
    default: return reverse_recovered();
  }
}

void Year::require(const std::string& differs, const std::string& when) {
  if (!differs.empty()) throw std::runtime_error(fmt::format("{}, {}: {}", now_, when, differs));
}

void Year::perform(const std::string& what, bool allowed, Model after, const Work& work) {
  now_ += ": " + what;
  if (told_) fmt::print("{}{}\n", now_, allowed ? "" : " (to be refused)");
  if (!allowed) {
    try {
      work(workplace_.database());
    } catch (const Failure&) {
      ++met_["refused " + what.substr(0, what.find(' '))];
      return require(difference(workplace_.database(), model_), "refused");
    }
    throw std::runtime_error(now_ + ": was to be refused and was not");
  }
  if (one_in(random_, 4)) {
    ++disturbances_;
    const std::string disturbance = workplace_.disturbed(work);
    ++met_[disturbance.substr(0, disturbance.find_first_of("0123456789"))];
    if (told_) fmt::print("  {}\n", disturbance);
    const std::string from_before = difference(workplace_.database(), model_), from_after = difference(workplace_.database(), after);
    if (!from_before.empty()) require(from_after, disturbance);  // all of it, or nothing
  }
  model_ = std::move(after);
  for (int times = one_in(random_, 5) ? 2 : 1; times > 0; --times) {
    work(workplace_.database());
    require(difference(workplace_.database(), model_), "done");
  }
}

std::string Year::next_id(char prefix) { return fmt::format("{}{:04}", prefix, ++ids_); }

std::string Year::any_batch() {
  if (model_.batches.empty()) return "";
  return std::next(model_.batches.begin(), between(random_, 0, static_cast<std::int64_t>(model_.batches.size()) - 1))->first;
}

std::optional<ClaimKey> Year::any_claim(bool compensated) {
  std::vector<ClaimKey> keys;
  for (const auto& [key, claim] : model_.claims) {
    if (!compensated || model_.compensated(claim)) keys.push_back(key);
  }
  if (keys.empty()) return std::nullopt;
  return keys[static_cast<std::size_t>(between(random_, 0, static_cast<std::int64_t>(keys.size()) - 1))];
}

}  // namespace talent_loan::simulator

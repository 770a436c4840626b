#include "core/settlement/open_claims.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "core/settlement/number_set.hpp"
#include "core/store/bulk_read.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t chunk_bytes = 4 << 20;
constexpr std::size_t slots_ahead = 16;  // claims whose slots are fetched before they are looked at

// Numbers of the claims that a prepared or booked batch decided.
NumberSet decided_claims(Transaction& transaction, const char* table) {
  NumberSet decided;
  BulkRead rows(transaction,
                fmt::format("SELECT s.claim FROM {} s JOIN settlement_batches b ON b.number = s.batch WHERE b.status <> 'reversed'", table));
  while (rows.next()) decided.insert(rows.integer(0));
  return decided;
}

// Which loans may have more than one claim, by hash: never wrong about a loan that has.
class Repetition {
 public:
  explicit Repetition(std::size_t claims) : once_(std::bit_ceil(std::max<std::size_t>(claims, 64) * 16)), twice_(once_.size()) {}
  void see(std::uint64_t hash) {
    const std::size_t place = hash & (once_.size() - 1);
    if (once_[place]) twice_[place] = true;
    once_[place] = true;
  }
  bool repeated(std::uint64_t hash) const { return twice_[hash & (once_.size() - 1)]; }

 private:
  std::vector<bool> once_;
  std::vector<bool> twice_;
};

std::uint64_t leading_bytes(std::string_view text) {
  std::uint64_t value = 0;
  std::memcpy(&value, text.data(), std::min(text.size(), sizeof value));
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

}  // namespace

OpenClaims::OpenClaims(Transaction& transaction, Day as_of, bool limits) {
  read_claims(transaction, as_of);
  read_loan_book(transaction, limits);
  if (batch_order_.empty()) put_in_order();
}

void OpenClaims::read_claims(Transaction& transaction, Day as_of) {
  const NumberSet accepted = decided_claims(transaction, "settlement_lines");
  const NumberSet rejected = decided_claims(transaction, "settlement_rejects");
  const auto submitted = static_cast<std::size_t>(transaction.query_one("SELECT COUNT(*) FROM claims")->integer(0));
  Repetition repetition(accepted.empty() ? 0 : submitted);
  if (accepted.empty()) claims_.reserve(submitted);  // else most are decided already
  BulkRead rows(transaction,
                "SELECT number, bank_id, claim_id, loan_id, defaulted_on, claimed_on, outstanding_principal_fen, recovered_principal_fen"
                " FROM claims");
  while (rows.next()) {
    OpenClaim claim;
    claim.number = rows.integer(0);
    claim.bank = bank_index(rows.text(1));
    claim.claimed_on = rows.day(5);
    const std::string_view claim_id = rows.text(2), loan_id = rows.text(3);
    if (!accepted.empty()) repetition.see(loan_hash(claim.bank, loan_id));
    if (claim.claimed_on > as_of || accepted.contains(claim.number) || rejected.contains(claim.number)) continue;
    claim.defaulted_on = rows.day(4);
    claim.outstanding_principal = rows.fen(6);
    claim.recovered_principal = rows.fen(7);
    claim.claim_id_bytes = static_cast<std::uint32_t>(claim_id.size());
    claim.loan_id_bytes = static_cast<std::uint32_t>(loan_id.size());
    claim.ids = keep(claim_id, loan_id);
    claims_.push_back(claim);
  }
  index_loans();
  if (accepted.empty()) return;
  std::vector<std::uint32_t> suspects;
  for (std::uint32_t i = 0; i < claims_.size(); ++i) {
    if (repetition.repeated(loan_hash(claims_[i].bank, claims_[i].loan_id()))) suspects.push_back(i);
  }
  read_compensated(transaction, suspects);
}

void OpenClaims::read_compensated(Transaction& transaction, const std::vector<std::uint32_t>& suspects) {
  for (const std::uint32_t index : suspects) {
    const OpenClaim& claim = claims_[index];
    const auto row = transaction.query_one(
        "SELECT MIN(b.batch_id) FROM claims o JOIN settlement_lines s ON s.claim = o.number"
        " JOIN settlement_batches b ON b.number = s.batch"
        " WHERE o.bank_id = :bank AND o.loan_id = :loan AND b.status <> 'reversed'",
        {bank(claim), claim.loan_id()});
    if (!row->null(0)) compensated_in_.emplace(index, row->text(0));
  }
}

std::string_view OpenClaims::compensated_in(std::uint32_t index) const {
  const auto found = compensated_in_.find(index);
  return found == compensated_in_.end() ? std::string_view() : found->second;
}

std::uint32_t OpenClaims::known_bank(std::string_view bank) const {
  const auto found = bank_indexes_.find(bank);
  return found == bank_indexes_.end() ? none : found->second;
}

std::uint32_t OpenClaims::bank_index(std::string_view bank) {
  const std::uint32_t known = known_bank(bank);
  if (known != none) return known;
  banks_.emplace_back(std::string(bank));
  return bank_indexes_.emplace(bank, static_cast<std::uint32_t>(banks_.size() - 1)).first->second;
}

std::uint64_t OpenClaims::loan_hash(std::uint32_t bank, std::string_view loan) const {
  return hasher_(loan) + bank * std::uint64_t{0x9E3779B97F4A7C15};
}

const char* OpenClaims::keep(std::string_view claim_id, std::string_view loan_id) {
  const std::size_t bytes = claim_id.size() + loan_id.size();
  if (bytes > chunk_left_) {
    chunk_left_ = std::max(chunk_bytes, bytes);
    chunk_at_ = id_chunks_.emplace_back(chunk_left_).data();
  }
  char* const ids = chunk_at_;
  std::memcpy(ids, claim_id.data(), claim_id.size());
  std::memcpy(ids + claim_id.size(), loan_id.data(), loan_id.size());
  chunk_at_ += bytes;
  chunk_left_ -= bytes;
  return ids;
}

void OpenClaims::index_loans() {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(claims_.size() * 2, 64)), 0);
  LargeVector<std::uint32_t> last(claims_.size());  // of the claims on a loan, by its first claim
  LargeVector<std::uint64_t> hashes(claims_.size());
  for (std::uint32_t i = 0; i < claims_.size(); ++i) hashes[i] = loan_hash(claims_[i].bank, claims_[i].loan_id());
  for (std::uint32_t i = 0; i < claims_.size(); ++i) {
    if (i + slots_ahead < hashes.size()) __builtin_prefetch(&slots_[hashes[i + slots_ahead] & (slots_.size() - 1)], 1);
    OpenClaim& claim = claims_[i];
    const std::uint32_t first = first_on(claim.bank, claim.loan_id(), hashes[i]);
    claim.first_on_loan = first == none ? i : first;
    if (first != none) {
      claims_[last[first]].next_on_loan = i + 1;
    } else {
      std::size_t place = hashes[i] & (slots_.size() - 1);
      while (slots_[place] != 0) place = (place + 1) & (slots_.size() - 1);
      slots_[place] = (hashes[i] >> 32 << 32) | (i + 1);
    }
    last[claim.first_on_loan] = i;
  }
}

std::uint32_t OpenClaims::first_on(std::uint32_t bank, std::string_view loan, std::uint64_t hash) const {
  for (std::size_t place = hash & (slots_.size() - 1);; place = (place + 1) & (slots_.size() - 1)) {
    const std::uint64_t slot = slots_[place];
    if (slot == 0) return none;
    if (slot >> 32 != hash >> 32) continue;
    const auto index = static_cast<std::uint32_t>(slot) - 1;
    if (claims_[index].bank == bank && claims_[index].loan_id() == loan) return index;
  }
}

std::vector<std::uint32_t> OpenClaims::loan_heads() const {
  std::vector<std::uint32_t> heads;
  for (std::uint32_t i = 0; i < claims_.size(); ++i) {
    if (claims_[i].first_on_loan == i) heads.push_back(i);
  }
  return heads;
}

// By the day and the bank's rank first, then by eight bytes after what all ids begin with: most comparisons end there.
void OpenClaims::put_in_order() {
  struct Key {
    std::uint64_t day_and_bank;
    std::uint64_t id;
    std::uint32_t index;
  };
  std::vector<std::uint32_t> rank(banks_.size());
  std::uint32_t ranked = 0;
  for (const auto& [bank, index] : bank_indexes_) rank[index] = ranked++;
  std::size_t common = claims_.empty() ? 0 : claims_.front().claim_id_bytes;
  for (const OpenClaim& claim : claims_) {
    const std::string_view a = claims_.front().claim_id().substr(0, common), b = claim.claim_id();
    common = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  }
  std::vector<Key> keys;
  keys.reserve(claims_.size());
  for (std::uint32_t i = 0; i < claims_.size(); ++i) {
    const OpenClaim& claim = claims_[i];
    const auto day = static_cast<std::uint32_t>(claim.claimed_on.days_since_1970()) ^ 0x80000000U;
    keys.push_back({std::uint64_t{day} << 32 | rank[claim.bank], leading_bytes(claim.claim_id().substr(common)), i});
  }
  std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    if (a.day_and_bank != b.day_and_bank) return a.day_and_bank < b.day_and_bank;
    if (a.id != b.id) return a.id < b.id;
    return claims_[a.index].claim_id() < claims_[b.index].claim_id();
  });
  batch_order_.reserve(keys.size());
  for (const Key& key : keys) batch_order_.push_back(key.index);
}

std::vector<std::uint32_t> OpenClaims::by_number() const {
  std::vector<std::uint32_t> order(claims_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return claims_[a].number < claims_[b].number; };
  if (!std::is_sorted(order.begin(), order.end(), earlier)) std::sort(order.begin(), order.end(), earlier);
  return order;
}

}  // namespace talent_loan

// Random tables and values against a slow reference that shares no arithmetic with the product: it works on
// boost's reduced rationals, ranks by counting, and knows the formulas from the contract's words alone.
#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>

#include "core/assessment/scoring.hpp"

using namespace talent_loan;
using Rational = boost::multiprecision::cpp_rational;
using Big = boost::multiprecision::cpp_int;

namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  bool chance(int percent) { return below(100) < percent; }

  // A decimal as text, from a narrow range so that ties, zeros and exact halves are common.
  std::string decimal(int from, int to, int decimals_at_most) {
    const int decimals = below(decimals_at_most + 1);
    int scale = 1;
    for (int i = 0; i < decimals; ++i) scale *= 10;
    const int units = from * scale + below((to - from) * scale + 1);
    std::string digits = std::to_string(std::abs(units));
    if (decimals > 0) {
      if (static_cast<int>(digits.size()) <= decimals)
        digits.insert(0, static_cast<std::size_t>(decimals) + 1 - digits.size(), '0');
      digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    }
    return (units < 0 ? "-" : "") + digits;
  }

 private:
  std::mt19937_64 engine_;
};

Rational rational(std::string text) {
  const bool minus = text.front() == '-';
  if (minus) text.erase(0, 1);
  const std::size_t point = text.find('.');
  Big scale = 1;
  if (point != std::string::npos) {
    for (std::size_t i = point + 1; i < text.size(); ++i) scale *= 10;
    text.erase(point, 1);
  }
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));  // a leading 0 would mean octal
  const Rational value(Big(text), scale);
  return minus ? Rational(-value) : value;
}

Big floor_of(const Rational& value) {
  Big quotient = numerator(value) / denominator(value);
  if (Rational(quotient) > value) --quotient;
  return quotient;
}

Big towards_zero(const Rational& value) {
  return value < 0 ? -floor_of(-value) : floor_of(value);
}

std::string rounded(const Rational& value, int decimals) {
  Big scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const Big units = floor_of(value * scale + Rational(1, 2));
  const Big size = units < 0 ? Big(-units) : units;
  std::string out = Big(size / scale).str();
  if (decimals > 0) {
    std::string rest = Big(size % scale).str();
    out += "." + std::string(static_cast<std::size_t>(decimals) - rest.size(), '0') + rest;
  }
  return (units < 0 ? "-" : "") + out;
}

using Column = std::vector<Rational>;  // of all peers
using Reference = std::function<Rational(const Rational& value, const Column& peers)>;

struct RandomIndicator {
  std::string yaml;
  Reference points;
};

Rational clamped(const Rational& value, const Rational& low, const Rational& high) {
  return value < low ? low : value > high ? high : value;
}

Rational rank_of(const Rational& value, const Column& peers) {
  return 1 + std::count_if(peers.begin(), peers.end(), [&](const Rational& other) { return other > value; });
}

Rational sum_of(const Column& peers) {
  Rational sum = 0;
  for (const Rational& one : peers) sum += one;
  return sum;
}

RandomIndicator shares(Random& random, const std::string& full) {
  const Rational points = rational(full);
  switch (random.below(3)) {
    case 0:
      return {"{kind: share-of-best}", [points](const Rational& value, const Column& peers) {
                const Rational best = *std::max_element(peers.begin(), peers.end());
                return value > 0 ? Rational(points * value / best) : Rational(0);
              }};
    case 1:
      return {"{kind: share-of-total}", [points](const Rational& value, const Column& peers) {
                Rational sum = 0;
                for (const Rational& one : peers) sum += one > 0 ? one : Rational(0);
                return value > 0 ? Rational(points * value / sum) : Rational(0);
              }};
    default:
      return {"{kind: relative-to-average}", [points](const Rational& value, const Column& peers) {
                const Rational mean = sum_of(peers) / peers.size();
                if (mean <= 0) return Rational(0);
                return value >= mean ? points : clamped(points * value / mean, 0, points);
              }};
  }
}

RandomIndicator ladder(Random& random, const std::string& full) {
  const Rational points = rational(full);
  const std::string step = random.decimal(0, 5, 2);
  const std::string floor = random.decimal(0, 3, 1);
  const bool percent = random.chance(50);
  const Rational by = percent ? Rational(points * rational(step) / 100) : rational(step);
  return {
      fmt::format("{{kind: rank-ladder, {}: {}, floor: {}}}", percent ? "step_percent" : "step", step, floor),
      [points, by, low = rational(floor)](const Rational& value, const Column& peers) {
        const Rational out = points - (rank_of(value, peers) - 1) * by;
        return clamped(out < low ? low : out, 0, points);
      }};
}

RandomIndicator bands_or_groups(Random& random, const std::string& full) {
  const Rational points = rational(full);
  const bool bands = random.chance(50);
  std::vector<std::pair<Rational, Rational>> steps;
  std::string list;
  int bound = bands ? -5 : 0;
  for (int i = random.below(4); i > 0; --i) {
    bound += 1 + random.below(4);
    const std::string mark = random.decimal(-2, 12, 2);
    steps.emplace_back(bound, rational(mark));
    list += fmt::format("{{{}: {}, points: {}}}, ", bands ? "below" : "to", bound, mark);
  }
  const std::string last = random.decimal(0, 12, 2);
  list += "{points: " + last + "}";
  return {fmt::format("{{kind: {}, {}: [{}]}}", bands ? "bands" : "rank-groups", bands ? "bands" : "groups",
                      list),
          [points, bands, steps, last = rational(last)](const Rational& value, const Column& peers) {
            for (const auto& [limit, mark] : steps) {
              if (bands ? value < limit : rank_of(value, peers) <= limit) return clamped(mark, 0, points);
            }
            return clamped(last, 0, points);
          }};
}

RandomIndicator target(Random& random, const std::string& full) {
  const Rational points = rational(full);
  const std::string aim = random.decimal(1, 10, 2);
  const std::string per = random.decimal(1, 3, 1);
  const std::string mark = random.decimal(0, 4, 2);
  const bool prorate = random.chance(50);
  const bool over = random.chance(50);
  const std::string most = random.decimal(0, 6, 1);
  std::string yaml = fmt::format("{{kind: target, target: {}, under: {}", aim,
                                 prorate ? "prorate" : fmt::format("{{per: {}, points: {}}}", per, mark));
  if (over) yaml += fmt::format(", over: {{per: {}, points: {}, at_most: {}}}", per, mark, most);
  return {yaml + "}",
          [=, goal = rational(aim), step = rational(per), each = rational(mark), top = rational(most)](
              const Rational& value, const Column&) -> Rational {
            if (value >= goal) {
              if (!over) return points;
              const Rational more = Rational(towards_zero((value - goal) / step)) * each;
              return points + (more < top ? more : top);
            }
            if (prorate) return value > 0 ? Rational(points * value / goal) : Rational(0);
            return clamped(points - Rational(towards_zero((goal - value) / step)) * each, 0, points);
          }};
}

RandomIndicator straight(Random& random, const std::string& full) {
  const Rational points = rational(full);
  switch (random.below(3)) {
    case 0: {
      const std::string base = random.decimal(-2, 8, 1), per = random.decimal(1, 4, 1),
                        each = random.decimal(-3, 3, 2), least = random.decimal(-4, 2, 0);
      const bool average = random.chance(50);
      return {
          fmt::format(
              "{{kind: base-plus, base: {}, reference: {}, per: {}, each: {}, at_least: {}, at_most: 9.5}}",
              base, average ? "average" : "2.5", per, each, least),
          [=](const Rational& value, const Column& peers) {
            const Rational reference = average ? Rational(sum_of(peers) / peers.size()) : Rational(5, 2);
            if (average && reference <= 0) return Rational(0);
            const Rational out =
                clamped(rational(base) + (value - reference) / rational(per) * rational(each),
                        rational(least), Rational(19, 2));
            return clamped(out, rational(least) < 0 ? Rational(-1000) : Rational(0), points);
          }};
    }
    case 1: {
      const std::string per = random.decimal(1, 3, 2), mark = random.decimal(-3, 3, 2),
                        most = random.decimal(0, 9, 0);
      const bool whole = random.chance(50);
      return {fmt::format("{{kind: per-unit, per: {}, points: {}, at_most: {}, whole: {}}}", per, mark, most,
                          whole ? "true" : "false"),
              [=](const Rational& value, const Column&) {
                const Rational units = value / rational(per);
                return clamped((whole ? Rational(towards_zero(units)) : units) * rational(mark),
                               -rational(most), rational(most));
              }};
    }
    default: {
      const int x1 = random.below(10) - 5, x2 = x1 + (random.chance(50) ? 1 : -1) * (1 + random.below(7));
      const std::string y1 = random.decimal(-2, 12, 1), y2 = random.decimal(-2, 12, 1);
      return {fmt::format("{{kind: linear, from: [{}, {}], to: [{}, {}]}}", x1, y1, x2, y2),
              [=](const Rational& value, const Column&) {
                const Rational share = clamped((value - x1) / Rational(x2 - x1), 0, 1);  // of the way
                return clamped(rational(y1) + share * (rational(y2) - rational(y1)), 0, points);
              }};
    }
  }
}

RandomIndicator random_indicator(Random& random, const std::string& full) {
  switch (random.below(5)) {
    case 0:
      return shares(random, full);
    case 1:
      return ladder(random, full);
    case 2:
      return bands_or_groups(random, full);
    case 3:
      return target(random, full);
    default:
      return straight(random, full);
  }
}

// One random table over a few banks; compares every bank's points and score.
void compare(std::uint64_t seed) {
  Random random(seed);
  const int round = random.below(4);
  const int banks = 1 + random.below(7);
  const std::string base = random.decimal(0, 20, round);
  std::string yaml =
      fmt::format("schema: talent-loan/assessment/1\nid: t\nround: {}\nbase: {}\nindicators:\n", round, base);
  std::vector<RandomIndicator> indicators;
  std::vector<std::vector<std::string>> written;
  for (int i = 0; i < 4; ++i) {
    const std::string full = random.decimal(1, 12, 2);
    indicators.push_back(random_indicator(random, full));
    yaml += fmt::format("  - {{id: i{}, points: {}, formula: {}}}\n", i, full, indicators.back().yaml);
    written.emplace_back();
    for (int bank = 0; bank < banks; ++bank)
      written.back().push_back(random.decimal(-6, 12, random.chance(10) ? 6 : 1));
  }
  INFO("seed " << seed << "\n" << yaml);
  const assessment::Table table = assessment::parse_table(yaml, "t.yaml");
  assessment::Values values(table);
  for (int bank = 0; bank < banks; ++bank) {
    const std::size_t index = values.add_bank(fmt::format("B{}", bank));
    for (std::size_t i = 0; i < 4; ++i)
      values.add(index, fmt::format("i{}", i), *assessment::Exact::parse(written[i][index]));
  }
  const assessment::Scoring scoring = score(table, values);
  REQUIRE(scoring.ranked.size() == static_cast<std::size_t>(banks));
  for (const assessment::BankScore& one : scoring.ranked) {
    Rational total = rational(base);
    for (std::size_t i = 0; i < 4; ++i) {
      Column peers;
      for (const std::string& text : written[i]) peers.push_back(rational(text));
      const std::string expected = rounded(indicators[i].points(peers[one.bank], peers), round);
      INFO("bank " << one.bank << ", indicator " << i << ", value " << written[i][one.bank]);
      REQUIRE(one.points[i].fixed(round) == expected);
      total += rational(expected);
    }
    REQUIRE(one.score.fixed(round) == rounded(total, round));
  }
}

}  // namespace

TEST_CASE("random tables score as the slow reference says") {
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) compare(seed);
}

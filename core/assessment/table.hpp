// A yearly assessment of banks as data: what is measured, by which formula it gives points, what rules a bank
// out. Real score tables differ in every city and are often wrong or silent, so a table is checked when it is
// loaded and says what it does with ties, negatives, missing values and empty peers. No code here or
// elsewhere knows a city.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/assessment/exact.hpp"
#include "core/message/message.hpp"

namespace talent_loan::assessment {

// What a gate or a veto asks of an indicator's value; several bounds hold together.
struct Test {
  std::string indicator;
  std::optional<Exact> over;      // value > over
  std::optional<Exact> at_least;  // value ≥ at_least
  std::optional<Exact> at_most;   // value ≤ at_most
  std::optional<Exact> below;     // value < below

  bool holds(const Exact& value) const;
};

// points × value ÷ the best value of the peers; 0 for values of 0 or less.
struct ShareOfBest {};

// points × value ÷ the sum of the peers' positive values; 0 for values of 0 or less.
struct ShareOfTotal {};

// points − (rank − 1) × step, not under floor. Rank 1 is the highest value; equal values share the better
// rank.
struct RankLadder {
  Exact step;  // `step_percent` has become points by the loader
  Exact floor;
};

// Points by rank.
struct RankGroups {
  struct Group {
    std::optional<Exact> to;  // the last rank in the group; only the last group has none
    Exact points;
  };
  std::vector<Group> groups;  // `to` rising
};

// `points` for every whole `per`.
struct Steps {
  Exact per;  // above 0
  Exact points;
};

// The indicator's points at the target.
struct Target {
  Exact target;                // above 0 where prorated
  std::optional<Steps> under;  // absent: prorated, points × value ÷ target
  Exact under_floor;           // of `under` by steps
  std::optional<Steps> over;
  Exact over_at_most;  // on top of the points
};

// Full points at or above the plain mean of the peers, else points × value ÷ mean.
struct RelativeToAverage {};

// The first band whose `below` the value is under.
struct Bands {
  struct Band {
    std::optional<Exact> below;  // only the last band has none
    Exact points;
  };
  std::vector<Band> bands;  // `below` rising
};

// base + (value − reference) ÷ per × each, clamped; fractions of a step count.
struct BasePlus {
  Exact base;
  std::optional<Exact> reference;  // absent: the plain mean of the peers
  Exact per;                       // above 0
  Exact each;
  std::optional<Exact> at_most;
  std::optional<Exact> at_least;
};

// points × value ÷ per; units are whole, counted towards zero, unless the table says otherwise.
struct PerUnit {
  Exact per;  // above 0
  Exact points;
  std::optional<Exact> at_most;  // of the absolute sum, 0 or more
  bool whole = true;
};

// A straight line between two corners, flat outside them.
struct Linear {
  struct Corner {
    Exact value;
    Exact points;
  };
  Corner from;
  Corner to;  // another value than `from`
};

using Formula = std::variant<ShareOfBest, ShareOfTotal, RankLadder, RankGroups, Target, RelativeToAverage,
                             Bands, BasePlus, PerUnit, Linear>;

struct Indicator {
  std::string id;
  std::string title;
  std::string source;           // "loan-book/balance"; empty: from the indicators file
  std::optional<Exact> points;  // full marks; 0 or more
  Formula formula;
  std::optional<Test> zero_unless;  // a gate: its points are 0 unless this holds
  std::string cite;

  const std::string& name() const { return title.empty() ? id : title; }
};

struct Veto {
  enum class Then { excluded = 1, zero, grade };
  Test test;
  Then then = Then::excluded;
  std::string grade;  // of Then::grade
  std::string cite;
};

struct Grade {
  std::optional<Exact> at_least;  // only the last grade has none
  std::string name;
};

enum class Missing { error = 1, zero, exclude };

struct PeerGroup {
  std::string name;
  std::vector<std::string> banks;
};

struct Table {
  std::string id;
  std::optional<int> year;
  std::string title;
  int round = 2;  // decimals of every indicator's points, 0 to 9
  Missing missing = Missing::error;
  bool separate_peer_groups = false;
  Exact base;
  std::vector<Indicator> indicators;
  std::vector<Veto> vetoes;
  std::vector<Grade> grades;         // `at_least` falling; empty: nobody is graded
  std::vector<PeerGroup> groups;     // who belongs where, unless the indicators file says so
  std::vector<Diagnostic> warnings;  // what is allowed but looks like a slip

  const Indicator* indicator(const std::string& indicator_id) const;  // nullptr: the table does not score it
  // Every indicator of which a bank must have a value: the scored ones, then what only gates read.
  std::vector<std::string> needed() const;
  // The same and what only vetoes read.
  std::vector<std::string> read() const;
  const std::string& grade_of(const Exact& score) const;  // empty where the table grades nobody
};

// Throws Failure with every error of the file at once, each with line, column, what was found and what is
// allowed.
Table load_table(const std::string& path);
// The same from memory; `name` stands for the file in messages.
Table parse_table(std::string_view text, const std::string& name);

// The table as it would be if `id` had `points` full marks: all points of its formula are scaled by new ÷
// old. Throws Failure for an indicator that is unknown or has no `points` above 0 to change.
Table reweighted(Table table, const std::string& id, const Exact& points);

}  // namespace talent_loan::assessment

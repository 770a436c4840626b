// What `assess score` and `assess run` share: their options, reading indicators, and giving the results.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/assessment/scoring.hpp"
#include "core/files/files.hpp"
#include "plugins/host/program.hpp"

namespace talent_loan::host {

struct AssessOptions {
  std::string scheme;
  std::string indicators;
  std::string scores;
  std::string rejects;
  std::string xlsx;
  std::string bulletin;
  std::string explain;
  std::string encoding = "utf8";
  std::vector<std::string> weights;  // "ID=POINTS"
  bool strict = false;

  bool what_if() const { return !weights.empty(); }
};

// Adds the options that both commands have; --scheme and --indicators are left to them.
void add_assess_options(CLI::App& leaf, const Globals& globals, AssessOptions& options);

// One assessment from table to results.
class AssessJob {
 public:
  // Loads the table and tells what looks like a slip in it.
  AssessJob(const Globals& globals, const AssessOptions& options, const std::string& table_path);

  // Reads the indicators file; the book's figures may be added to values() afterwards.
  void read_file();
  assessment::Values& values() { return values_; }
  const assessment::Table& table() const { return table_; }  // with the weights of the command line

  // Scores everyone, tells of warnings and of those left out, and makes the output files, not yet committed.
  void score(std::optional<int> year = std::nullopt, std::map<std::string, std::string> bank_names = {});
  const assessment::Scoring& scoring() const { return scoring_; }
  // All outputs are durable beside their targets after prepare(), and in place after finish(), which also
  // prints the explanation, who moves, and the summary.
  void prepare();
  Exit finish();

 private:
  OutputFile& output(const std::string& path);

  const Globals& globals_;
  const AssessOptions& options_;
  assessment::Table written_;  // as the file says
  assessment::Table table_;
  assessment::Values values_;
  assessment::ReadSummary read_;
  RejectsFile rejects_;
  assessment::Scoring scoring_;
  std::vector<std::unique_ptr<OutputFile>> outputs_;
  std::string explanation_;
};

}  // namespace talent_loan::host

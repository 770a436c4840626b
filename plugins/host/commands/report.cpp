// report batch: what a clerk reads, signs and files.
#include <memory>

#include "core/report/batch_report.hpp"
#include "plugins/host/bureau.hpp"

namespace talent_loan::host {
namespace {

struct BatchArguments {
  std::string batch;
  std::string out = "-";
};

Exit report_batch(const Globals& globals, const BatchArguments& arguments) {
  const PolicySet policies = load_configured_policies(globals);
  Bureau bureau = open_bureau(globals);
  Transaction transaction = bureau.database.read();
  const auto batch = find_batch(transaction, BatchId(arguments.batch));
  if (!batch) {
    throw Failure({"没有批次 " + talent_loan::quoted(arguments.batch), "there is no batch " + talent_loan::quoted(arguments.batch)},
                  {"批次由 settle 产生", "batches are made by settle"});
  }
  OutputFile file(arguments.out);
  file.write(batch_report(transaction, *batch, policies, bureau.site, globals.language));
  file.commit();
  return Exit::done;
}

}  // namespace

void add_report_commands(CLI::App& program, const Globals& globals, Invocation& invocation) {
  CLI::App* report = program.add_subcommand("report", globals.say({"报表", "reports"}));
  report->require_subcommand(1);
  auto arguments = std::make_shared<BatchArguments>();
  CLI::App* leaf = add_leaf(*report, globals, invocation, "batch", {"结算单", "the sheet of a settlement batch"},
                            "talent-loan report batch --batch 2020-12", [&globals, arguments] { return report_batch(globals, *arguments); });
  leaf->add_option("--batch", arguments->batch, globals.say({"批次号", "batch id"}))->required()->type_name("ID");
  leaf->add_option("--out", arguments->out, globals.say({"输出文件，默认标准输出", "output file; default: standard output"}))->type_name("FILE");
}

}  // namespace talent_loan::host

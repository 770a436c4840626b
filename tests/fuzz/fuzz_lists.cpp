// Any bytes as a list of talents, a file of verification requests, or one of recoveries (the first byte says which):
// nothing but Failure, every row taken or rejected with a sentence, and rows in are rows out.
#include "core/settlement/recovery.hpp"
#include "core/talent/bank_filings.hpp"
#include "core/talent/listing.hpp"
#include "core/talent/verify_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace talent_loan;
using fuzz::MemoryFile;
using fuzz::require;

namespace {

const PolicySet& policies() {
  static const PolicySet set = [] {
    PolicyVersion version{};
    version.scheme = SchemeId("s");
    version.version = VersionId("v");
    version.effective.from = *parse_day("2020-01-01");
    return PolicySet({version});
  }();
  return set;
}

std::uint64_t rows_of(const std::string& path, Encoding encoding) {
  CsvReader reader(InputFile::open(path), encoding);
  std::uint64_t rows = 0;
  for (CsvRow row; reader.next(row);) ++rows;
  return rows;
}

void read_list(const std::string& path, Encoding encoding) {
  static const Programmes programmes{{ProgrammeId("p"), Programme{.id = ProgrammeId("p"), .name = verbatim("p")}}};
  const auto rows = csv_list_rows(CsvReader(InputFile::open(path), encoding));
  std::uint64_t count = 0;
  for (ListRow row; rows->next(row); ++count) {
    const auto read = read_listing(row, programmes);
    if (const auto* problem = std::get_if<RowProblem>(&read)) {
      require(!problem->message.chinese.empty() && !problem->message.english.empty(), "a rejected row says why");
    } else {
      dates_out_of_order(std::get<Listing>(read));
    }
  }
  require(count == rows_of(path, encoding), "every row is told of");
}

void verify(const std::string& path, Encoding encoding) {
  static const Registry registry;
  static const FiledBanks banks({});
  const Verifier verifier(policies(), SchemeId("s"), registry, banks, nullptr, nullptr);
  const MemoryFile decisions, rejects;
  const VerifySummary summary = verify_file(verifier, {.requests = path, .decisions = decisions.path(), .rejects = rejects.path(), .encoding = encoding});
  require(summary.rows == summary.eligible + summary.not_eligible + summary.rejected, "rows are decided or rejected");
  require(summary.rows == rows_of(path, encoding), "every row is counted");
  require(rows_of(rejects.path(), Encoding::utf8) == summary.rejected, "every rejected row is written");
}

void recover(const std::string& path, Encoding encoding) {
  static Database database = Database::open("sqlite://:memory:");
  Transaction transaction = database.write();
  const MemoryFile returned, rejected;
  OutputFile returns(returned.path());
  RejectsFile rejects(rejected.path(), Language::english);
  const RecoverySummary summary = book_recoveries(transaction, {.recoveries = path, .encoding = encoding, .returns = &returns, .rejects = &rejects},
                                                  {.policies = &policies(), .user = UserId("u")});
  require(summary.rows == summary.booked + summary.repeated + summary.rejected, "rows are booked, known or rejected");
  require(summary.booked + summary.repeated == 0, "nothing is booked on claims that nobody compensated");
  require(rejects.count() == summary.rejected, "every rejected row is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr const char* headers[] = {
      "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n",
      "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n", "recovery_id,bank_id,claim_id,received_on,amount,costs\n"};
  fuzz::Input input(data, size);
  const std::uint8_t first = input.byte();
  const Encoding encoding = (first & 0x40) != 0 ? Encoding::gb18030 : Encoding::utf8;
  const MemoryFile file((first & 0x20) != 0 ? "" : headers[first % 3]);
  file.write(input.rest());
  try {
    if (first % 3 == 0) read_list(file.path(), encoding);
    if (first % 3 == 1) verify(file.path(), encoding);
    if (first % 3 == 2) recover(file.path(), encoding);
  } catch (const Failure& failure) {
    require(!failure.diagnostics().empty() && !failure.diagnostics().front().sentence(Language::english).empty(), "a refusal says why");
  }
  return 0;
}

// Writes the made city-year into a folder: city-year-generator FOLDER
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "core/files/files.hpp"
#include "samples/city-year/bank_files.hpp"

namespace talent_loan::sample {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t seed = 2020'0526;

void write_table(const fs::path& path, const std::string& text) {
  OutputFile file(path.string());
  file.write(text);
  file.commit();
}

std::string day_or_empty(const std::optional<Day>& day) { return day ? format_day(*day) : ""; }

void write_talents(const City& city, const fs::path& path) {
  std::string out =
      "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n";
  for (const Talent& talent : city.talents) {
    RowText row(out);
    row.text(talent.talent_id).text(talent.name).plain("resident").plain(talent.id_number).plain(talent.programme).plain("");
    row.plain(format_day(talent.valid_from)).plain(day_or_empty(talent.valid_to));
    row.plain(talent.employer ? city.enterprises[*talent.employer].code : "");
    row.text(talent.employer ? city.enterprises[*talent.employer].name : "");
    row.plain(day_or_empty(talent.employed_from)).plain("").end();
  }
  write_table(path, out);
}

void write_recoveries(const City& city, const fs::path& path) {
  std::string out = "recovery_id,claim_id,received_on,amount,costs\n";
  int number = 0;
  for (const Loan& loan : city.loans) {
    for (const Recovery& recovery : loan.recoveries) {
      RowText(out)
          .plain(fmt::format("R2021{:04}", ++number))
          .plain(loan.claim_id())
          .plain(format_day(recovery.received_on))
          .plain(format_yuan(recovery.amount))
          .plain(format_yuan(recovery.costs))
          .end();
    }
  }
  write_table(path, out);
}

void write_indicators(const fs::path& path) {
  write_table(path,
              "bank_id,indicator,value\n"
              "luzhong-bank,loan_to_deposit,71.30\nluzhong-bank,sme_growth,12.6\nluzhong-bank,first_half_share,63.5\n"
              "luzhong-bank,credit_loans,18.2\nluzhong-bank,extra_fees,0\nluzhong-bank,fraud,0\n"
              "zicheng-rural-bank,loan_to_deposit,69.75\nzicheng-rural-bank,sme_growth,9.1\nzicheng-rural-bank,first_half_share,57.0\n"
              "zicheng-rural-bank,credit_loans,11.4\nzicheng-rural-bank,extra_fees,1\nzicheng-rural-bank,fraud,0\n");
}

}  // namespace
}  // namespace talent_loan::sample

int main(int argc, char** argv) {
  using namespace talent_loan::sample;
  if (argc != 2) {
    std::fputs("usage: city-year-generator FOLDER\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    const City city = make_city_year(seed);
    write_fixed_width_bank(records_of(city, "luzhong-bank"), folder / "banks/luzhong-bank/in");
    write_ledger_bank(records_of(city, "zicheng-rural-bank"), folder / "banks/zicheng-rural-bank");
    write_talents(city, folder / "talents.csv");
    write_recoveries(city, folder / "recoveries.csv");
    write_indicators(folder / "indicators.csv");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

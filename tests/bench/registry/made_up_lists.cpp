#include "tests/bench/registry/made_up_lists.hpp"

#include <array>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "core/calendar/calendar.hpp"
#include "core/files/files.hpp"

namespace talent_loan::bench {
namespace {

constexpr std::uint64_t days_of_birth = 15'000;  // from 1950
constexpr std::uint64_t talents_per_enterprise = 10;

Day day_of(std::uint64_t number, const char* first) { return parse_day(first)->plus_days(static_cast<std::int32_t>(number)); }

class File {
 public:
  explicit File(const std::string& path, std::string_view header) : out_(path, Keeping::renewable) { text_ = header; }
  std::string& text() { return text_; }
  void end_row() {
    text_ += '\n';
    if (text_.size() > (1 << 20)) out_.write(text_), text_.clear();
  }
  void finish() {
    out_.write(text_);
    out_.commit();
  }

 private:
  OutputFile out_;
  std::string text_;
};

std::uint64_t employer_of(std::uint64_t talent) { return talent / talents_per_enterprise; }
std::uint64_t employers_of(std::uint64_t talents) { return talents / talents_per_enterprise + 1; }

}  // namespace

std::string identity_number(std::uint64_t person) {
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const std::string born = format_day(day_of(person / 1000 % days_of_birth, "1950-01-01"));
  std::string number = fmt::format("{}{}{}{}{:03}", 370302 + person / 1000 / days_of_birth, born.substr(0, 4), born.substr(5, 2), born.substr(8, 2), person % 1000);
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += (number[i] - '0') * weights[i];
  return number += "10X98765432"[sum % 11];
}

std::string social_credit_code(std::uint64_t enterprise) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  std::string code = fmt::format("91370303{:09}", enterprise);
  unsigned weight = 1;
  unsigned sum = 0;
  for (const char c : code) {
    sum += static_cast<unsigned>(alphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  return code += alphabet[(31 - sum % 31) % 31];
}

void write_list(const std::string& path, std::uint64_t talents) {
  constexpr std::array<std::string_view, 5> programmes{"zibo-yingcai", "taishan-scholar", "taishan-industry", "national-wanren", "changjiang-scholar"};
  File file(path, "talent_id,name,id_type,id_number,programme,level,valid_from,valid_to,employer_code,employer_name,employed_from,employed_to\n");
  std::mt19937_64 random(20200526);
  for (std::uint64_t i = 0; i < talents; ++i) {
    const Day from = day_of(random() % 1500, "2016-06-01");
    const std::string to = random() % 3 == 0 ? "" : format_day(from.plus_days(static_cast<std::int32_t>(600 + random() % 1500)));
    fmt::format_to(std::back_inserter(file.text()), "T{:08},张三,resident,{},{},,{},{},", i, identity_number(i), programmes[random() % programmes.size()], format_day(from), to);
    if (random() % 5 < 3) {
      fmt::format_to(std::back_inserter(file.text()), "{},某科技有限公司,{},", social_credit_code(employer_of(i)), format_day(day_of(random() % 2000, "2014-06-01")));
    } else {
      file.text() += ",,,";
    }
    file.end_row();
  }
  file.finish();
}

void write_requests(const std::string& path, std::uint64_t requests, std::uint64_t talents) {
  File file(path, "request_id,bank_id,borrower_kind,borrower_id,on,amount,purpose,secured,guaranteed\n");
  std::mt19937_64 random(56);
  for (std::uint64_t i = 0; i < requests; ++i) {
    const std::uint64_t kind = random() % 10;
    const std::string borrower = kind < 7   ? "talent," + identity_number(random() % talents)
                                 : kind < 8 ? "talent," + identity_number(talents + random() % talents)
                                            : "employer," + social_credit_code(random() % employers_of(talents));
    fmt::format_to(std::back_inserter(file.text()), "R{:09},bank-{},{},{},{}.00,{},{},{}", i, random() % 40, borrower, format_day(day_of(random() % 215, "2020-05-28")),
                   100'000 + random() % 12'000'000, random() % 20 == 0 ? "housing" : "commercialisation", random() % 30 == 0 ? "yes" : "no",
                   random() % 30 == 0 ? "yes" : "no");
    file.end_row();
  }
  file.finish();
}

std::vector<std::string> numbers_to_look_up(std::uint64_t lookups, std::uint64_t talents) {
  std::mt19937_64 random(4);
  std::vector<std::string> numbers(lookups);
  for (std::string& number : numbers) number = identity_number(random() % talents);
  return numbers;
}

}  // namespace talent_loan::bench

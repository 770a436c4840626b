#include "samples/city-year/people.hpp"

#include <array>

#include <fmt/format.h>

#include "core/identity/identity.hpp"

namespace talent_loan::sample {
namespace {

constexpr std::array<std::string_view, 40> surnames{
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
    "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕"};
constexpr std::array<std::string_view, 48> given{
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
    "刚", "桂", "英", "华", "玉", "兰", "辉", "鹏", "志", "建", "国", "海", "晓", "东", "文", "博", "思", "远", "新", "宇",
    "嘉", "雪", "峰", "林", "宁", "凯", "瑞", "淑"};
constexpr std::array<std::string_view, 8> districts{"370302", "370303", "370304", "370305", "370306", "370321", "370322", "370323"};
constexpr std::array<std::string_view, 24> fancy_names{"齐盛", "鲁泰", "华光", "新元", "博航", "天成", "瑞丰", "科汇", "金鼎", "恒创", "远大", "智达",
                                                       "英科", "东岳", "润泽", "卓创", "凯盛", "朗晖", "同新", "宏信", "正华", "蓝帆", "奥星", "一诺"};
constexpr std::array<std::string_view, 12> trades{"新材料", "生物医药", "智能装备", "精细化工", "陶瓷科技", "电子信息",
                                                  "环保科技", "新能源", "医疗器械", "软件", "传感器", "氢能技术"};

template <std::size_t Size>
std::string_view pick(Chance& chance, const std::array<std::string_view, Size>& from) {
  return from[static_cast<std::size_t>(chance.between(0, static_cast<int>(Size) - 1))];
}

// The one character of `alphabet` that makes `body` a valid identifier.
std::string with_check_character(const std::string& body, std::string_view alphabet, bool (*valid)(std::string_view)) {
  for (const char c : alphabet) {
    if (std::string whole = body + c; valid(whole)) return whole;
  }
  return {};
}

}  // namespace

std::uint64_t Chance::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

int Chance::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

std::string person_name(Chance& chance) {
  std::string name{pick(chance, surnames)};
  name += pick(chance, given);
  if (chance.percent(70)) name += pick(chance, given);
  return name;
}

std::string resident_identity_number(Chance& chance) {
  const std::string body = fmt::format("{}{:04}{:02}{:02}{:03}", pick(chance, districts), chance.between(1960, 1994), chance.between(1, 12),
                                       chance.between(1, 28), chance.between(1, 999));
  return with_check_character(body, "0123456789X", valid_resident_identity_number);
}

std::string enterprise_name(Chance& chance, int number) {
  const auto fancy = fancy_names[static_cast<std::size_t>(number) % fancy_names.size()];
  const auto trade = trades[static_cast<std::size_t>(number / 2) % trades.size()];
  return fmt::format("{}{}{}{}", chance.percent(60) ? "淄博" : "山东", fancy, trade, chance.percent(80) ? "有限公司" : "股份有限公司");
}

std::string social_credit_code(Chance& chance) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  std::string body = "91";
  body += pick(chance, districts);
  body += "MA";
  for (int i = 0; i < 7; ++i) body += alphabet[static_cast<std::size_t>(chance.between(0, 30))];
  return with_check_character(body, alphabet, valid_social_credit_code);
}

}  // namespace talent_loan::sample

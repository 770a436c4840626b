#include "core/report/policy_explanation.hpp"

#include <fmt/format.h>

#include "core/loss/loss.hpp"
#include "core/report/policy_words.hpp"
#include "core/report/text_table.hpp"

namespace talent_loan {
namespace {

constexpr std::size_t scenarios_at_most = 64;

class Explanation {
 public:
  Explanation(const PolicyVersion& version, Language language) : version_(version), language_(language) {}

  std::string text(Fen loss) {
    head();
    borrowers();
    terms();
    limits();
    trigger();
    shares();
    money();
    worked(loss);
    return std::move(out_);
  }

 private:
  std::string say(const Text& text) const { return text.in(language_); }
  void title(const Text& text) { out_ += "\n" + say(text) + "\n"; }
  void line(const Text& text, const std::string& cite = "") {
    out_ += "  " + say(text);
    if (!cite.empty()) out_ += say({"〔" + cite + "〕", " [" + cite + "]"});
    out_ += "\n";
  }
  void numbered(std::size_t index, const Text& text, const std::string& cite) {
    line({fmt::format("{}. {}", index + 1, text.chinese), fmt::format("{}. {}", index + 1, text.english)},
         cite);
  }

  void head() {
    out_ += version_.title.empty() ? version_.version.text() : version_.title;
    if (!version_.document.empty())
      out_ += say({"（" + version_.document + "）", " (" + version_.document + ")"});
    out_ += "\n";
    const Text period = period_name(version_.effective);
    const Text date = governing_date_name(version_.governed_by);
    line({fmt::format("方案 {}，版本 {}，有效期 {}；按{}适用", version_.scheme.text(),
                      version_.version.text(), period.chinese, date.chinese),
          fmt::format("scheme {}, version {}, in force {}; {} decides whether it applies",
                      version_.scheme.text(), version_.version.text(), period.english, date.english)});
    if (version_.supersedes) {
      const std::string& older = version_.supersedes->text();
      line({fmt::format("取代版本 {}", older), fmt::format("supersedes the version {}", older)});
    }
  }

  void borrowers() {
    const Eligibility& eligibility = version_.eligibility;
    if (!eligibility.require_registry) {
      title({"谁可以借", "Who may borrow"});
      return line({"任何借款人，不查人才名单", "any borrower; no list of talents is read"}, eligibility.cite);
    }
    title({"谁可以借（符合任意一条）", "Who may borrow (any one suffices)"});
    if (eligibility.borrowers.empty())
      line({"无人：文件没有写 borrowers", "nobody: the file names no borrowers"});
    for (std::size_t i = 0; i < eligibility.borrowers.size(); ++i) {
      numbered(i, borrower(eligibility.borrowers[i]), eligibility.borrowers[i].cite);
    }
  }

  static Text borrower(const BorrowerRule& rule) {
    Condition asked;
    asked.level_at_least = rule.level_at_least;
    asked.programmes = rule.programmes;
    const Text who = condition_name(asked);
    if (rule.kind == BorrowerRule::Kind::talent) {
      if (who.empty()) return {"名单上的任何人才", "any listed talent"};
      return {rule.level_at_least ? who.chinese : who.chinese + " 的人才",
              rule.level_at_least ? who.english : "talents of " + who.english};
    }
    Text out = who.empty()
                   ? Text{"上述人才所在的企业", "the employer of a talent above"}
                   : Text{"所在企业，人才须为：" + who.chinese, "the employer of a talent: " + who.english};
    if (rule.tenure_months_at_least) {
      out.chinese += fmt::format("，人才已在该企业工作满 {} 个月", *rule.tenure_months_at_least);
      out.english +=
          fmt::format(", who has worked there for at least {} months", *rule.tenure_months_at_least);
    }
    return out;
  }

  void terms() {
    const Eligibility& eligibility = version_.eligibility;
    const bool any = !eligibility.purposes.empty() || eligibility.unsecured || eligibility.unguaranteed ||
                     eligibility.bank_filed;
    if (!any) return;
    title({"对贷款的要求", "What the loan must be"});
    if (!eligibility.purposes.empty()) {
      Text names;
      for (const std::string& purpose : eligibility.purposes) {
        const Text name = purpose_name(purpose);
        names.chinese += (names.chinese.empty() ? "" : "、") + name.chinese;
        names.english += (names.english.empty() ? "" : " or ") + name.english;
      }
      line({"用途：" + names.chinese, "purpose: " + names.english}, eligibility.cite);
    }
    if (eligibility.unsecured) line({"不收抵质押物", "no collateral"}, eligibility.cite);
    if (eligibility.unguaranteed) line({"不要求保证担保", "no guarantee"}, eligibility.cite);
    if (eligibility.bank_filed)
      line({"银行在放款当日已备案", "the bank is filed on the day of disbursement"}, eligibility.cite);
  }

  void limits() {
    const Limits& limits = version_.limits;
    title({"限额", "Limits"});
    const auto yuan = [&](const std::optional<Fen>& amount, const char* chinese, const char* english) {
      if (amount)
        line({fmt::format("{}至多 {} 元", chinese, format_yuan(*amount)),
              fmt::format("at most {} yuan {}", format_yuan(*amount), english)},
             limits.cite);
    };
    yuan(limits.per_talent, "每名人才在各银行的余额合计", "owed per talent, all banks together");
    yuan(limits.per_enterprise_per_talent, "每家企业按符合条件的人才计，每名",
         "owed per enterprise for each of its matching talents");
    yuan(limits.per_enterprise, "每家企业在各银行的余额合计", "owed per enterprise, all banks together");
    if (limits.term_months_at_most) {
      line({fmt::format("期限至多 {} 个月", *limits.term_months_at_most),
            fmt::format("a term of at most {} months", *limits.term_months_at_most)},
           limits.cite);
    }
    if (limits.rate_at_most) {
      const std::string rate = format_percent(*limits.rate_at_most);
      line({fmt::format("年利率至多 {}", rate), fmt::format("a rate of at most {} a year", rate)},
           limits.cite);
    }
    if (!limits.per_talent && !limits.per_enterprise && !limits.per_enterprise_per_talent) {
      return line({"余额没有上限", "no limit on what is owed"});
    }
    if (limits.over == Limits::Over::refuse)
      return line({"超过余额上限的贷款不予纳入", "a loan over a limit on what is owed is refused"});
    line({"超过余额上限的部分可以放款但不予补偿，先放的贷款先纳入",
          "what lies above is lent but not compensated; the oldest loans are covered first"});
  }

  void trigger() {
    const Trigger& trigger = version_.compensation.trigger;
    title({"银行何时可以申请补偿", "When the bank may claim"});
    line(trigger_name(trigger), trigger.cite);
  }

  void shares() {
    const Compensation& compensation = version_.compensation;
    title({"谁支付、谁承担（按顺序）", "Who pays and bears (in this order)"});
    for (std::size_t i = 0; i < compensation.shares.size(); ++i)
      numbered(i, share(compensation.shares[i]), compensation.shares[i].cite);
    const std::string ceiling = format_percent(compensation.ceiling);
    line({fmt::format("各方合计支付不超过本金损失的 {}；每一笔向下取整到分，其余由银行承担", ceiling),
          fmt::format("all payers together at most {} of the principal loss; every amount is rounded down to "
                      "the fen, and the bank bears the rest",
                      ceiling)},
         compensation.cite);
  }

  // "40%（贷款额至多 5000000.00 元）；其余 20%；另加 15%（贷款有标记 key-list）；合计至多 50%"
  static Text ratio(const Share& share) {
    Text out;
    const auto append = [&](const std::string& chinese, const std::string& english) {
      out.chinese += (out.chinese.empty() ? "" : "；") + chinese;
      out.english += (out.english.empty() ? "" : "; ") + english;
    };
    const auto under = [](const Text& when) {
      return when.empty() ? Text{} : Text{"（" + when.chinese + "）", " for " + when.english};
    };
    for (const ConditionalRatio& tier : share.tiers) {
      const std::string value = format_percent(tier.value);
      const Text when = under(condition_name(tier.when));
      const bool otherwise = when.empty() && !out.empty();
      append((otherwise ? "其余 " : "") + value + when.chinese,
             value + (otherwise ? " otherwise" : "") + when.english);
    }
    for (const ConditionalRatio& bonus : share.bonuses) {
      const std::string value = format_percent(bonus.value);
      const Text when = under(condition_name(bonus.when));
      append("另加 " + value + when.chinese, "plus " + value + when.english);
    }
    if (share.ratio_at_most) {
      const std::string most = format_percent(*share.ratio_at_most);
      append("合计至多 " + most, "at most " + most + " in all");
    }
    return out;
  }

  static Text share(const Share& share) {
    Text who;
    for (const ShareMember& member : share.members) {
      const Text name = payer_name(member.payer);
      const std::string part = share.members.size() == 1 ? "" : fmt::format(" {}", member.part);
      who.chinese += (who.chinese.empty() ? "" : "、") + name.chinese + part;
      who.english += (who.english.empty() ? "" : " and ") + name.english + part;
    }
    if (share.members.size() > 1) who = {"按份额：" + who.chinese + "，共同", "in parts, " + who.english};
    const bool one = share.tiers.size() == 1 && share.bonuses.empty() && !share.ratio_at_most &&
                     share.tiers.front().when.unconditional();
    const Text value = ratio(share);
    const Text amount =
        one ? Text{"本金损失的 " + value.chinese, value.english + " of the principal loss"}
            : Text{"本金损失的一部分：" + value.chinese, "a part of the principal loss: " + value.english};
    Text out;
    if (share.reimburses) {
      const Text payer = payer_name(*share.reimburses);
      out = {fmt::format("{}承担并补给{}（不直接付给银行）{}", who.chinese, payer.chinese, amount.chinese),
             fmt::format("{} bears, and reimburses to {} without paying the bank, {}", who.english,
                         payer.english, amount.english)};
    } else {
      out = {who.chinese + "支付" + amount.chinese,
             who.english + (share.members.size() > 1 ? " pay " : " pays ") + amount.english};
    }
    if (const Text when = condition_name(share.when); !when.empty()) {
      out = {fmt::format("（仅限{}）{}", when.chinese, out.chinese),
             fmt::format("(only {}) {}", when.english, out.english)};
    }
    if (share.per_claim_at_most) {
      out.chinese += fmt::format("；每笔至多 {} 元", format_yuan(*share.per_claim_at_most));
      out.english += fmt::format("; at most {} yuan per claim", format_yuan(*share.per_claim_at_most));
    }
    if (share.per_year_at_most) {
      out.chinese += fmt::format("；每年至多 {} 元（结算时适用）", format_yuan(*share.per_year_at_most));
      out.english += fmt::format("; at most {} yuan a year (applied in settlement)",
                                 format_yuan(*share.per_year_at_most));
    }
    return out;
  }

  void money() {
    const Compensation& compensation = version_.compensation;
    title({"资金与追偿", "Fund and recoveries"});
    if (compensation.fund) {
      const bool queue = compensation.fund->when_short == Fund::WhenShort::queue;
      line({fmt::format("资金池 {}；不足时{}", compensation.fund->name, queue ? "排队等候" : "按比例支付"),
            fmt::format("paid from the fund {}; when it is short, {}", compensation.fund->name,
                        queue ? "claims queue" : "claims are paid pro rata")},
           compensation.fund->cite);
    }
    if (compensation.suspend) {
      const Suspension& suspend = *compensation.suspend;
      Text text{fmt::format("银行不良率超过 {} 时暂停补偿", format_percent(suspend.npl_ratio_over)),
                fmt::format("a bank with a non-performing ratio over {} is suspended",
                            format_percent(suspend.npl_ratio_over))};
      if (suspend.balance_at_least) {
        text.chinese += fmt::format("（余额不低于 {} 元时适用）", format_yuan(*suspend.balance_at_least));
        text.english +=
            fmt::format(" (where its balance is at least {} yuan)", format_yuan(*suspend.balance_at_least));
      }
      line(text, suspend.cite);
    }
    const bool deducted = version_.recovery_costs == RecoveryCosts::deducted_first;
    line({fmt::format("追回的本金{}，按各方承担的比例返还，其余归银行",
                      deducted ? "先扣除追偿费用" : "不扣费用（费用由银行承担）"),
          fmt::format("recoveries{} flow back in proportion to what each bore; the bank keeps the rest",
                      deducted ? ", less collection costs," : " (collection costs are the bank's)")},
         version_.recovery_cite);
  }

  void worked(Fen loss) {
    title({fmt::format("算例：本金损失 {} 元", format_yuan(loss)),
           fmt::format("Worked example: a principal loss of {} yuan", format_yuan(loss))});
    const auto scenarios = loan_scenarios(version_, scenarios_at_most + 1);
    if (scenarios.size() == 1) return worked_alone(split_loss(version_, scenarios.front().facts, loss));
    std::vector<TextTable::Column> columns = {{say({"贷款", "loan"})}};
    for (const PayerId& payer : version_.payers()) {
      columns.push_back({payer.text() + say({" 支付", " pays"}), TextTable::Align::right});
      columns.push_back({payer.text() + say({" 承担", " bears"}), TextTable::Align::right});
    }
    columns.push_back({say({"银行承担", "bank bears"}), TextTable::Align::right});
    TextTable table(std::move(columns));
    for (std::size_t i = 0; i < std::min(scenarios.size(), scenarios_at_most); ++i) {
      const LossSplit split = split_loss(version_, scenarios[i].facts, loss);
      std::vector<std::string> cells = {say(scenarios[i].name)};
      for (const PayerAmount& amount : split.payers) {
        cells.push_back(format_yuan(amount.pays));
        cells.push_back(format_yuan(amount.bears));
      }
      cells.push_back(format_yuan(split.bank_bears));
      table.add(std::move(cells));
    }
    out_ += table.text("  ");
    if (scenarios.size() > scenarios_at_most) {
      line({fmt::format("（情形很多，只列出前 {} 种）", scenarios_at_most),
            fmt::format("(only the first {} kinds of loans are shown)", scenarios_at_most)});
    }
  }

  void worked_alone(const LossSplit& split) {
    TextTable table({{say({"各方", "party"})},
                     {say({"支付", "pays"}), TextTable::Align::right},
                     {say({"承担", "bears"}), TextTable::Align::right}});
    for (const PayerAmount& amount : split.payers) {
      table.add({say(payer_name(amount.payer)), format_yuan(amount.pays), format_yuan(amount.bears)});
    }
    table.add({say({"银行", "bank"}), "", format_yuan(split.bank_bears)});
    out_ += table.text("  ");
  }

  const PolicyVersion& version_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string explain_policy(const PolicyVersion& version, Fen loss, Language language) {
  return Explanation(version, language).text(loss);
}

}  // namespace talent_loan

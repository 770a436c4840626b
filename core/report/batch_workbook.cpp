#include "core/report/batch_workbook.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <xlsxwriter.h>

#include "core/report/amount_in_words.hpp"
#include "core/settlement/batch_rows.hpp"

namespace talent_loan {
namespace {

constexpr int paper_a4 = 9;

// A folder of our own for the library's file, removed with what it holds.
class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "talent-loan-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      throw Failure({"无法建立临时目录 " + path_, "cannot make the temporary folder " + path_}, {"检查磁盘和权限", "check the disk and its permissions"});
    }
  }
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;  // what cannot be removed is the system's to clear
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file() const { return path_ + "/batch.xlsx"; }

 private:
  std::string path_;
};

// One sheet filled row by row under a header that stays in view.
class Sheet {
 public:
  Sheet(lxw_workbook* book, const std::string& name, const std::vector<std::string>& header) : sheet_(workbook_add_worksheet(book, name.c_str())) {
    bold_ = workbook_add_format(book);
    format_set_bold(bold_);
    format_set_bottom(bold_, LXW_BORDER_THIN);
    money_ = workbook_add_format(book);
    format_set_num_format(money_, "#,##0.00");
    total_ = workbook_add_format(book);
    format_set_num_format(total_, "#,##0.00");
    format_set_bold(total_);
    format_set_top(total_, LXW_BORDER_THIN);
    for (const std::string& title : header) text(title, bold_);
    columns_ = column_;
    end_row();
    worksheet_set_column(sheet_, 0, static_cast<lxw_col_t>(columns_ - 1), 18, nullptr);
    worksheet_freeze_panes(sheet_, 1, 0);
    worksheet_repeat_rows(sheet_, 0, 0);
    worksheet_set_landscape(sheet_);
    worksheet_set_paper(sheet_, paper_a4);
    worksheet_fit_to_pages(sheet_, 1, 0);
    worksheet_set_footer(sheet_, "&C&P / &N");
  }

  void text(const std::string& cell, lxw_format* format = nullptr) { worksheet_write_string(sheet_, row_, column_++, cell.c_str(), format); }
  void count(std::int64_t number) { worksheet_write_number(sheet_, row_, column_++, static_cast<double>(number), nullptr); }
  // A spreadsheet knows no other number; up to 90 trillion yuan it shows every fen as it is.
  void money(Fen amount) { worksheet_write_number(sheet_, row_, column_++, yuan(amount), money_); }
  // The sum of the column above, with its value for readers that do not calculate.
  void sum(Fen value) {
    char column[8] = {};
    lxw_col_to_name(column, column_, LXW_FALSE);
    const std::string formula = fmt::format("=SUM({}2:{}{})", column, column, row_);
    worksheet_write_formula_num(sheet_, row_, column_++, formula.c_str(), total_, yuan(value));
  }
  void total_label(const std::string& cell) { text(cell, total_); }
  void end_row() { ++row_, column_ = 0; }
  bool empty() const { return row_ == 1; }

 private:
  static double yuan(Fen amount) { return static_cast<double>(amount.count()) / 100.0; }

  lxw_worksheet* sheet_;
  lxw_format* bold_;
  lxw_format* money_;
  lxw_format* total_;
  lxw_row_t row_ = 0;
  lxw_col_t column_ = 0;
  lxw_col_t columns_ = 0;
};

// Fills the sheets of one batch.
class Workbook {
 public:
  Workbook(Transaction& transaction, const BatchRecord& batch, const Site& site, Language language, lxw_workbook* book)
      : transaction_(transaction), batch_(batch), site_(site), language_(language), book_(book) {}

  void fill() {
    banks();
    claims();
    payments();
    rejects();
  }

 private:
  std::string say(const char* chinese, const char* english) const { return language_ == Language::chinese ? chinese : english; }

  void banks() {
    std::vector<std::string> header{say("银行", "bank"), say("笔数", "claims"), say("本金损失", "principal loss")};
    for (const PayerId& payer : batch_.payers) {
      header.push_back(site_.payer_name(payer).in(language_) + say("支付", " pays"));
      header.push_back(site_.payer_name(payer).in(language_) + say("承担", " bears"));
    }
    header.push_back(say("银行承担", "bank bears"));
    Sheet sheet(book_, say("各银行汇总", "by bank"), header);
    BankTotal all;
    for (const auto& [bank, total] : stored_totals(transaction_, batch_.number)) {
      sheet.text(site_.bank_name(bank).in(language_));
      sheet.count(total.claims);
      sheet.money(total.principal_loss);
      all.principal_loss += total.principal_loss;
      for (const PayerId& payer : batch_.payers) {
        const auto found = total.payers.find(payer);
        const PayerTotal amounts = found == total.payers.end() ? PayerTotal{} : found->second;
        sheet.money(amounts.pays);
        sheet.money(amounts.bears);
        all.payers[payer].pays += amounts.pays;
        all.payers[payer].bears += amounts.bears;
      }
      sheet.money(total.bank_bears);
      all.bank_bears += total.bank_bears;
      sheet.end_row();
    }
    if (sheet.empty()) return;
    sheet.total_label(say("合计", "total"));
    sheet.total_label("");
    sheet.sum(all.principal_loss);
    for (const PayerId& payer : batch_.payers) {
      sheet.sum(all.payers[payer].pays);
      sheet.sum(all.payers[payer].bears);
    }
    sheet.sum(all.bank_bears);
  }

  void claims() {
    Sheet sheet(book_, say("逐笔明细", "claims"),
                {say("申报号", "claim"), say("银行", "bank"), say("贷款号", "loan"), say("政策版本", "policy version"), say("本金损失", "principal loss"),
                 say("支付银行", "paid to bank"), say("银行承担", "bank bears")});
    Fen loss, all_paid, bank_bears;
    each_line(transaction_, batch_.number, [&](const StoredLine& line) {
      Fen paid;
      for (const PayerAmount& payer : line.payers) paid += payer.pays;
      sheet.text(line.claim_id.text());
      sheet.text(site_.bank_name(line.bank).in(language_));
      sheet.text(line.loan.text());
      sheet.text(line.version.text());
      sheet.money(line.principal_loss);
      sheet.money(paid);
      sheet.money(line.bank_bears);
      sheet.end_row();
      loss += line.principal_loss;
      all_paid += paid;
      bank_bears += line.bank_bears;
    });
    if (sheet.empty()) return;
    sheet.total_label(say("合计", "total"));
    for (int i = 0; i < 3; ++i) sheet.total_label("");
    sheet.sum(loss);
    sheet.sum(all_paid);
    sheet.sum(bank_bears);
  }

  void payments() {
    Sheet sheet(book_, say("付款", "payments"),
                {say("付款编号", "payment"), say("收款银行", "bank"), say("付款方", "payer"), say("基金", "fund"), say("金额", "amount"), say("大写金额", "in words")});
    for (const Payment& payment : stored_payments(transaction_, batch_.number)) {
      sheet.text(payment.id);
      sheet.text(site_.bank_name(payment.bank).in(language_));
      sheet.text(site_.payer_name(payment.payer).in(language_));
      sheet.text(payment.fund.empty() ? "" : site_.fund_name(payment.fund).in(language_));
      sheet.money(payment.amount);
      sheet.text(amount_in_words(payment.amount));
      sheet.end_row();
    }
  }

  void rejects() {
    Sheet sheet(book_, say("未通过", "rejected"), {say("申报号", "claim"), say("代码", "code"), say("原因", "reason")});
    transaction_.each(
        "SELECT c.claim_id, r.code, r.chinese, r.english FROM settlement_rejects r JOIN claims c ON c.number = r.claim"
        " WHERE r.batch = :batch ORDER BY r.position",
        {batch_.number}, [&](const Row& row) {
          sheet.text(row.text(0));
          sheet.text(row.text(1));
          sheet.text(language_ == Language::chinese ? row.text(2) : row.text(3));
          sheet.end_row();
        });
  }

  Transaction& transaction_;
  const BatchRecord& batch_;
  const Site& site_;
  Language language_;
  lxw_workbook* book_;
};

}  // namespace

std::string batch_workbook(Transaction& transaction, const BatchRecord& batch, const Site& site, Language language) {
  const Scratch scratch;
  const std::string path = scratch.file();
  lxw_workbook* const book = workbook_new(path.c_str());
  lxw_doc_properties properties{};
  properties.created = static_cast<time_t>(batch.as_of.days_since_1970()) * 86400;  // the batch's day, not the clock's
  workbook_set_properties(book, &properties);
  Workbook(transaction, batch, site, language, book).fill();
  const lxw_error error = workbook_close(book);
  if (error != LXW_NO_ERROR) {
    throw Failure({std::string("工作簿写入失败：") + lxw_strerror(error), std::string("the workbook could not be written: ") + lxw_strerror(error)},
                  {"检查磁盘空间", "check the space on the disk"});
  }
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace talent_loan

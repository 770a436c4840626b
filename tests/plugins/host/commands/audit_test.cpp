// audit verify and audit sign as their users run them.
#include "tests/plugins/host/commands/desk.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

const std::vector<std::string> verify_signed{"audit", "verify", "--signature", "head.json", "--key", "bureau.pem.pub"};

void tamper(const Desk& desk, const char* sql) {
  Database database = Database::open(desk.url());
  Transaction transaction = database.write();
  REQUIRE(transaction.execute(sql) > 0);
  transaction.commit();
}

void check_refused(const Ran& ran, const std::string& because) {
  INFO(ran.err);
  CHECK(ran.exit == 1);
  CHECK(ran.err.find(because) != std::string::npos);
}

}  // namespace

TEST_CASE("a signed head proves that nothing before it was rewritten") {
  for (const char* algorithm : {"ed25519", "sm2"}) {
    Desk desk;
    desk.fill();
    REQUIRE(desk.run({"keys", "new", "bureau.pem", "--algorithm", algorithm}).exit == 0);
    REQUIRE(desk.run({"keys", "new", "other.pem", "--algorithm", algorithm}).exit == 0);
    REQUIRE(desk.run(desk_commands()[0].arguments).exit == 0);
    const Ran signing = desk.run({"audit", "sign", "--key", "bureau.pem", "--out", "head.json"});
    CHECK(signing.exit == 0);
    CHECK(signing.err.find("the audit trail is whole and signed up to entry 2") != std::string::npos);
    CHECK(desk.run(verify_signed).exit == 0);
    REQUIRE(desk.run(desk_commands()[1].arguments).exit == 0);
    CHECK(desk.run(verify_signed).out.starts_with("the audit trail is whole: 3 entries\n3:"));

    const std::string head = read_file(desk.folder() / "head.json");
    for (std::size_t at = 0; at < head.size(); at += 7) {
      std::string changed = head;
      changed[at] = changed[at] == '1' ? '2' : '1';
      desk.folder().write("head.json", changed);
      CHECK(desk.run(verify_signed).exit == 1);
    }
    desk.folder().write("head.json", head);
    check_refused(desk.run({"audit", "verify", "--signature", "head.json", "--key", "other.pem.pub"}), "head.json: it was signed with another key");
    CHECK(desk.run({"audit", "verify", "--signature", "head.json"}).exit == 2);
    CHECK(desk.run({"audit", "verify", "--key", "bureau.pem.pub"}).exit == 2);

    // Books kept anew from the beginning are whole in themselves, and still not those that were signed.
    Desk rewritten;
    rewritten.fill(11);
    for (std::size_t i = 0; i < 2; ++i) REQUIRE(rewritten.run(desk_commands()[i].arguments).exit == 0);
    rewritten.folder().write("head.json", head);
    rewritten.folder().write("bureau.pem.pub", read_file(desk.folder() / "bureau.pem.pub"));
    CHECK(rewritten.run({"audit", "verify"}).exit == 0);
    check_refused(rewritten.run(verify_signed), "entry 2: differs from the head that was noted");
  }
}

TEST_CASE("books that were changed behind the program's back are neither verified nor signed") {
  Desk desk;
  desk.fill();
  REQUIRE(desk.run({"keys", "new", "bureau.pem"}).exit == 0);
  REQUIRE(desk.run(desk_commands()[0].arguments).exit == 0);
  tamper(desk, "UPDATE settlement_lines SET principal_loss_fen = principal_loss_fen + 1, bank_bears_fen = bank_bears_fen + 1 WHERE claim = 3");
  const std::string named = "the audit trail is not whole: table settlement_lines (batch=1 claim=3): was changed (sealed by entry 2)";
  check_refused(desk.run({"audit", "verify"}), named);
  check_refused(desk.run({"audit", "sign", "--key", "bureau.pem", "--out", "head.json"}), named);
  CHECK_FALSE(std::filesystem::exists(desk.folder() / "head.json"));
  check_refused(desk.run(desk_commands()[1].arguments), "run audit verify and compare with a backup");
  CHECK(desk.run({"audit", "verify", "--lang", "zh"}).err.find("审计记录不完整：表 settlement_lines（batch=1 claim=3）：内容被改动（见第 2 条）") != std::string::npos);
}

#include <filesystem>
#include <functional>
#include <limits>
#include <thread>

#include <catch2/catch.hpp>

#include "core/message/message.hpp"
#include "core/store/database.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using talent_loan::testing::FreshDatabases;
using talent_loan::testing::TemporaryFolder;

namespace {

constexpr const char* make_table = "CREATE TABLE things (id TEXT PRIMARY KEY, amount_fen BIGINT, day TEXT)";

std::string english(const std::function<void()>& action) {
  try {
    action();
  } catch (const Failure& failure) {
    return failure.sentences(Language::english);
  }
  return "";
}

void make_things(Database& database) {
  Transaction transaction = database.write();
  transaction.execute(make_table);
  transaction.commit();
}

}  // namespace

TEST_CASE("values come back as they were bound, on both databases") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    Transaction transaction = database.write();
    const char* insert = "INSERT INTO things (id, amount_fen, day) VALUES (:id, :amount, :day)";
    CHECK(transaction.execute(insert, {BankId("银行's \"a\"; DROP TABLE things;--"), Fen(9'223'372'036'854'775'807), *parse_day("2020-02-29")}) == 1);
    CHECK(transaction.execute(insert, {"b", Fen(-1), std::optional<Day>()}) == 1);
    CHECK(transaction.execute(insert, {"a", std::optional<Fen>(), Day(0)}) == 1);
    CHECK(transaction.execute(insert, {"B", 7, std::nullopt}) == 1);
    transaction.commit();

    Transaction look = database.read();
    const auto rows = look.query("SELECT id, amount_fen, day FROM things ORDER BY id COLLATE \"C\"");
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].text(0) == "B");  // bytes, not a language's order
    CHECK(rows[0].integer(1) == 7);
    CHECK(rows[0].optional_day(2) == std::nullopt);
    CHECK(rows[1].optional_fen(1) == std::nullopt);
    CHECK(rows[1].day(2) == Day(0));
    CHECK(rows[2].fen(1) == Fen(-1));
    CHECK(rows[3].id<BankId>(0) == BankId("银行's \"a\"; DROP TABLE things;--"));
    CHECK(rows[3].fen(1) == Fen(9'223'372'036'854'775'807));
    CHECK(look.query_one("SELECT CAST(SUM(amount_fen) AS BIGINT) FROM things WHERE amount_fen < :most", {100})->integer(0) == 6);
    CHECK_THROWS_AS(rows[1].integer(1), Failure);
    CHECK_THROWS_AS(rows[0].day(0), Failure);
  }
}

TEST_CASE("a statement that is running its rows can be run again inside") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    Transaction transaction = database.write();
    for (int i = 0; i < 5; ++i) transaction.execute("INSERT INTO things (id, amount_fen) VALUES (:id, :amount)", {std::to_string(i), i});
    int pairs = 0;
    const char* all = "SELECT id FROM things WHERE amount_fen >= :least";
    transaction.each(all, {1}, [&](const Row&) { transaction.each(all, {3}, [&](const Row&) { ++pairs; }); });
    CHECK(pairs == 8);
  }
}

TEST_CASE("what is not committed leaves no trace") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    { database.write().execute("INSERT INTO things (id) VALUES ('x')"); }
    {
      Transaction transaction = database.write();
      transaction.execute("INSERT INTO things (id) VALUES ('y')");
      CHECK_THROWS_AS(transaction.execute("INSERT INTO things (id) VALUES ('y')"), Failure);
    }
    CHECK(database.read().query("SELECT id FROM things").empty());
  }
}

TEST_CASE("a fault at any step of storage leaves the database as it was") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database plain = Database::open(url);
    make_things(plain);
    for (int failing_step = 1; failing_step <= 4; ++failing_step) {
      int step = 0;
      DatabaseOptions options;
      options.migrate = false;
      options.faults = [&](StorageStep) {
        if (++step == failing_step) throw Failure(verbatim("the disk is gone"), {});
      };
      Database faulty = Database::open(url, options);
      const auto change = [&] {
        Transaction transaction = faulty.write();
        transaction.execute("INSERT INTO things (id) VALUES ('a')");
        transaction.execute("INSERT INTO things (id) VALUES ('b')");
        transaction.commit();
      };
      CHECK_THROWS_AS(change(), Failure);
      CHECK(plain.read().query("SELECT id FROM things").empty());
    }
  }
}

TEST_CASE("writers of several connections take turns") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    {
      Database database = Database::open(url);
      make_things(database);
      Transaction transaction = database.write();
      transaction.execute("INSERT INTO things (id, amount_fen) VALUES ('counter', 0)");
      transaction.commit();
    }
    const auto count_up = [&] {
      Database database = Database::open(url);
      for (int i = 0; i < 25; ++i) {
        Transaction transaction = database.write();
        const auto row = transaction.query_one("SELECT amount_fen FROM things WHERE id = 'counter'");
        transaction.execute("UPDATE things SET amount_fen = :amount WHERE id = 'counter'", {row->integer(0) + 1});
        transaction.commit();
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(count_up);
    for (std::thread& thread : threads) thread.join();
    Database database = Database::open(url);
    CHECK(database.read().query_one("SELECT amount_fen FROM things")->integer(0) == 100);
  }
}

TEST_CASE("many threads may create one database at once") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back([&] { Database::open(url); });
    for (std::thread& thread : threads) thread.join();
    Database database = Database::open(url);
    for (const auto& migration : migration_status(database).migrations) CHECK_FALSE(migration.applied_at.empty());
  }
}

TEST_CASE("bulk rows arrive whole, with every character") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    {
      Transaction transaction = database.write();
      BulkInsert bulk(transaction, "things", {"id", "amount_fen", "day"});
      for (int i = 0; i < 20'000; ++i) bulk.text("row " + std::to_string(i)).integer(i).day(Day(i)).end_row();
      bulk.text("tab\t line\n return\r back\\slash \\N 'quote'").null().null().end_row();
      bulk.finish();
      CHECK(transaction.query_one("SELECT COUNT(*) FROM things")->integer(0) == 20'001);
      transaction.commit();
    }
    Transaction look = database.read();
    CHECK(look.query_one("SELECT amount_fen FROM things WHERE day = :day", {Day(19'999)})->integer(0) == 19'999);
    CHECK(look.query_one("SELECT id FROM things WHERE amount_fen IS NULL")->text(0) == "tab\t line\n return\r back\\slash \\N 'quote'");
  }
}

TEST_CASE("a bulk insert that is given up, or meets a key twice, leaves nothing") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    {
      Transaction transaction = database.write();
      BulkInsert bulk(transaction, "things", {"id"});
      bulk.text("a").end_row();
    }
    const auto twice = [&] {
      Transaction transaction = database.write();
      BulkInsert bulk(transaction, "things", {"id"});
      bulk.text("370302199001011234").end_row();
      bulk.text("370302199001011234").end_row();
      bulk.finish();
    };
    const std::string message = english(twice);
    CHECK_FALSE(message.empty());
    CHECK(message.find("370302199001011234") == std::string::npos);
    CHECK(database.read().query("SELECT id FROM things").empty());
  }
}

TEST_CASE("bulk rows keep their order and kinds when texts of every length wait together") {
  const int rows = GENERATE(0, 1, 255, 256, 257, 3'001);
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    // Lengths that fill the waiting texts early, and rows that fill the waiting rows early.
    const auto text = [](int i) { return std::string(i % 700 == 0 ? 70'000 : static_cast<std::size_t>(i % 13), static_cast<char>('a' + i % 26)); };
    {
      Transaction transaction = database.write();
      BulkInsert bulk(transaction, "things", {"amount_fen", "id", "day"});
      for (int i = 0; i < rows; ++i) {
        bulk.integer(i % 2 == 0 ? std::numeric_limits<std::int64_t>::min() + i : i).text(std::to_string(i) + text(i));
        (i % 3 == 0 ? bulk.null() : bulk.text(text(i))).end_row();
      }
      bulk.finish();
      transaction.commit();
    }
    Transaction look = database.read();
    CHECK(look.query_one("SELECT COUNT(*) FROM things")->integer(0) == rows);
    for (const int i : {0, 1, 2, 254, 255, 256, 700, 2'100, 3'000}) {
      if (i >= rows) continue;
      const auto row = look.query_one("SELECT amount_fen, day FROM things WHERE id = :id", {std::to_string(i) + text(i)});
      REQUIRE(row);
      CHECK(row->integer(0) == (i % 2 == 0 ? std::numeric_limits<std::int64_t>::min() + i : i));
      CHECK(row->null(1) == (i % 3 == 0));
      if (i % 3 != 0) CHECK(row->text(1) == text(i));
    }
  }
}

TEST_CASE("a transaction in which a bulk insert was given up cannot be committed") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    const std::string message = english([&] {
      Transaction transaction = database.write();
      {
        BulkInsert bulk(transaction, "things", {"id"});
        bulk.text("a").end_row();
      }
      transaction.commit();
    });
    CHECK(message.find("a bulk insert was given up") != std::string::npos);
    CHECK(database.read().query("SELECT id FROM things").empty());
    Transaction again = database.write();
    BulkInsert bulk(again, "things", {"id"});
    bulk.text("a").end_row();
    bulk.finish();
    again.commit();
    CHECK(database.read().query("SELECT id FROM things").size() == 1);
  }
}

TEST_CASE("rows that wait in memory are read by the program's own statements only") {
  FreshDatabases databases;
  Database database = Database::open(databases.urls().front());
  Transaction transaction = database.read();
  CHECK(transaction.query("SELECT c0 FROM rows_in_memory(1)").empty());
  CHECK(transaction.query("SELECT c0 FROM rows_in_memory(NULL)").empty());
  CHECK_FALSE(english([&] { transaction.query("SELECT c0 FROM rows_in_memory"); }).empty());
}

TEST_CASE("a statement that failed works again, and nothing of what it was given stays behind") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    Database database = Database::open(url);
    make_things(database);
    const auto insert = [&](const std::string& id) {
      Transaction transaction = database.write();
      transaction.execute("INSERT INTO things (id, amount_fen) VALUES (:id, :amount)", {id, 1});
      transaction.commit();
    };
    insert("a");
    for (int i = 0; i < 3; ++i) CHECK_FALSE(english([&] { insert("a"); }).empty());
    insert("b");
    CHECK(database.read().query("SELECT id FROM things").size() == 2);
  }
}

TEST_CASE("errors of the database name it, never its password or the values") {
  CHECK(english([] { Database::open("mysql://root:secret@host/db"); }).find("only sqlite:// and postgresql:// are known") != std::string::npos);
  for (const char* url : {"postgresql://clerk:secret@127.0.0.1:1/db", "postgresql://127.0.0.1:1/db?user=clerk&password=secret&x=1",
                          "mysql://clerk:secret@host/db"}) {
    const std::string message = english([&] { Database::open(url); });
    INFO(message);
    CHECK_FALSE(message.empty());
    CHECK(message.find("secret") == std::string::npos);
  }
  CHECK(english([] { Database::open("sqlite:///no/such/folder/x.db"); }).find("/no/such/folder/x.db") != std::string::npos);
  CHECK_FALSE(english([] { Database::open("sqlite:///etc/passwd"); }).empty());

  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    make_things(database);
    const std::string message = english([&] {
      Transaction transaction = database.write();
      transaction.execute("INSERT INTO things (id) VALUES (:id)", {"370302199001011234"});
      transaction.execute("INSERT INTO things (id) VALUES (:id)", {"370302199001011234"});
    });
    INFO(message);
    CHECK_FALSE(message.empty());
    CHECK(message.find("370302199001011234") == std::string::npos);
  }
}

TEST_CASE("a PostgreSQL URL needs no parameters, and may end in a question mark") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    if (!url.starts_with("postgresql://")) continue;
    const std::size_t host = url.find("?host=");
    std::string folder = url.substr(host + 6);
    for (std::size_t at = 0; (at = folder.find('/', at)) != std::string::npos;) folder.replace(at, 1, "%2F");
    std::string plain = url.substr(0, host);
    plain.insert(plain.find("@/") + 1, folder);
    for (const std::string& written : {plain, plain + "?", "postgres" + plain.substr(std::string("postgresql").size()), plain + "?connect_timeout=9"}) {
      INFO(written);
      CHECK_NOTHROW(Database::open(written));
    }
  }
}

TEST_CASE("a file name with an equals sign is a file name") {
  TemporaryFolder folder;
  { Database::open("sqlite://" + (folder / "a=b c.db")); }
  CHECK(std::filesystem::exists(folder / "a=b c.db"));
}

TEST_CASE("a database newer than the program, or with another history, is refused") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    INFO(url);
    {
      Database database = Database::open(url);
      Transaction transaction = database.write();
      transaction.execute("INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, '9999_future', 'x', 'now')");
      transaction.commit();
    }
    CHECK(english([&] { Database::open(url); }).find("newer than this program") != std::string::npos);
    {
      DatabaseOptions as_it_is;
      as_it_is.migrate = false;
      Database database = Database::open(url, as_it_is);
      Transaction transaction = database.write();
      transaction.execute("DELETE FROM schema_migrations WHERE number = 9999");
      transaction.execute("UPDATE schema_migrations SET checksum = 'other' WHERE number = 1");
      transaction.commit();
    }
    CHECK(english([&] { Database::open(url); }).find("differs from this program's") != std::string::npos);
  }
}

TEST_CASE("instants are written in UTC and days are told in China's time") {
  const Instant late = std::chrono::sys_days(std::chrono::year(2020) / 6 / 15) + std::chrono::hours(16) + std::chrono::milliseconds(7);
  CHECK(format_utc(late) == "2020-06-15T16:00:00.007Z");
  CHECK(format_day(day_in_china(late)) == "2020-06-16");
}

TEST_CASE("an order by bytes follows an index of SQLite instead of sorting") {
  TemporaryFolder folder;
  Database database = Database::open("sqlite://" + (folder / "test.db"));
  Transaction transaction = database.read();
  std::string plan;
  for (const Row& row : transaction.query("EXPLAIN QUERY PLAN SELECT bank_id, loan_id, amount_fen FROM loans ORDER BY bank_id COLLATE \"C\", loan_id COLLATE \"C\"")) {
    plan += row.text(3) + "\n";
  }
  CHECK(plan.find("USING INDEX") != std::string::npos);
  CHECK(plan.find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("a claim is found by its id without reading all claims") {
  TemporaryFolder folder;
  Database database = Database::open("sqlite://" + (folder / "test.db"));
  Transaction transaction = database.read();
  const auto plan = transaction.query("EXPLAIN QUERY PLAN SELECT number FROM claims WHERE claim_id = :claim", {"C-1"});
  CHECK(plan.front().text(3).find("claims_claim_id") != std::string::npos);
}

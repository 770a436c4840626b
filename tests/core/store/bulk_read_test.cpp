#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "core/message/message.hpp"
#include "core/store/bulk_read.hpp"
#include "tests/support/databases.hpp"

using namespace talent_loan;
using namespace talent_loan::testing;

namespace {

constexpr std::int64_t rows = 20'000;  // more than PostgreSQL is asked for at once

void fill(Database& database) {
  Transaction transaction = database.write();
  transaction.execute("CREATE TABLE things (number BIGINT NOT NULL, name TEXT NOT NULL, made_on TEXT, amount_fen BIGINT)");
  BulkInsert insert(transaction, "things", {"number", "name", "made_on", "amount_fen"});
  for (std::int64_t i = 0; i < rows; ++i) {
    insert.integer(i).text(fmt::format("名 {}\t'\\", i));
    if (i % 3 == 0) insert.null().null();
    else insert.text("2020-05-26").integer(-i * 1'000'000'000'000);
    insert.end_row();
  }
  insert.finish();
  transaction.commit();
}

}  // namespace

TEST_CASE("a bulk read gives every row with its types, and other statements run between two rows") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    fill(database);
    Transaction transaction = database.read();
    BulkRead read(transaction, "SELECT number, name, made_on, amount_fen FROM things WHERE number >= :least AND name <> :name ORDER BY number",
                  {std::int64_t{0}, ":no such name"});
    std::int64_t next = 0;
    while (read.next()) {
      REQUIRE(read.integer(0) == next);
      REQUIRE(read.text(1) == fmt::format("名 {}\t'\\", next));
      REQUIRE(read.null(2) == (next % 3 == 0));
      if (next % 3 != 0) REQUIRE(read.day(2) == Day(std::chrono::year(2020) / 5 / 26));
      if (next % 3 != 0) REQUIRE(read.fen(3) == Fen(-next * 1'000'000'000'000));
      if (next % 5'000 == 0) REQUIRE(transaction.query_one("SELECT COUNT(*) FROM things")->integer(0) == rows);
      ++next;
    }
    CHECK(next == rows);
    read.restart({rows - 2, "x"});
    CHECK(read.next());
    CHECK(read.integer(0) == rows - 2);
    read.restart({rows, "x"});
    CHECK_FALSE(read.next());
  }
}

TEST_CASE("a bulk read refuses a cell that is not of the asked type") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    fill(database);
    Transaction transaction = database.read();
    BulkRead read(transaction, "SELECT name, made_on, amount_fen FROM things WHERE number = 0");
    REQUIRE(read.next());
    CHECK_THROWS_AS(read.integer(0), Failure);
    CHECK_THROWS_AS(read.day(0), Failure);
    CHECK_THROWS_AS(read.text(1), Failure);
    CHECK_THROWS_AS(read.integer(2), Failure);
  }
}

TEST_CASE("a statement that the database refuses is a failure without its values") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    Transaction transaction = database.read();
    try {
      BulkRead read(transaction, "SELECT nothing FROM nowhere WHERE x = :x", {"370303199001011234"});
      FAIL("it was taken");
    } catch (const Failure& failure) {
      CHECK(failure.sentences(Language::english).find("370303199001011234") == std::string::npos);
    }
  }
}

TEST_CASE("a connection beside a writer reads what the writer found, from another thread, until something is changed") {
  FreshDatabases databases;
  for (const std::string& url : databases.urls()) {
    Database database = Database::open(url);
    fill(database);
    {
      Transaction reading = database.read();
      CHECK_FALSE(open_beside(reading));
    }
    Transaction transaction = database.write();
    std::optional<Database> beside = open_beside(transaction);
    REQUIRE(beside);
    transaction.execute("DELETE FROM things WHERE number > 0");
    std::int64_t seen = 0;
    std::thread reader([&] {
      Transaction from = beside->read();
      BulkRead read(from, "SELECT number FROM things");
      while (read.next()) ++seen;
    });
    reader.join();
    CHECK(seen == rows);
    CHECK_FALSE(open_beside(transaction));
    transaction.commit();
  }
}

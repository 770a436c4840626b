#include "tests/bench/split/peers.hpp"

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "tests/support/run_program.hpp"

namespace talent_loan::bench {
namespace {

constexpr const char* columns =
    "'claim_id':'VARCHAR','bank_id':'VARCHAR','loan_id':'VARCHAR','borrower_id':'VARCHAR','disbursed_on':'VARCHAR',"
    "'defaulted_on':'VARCHAR','outstanding_principal':'VARCHAR','recovered_principal':'VARCHAR'";

// The few functions of DuckDB's C interface that are used, found by name: the bench builds without DuckDB.
struct DuckDb {
  // duckdb_result of duckdb.h; only its size and duckdb_result_error() matter here.
  struct Result {
    std::uint64_t deprecated[3];
    void* pointers[3];
  };
  explicit DuckDb(const std::string& library) : handle(::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) throw std::runtime_error(::dlerror());
  }
  template <typename Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(::dlsym(handle, name));
  }
  void* handle;
};

}  // namespace

std::string duckdb_script(const std::string& claims, const std::string& folder, unsigned threads) {
  return fmt::format(R"sql(SET threads = {threads};
CREATE MACRO yuan(fen) AS fen::DECIMAL(16, 0) * 0.01::DECIMAL(3, 2);
CREATE TEMP TABLE rows AS
SELECT row_number() OVER () + 1 AS line, claim_id, bank_id, loan_id,
  CASE WHEN claim_id IS NULL OR bank_id IS NULL OR loan_id IS NULL OR borrower_id IS NULL OR disbursed_on IS NULL
         OR defaulted_on IS NULL OR outstanding_principal IS NULL OR recovered_principal IS NULL THEN 'MISSING_VALUE'
       WHEN disbursed IS NULL OR defaulted IS NULL THEN 'BAD_DATE'
       WHEN outstanding IS NULL OR recovered IS NULL THEN 'BAD_AMOUNT' END AS early,
  CASE WHEN defaulted < disbursed THEN 'DATES_OUT_OF_ORDER'
       WHEN recovered > outstanding THEN 'RECOVERED_OVER_OUTSTANDING'
       WHEN disbursed NOT BETWEEN DATE '2018-12-01' AND DATE '2020-12-31' THEN 'NO_POLICY_IN_FORCE' END AS late,
  outstanding - recovered AS loss, disbursed >= DATE '2020-05-26' AS newer
FROM (SELECT *,
  CASE WHEN disbursed_on[5] = '-' AND strlen(disbursed_on) = 10 THEN TRY_CAST(disbursed_on AS DATE) END AS disbursed,
  CASE WHEN defaulted_on[5] = '-' AND strlen(defaulted_on) = 10 THEN TRY_CAST(defaulted_on AS DATE) END AS defaulted,
  CASE WHEN outstanding_principal[1] BETWEEN '0' AND '9' AND instr(outstanding_principal[-3:], '.') > 0
       THEN (TRY_CAST(outstanding_principal AS DECIMAL(17, 2)) * 100)::BIGINT END AS outstanding,
  CASE WHEN recovered_principal[1] BETWEEN '0' AND '9' AND instr(recovered_principal[-3:], '.') > 0
       THEN (TRY_CAST(recovered_principal AS DECIMAL(17, 2)) * 100)::BIGINT END AS recovered
  FROM read_csv('{claims}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {{{columns}}}));
CREATE TEMP TABLE firsts AS SELECT claim_id, min(line) AS first FROM rows WHERE early IS NULL AND late IS NULL GROUP BY claim_id;
CREATE TEMP TABLE judged AS
SELECT line, claim_id, bank_id, loan_id, newer, loss,
  CASE WHEN early IS NOT NULL THEN early WHEN first < line THEN 'DUPLICATE_KEY' ELSE late END AS code,
  CASE WHEN newer THEN loss * 80 // 100 ELSE loss * 50 // 100 END AS pays, loss * 30 // 100 AS award
FROM rows LEFT JOIN firsts USING (claim_id);
COPY (SELECT claim_id, bank_id, loan_id, CASE WHEN newer THEN 'zibo-2020-56' ELSE 'zibo-before-2020-56' END AS policy_version,
        yuan(loss) AS principal_loss, yuan(pays) AS city_pays, yuan(pays - award) AS city_bears, '0.00' AS province_pays,
        yuan(award) AS province_bears, yuan(loss - pays) AS bank_bears
      FROM judged WHERE code IS NULL ORDER BY line) TO '{folder}/lines.csv' (HEADER);
COPY (SELECT line, claim_id AS key, code, code AS message FROM judged WHERE code IS NOT NULL ORDER BY line)
  TO '{folder}/rejects.csv' (HEADER);
COPY (SELECT coalesce(bank_id, 'TOTAL') AS bank_id, count(*) AS claims, yuan(sum(loss)), yuan(sum(pays)), yuan(sum(pays - award)),
        '0.00', yuan(sum(award)), yuan(sum(loss - pays))
      FROM judged WHERE code IS NULL GROUP BY GROUPING SETS ((bank_id), ()) ORDER BY bank_id IS NULL, bank_id)
  TO '{folder}/totals.csv' (HEADER);
)sql",
                     fmt::arg("threads", threads), fmt::arg("claims", claims), fmt::arg("folder", folder), fmt::arg("columns", columns));
}

std::string sqlite_script(const std::string& claims, const std::string& folder) {
  return fmt::format(R"sql(PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE claims(claim_id TEXT, bank_id TEXT, loan_id TEXT, borrower_id TEXT, disbursed_on TEXT, defaulted_on TEXT,
  outstanding_principal TEXT, recovered_principal TEXT);
.mode csv
.import --skip 1 '{claims}' claims
CREATE TEMP TABLE rows AS
SELECT rowid + 1 AS line, *,
  CASE WHEN claim_id = '' OR bank_id = '' OR loan_id = '' OR borrower_id = '' OR disbursed_on = '' OR defaulted_on = ''
         OR outstanding_principal = '' OR recovered_principal = '' THEN 'MISSING_VALUE'
       WHEN date(disbursed_on) IS NOT disbursed_on OR date(defaulted_on) IS NOT defaulted_on THEN 'BAD_DATE'
       WHEN outstanding_principal NOT GLOB '[0-9]*.[0-9][0-9]' OR outstanding_principal GLOB '*[^0-9.]*'
         OR recovered_principal NOT GLOB '[0-9]*.[0-9][0-9]' OR recovered_principal GLOB '*[^0-9.]*' THEN 'BAD_AMOUNT' END AS early,
  CASE WHEN defaulted_on < disbursed_on THEN 'DATES_OUT_OF_ORDER'
       WHEN recovered > outstanding THEN 'RECOVERED_OVER_OUTSTANDING'
       WHEN disbursed_on NOT BETWEEN '2018-12-01' AND '2020-12-31' THEN 'NO_POLICY_IN_FORCE' END AS late,
  outstanding - recovered AS loss, disbursed_on >= '2020-05-26' AS newer
FROM (SELECT rowid, *, CAST(replace(outstanding_principal, '.', '') AS INTEGER) AS outstanding,
        CAST(replace(recovered_principal, '.', '') AS INTEGER) AS recovered FROM claims);
CREATE TEMP TABLE firsts AS SELECT claim_id, min(line) AS first FROM rows WHERE early IS NULL AND late IS NULL GROUP BY claim_id;
CREATE INDEX temp.firsts_key ON firsts(claim_id);
CREATE TEMP TABLE judged AS
SELECT rows.*, CASE WHEN early IS NOT NULL THEN early WHEN first < line THEN 'DUPLICATE_KEY' ELSE late END AS code,
  CASE WHEN newer THEN loss * 80 / 100 ELSE loss * 50 / 100 END AS pays, loss * 30 / 100 AS award
FROM rows LEFT JOIN firsts USING (claim_id);
.headers on
.once '{folder}/lines.csv'
SELECT claim_id, bank_id, loan_id, CASE WHEN newer THEN 'zibo-2020-56' ELSE 'zibo-before-2020-56' END AS policy_version,
  printf('%d.%02d', loss / 100, loss % 100) AS principal_loss, printf('%d.%02d', pays / 100, pays % 100) AS city_pays,
  printf('%d.%02d', (pays - award) / 100, (pays - award) % 100) AS city_bears, '0.00' AS province_pays,
  printf('%d.%02d', award / 100, award % 100) AS province_bears,
  printf('%d.%02d', (loss - pays) / 100, (loss - pays) % 100) AS bank_bears
FROM judged WHERE code IS NULL ORDER BY line;
.once '{folder}/rejects.csv'
SELECT line, claim_id AS key, code, code AS message FROM judged WHERE code IS NOT NULL ORDER BY line;
.once '{folder}/totals.csv'
SELECT bank_id, count(*), sum(loss), sum(pays), sum(pays - award), '0.00', sum(award), sum(loss - pays)
FROM judged WHERE code IS NULL GROUP BY bank_id ORDER BY bank_id;
)sql",
                     fmt::arg("claims", claims), fmt::arg("folder", folder));
}

std::optional<std::string> find_duckdb(const std::string& given) {
  if (!given.empty()) return given;
  const std::string packaged = "node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
  for (const std::string& place : {packaged, TALENT_LOAN_SOURCE_DIR "/build/" + packaged}) {
    if (std::filesystem::exists(place)) return std::filesystem::absolute(place).string();
  }
  void* system = ::dlopen("libduckdb.so", RTLD_LAZY | RTLD_LOCAL);
  if (system == nullptr) return std::nullopt;
  ::dlclose(system);
  return "libduckdb.so";
}

std::string duckdb_version(const std::string& library) {
  return DuckDb(library).function<const char*()>("duckdb_library_version")();
}

int run_duckdb(const std::string& library, const std::string& script_path) {
  const DuckDb duckdb(library);
  const std::string script = testing::read_file(script_path);
  void* database = nullptr;
  void* connection = nullptr;
  DuckDb::Result result{};
  if (duckdb.function<int(const char*, void**)>("duckdb_open")(nullptr, &database) != 0) return 1;
  if (duckdb.function<int(void*, void**)>("duckdb_connect")(database, &connection) != 0) return 1;
  if (duckdb.function<int(void*, const char*, DuckDb::Result*)>("duckdb_query")(connection, script.c_str(), &result) != 0) {
    fmt::print(stderr, "{}\n", duckdb.function<const char*(DuckDb::Result*)>("duckdb_result_error")(&result));
    return 1;
  }
  return 0;
}

}  // namespace talent_loan::bench

#include "plugins/host/sync/cursors.hpp"

namespace talent_loan::host {

RawCursor read_cursor(Transaction& transaction, const BankId& bank, const std::string& stream) {
  const auto row = transaction.query_one("SELECT position, token FROM adapter_cursors WHERE bank_id = :bank AND stream = :stream", {bank, stream});
  return row ? RawCursor{row->integer(0), row->text(1)} : RawCursor{};
}

void write_cursor(Transaction& transaction, const BankId& bank, const std::string& stream, const RawCursor& cursor) {
  transaction.execute(
      "INSERT INTO adapter_cursors (bank_id, stream, position, token) VALUES (:bank, :stream, :position, :token)"
      " ON CONFLICT (bank_id, stream) DO UPDATE SET position = excluded.position, token = excluded.token",
      {bank, stream, cursor.position, cursor.token});
}

bool delivered(Transaction& transaction, const BankId& bank, const std::string& key) {
  return transaction.query_one("SELECT 1 FROM adapter_deliveries WHERE bank_id = :bank AND delivery_key = :key", {bank, key}).has_value();
}

void write_delivery(Transaction& transaction, const BankId& bank, const std::string& key, const std::string& receipt, Day on) {
  transaction.execute(
      "INSERT INTO adapter_deliveries (bank_id, delivery_key, receipt, delivered_on) VALUES (:bank, :key, :receipt, :day)"
      " ON CONFLICT (bank_id, delivery_key) DO NOTHING",
      {bank, key, receipt, on});
}

}  // namespace talent_loan::host

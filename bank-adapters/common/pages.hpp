// Reading a bank's records page by page, for the adapters that ask for them in messages.
//
// Each page is asked for by a mark that the bank gave with the page before (none at first), and has at most
// `page_size` records, the same whenever it is asked for, except that a last page may grow. A page that gives no mark is
// the last one: the next poll asks for it again and hands over what is new behind the records taken. The cursor's token
// remembers the mark, how many records of its page were taken, and a digest of what came before: so a bank that
// sends a page twice, or changes one that was read in part, is found out, also from one poll to the next.
#pragma once

#include <talent_loan/sdk.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank-adapters/common/fields.hpp"
#include "bank-adapters/common/outgoing.hpp"

namespace talent_loan::adapters {

// Where records stand in the bank's answers. The texts are paths in the adapter's own notation; empty: none.
struct Records {
  std::string key;  // in the configuration: "events"
  const std::vector<FieldSpec>* specs = nullptr;
  FieldMap fields;
  std::vector<std::string> sources;  // of the cells that `fields` reads, relative to a record
  // Pages; a single answer has none of these.
  std::string records, next, count, amount;
  std::size_t page_size = 0;
  std::optional<std::size_t> total_of;  // which field `amount` is the sum of
  AmountStyle amounts;
};

// Keys of such a map, for the adapter to add its own.
std::vector<std::string> records_keys(bool paged);

// Reports to `map` where a path is not one of the adapter's notation. `key` is where it stands.
using CheckPath = std::function<void(const YamlMap& map, const std::string& key, const std::string& path)>;

// `source` is the key that names a field's path in its long form: "path", "pointer".
Records read_records(const YamlMap& map, const std::string& key, const std::vector<FieldSpec>& specs, const ValueStyles& styles,
                     bool paged, const std::string& source, const CheckPath& check);

// The fields of a bank's answer to a request to lend: those of an issue result, and the outcome may be "pending".
const std::vector<FieldSpec>& issue_answer_fields();

// What a request for a page may say, and its fields' names.
Outgoing page_request(const std::string& mark, std::size_t page_size, sdk::Day as_of);
const std::vector<std::string>& page_request_names();

struct Page {
  std::vector<std::vector<std::string>> rows;  // cells in the order of Records::sources
  std::string next;                            // the mark of the page after this one; empty: this is the last
  std::optional<std::string> count, amount;    // control totals as found
};
// Asks the bank for the page with this mark.
using FetchPage = std::function<Page(const std::string& mark)>;

// Throws sdk::Error BAD_DATA for a page that repeats, shrinks, leads back or belies its totals; nothing of that
// page is handed over then.
template <typename Record>
void poll_pages(const sdk::Call& call, const Records& records, const sdk::Poll& poll, sdk::Sink<Record>& sink, const FetchPage& fetch);

extern template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Application>&, const FetchPage&);
extern template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Event>&, const FetchPage&);
extern template void poll_pages(const sdk::Call&, const Records&, const sdk::Poll&, sdk::Sink<sdk::Claim>&, const FetchPage&);

// The bank's answer to a request to lend, from the values of issue_answer_fields() or why they could not be read.
// A disbursement dated after the request's day is pending until then. Throws sdk::Error BAD_DATA where it is none.
sdk::Issued read_issued(const sdk::Call& call, const sdk::IssueRequest& request, std::optional<Reject> reject, const std::vector<Value>& values);

}  // namespace talent_loan::adapters

// Reading one view on from a cursor.
#pragma once

#include <talent_loan/sdk.hpp>

#include <string>
#include <vector>

#include "bank-adapters/database/link.hpp"

namespace talent_loan::adapters::database {

// Hands over the records after the cursor, up to poll.at_most, in the order of the cursor column. It ends before
// the first record that the bank dated later than the poll's day, so that no later record overtakes it.
// Throws sdk::Error BAD_DATA for a cursor column that repeats, falls, or is NULL.
template <typename Record>
void poll_view(const sdk::Call& call, Link& link, const InputStream& stream, const sdk::Poll& poll, sdk::Sink<Record>& sink);

extern template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Application>&);
extern template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Event>&);
extern template void poll_view(const sdk::Call&, Link&, const InputStream&, const sdk::Poll&, sdk::Sink<sdk::Claim>&);

// `CAST("a" AS TEXT), …`: every type of column arrives as the text that the field map reads.
std::string column_list(const std::vector<Name>& columns);

// The values of one row of a view, or why it is none.
std::optional<Reject> read_row(const InputStream& stream, const std::vector<std::string>& cells, std::vector<Value>& values);

}  // namespace talent_loan::adapters::database

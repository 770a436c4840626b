// Payment instructions as ISO 20022 messages: pain.001.001.10 out, pain.002.001.11 (what became of them) in.
#pragma once

#include <string>
#include <vector>

#include "core/policy/site.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// The customer credit transfer initiation of a booked batch: one PmtInf per fund or payer, control sums in
// the header and in each, end-to-end ids that are the payment ids of the books. The first message holds all payments;
// once a bank has reported, only those that failed, because the others are paid or on their way. The message id is the
// batch's, and another one after every report that was read, because banks refuse an id they have seen. The same batch in the same state gives the same bytes. Throws Failure where the
// batch is not booked, where nothing is left to pay, and where site.yaml names no account for a party or a name or
// account that the schema cannot hold, naming all.
std::string payment_message(Transaction& transaction, const BatchRecord& batch, const Site& site);
// The id of that message.
std::string payment_message_id(Transaction& transaction, const BatchRecord& batch);

struct PaymentStatusSummary {
  std::int64_t paid = 0;
  std::int64_t failed = 0;
  std::int64_t pending = 0;   // named without a final status
  std::int64_t repeated = 0;  // had that status already, by a report on the same message
};
// Reads a payment status report and marks payments paid (ACSC, ACCC) or failed (RJCT, CANC), with an audit entry.
// A status of the whole message (GrpSts) counts for each payment of a batch's first message where the report tells none
// by itself. Throws Failure, and marks nothing, where the report is no pain.002.001.11, names an unknown end-to-end id,
// an unknown status or another amount or currency, tells one payment in two ways or another way than its group, states another number or sum of
// payments than was sent, or contradicts a payment that is paid already.
PaymentStatusSummary apply_status_report(Transaction& transaction, const std::string& xml, const std::string& source, const UserId& user);

}  // namespace talent_loan

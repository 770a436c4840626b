// The files of a batch, always written from what the database holds: the same batch gives the same bytes.
#pragma once

#include "core/files/files.hpp"
#include "core/settlement/batch.hpp"

namespace talent_loan {

// `claim_id,bank_id,loan_id,policy_version,principal_loss,<payer>_pays,<payer>_bears,…,bank_bears`, in the order
// of the batch.
void write_lines(Transaction& transaction, const BatchRecord& batch, OutputFile& file);

// Adds the batch's rejections, without line numbers: no file stands behind them.
void add_rejects(Transaction& transaction, const BatchRecord& batch, RejectsFile& file);

// `bank_id,claims,principal_loss,<payer>_pays,<payer>_bears,…,bank_bears`, then a row TOTAL.
void write_totals(Transaction& transaction, const BatchRecord& batch, OutputFile& file);

// `payment_id,batch_id,as_of,bank_id,payer,fund,amount,currency,status`. The payment id is the end-to-end id.
void write_payments(Transaction& transaction, const BatchRecord& batch, OutputFile& file);

}  // namespace talent_loan

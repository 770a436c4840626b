-- The double-entry ledger (core/ledger/journal.hpp). Entries are only ever added. A debit is positive, a credit
-- negative; the postings of an entry add up to zero.
CREATE TABLE journal_entries (
  number BIGINT PRIMARY KEY CHECK (number > 0),
  posted_on TEXT NOT NULL,
  kind TEXT NOT NULL,
  reference TEXT NOT NULL,
  description TEXT NOT NULL,
  cite TEXT NOT NULL,
  reverses BIGINT UNIQUE REFERENCES journal_entries (number)
);
CREATE INDEX journal_entries_reference ON journal_entries (kind, reference);

CREATE TABLE journal_postings (
  entry BIGINT NOT NULL REFERENCES journal_entries (number),
  position BIGINT NOT NULL,
  account TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen <> 0),
  PRIMARY KEY (entry, position)
);
CREATE INDEX journal_postings_account ON journal_postings (account);

CREATE TABLE fund_deposits (
  fund TEXT NOT NULL,
  reference TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  received_on TEXT NOT NULL,
  source TEXT NOT NULL,
  entry BIGINT NOT NULL REFERENCES journal_entries (number),
  PRIMARY KEY (fund, reference)
);

-- Settlement batches (core/settlement/batch.hpp). A claim is decided by its line or reject in a batch that is
-- prepared or booked; when the batch is reversed, the claim is free again.
CREATE TABLE settlement_batches (
  number BIGINT PRIMARY KEY,
  batch_id TEXT NOT NULL UNIQUE,
  scheme TEXT NOT NULL,
  as_of TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('prepared', 'booked', 'reversed')),
  payers TEXT NOT NULL,  -- the order of the payers' columns
  cite TEXT NOT NULL,
  prepared_by TEXT NOT NULL,
  prepared_at TEXT NOT NULL,
  booked_by TEXT,
  booked_at TEXT,
  reversal_id TEXT UNIQUE,
  reversed_by TEXT,
  reversed_at TEXT,
  reversed_because TEXT
);

-- One line per accepted claim, with its whole split: `payer=pays/bears` in fen, joined by '|'.
CREATE TABLE settlement_lines (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  position BIGINT NOT NULL,
  claim BIGINT NOT NULL REFERENCES claims (number),
  policy_version TEXT NOT NULL,
  principal_loss_fen BIGINT NOT NULL CHECK (principal_loss_fen >= 0),
  shares TEXT NOT NULL,
  bank_bears_fen BIGINT NOT NULL CHECK (bank_bears_fen >= 0),
  PRIMARY KEY (batch, position)
);
CREATE INDEX settlement_lines_claim ON settlement_lines (claim);

CREATE TABLE settlement_rejects (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  position BIGINT NOT NULL,
  claim BIGINT NOT NULL REFERENCES claims (number),
  code TEXT NOT NULL,
  chinese TEXT NOT NULL,
  english TEXT NOT NULL,
  PRIMARY KEY (batch, position)
);
CREATE INDEX settlement_rejects_claim ON settlement_rejects (claim);

-- Claims that passed every check but wait until their fund has enough.
CREATE TABLE settlement_waiting (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  position BIGINT NOT NULL,
  claim BIGINT NOT NULL REFERENCES claims (number),
  fund TEXT NOT NULL,
  needed_fen BIGINT NOT NULL,
  PRIMARY KEY (batch, position)
);

-- The control totals that the ledger is posted from; the lines are their sub-ledger.
CREATE TABLE settlement_bank_totals (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  bank_id TEXT NOT NULL,
  claims BIGINT NOT NULL,
  principal_loss_fen BIGINT NOT NULL,
  bank_bears_fen BIGINT NOT NULL,
  PRIMARY KEY (batch, bank_id)
);
CREATE TABLE settlement_payer_totals (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  bank_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  pays_fen BIGINT NOT NULL,
  bears_fen BIGINT NOT NULL,
  reimburses_fen BIGINT NOT NULL,  -- of what it bears: owed to the payer that laid it out
  PRIMARY KEY (batch, bank_id, payer)
);

-- What shares with a yearly ceiling have used.
CREATE TABLE settlement_share_use (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  year BIGINT NOT NULL,
  share TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (batch, share)
);

-- One payment per bank, payer and fund. `payment_id` is the end-to-end id.
CREATE TABLE settlement_payments (
  payment_id TEXT PRIMARY KEY,
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  position BIGINT NOT NULL,
  bank_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  fund TEXT NOT NULL,  -- empty: the payer pays from its budget
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  status TEXT NOT NULL CHECK (status IN ('prepared', 'instructed', 'paid', 'failed', 'cancelled')),
  status_reason TEXT NOT NULL DEFAULT '',
  UNIQUE (batch, position)
);

-- Recoveries after compensation (core/settlement/recovery.hpp) and what flowed back to each payer.
CREATE TABLE recoveries (
  recovery_id TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  claim BIGINT NOT NULL REFERENCES claims (number),
  received_on TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  costs_fen BIGINT NOT NULL CHECK (costs_fen >= 0),
  entry BIGINT REFERENCES journal_entries (number),
  reversal_id TEXT UNIQUE,
  reversed_because TEXT
);
CREATE INDEX recoveries_claim ON recoveries (claim);
CREATE TABLE recovery_returns (
  recovery TEXT NOT NULL,  -- the recovery, or the reversal that changed it
  payer TEXT NOT NULL,
  claim BIGINT NOT NULL REFERENCES claims (number),
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (recovery, payer)
);
CREATE INDEX recovery_returns_claim ON recovery_returns (claim);

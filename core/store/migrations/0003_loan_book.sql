-- The loan book (core/loan/book.hpp). A key is the bank's own: unique per bank. Rows are never changed, but for
-- the stage of an application and what the stages brought.
CREATE TABLE loan_applications (
  bank_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  borrower_kind TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  applied_on TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  purpose TEXT NOT NULL,
  secured BIGINT NOT NULL,
  guaranteed BIGINT NOT NULL,
  term_months BIGINT,
  rate_hundred_millionths BIGINT,
  tags TEXT NOT NULL,
  stage TEXT NOT NULL DEFAULT 'received',
  receipt TEXT,
  declined_because TEXT,
  loan_id TEXT,
  PRIMARY KEY (bank_id, application_id)
);
CREATE INDEX loan_applications_stage ON loan_applications (bank_id, stage);

CREATE TABLE loan_decisions (
  bank_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  eligible BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  programme TEXT NOT NULL,
  level TEXT,
  talent_id TEXT NOT NULL,
  talents_counted BIGINT NOT NULL,
  cites TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  PRIMARY KEY (bank_id, application_id)
);

CREATE TABLE loans (
  bank_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  application_id TEXT NOT NULL,  -- empty: handed over without one
  borrower_kind TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  talent_id TEXT NOT NULL,
  talents_counted BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  purpose TEXT NOT NULL,
  rate_hundred_millionths BIGINT,
  term_months BIGINT,
  disbursed_on TEXT NOT NULL,
  maturity TEXT,
  secured BIGINT NOT NULL,
  guaranteed BIGINT NOT NULL,
  level TEXT,
  programme TEXT NOT NULL,
  tags TEXT NOT NULL,
  borrower_key TEXT NOT NULL,  -- whose balance counts over all banks (core/loan/balances.hpp)
  PRIMARY KEY (bank_id, loan_id)
);
CREATE INDEX loans_borrower ON loans (borrower_key);

CREATE TABLE loan_events (
  bank_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  occurred_on TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  amount_fen BIGINT CHECK (amount_fen > 0),
  costs_fen BIGINT CHECK (costs_fen >= 0),
  overdue_days BIGINT CHECK (overdue_days >= 0),
  loan_class TEXT,
  maturity TEXT,
  PRIMARY KEY (bank_id, event_id)
);
CREATE INDEX loan_events_loan ON loan_events (bank_id, loan_id);

-- `number` counts the claims in the order in which they came in; settlement names them by it.
CREATE TABLE claims (
  number BIGINT PRIMARY KEY,
  bank_id TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  loan_id TEXT NOT NULL,
  defaulted_on TEXT NOT NULL,
  claimed_on TEXT NOT NULL,
  outstanding_principal_fen BIGINT NOT NULL CHECK (outstanding_principal_fen >= 0),
  recovered_principal_fen BIGINT NOT NULL CHECK (recovered_principal_fen >= 0),
  UNIQUE (bank_id, claim_id)
);
CREATE INDEX claims_loan ON claims (bank_id, loan_id);

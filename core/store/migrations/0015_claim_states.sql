-- What the states of a claim are told from (core/settlement/claim_states.hpp), where the rows of settlement did not
-- say who and when.
ALTER TABLE recoveries ADD COLUMN booked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE recoveries ADD COLUMN booked_at TEXT NOT NULL DEFAULT '';
ALTER TABLE recoveries ADD COLUMN reversed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE recoveries ADD COLUMN reversed_at TEXT NOT NULL DEFAULT '';

-- What banks reported of a payment; only ever added to.
CREATE TABLE payment_reports (
  payment_id TEXT NOT NULL REFERENCES settlement_payments (payment_id),
  number BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('paid', 'failed')),
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  reported_at TEXT NOT NULL,
  PRIMARY KEY (payment_id, number)
);

-- The end of following a claim up (core/settlement/claim_closing.hpp). One that was reopened stays, with who, when, why.
CREATE TABLE claim_closings (
  claim BIGINT NOT NULL REFERENCES claims (number),
  number BIGINT NOT NULL,
  ground TEXT NOT NULL CHECK (ground IN ('fully-recovered', 'no-further-recovery', 'written-off')),
  closed_on TEXT NOT NULL,
  why TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at TEXT NOT NULL,
  reopened_because TEXT,
  reopened_by TEXT,
  reopened_at TEXT,
  PRIMARY KEY (claim, number)
);

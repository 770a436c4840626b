-- The audit trail: append-only, each entry's hash covers the one before it (core/store/audit.hpp).
CREATE TABLE audit_entries (
  sequence BIGINT PRIMARY KEY,
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  cite TEXT NOT NULL,
  hash TEXT NOT NULL
);
-- Where the trail ends, so that entries cut off its end are missed.
CREATE TABLE audit_head (
  one_row BIGINT PRIMARY KEY CHECK (one_row = 1),
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);

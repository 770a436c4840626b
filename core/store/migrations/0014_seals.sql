-- What entries of the audit trail say of rows in the tables they cover (core/store/seal.hpp). The last seal of a
-- scope counts; the hash of the entry covers its seals.
CREATE TABLE audit_seals (
  sequence BIGINT NOT NULL,   -- of the entry
  position BIGINT NOT NULL,   -- among its seals
  covered TEXT NOT NULL,      -- the table
  first_scope BIGINT NOT NULL,
  last_scope BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  digest TEXT NOT NULL,
  locator TEXT NOT NULL,      -- eight digits a row: to name the row that differs
  PRIMARY KEY (sequence, position)
);
CREATE INDEX audit_seals_scope ON audit_seals (covered, last_scope, sequence);

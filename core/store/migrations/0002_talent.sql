-- Which key the personal data of this database is sealed with (core/talent/vault.hpp); the key itself is elsewhere.
CREATE TABLE vault_key (
  one_row BIGINT PRIMARY KEY CHECK (one_row = 1),
  key_id TEXT NOT NULL,
  since TEXT NOT NULL
);
-- Every change of the registry is a version: what was known on a day is every version with as_of up to it.
CREATE TABLE list_versions (
  version BIGINT PRIMARY KEY,
  as_of TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('import', 'revocation')),
  source TEXT NOT NULL,
  rows_new BIGINT NOT NULL
);
-- What a list said of a talent; never changed. A later row corrects an earlier one (core/talent/history.hpp).
-- lookup and fingerprint are keyed hashes; sealed holds identity number and names encrypted.
CREATE TABLE talent_listings (
  version BIGINT NOT NULL REFERENCES list_versions (version),
  row_in_version BIGINT NOT NULL,
  talent_id TEXT NOT NULL,
  programme TEXT NOT NULL,
  level TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  id_type TEXT NOT NULL,
  lookup TEXT NOT NULL,
  employer_code TEXT,
  employed_from TEXT,
  employed_to TEXT,
  sealed TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (version, row_in_version)
);
CREATE INDEX talent_listings_by_talent ON talent_listings (talent_id);
CREATE INDEX talent_listings_by_lookup ON talent_listings (lookup);
CREATE INDEX talent_listings_by_employer ON talent_listings (employer_code);
CREATE TABLE talent_revocations (
  version BIGINT PRIMARY KEY REFERENCES list_versions (version),
  talent_id TEXT NOT NULL,
  revoked_from TEXT NOT NULL,
  why TEXT NOT NULL
);
CREATE INDEX talent_revocations_by_talent ON talent_revocations (talent_id);
-- Which banks are filed (备案) and when; unfiling ends a period and keeps its reason.
CREATE TABLE bank_filings (
  bank_id TEXT NOT NULL,
  filed_from TEXT NOT NULL,
  filed_to TEXT,
  name TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  ended_because TEXT,
  PRIMARY KEY (bank_id, filed_from)
);

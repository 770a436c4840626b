-- A talent's identity number is kept sealed (core/loan/borrower_seal.hpp): borrower_id is then its keyed hash. What
-- was stored before is sealed when the database is first opened; the indexes find it at once.
ALTER TABLE loan_applications ADD COLUMN borrower_sealed TEXT NOT NULL DEFAULT '';
ALTER TABLE loans ADD COLUMN borrower_sealed TEXT NOT NULL DEFAULT '';
CREATE INDEX loan_applications_unsealed ON loan_applications (bank_id) WHERE borrower_sealed = '' AND borrower_kind = 'talent';
CREATE INDEX loans_unsealed ON loans (bank_id) WHERE borrower_sealed = '' AND borrower_kind = 'talent';

-- What a decision cites: the list version it rests on (0: none) and the day whose knowledge it used.
ALTER TABLE loan_decisions ADD COLUMN list_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE loan_decisions ADD COLUMN known_on TEXT;

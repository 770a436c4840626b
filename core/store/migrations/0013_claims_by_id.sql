-- Recoveries name a claim by its id, mostly without its bank: without an index each of them read all claims.
CREATE INDEX claims_claim_id ON claims (claim_id);

-- What banks reported of payments is sealed by the audit trail batch by batch, as the payments themselves are: so each
-- report says which batch its payment belongs to.
ALTER TABLE payment_reports RENAME TO payment_reports_without_batch;
CREATE TABLE payment_reports (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  payment_id TEXT NOT NULL REFERENCES settlement_payments (payment_id),
  number BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('paid', 'failed')),
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  reported_at TEXT NOT NULL,
  PRIMARY KEY (batch, payment_id, number)
);
INSERT INTO payment_reports (batch, payment_id, number, status, reason, source, reported_by, reported_at)
SELECT p.batch, r.payment_id, r.number, r.status, r.reason, r.source, r.reported_by, r.reported_at
FROM payment_reports_without_batch r JOIN settlement_payments p ON p.payment_id = r.payment_id
ORDER BY p.batch, r.payment_id, r.number;
DROP TABLE payment_reports_without_batch;

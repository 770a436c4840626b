-- How far each bank's streams have been read (plugins/host/sync). Committed together with what was read.
CREATE TABLE adapter_cursors (
  bank_id TEXT NOT NULL,
  stream TEXT NOT NULL CHECK (stream IN ('applications', 'events', 'claims')),
  position BIGINT NOT NULL CHECK (position >= 0),
  token TEXT NOT NULL,
  PRIMARY KEY (bank_id, stream)
);

-- Settlement results and scores that a bank has taken note of, by idempotency key.
CREATE TABLE adapter_deliveries (
  bank_id TEXT NOT NULL,
  delivery_key TEXT NOT NULL,
  receipt TEXT NOT NULL,
  delivered_on TEXT NOT NULL,
  PRIMARY KEY (bank_id, delivery_key)
);

-- Banks whose last round failed (plugins/host/sync): how often in a row, since when, why the last time, and, once that
-- was too often, when they are tried again. A bank whose last round went through has no row. Times are milliseconds
-- since 1970, UTC.
CREATE TABLE adapter_breakers (
  bank_id TEXT PRIMARY KEY,
  failures BIGINT NOT NULL CHECK (failures > 0),
  failing_since BIGINT NOT NULL,
  reason_zh TEXT NOT NULL,
  reason_en TEXT NOT NULL,
  openings BIGINT NOT NULL CHECK (openings >= 0),
  retry_at BIGINT,
  CHECK ((openings = 0) = (retry_at IS NULL))
);

-- Lines as whole numbers instead of text: a batch of a million is stored and summed several times faster, and SQL
-- can read what each claim got (the view settlement_line_amounts).
ALTER TABLE settlement_lines RENAME TO settlement_lines_as_text;
DROP INDEX settlement_lines_claim;

-- The lines of one bank under one version share a part of the batch, and the part has their payers by slot.
CREATE TABLE settlement_parts (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  part BIGINT NOT NULL,
  bank_id TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  PRIMARY KEY (batch, part)
);
CREATE TABLE settlement_part_payers (
  batch BIGINT NOT NULL REFERENCES settlement_batches (number),
  part BIGINT NOT NULL,
  slot BIGINT NOT NULL CHECK (slot > 0),
  payer TEXT NOT NULL,
  PRIMARY KEY (batch, part, slot)
);

-- One line per accepted claim, kept in the order of the claims so that a line is found by its claim and a batch is
-- appended; `position` is its place in the batch. Unused slots are 0; those beyond the third are in
-- settlement_line_more, their sums here. No foreign keys, which would be looked up line by line: the numbers come
-- from the two tables in the transaction that stores the lines, and neither table ever loses a row.
CREATE TABLE settlement_lines (
  claim BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  position BIGINT NOT NULL,
  part BIGINT NOT NULL,
  principal_loss_fen BIGINT NOT NULL CHECK (principal_loss_fen >= 0),
  bank_bears_fen BIGINT NOT NULL CHECK (bank_bears_fen >= 0),
  pays_1_fen BIGINT NOT NULL,
  bears_1_fen BIGINT NOT NULL,
  pays_2_fen BIGINT NOT NULL,
  bears_2_fen BIGINT NOT NULL,
  pays_3_fen BIGINT NOT NULL,
  bears_3_fen BIGINT NOT NULL,
  more_pay_fen BIGINT NOT NULL,
  more_bear_fen BIGINT NOT NULL,
  PRIMARY KEY (claim, batch),
  CHECK (bank_bears_fen + pays_1_fen + pays_2_fen + pays_3_fen + more_pay_fen = principal_loss_fen),
  CHECK (bank_bears_fen + bears_1_fen + bears_2_fen + bears_3_fen + more_bear_fen = principal_loss_fen)
)
--[sqlite] WITHOUT ROWID
;
CREATE TABLE settlement_line_more (
  claim BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  slot BIGINT NOT NULL CHECK (slot > 3),
  pays_fen BIGINT NOT NULL,
  bears_fen BIGINT NOT NULL,
  PRIMARY KEY (claim, batch, slot)
);

INSERT INTO settlement_parts (batch, part, bank_id, policy_version)
SELECT batch, ROW_NUMBER() OVER (PARTITION BY batch ORDER BY bank_id COLLATE "C", policy_version COLLATE "C"), bank_id, policy_version
FROM (SELECT DISTINCT s.batch, c.bank_id, s.policy_version FROM settlement_lines_as_text s JOIN claims c ON c.number = s.claim) AS parts;

-- One row per line and payer; `payer=pays/bears` in fen, joined by '|'.
CREATE TABLE settlement_amounts_from_text (
  claim BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  part BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  payer TEXT NOT NULL,
  pays_fen BIGINT NOT NULL,
  bears_fen BIGINT NOT NULL,
  PRIMARY KEY (claim, batch, slot)
);
--[postgresql] CREATE FUNCTION instr(TEXT, TEXT) RETURNS INTEGER LANGUAGE SQL IMMUTABLE AS 'SELECT strpos($1, $2)';
WITH RECURSIVE amount (claim, batch, part, slot, one, rest) AS (
  SELECT s.claim, s.batch, p.part, 0, CAST('' AS TEXT), s.shares || '|'
  FROM settlement_lines_as_text s JOIN claims c ON c.number = s.claim
  JOIN settlement_parts p ON p.batch = s.batch AND p.bank_id = c.bank_id AND p.policy_version = s.policy_version
  WHERE s.shares <> ''
  UNION ALL
  SELECT claim, batch, part, slot + 1, SUBSTR(rest, 1, INSTR(rest, '|') - 1), SUBSTR(rest, INSTR(rest, '|') + 1)
  FROM amount WHERE rest <> ''
)
INSERT INTO settlement_amounts_from_text (claim, batch, part, slot, payer, pays_fen, bears_fen)
SELECT claim, batch, part, slot, SUBSTR(one, 1, INSTR(one, '=') - 1),
  CAST(SUBSTR(one, INSTR(one, '=') + 1, INSTR(one, '/') - INSTR(one, '=') - 1) AS BIGINT),
  CAST(SUBSTR(one, INSTR(one, '/') + 1) AS BIGINT)
FROM amount WHERE slot > 0;
--[postgresql] DROP FUNCTION instr(TEXT, TEXT);

INSERT INTO settlement_part_payers (batch, part, slot, payer)
SELECT DISTINCT batch, part, slot, payer FROM settlement_amounts_from_text;

INSERT INTO settlement_line_more (claim, batch, slot, pays_fen, bears_fen)
SELECT claim, batch, slot, pays_fen, bears_fen FROM settlement_amounts_from_text WHERE slot > 3;

INSERT INTO settlement_lines
SELECT s.claim, s.batch, s.position, p.part, s.principal_loss_fen, s.bank_bears_fen,
  COALESCE(a.pays_fen, 0), COALESCE(a.bears_fen, 0), COALESCE(b.pays_fen, 0), COALESCE(b.bears_fen, 0),
  COALESCE(d.pays_fen, 0), COALESCE(d.bears_fen, 0),
  COALESCE((SELECT CAST(SUM(m.pays_fen) AS BIGINT) FROM settlement_line_more m WHERE m.claim = s.claim AND m.batch = s.batch), 0),
  COALESCE((SELECT CAST(SUM(m.bears_fen) AS BIGINT) FROM settlement_line_more m WHERE m.claim = s.claim AND m.batch = s.batch), 0)
FROM settlement_lines_as_text s JOIN claims c ON c.number = s.claim
JOIN settlement_parts p ON p.batch = s.batch AND p.bank_id = c.bank_id AND p.policy_version = s.policy_version
LEFT JOIN settlement_amounts_from_text a ON a.claim = s.claim AND a.batch = s.batch AND a.slot = 1
LEFT JOIN settlement_amounts_from_text b ON b.claim = s.claim AND b.batch = s.batch AND b.slot = 2
LEFT JOIN settlement_amounts_from_text d ON d.claim = s.claim AND d.batch = s.batch AND d.slot = 3
ORDER BY s.claim, s.batch;

DROP TABLE settlement_amounts_from_text;
DROP TABLE settlement_lines_as_text;

-- What each claim got of each payer, for whoever asks in SQL.
CREATE VIEW settlement_line_amounts AS
SELECT s.claim, s.batch, s.part, p.slot, p.payer,
  CASE p.slot WHEN 1 THEN s.pays_1_fen WHEN 2 THEN s.pays_2_fen WHEN 3 THEN s.pays_3_fen ELSE m.pays_fen END AS pays_fen,
  CASE p.slot WHEN 1 THEN s.bears_1_fen WHEN 2 THEN s.bears_2_fen WHEN 3 THEN s.bears_3_fen ELSE m.bears_fen END AS bears_fen
FROM settlement_lines s JOIN settlement_part_payers p ON p.batch = s.batch AND p.part = s.part
LEFT JOIN settlement_line_more m ON m.claim = s.claim AND m.batch = s.batch AND m.slot = p.slot;

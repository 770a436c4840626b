-- Yearly assessments (core/assessment/results.hpp). The last run of a year is its result; earlier ones are kept.
CREATE TABLE assessment_runs (
  number BIGINT PRIMARY KEY,
  year BIGINT NOT NULL,
  table_id TEXT NOT NULL,
  title TEXT NOT NULL,
  content_hash TEXT NOT NULL,  -- of the scores and their breakdown: the same result is stored once
  banks BIGINT NOT NULL,
  run_by TEXT NOT NULL,
  run_at TEXT NOT NULL
);
CREATE INDEX assessment_runs_year ON assessment_runs (year);

CREATE TABLE assessment_scores (
  run BIGINT NOT NULL REFERENCES assessment_runs (number),
  position BIGINT NOT NULL,  -- 1, 2, 3, … in the order of the scores file
  bank_id TEXT NOT NULL,
  rank BIGINT NOT NULL,
  score TEXT NOT NULL,  -- exact decimal
  grade TEXT NOT NULL,
  PRIMARY KEY (run, position),
  UNIQUE (run, bank_id)
);

CREATE TABLE assessment_points (
  run BIGINT NOT NULL,
  position BIGINT NOT NULL,            -- of the bank
  indicator_position BIGINT NOT NULL,  -- in the table
  indicator TEXT NOT NULL,
  title TEXT NOT NULL,
  value TEXT NOT NULL,        -- as people read it; "≈" before one that no decimal equals
  points TEXT NOT NULL,       -- exact decimal
  full_points TEXT NOT NULL,  -- empty where the table states none
  PRIMARY KEY (run, position, indicator_position)
);

-- What a year's rewards gave each bank (core/assessment/rewards.hpp). One round of rewards for a year.
CREATE TABLE assessment_reward_rounds (
  year BIGINT PRIMARY KEY,
  run BIGINT NOT NULL REFERENCES assessment_runs (number),
  sum_fen BIGINT NOT NULL CHECK (sum_fen > 0),
  divided_by TEXT NOT NULL,
  parts TEXT NOT NULL,
  paid_from TEXT NOT NULL,
  posted_on TEXT NOT NULL,
  entry BIGINT NOT NULL REFERENCES journal_entries (number)
);
CREATE TABLE assessment_rewards (
  year BIGINT NOT NULL REFERENCES assessment_reward_rounds (year),
  bank_id TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
  PRIMARY KEY (year, bank_id)
);

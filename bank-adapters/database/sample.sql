-- The bank's side of sample.yaml on PostgreSQL: the tables stand for the core's own, the schema talent_loan is
-- what the adapter sees.
CREATE TABLE core_application (seq BIGINT, app_no TEXT, cust_type TEXT, cert_no TEXT, apply_date DATE,
  apply_amount NUMERIC(18,2), term INTEGER, year_rate NUMERIC(9,6), purpose_code TEXT, has_collateral BOOLEAN, has_guarantor BOOLEAN);
CREATE TABLE core_event (seq BIGINT, event_no TEXT, event_type TEXT, loan_no TEXT, event_date DATE, overdue_days INTEGER,
  amount NUMERIC(18,2), costs NUMERIC(18,2), five_class TEXT, new_due_date DATE);
CREATE TABLE core_claim (seq BIGINT, claim_no TEXT, loan_no TEXT, cert_no TEXT, disbursed_date DATE, default_date DATE,
  claim_date DATE, principal_left NUMERIC(18,2), principal_back NUMERIC(18,2));
CREATE TABLE core_issue (app_no TEXT PRIMARY KEY, result TEXT, loan_no TEXT, disbursed_date DATE, amount NUMERIC(18,2), year_rate NUMERIC(9,6),
  due_date DATE, reason TEXT);

CREATE SCHEMA talent_loan;
-- The cursor: numbers are given under a lock that is held to the end of the transaction, so rows become visible in
-- the order of their numbers. With a plain sequence, a row numbered first and committed last would be passed over.
CREATE SEQUENCE talent_loan.numbers;
CREATE FUNCTION talent_loan.numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('talent_loan.numbers'));
  NEW.seq := nextval('talent_loan.numbers');
  RETURN NEW;
END $$;
CREATE TRIGGER numbered BEFORE INSERT ON core_application FOR EACH ROW EXECUTE FUNCTION talent_loan.numbered();
CREATE TRIGGER numbered BEFORE INSERT ON core_event FOR EACH ROW EXECUTE FUNCTION talent_loan.numbered();
CREATE TRIGGER numbered BEFORE INSERT ON core_claim FOR EACH ROW EXECUTE FUNCTION talent_loan.numbered();
CREATE UNIQUE INDEX ON core_application (seq);
CREATE UNIQUE INDEX ON core_event (seq);
CREATE UNIQUE INDEX ON core_claim (seq);
CREATE VIEW talent_loan.applications AS SELECT * FROM core_application;
CREATE VIEW talent_loan.events AS SELECT * FROM core_event;
CREATE VIEW talent_loan.claims AS SELECT * FROM core_claim;
CREATE VIEW talent_loan.issue_results AS SELECT * FROM core_issue;

CREATE TABLE talent_loan.returns (receipt_no BIGINT GENERATED ALWAYS AS IDENTITY, request_key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject TEXT NOT NULL,
  accepted CHAR(1), reasons TEXT, document TEXT, on_day DATE, principal_loss NUMERIC(18,2), city_pays NUMERIC(18,2), bank_bears NUMERIC(18,2), note TEXT,
  written_at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE VIEW talent_loan.returns_seen AS SELECT * FROM talent_loan.returns;

CREATE ROLE talent_loan LOGIN;
GRANT USAGE ON SCHEMA talent_loan TO talent_loan;
GRANT SELECT ON talent_loan.applications, talent_loan.events, talent_loan.claims, talent_loan.issue_results, talent_loan.returns_seen TO talent_loan;
GRANT INSERT ON talent_loan.returns TO talent_loan;

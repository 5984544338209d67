-- Checks that the payers' banks did not pay, as the bank's files tell them.

CREATE TABLE returned_checks (
    -- SHA-256 of the file, and the record in it: no return is taken in twice.
    digest TEXT NOT NULL,
    record_no BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    -- Keyed hash of bank account, number and amount, as of checks that came in.
    fingerprint TEXT NOT NULL,
    cents BIGINT NOT NULL,
    -- The bank's code (X9.100-188).
    reason TEXT NOT NULL,
    -- The check it is, if it is certain.
    file_id ID,
    item_no BIGINT,
    -- 'reversed', or why a person has to look at it.
    outcome TEXT NOT NULL,
    owner TEXT NOT NULL,
    taken_in_at INSTANT NOT NULL,
    closed_at INSTANT,
    PRIMARY KEY (digest, record_no),
    FOREIGN KEY (file_id, item_no) REFERENCES remittance_items (file_id, item_no)
);
-- What a check paid is taken back once, however often its return is told.
CREATE UNIQUE INDEX returned_checks_once ON returned_checks (file_id, item_no)
    WHERE outcome = 'reversed';
CREATE INDEX returned_checks_waiting ON returned_checks (taken_in_at) WHERE closed_at IS NULL;

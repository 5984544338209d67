-- What people need who decide about money in suspense.

-- Until this day somebody wants to wait, and why: typed, so it is shown to staff and nowhere else.
ALTER TABLE suspense ADD COLUMN
    held_until DAY
;
ALTER TABLE suspense ADD COLUMN held_because TEXT NOT NULL DEFAULT '';
-- Moved by every change, so that two people do not decide twice about the same money.
ALTER TABLE suspense ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX suspense_waiting ON suspense (effective_on, file_id, item_no)
    WHERE state IN ('open', 'return-asked');

-- What lay in the envelope of a check in suspense besides checks, as the bank read it. It stands
-- with the first check of the envelope.
CREATE TABLE remittance_coupons (
    file_id ID NOT NULL,
    item_no BIGINT NOT NULL,
    coupon_no BIGINT NOT NULL,
    scan_line TEXT NOT NULL,
    -- What the bank keyed: usually a member ID.
    reference TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (file_id, item_no, coupon_no),
    FOREIGN KEY (file_id, item_no) REFERENCES remittance_items (file_id, item_no)
);

-- Whose the money may be, as it looked when it came in; also accounts that staff thought of. Who
-- has a likely one is not late while the money waits.
CREATE TABLE suspense_candidates (
    file_id ID NOT NULL,
    item_no BIGINT NOT NULL,
    account_id ID NOT NULL REFERENCES accounts (id),
    score BIGINT NOT NULL CHECK (score >= 0),
    -- Codes with spaces between them; 'staff' for an account that a person added.
    reasons TEXT NOT NULL,
    PRIMARY KEY (file_id, item_no, account_id),
    FOREIGN KEY (file_id, item_no) REFERENCES suspense (file_id, item_no)
);
CREATE INDEX suspense_candidates_by_account ON suspense_candidates (account_id);

-- Money in suspense that goes back to its payer by check: asked for by one person, released by
-- another.
CREATE TABLE suspense_returns (
    file_id ID NOT NULL,
    item_no BIGINT NOT NULL,
    id ID NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    reason TEXT NOT NULL,
    -- Whom and where the check goes to, sealed.
    sealed TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INSTANT NOT NULL,
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at INSTANT,
    released BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (file_id, item_no, id),
    FOREIGN KEY (file_id, item_no) REFERENCES suspense (file_id, item_no),
    CHECK (decided_by <> asked_by OR NOT released)
);

-- Finds the accounts that were paid from a bank account.
CREATE INDEX payer_accounts_by_fingerprint ON payer_accounts (fingerprint);
CREATE INDEX audit_events_by_subject ON audit_events (subject) WHERE subject <> '';

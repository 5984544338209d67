-- Files of lockbox banks: what came in, what was posted, and what waits in suspense.

CREATE TABLE remittance_files (
    -- Also the chain of the journal in which its money in suspense is posted.
    id ID NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    -- Of its checks in any order, so that the same file is known under another name.
    contents_digest TEXT NOT NULL UNIQUE,
    file_name TEXT NOT NULL,
    format TEXT NOT NULL,
    origin TEXT NOT NULL,
    reference TEXT NOT NULL,
    checks BIGINT NOT NULL,
    cents BIGINT NOT NULL,
    posted BIGINT NOT NULL,
    posted_cents BIGINT NOT NULL,
    suspended BIGINT NOT NULL,
    suspended_cents BIGINT NOT NULL,
    journal_seq BIGINT NOT NULL,
    journal_hash BYTES NOT NULL,
    -- The checkpoint, moved in the transaction of what it counts.
    done_envelopes BIGINT NOT NULL,
    -- Whether a check is late, is told by the day the file first came in.
    begun_on DAY NOT NULL,
    begun_at INSTANT NOT NULL,
    finished_at INSTANT
);
CREATE UNIQUE INDEX remittance_files_by_reference ON remittance_files (origin, reference)
    WHERE reference <> '';

CREATE TABLE remittance_items (
    file_id ID NOT NULL REFERENCES remittance_files (id),
    item_no BIGINT NOT NULL,
    lockbox TEXT NOT NULL,
    deposited_on DAY NOT NULL,
    batch TEXT NOT NULL,
    envelope TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    -- Keyed hash of bank account, number and amount; empty if the bank did not read them all.
    fingerprint TEXT NOT NULL,
    -- Routing, account and check number, sealed.
    sealed TEXT NOT NULL,
    last_four TEXT NOT NULL,
    cents BIGINT NOT NULL,
    payer_name TEXT NOT NULL,
    dated_on DAY,
    image TEXT NOT NULL,
    outcome TEXT NOT NULL,
    exceptions TEXT NOT NULL,
    PRIMARY KEY (file_id, item_no),
    UNIQUE (lockbox, deposited_on, batch, envelope, ordinal)
);
CREATE INDEX remittance_items_by_fingerprint ON remittance_items (fingerprint)
    WHERE fingerprint <> '';

-- Which payments a check became; several if it came with several coupons.
CREATE TABLE remittance_payments (
    account_id ID NOT NULL,
    payment_id ID NOT NULL,
    file_id ID NOT NULL,
    item_no BIGINT NOT NULL,
    PRIMARY KEY (account_id, payment_id),
    FOREIGN KEY (file_id, item_no) REFERENCES remittance_items (file_id, item_no)
);

CREATE TABLE suspense (
    file_id ID NOT NULL,
    item_no BIGINT NOT NULL,
    cents BIGINT NOT NULL,
    open_cents BIGINT NOT NULL CHECK (open_cents >= 0),
    effective_on DAY NOT NULL,
    exceptions TEXT NOT NULL,
    state TEXT NOT NULL,
    -- A queue, or the member of staff who took it.
    owner TEXT NOT NULL,
    opened_at INSTANT NOT NULL,
    closed_at INSTANT,
    PRIMARY KEY (file_id, item_no),
    FOREIGN KEY (file_id, item_no) REFERENCES remittance_items (file_id, item_no)
);

-- Bank accounts that an account was paid from by check, as keyed hashes.
CREATE TABLE payer_accounts (
    account_id ID NOT NULL REFERENCES accounts (id),
    fingerprint TEXT NOT NULL,
    first_seen_on DAY NOT NULL,
    PRIMARY KEY (account_id, fingerprint)
);

-- The key of those hashes, sealed. One row.
CREATE TABLE fingerprint_keys (
    name TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
);

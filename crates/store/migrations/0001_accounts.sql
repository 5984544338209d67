-- People, accounts, coverage and the roster files they came from.

CREATE TABLE number_series (
    name TEXT NOT NULL PRIMARY KEY,
    next_number BIGINT NOT NULL
);

CREATE TABLE persons (
    id ID NOT NULL PRIMARY KEY,
    member_id TEXT NOT NULL UNIQUE,
    subscriber_member_id TEXT NOT NULL,
    relationship TEXT NOT NULL,
    last_name TEXT NOT NULL,
    first_name TEXT NOT NULL,
    middle_name TEXT NOT NULL,
    plain_last_name TEXT NOT NULL,
    birth_date DAY NOT NULL,
    gender TEXT NOT NULL,
    address_1 TEXT NOT NULL,
    address_2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zip TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    large_print BOOLEAN NOT NULL,
    created_at INSTANT NOT NULL,
    updated_at INSTANT NOT NULL
);
CREATE INDEX persons_by_subscriber ON persons (subscriber_member_id);
CREATE INDEX persons_by_name ON persons (plain_last_name, birth_date);

-- One subscriber's premium account in one plan line, with its running balances. The balances change
-- only in the transaction that writes the journal entries they sum up.
CREATE TABLE accounts (
    id ID NOT NULL PRIMARY KEY,
    account_number BIGINT NOT NULL UNIQUE,
    subscriber_id ID NOT NULL REFERENCES persons (id),
    plan_line TEXT NOT NULL,
    receivable_cents BIGINT NOT NULL,
    unapplied_cents BIGINT NOT NULL CHECK (unapplied_cents >= 0),
    journal_seq BIGINT NOT NULL,
    journal_hash BYTES NOT NULL,
    -- The earliest month already invoiced that a later roster change touched; null if none.
    changed_from BIGINT,
    -- The latest month invoiced, null before the first, with the total and the policy of that
    -- invoice: what the next billing run would otherwise have to look for in the history.
    invoiced_month BIGINT,
    invoiced_total_cents BIGINT NOT NULL DEFAULT 0,
    invoiced_policy TEXT NOT NULL DEFAULT '',
    opened_at INSTANT NOT NULL,
    UNIQUE (subscriber_id, plan_line)
);

CREATE TABLE coverages (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    first_day DAY NOT NULL,
    last_day DAY,
    premium_cents BIGINT NOT NULL CHECK (premium_cents >= 0),
    aptc_cents BIGINT NOT NULL CHECK (aptc_cents >= 0),
    penalty_cents BIGINT NOT NULL CHECK (penalty_cents >= 0),
    -- The number of the policy; segments of one policy never overlap.
    policy TEXT NOT NULL,
    binder_paid_on DAY,
    created_at INSTANT NOT NULL,
    updated_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, policy, first_day)
);

CREATE TABLE covered_members (
    account_id ID NOT NULL REFERENCES accounts (id),
    person_id ID NOT NULL REFERENCES persons (id),
    first_day DAY NOT NULL,
    last_day DAY,
    PRIMARY KEY (account_id, person_id)
);
CREATE INDEX covered_members_by_person ON covered_members (person_id);

CREATE TABLE roster_files (
    digest TEXT NOT NULL PRIMARY KEY,
    file_name TEXT NOT NULL,
    format TEXT NOT NULL,
    records BIGINT NOT NULL,
    inserted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    begun_at INSTANT NOT NULL,
    finished_at INSTANT
);

CREATE TABLE roster_rejects (
    digest TEXT NOT NULL,
    position BIGINT NOT NULL,
    element TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (digest, position, element)
);

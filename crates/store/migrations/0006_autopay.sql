-- Mandates, drafts, and the nightly watch over them.

CREATE TABLE mandates (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    person_id ID NOT NULL REFERENCES persons (id),
    method_id ID NOT NULL,
    -- 1 to 28; 0 for the due date.
    draft_day BIGINT NOT NULL CHECK (draft_day >= 0 AND draft_day <= 28),
    -- The most that one draft may be, and what happens above it: 'never' or 'after-notice'.
    cap_cents BIGINT CHECK (cap_cents > 0),
    over_cap TEXT NOT NULL,
    -- Amounts in which no notice is sent: from least to most, or no further from the last transfer.
    agreed_least_cents BIGINT,
    agreed_most_cents BIGINT,
    agreed_difference_cents BIGINT,
    start_month BIGINT NOT NULL,
    -- The last transfer under it or, before the first, the amount in the authorisation.
    previous_cents BIGINT,
    state TEXT NOT NULL,
    ended_on DAY,
    -- The return code that ended it; empty otherwise.
    end_reason TEXT NOT NULL,
    consent_id ID NOT NULL,
    consent_version TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Sealed: the network address and browser it was agreed to from.
    evidence TEXT NOT NULL,
    given_at INSTANT NOT NULL,
    updated_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX mandates_one_active ON mandates (account_id) WHERE state = 'active';
CREATE INDEX mandates_by_method ON mandates (person_id, method_id) WHERE state = 'active';

CREATE TABLE mandate_skips (
    account_id ID NOT NULL,
    billing_month BIGINT NOT NULL,
    skipped_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, billing_month)
);

-- One draft for each account and billing month: the key is what keeps a second one away.
CREATE TABLE autopay_drafts (
    account_id ID NOT NULL REFERENCES accounts (id),
    billing_month BIGINT NOT NULL,
    mandate_id ID NOT NULL,
    method_id ID NOT NULL,
    state TEXT NOT NULL,
    -- The day it is submitted, the day the money moves, and the due date of its invoice.
    draft_on DAY,
    debit_on DAY,
    due_on DAY,
    cents BIGINT NOT NULL CHECK (cents >= 0),
    -- Why there is none, why it is late, or why it failed; empty otherwise.
    reason TEXT NOT NULL,
    -- The reason that the member was last told of.
    told_reason TEXT NOT NULL,
    -- The last notice of amount and day.
    notice_sent_on DAY,
    notice_cents BIGINT,
    notice_debit_on DAY,
    -- The payment of the latest try.
    payment_id ID,
    tries BIGINT NOT NULL,
    -- How often the bank sent it back.
    returns BIGINT NOT NULL,
    next_try_on DAY,
    -- When the money of the first try moved, from which the 180 days of a reinitiation count.
    first_debit_on DAY,
    updated_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, billing_month)
);
CREATE INDEX autopay_drafts_due ON autopay_drafts (draft_on, account_id) WHERE state = 'scheduled';
CREATE INDEX autopay_drafts_again ON autopay_drafts (next_try_on, account_id) WHERE state = 'retry';
CREATE INDEX autopay_drafts_by_payment ON autopay_drafts (payment_id) WHERE payment_id IS NOT NULL;

-- Attempts that are written down and not sent: what the dispatcher claims.
CREATE INDEX attempts_prepared ON attempts (id) WHERE state = 'prepared';

-- The checkpoints of runs over all mandates. A run is one purpose on one day.
CREATE TABLE autopay_runs (
    purpose TEXT NOT NULL,
    run_day DAY NOT NULL,
    partition_no BIGINT NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    done_number BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until INSTANT,
    finished_at INSTANT,
    PRIMARY KEY (purpose, run_day, partition_no)
);

-- What a night expected to be drafted on the days after it.
CREATE TABLE autopay_forecasts (
    planned_on DAY NOT NULL,
    draft_on DAY NOT NULL,
    drafts BIGINT NOT NULL,
    previous_cents BIGINT NOT NULL,
    PRIMARY KEY (planned_on, draft_on)
);

-- Days on which the drafts were held beside their forecast, and what came of it.
CREATE TABLE autopay_sendings (
    send_day DAY NOT NULL PRIMARY KEY,
    drafts BIGINT NOT NULL,
    cents BIGINT NOT NULL,
    forecast_drafts BIGINT NOT NULL,
    forecast_cents BIGINT NOT NULL,
    -- Why it stopped; empty if it did not.
    stopped TEXT NOT NULL,
    released_at INSTANT,
    released_reason TEXT NOT NULL,
    checked_at INSTANT NOT NULL,
    finished_at INSTANT
);

-- Mandates without exactly one draft as it should be, and why.
CREATE TABLE autopay_watch (
    account_id ID NOT NULL REFERENCES accounts (id),
    billing_month BIGINT NOT NULL,
    mandate_id ID NOT NULL,
    -- A fault of the machinery, or the stated reason why there is no draft.
    finding TEXT NOT NULL,
    is_fault BOOLEAN NOT NULL,
    due_on DAY,
    since DAY NOT NULL,
    seen_on DAY NOT NULL,
    told_at INSTANT,
    PRIMARY KEY (account_id, billing_month)
);
CREATE INDEX autopay_watch_seen ON autopay_watch (seen_on, is_fault);

-- Each job of the night, once for each day.
CREATE TABLE nightly_jobs (
    run_day DAY NOT NULL,
    job TEXT NOT NULL,
    tries BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until INSTANT,
    next_try_at INSTANT NOT NULL,
    finished_at INSTANT,
    last_error TEXT NOT NULL,
    PRIMARY KEY (run_day, job)
);

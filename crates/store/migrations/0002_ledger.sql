-- The journal: written once, never changed. A correction is a new posting.
-- Every table leads its keys with account_id, so that the schema can be spread over machines by it.

CREATE TABLE journal_transactions (
    account_id ID NOT NULL,
    seq BIGINT NOT NULL,
    id ID NOT NULL,
    posting TEXT NOT NULL,
    effective_on DAY NOT NULL,
    posted_at INSTANT NOT NULL,
    source TEXT NOT NULL,
    -- SHA-256 over the hash before it in the account's chain and over this posting.
    hash BYTES NOT NULL,
    PRIMARY KEY (account_id, seq)
);

CREATE TABLE journal_entries (
    account_id ID NOT NULL,
    seq BIGINT NOT NULL,
    entry_no BIGINT NOT NULL,
    ledger_account TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents <> 0),
    invoice_id ID,
    effective_on DAY NOT NULL,
    PRIMARY KEY (account_id, seq, entry_no),
    FOREIGN KEY (account_id, seq) REFERENCES journal_transactions (account_id, seq)
);

CREATE TABLE invoices (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    billing_month BIGINT NOT NULL,
    invoice_number TEXT NOT NULL,
    issued_on DAY NOT NULL,
    due_on DAY NOT NULL,
    premium_cents BIGINT NOT NULL,
    aptc_cents BIGINT NOT NULL,
    penalty_cents BIGINT NOT NULL,
    -- New on this invoice: premium less APTC plus penalty, retroactive changes included.
    charges_cents BIGINT NOT NULL,
    previous_balance_cents BIGINT NOT NULL,
    payments_cents BIGINT NOT NULL,
    total_due_cents BIGINT NOT NULL,
    -- What has been applied to it so far; sums applications.
    applied_cents BIGINT NOT NULL,
    -- The policy it is for, and whether it asks for the binder payment of that policy.
    policy TEXT NOT NULL,
    binder BOOLEAN NOT NULL,
    -- The journal transaction that posted it.
    journal_seq BIGINT NOT NULL,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, billing_month)
);

CREATE TABLE invoice_lines (
    account_id ID NOT NULL,
    invoice_id ID NOT NULL,
    line_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    month BIGINT NOT NULL,
    days BIGINT NOT NULL,
    of_days BIGINT NOT NULL,
    -- On an adjustment of an earlier month: what was invoiced for it before.
    was_cents BIGINT NOT NULL,
    cents BIGINT NOT NULL,
    PRIMARY KEY (account_id, invoice_id, line_no),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id)
);

CREATE TABLE applications (
    account_id ID NOT NULL,
    id ID NOT NULL,
    invoice_id ID NOT NULL,
    -- Null when unapplied cash from several payments was drawn on.
    payment_id ID,
    -- Negative when an application is taken back.
    cents BIGINT NOT NULL CHECK (cents <> 0),
    applied_on DAY NOT NULL,
    journal_seq BIGINT NOT NULL,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id)
);

CREATE TABLE billing_runs (
    billing_month BIGINT NOT NULL,
    partition_no BIGINT NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    -- The day on all invoices of the run, however often it is resumed.
    issued_on DAY NOT NULL,
    -- The highest account number done; the checkpoint, moved in the transaction of its invoices.
    done_number BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until INSTANT,
    finished_at INSTANT,
    PRIMARY KEY (billing_month, partition_no)
);

-- What a partition of a run has invoiced so far, moved together with its checkpoint.
CREATE TABLE billing_run_lines (
    billing_month BIGINT NOT NULL,
    partition_no BIGINT NOT NULL,
    plan_line TEXT NOT NULL,
    invoices BIGINT NOT NULL,
    premium_cents BIGINT NOT NULL,
    aptc_cents BIGINT NOT NULL,
    penalty_cents BIGINT NOT NULL,
    charges_cents BIGINT NOT NULL,
    PRIMARY KEY (billing_month, partition_no, plan_line)
);

CREATE TABLE audit_events (
    id ID NOT NULL PRIMARY KEY,
    at INSTANT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    account_id ID,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_events_by_account ON audit_events (account_id, at);

@only sqlite
CREATE TRIGGER journal_transactions_are_never_changed BEFORE UPDATE ON journal_transactions
BEGIN SELECT RAISE(ABORT, 'the journal is never changed; post a correction'); END;
CREATE TRIGGER journal_transactions_are_never_deleted BEFORE DELETE ON journal_transactions
BEGIN SELECT RAISE(ABORT, 'the journal is never changed; post a correction'); END;
CREATE TRIGGER journal_entries_are_never_changed BEFORE UPDATE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'the journal is never changed; post a correction'); END;
CREATE TRIGGER journal_entries_are_never_deleted BEFORE DELETE ON journal_entries
BEGIN SELECT RAISE(ABORT, 'the journal is never changed; post a correction'); END;
CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
@end

@only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to; post a correction', TG_TABLE_NAME;
END $$;
CREATE TRIGGER journal_transactions_are_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entries_are_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_are_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
@end

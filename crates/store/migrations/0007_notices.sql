-- Notices as they were sent, and how each person wants documents delivered.

-- How a person wants documents, and whether mail reaches them. No row: as the plan does it.
CREATE TABLE delivery_preferences (
    person_id ID NOT NULL PRIMARY KEY REFERENCES persons (id),
    -- 'paper', 'electronic', 'both'; empty where nothing was chosen.
    invoices TEXT NOT NULL,
    notices TEXT NOT NULL,
    letters TEXT NOT NULL,
    -- The consent to documents in electronic form, while it stands.
    consent_id ID,
    consent_version TEXT NOT NULL,
    consented_at INSTANT,
    -- The address that mail came back from, folded; empty if mail arrives.
    bouncing_email TEXT NOT NULL,
    bouncing_since INSTANT,
    -- Codes of the reminders that were turned off, separated by spaces.
    reminders_off TEXT NOT NULL,
    updated_at INSTANT NOT NULL
);

CREATE TABLE notices (
    id ID NOT NULL PRIMARY KEY,
    -- Null if it went to an address that is nobody's on file.
    person_id ID REFERENCES persons (id),
    account_id ID REFERENCES accounts (id),
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    large_print BOOLEAN NOT NULL,
    -- A document it tells of, kept with the documents of the person.
    attached_id ID,
    -- The billing month of a notice that a nightly run sends once for each account and month.
    about_month BIGINT,
    created_at INSTANT NOT NULL
);
CREATE UNIQUE INDEX notices_once ON notices (account_id, kind, about_month)
    WHERE about_month IS NOT NULL;
CREATE INDEX notices_by_person ON notices (person_id, created_at) WHERE person_id IS NOT NULL;
CREATE INDEX notices_by_account ON notices (account_id, created_at) WHERE account_id IS NOT NULL;

-- E-mail says for which notice it is, what the mail server answered, and, sealed, what was sent.
ALTER TABLE outbox ADD COLUMN
    notice_id ID NULL;
ALTER TABLE outbox ADD COLUMN large_print BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN sent_copy TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN
    bounced_at INSTANT NULL;
ALTER TABLE outbox ADD COLUMN bounce_status TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_by_notice ON outbox (notice_id) WHERE notice_id IS NOT NULL;

-- A notice on paper: waiting, then a line in the manifest of a batch.
CREATE TABLE letters (
    notice_id ID NOT NULL PRIMARY KEY REFERENCES notices (id),
    -- Sealed.
    facts TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    batch TEXT NOT NULL,
    batch_line BIGINT,
    -- When the batch with it was finished.
    printed_at INSTANT,
    -- Sealed: the PDF as it was printed.
    sent_copy TEXT NOT NULL
);
CREATE INDEX letters_to_print ON letters (created_at, notice_id) WHERE printed_at IS NULL;
CREATE INDEX letters_by_batch ON letters (batch, batch_line) WHERE batch <> '';

-- Stored documents, consents with their evidence, and requests for ID cards.

-- What a person agreed to, in the exact words: evidence, written once. Its end is a row beside it.
CREATE TABLE consents (
    person_id ID NOT NULL REFERENCES persons (id),
    id ID NOT NULL,
    account_id ID REFERENCES accounts (id),
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Sealed: the words may name a bank and the end of an account number.
    words TEXT NOT NULL,
    -- Sealed: the network address that the person agreed from.
    evidence TEXT NOT NULL,
    given_at INSTANT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (person_id, id)
);
CREATE UNIQUE INDEX consents_by_id ON consents (id);

CREATE TABLE consent_withdrawals (
    person_id ID NOT NULL,
    consent_id ID NOT NULL,
    withdrawn_at INSTANT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (person_id, consent_id),
    FOREIGN KEY (person_id, consent_id) REFERENCES consents (person_id, id)
);

-- Documents that cannot be made again from the books: copies of consents, letters, notices.
CREATE TABLE documents (
    person_id ID NOT NULL REFERENCES persons (id),
    id ID NOT NULL,
    account_id ID REFERENCES accounts (id),
    consent_id ID,
    kind TEXT NOT NULL,
    -- Sealed: a subject line may say what a stranger should not read.
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    made_on DAY NOT NULL,
    pages BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (person_id, id)
);
CREATE UNIQUE INDEX documents_by_id ON documents (id);

-- The PDFs, sealed; apart, so that a list of documents does not read them.
CREATE TABLE document_contents (
    person_id ID NOT NULL,
    document_id ID NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (person_id, document_id),
    FOREIGN KEY (person_id, document_id) REFERENCES documents (person_id, id)
);

-- Calendar addresses that members turned on. The token is kept as its SHA-256 only.
CREATE TABLE calendar_feeds (
    person_id ID NOT NULL PRIMARY KEY REFERENCES persons (id),
    token_hash BYTES NOT NULL UNIQUE,
    language TEXT NOT NULL,
    made_at INSTANT NOT NULL
);

-- What a calendar was told last of a month's due date: a date that moves keeps its name and counts
-- up, so that the calendar moves the event instead of adding one (RFC 5545, 3.8.7.4).
CREATE TABLE calendar_dates (
    account_id ID NOT NULL REFERENCES accounts (id),
    billing_month BIGINT NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    due_on DAY NOT NULL,
    sequence BIGINT NOT NULL,
    changed_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, billing_month)
);

-- Files for the card printer, numbered without gaps.
CREATE TABLE card_batches (
    number BIGINT NOT NULL PRIMARY KEY,
    cards BIGINT NOT NULL,
    begun_at INSTANT NOT NULL,
    -- Set when the file is whole on disk. Until then the batch is written again, with this number.
    finished_at INSTANT
);

CREATE TABLE card_requests (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    -- Whose card; the account's subscriber or a covered member.
    person_id ID NOT NULL REFERENCES persons (id),
    -- What the card printer quotes when it has mailed the card.
    request_number BIGINT NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_at INSTANT NOT NULL,
    batch_number BIGINT REFERENCES card_batches (number),
    printed_at INSTANT,
    mailed_on DAY,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX card_requests_one_open ON card_requests (account_id, person_id)
    WHERE state IN ('requested', 'printed');
CREATE INDEX card_requests_to_print ON card_requests (request_number) WHERE state = 'requested';
CREATE INDEX card_requests_by_batch ON card_requests (batch_number);

@only sqlite
CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'a consent is evidence; record its withdrawal'); END;
CREATE TRIGGER consents_are_never_deleted BEFORE DELETE ON consents
BEGIN SELECT RAISE(ABORT, 'a consent is evidence; record its withdrawal'); END;
CREATE TRIGGER consent_withdrawals_are_never_changed BEFORE UPDATE ON consent_withdrawals
BEGIN SELECT RAISE(ABORT, 'a withdrawal is evidence; record a new consent'); END;
CREATE TRIGGER consent_withdrawals_are_never_deleted BEFORE DELETE ON consent_withdrawals
BEGIN SELECT RAISE(ABORT, 'a withdrawal is evidence; record a new consent'); END;
@end

@only postgres
CREATE FUNCTION refuse_consent_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is evidence and only added to', TG_TABLE_NAME;
END $$;
CREATE TRIGGER consents_are_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON consents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change();
CREATE TRIGGER consent_withdrawals_are_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change();
@end

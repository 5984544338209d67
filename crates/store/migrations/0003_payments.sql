-- Payments, the attempts to carry them out, and the messages they cause.

CREATE TABLE payments (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    -- A request with this key happens once, for ever.
    idempotency_key TEXT NOT NULL,
    request_digest BYTES NOT NULL,
    confirmation TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    refunded_cents BIGINT NOT NULL CHECK (refunded_cents >= 0 AND refunded_cents <= cents),
    channel TEXT NOT NULL,
    tender TEXT NOT NULL,
    last_four TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    -- Kept apart from the member's own name and e-mail.
    payer_name TEXT NOT NULL,
    payer_email TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- The version of the authorisation text agreed to; empty for cards.
    authorisation TEXT NOT NULL,
    -- Sealed: the address and browser the payer agreed from, as evidence of the authorisation.
    evidence TEXT NOT NULL,
    received_at INSTANT NOT NULL,
    effective_on DAY NOT NULL,
    concluded_at INSTANT,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, idempotency_key)
);
CREATE INDEX payments_by_confirmation ON payments (confirmation);
CREATE INDEX payments_by_time ON payments (received_at);

CREATE TABLE attempts (
    account_id ID NOT NULL,
    id ID NOT NULL,
    payment_id ID NOT NULL,
    gateway TEXT NOT NULL,
    state TEXT NOT NULL,
    instrument TEXT NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    dispatched_at INSTANT,
    concluded_at INSTANT,
    enquiries BIGINT NOT NULL,
    next_enquiry_at INSTANT,
    -- Who must look at it when enquiries did not settle it.
    owner TEXT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id)
);
-- At most one attempt of a payment is under way.
CREATE UNIQUE INDEX attempts_one_live ON attempts (account_id, payment_id)
    WHERE state IN ('prepared', 'dispatched', 'action-required', 'pending', 'authorized', 'unknown');
CREATE INDEX attempts_to_enquire ON attempts (next_enquiry_at) WHERE next_enquiry_at IS NOT NULL;
CREATE INDEX attempts_by_id ON attempts (id);
CREATE INDEX attempts_by_reference ON attempts (reference) WHERE reference <> '';

CREATE TABLE webhook_events (
    gateway TEXT NOT NULL,
    event_id TEXT NOT NULL,
    charge TEXT NOT NULL,
    received_at INSTANT NOT NULL,
    tries BIGINT NOT NULL,
    handled_at INSTANT,
    PRIMARY KEY (gateway, event_id)
);
CREATE INDEX webhook_events_open ON webhook_events (received_at) WHERE handled_at IS NULL;

CREATE TABLE outbox (
    id ID NOT NULL PRIMARY KEY,
    account_id ID,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    facts TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    due_at INSTANT NOT NULL,
    tries BIGINT NOT NULL,
    sent_at INSTANT,
    gave_up_at INSTANT,
    last_error TEXT NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE sent_at IS NULL AND gave_up_at IS NULL;

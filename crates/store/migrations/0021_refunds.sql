-- Money given back on purpose and premium given up: asked for by one person and, above a limit of
-- the plan, released by another.

CREATE TABLE refunds (
    account_id ID NOT NULL,
    id ID NOT NULL,
    payment_id ID NOT NULL,
    -- A request with this key happens once, for ever.
    idempotency_key TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    -- True if the money cannot go back the way it came.
    by_check BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    -- True if somebody else than who asked has to release it.
    needs_second BOOLEAN NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INSTANT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INSTANT,
    -- The processor's names for the charge and for the refund; empty until known.
    charge TEXT NOT NULL,
    reference TEXT NOT NULL,
    dispatched_at INSTANT,
    enquiries BIGINT NOT NULL,
    next_enquiry_at INSTANT,
    -- Who must look at it when enquiries did not settle it.
    owner TEXT NOT NULL,
    concluded_at INSTANT,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, idempotency_key),
    FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id),
    CHECK (decided_by <> asked_by OR NOT needs_second OR status = 'refused')
);
-- Of a payment, one refund at a time.
CREATE UNIQUE INDEX refunds_one_live ON refunds (account_id, payment_id)
    WHERE concluded_at IS NULL;
CREATE INDEX refunds_open ON refunds (asked_at) WHERE concluded_at IS NULL;
CREATE INDEX refunds_concluded ON refunds (concluded_at) WHERE concluded_at IS NOT NULL;
CREATE INDEX refunds_to_enquire ON refunds (next_enquiry_at) WHERE next_enquiry_at IS NOT NULL;

CREATE TABLE write_offs (
    account_id ID NOT NULL,
    id ID NOT NULL,
    invoice_id ID NOT NULL,
    idempotency_key TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents > 0),
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    needs_second BOOLEAN NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INSTANT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INSTANT,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, idempotency_key),
    FOREIGN KEY (account_id, invoice_id) REFERENCES invoices (account_id, id),
    CHECK (decided_by <> asked_by OR NOT needs_second OR status = 'refused')
);
CREATE UNIQUE INDEX write_offs_one_live ON write_offs (account_id, invoice_id)
    WHERE decided_at IS NULL;
CREATE INDEX write_offs_open ON write_offs (asked_at) WHERE decided_at IS NULL;
CREATE INDEX write_offs_decided ON write_offs (decided_at) WHERE decided_at IS NOT NULL;

-- What is given up is applied to its invoice like money, and is not money.
ALTER TABLE applications ADD COLUMN
    write_off_id ID
;

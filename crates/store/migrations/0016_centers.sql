-- Drawers at walk-in centers: the checks that an associate took, up to their deposit. No cash.

CREATE TABLE drawers (
    id ID NOT NULL PRIMARY KEY,
    -- The center's id in the plan file.
    center TEXT NOT NULL,
    associate_id ID NOT NULL REFERENCES staff (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'counted', 'closed')),
    opened_at INSTANT NOT NULL,
    -- The sum of its checks; changed only with the check that goes in.
    expected_cents BIGINT NOT NULL CHECK (expected_cents >= 0),
    counted_cents BIGINT CHECK (counted_cents >= 0),
    counted_at INSTANT,
    explanation TEXT NOT NULL,
    closed_at INSTANT,
    -- Who closed it: a supervisor if the difference was large.
    closed_by ID REFERENCES staff (id),
    -- From the series of deposit slips; null until it is closed.
    slip_number BIGINT UNIQUE,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (slip_number IS NOT NULL))
);
-- An associate has one drawer at a time.
CREATE UNIQUE INDEX drawers_one_open ON drawers (associate_id) WHERE state <> 'closed';

CREATE TABLE drawer_checks (
    drawer_id ID NOT NULL REFERENCES drawers (id),
    account_id ID NOT NULL,
    payment_id ID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('check', 'cashiers-check', 'money-order')),
    -- Sealed: the whole MICR line.
    micr TEXT NOT NULL,
    last_four TEXT NOT NULL,
    check_number TEXT NOT NULL,
    -- The keyed hash that remittance_items has as well: no check is taken twice, at any center.
    fingerprint TEXT NOT NULL UNIQUE,
    cents BIGINT NOT NULL CHECK (cents > 0),
    taken_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, payment_id),
    FOREIGN KEY (account_id, payment_id) REFERENCES payments (account_id, id)
);
CREATE INDEX drawer_checks_by_drawer ON drawer_checks (drawer_id, taken_at);

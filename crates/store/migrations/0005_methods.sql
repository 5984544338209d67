-- Saved payment methods: cards and bank accounts, and what is known of each.

-- The processor's record of a person, to which methods are tied for later use.
CREATE TABLE payers (
    person_id ID NOT NULL REFERENCES persons (id),
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (person_id, gateway)
);

CREATE TABLE payment_methods (
    person_id ID NOT NULL REFERENCES persons (id),
    id ID NOT NULL,
    gateway TEXT NOT NULL,
    tender TEXT NOT NULL,
    -- The processor's names for the card or account, and for whose it is.
    reference TEXT NOT NULL,
    payer_reference TEXT NOT NULL,
    -- The same for the same card or account at the same processor; empty if it does not say.
    fingerprint TEXT NOT NULL,
    last_four TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    holder TEXT NOT NULL,
    savings BOOLEAN NOT NULL,
    -- A billing month's number; null for bank accounts.
    expires_month BIGINT,
    -- What ties a later charge to the one the payer was present at; empty if not known.
    network_reference TEXT NOT NULL,
    -- Sealed: routing and account number; empty for cards.
    sealed_account TEXT NOT NULL,
    -- What its owner calls it; empty for no name.
    label TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    -- A validation under way: the processor's name for it, whether it asks for two amounts or for
    -- a code, the day on which the deposits are there, and the answers so far.
    validation TEXT NOT NULL,
    deposits TEXT NOT NULL,
    deposits_on DAY,
    deposit_tries BIGINT NOT NULL,
    -- A digest of the latest answer, so that the same answer sent twice is counted once.
    deposit_answer TEXT NOT NULL,
    validated_at INSTANT,
    validated_by TEXT NOT NULL,
    disabled_reason TEXT NOT NULL,
    -- The expiry months that the owner was told of, and told of again.
    expiry_told_for BIGINT,
    expiry_told_again_for BIGINT,
    created_at INSTANT NOT NULL,
    removed_at INSTANT,
    PRIMARY KEY (person_id, id)
);
CREATE UNIQUE INDEX payment_methods_by_id ON payment_methods (id);
-- One default for each person, and no method twice.
CREATE UNIQUE INDEX payment_methods_one_default ON payment_methods (person_id)
    WHERE is_default AND removed_at IS NULL;
CREATE UNIQUE INDEX payment_methods_once ON payment_methods (person_id, gateway, fingerprint)
    WHERE fingerprint <> '' AND removed_at IS NULL;
CREATE INDEX payment_methods_by_reference ON payment_methods (reference);
CREATE INDEX payment_methods_expiring ON payment_methods (expires_month, person_id, id)
    WHERE expires_month IS NOT NULL AND state = 'good';

-- What a charge was made with and by whom it was set off, so that sending it again sends the same.
ALTER TABLE attempts ADD COLUMN payer TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN network_reference TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN by_plan BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE attempts ADD COLUMN
    paid_by ID
;
CREATE INDEX attempts_by_fingerprint ON attempts (fingerprint) WHERE fingerprint <> '';

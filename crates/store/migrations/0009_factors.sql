-- Second factors, recovery codes, the devices somebody signed in on, and when a session was proved.

-- A holder is a sign-in of a member or a member of staff.
CREATE TABLE factors (
    id ID NOT NULL PRIMARY KEY,
    holder_kind TEXT NOT NULL,
    holder_id ID NOT NULL,
    kind TEXT NOT NULL,
    -- What the browser called itself in which it was set up.
    device TEXT NOT NULL,
    -- Of an authenticator app the shared secret, sealed; of a passkey its public half; else empty.
    secret TEXT NOT NULL,
    -- What a passkey is called by; nobody else's is called so.
    credential_id TEXT UNIQUE,
    -- The newest step of an authenticator app that was used.
    last_step BIGINT,
    created_at INSTANT NOT NULL,
    used_at INSTANT
);
CREATE INDEX factors_by_holder ON factors (holder_kind, holder_id);

CREATE TABLE recovery_codes (
    holder_kind TEXT NOT NULL,
    holder_id ID NOT NULL,
    -- Argon2id with the salt of the set.
    code_hash BYTES NOT NULL,
    salt BYTES NOT NULL,
    created_at INSTANT NOT NULL,
    used_at INSTANT,
    PRIMARY KEY (holder_kind, holder_id, code_hash)
);

CREATE TABLE devices (
    id ID NOT NULL PRIMARY KEY,
    -- SHA-256 of the cookie's value.
    token_hash BYTES NOT NULL,
    holder_kind TEXT NOT NULL,
    holder_id ID NOT NULL,
    device TEXT NOT NULL,
    first_seen_at INSTANT NOT NULL,
    seen_at INSTANT NOT NULL,
    -- Until when it gives no second factor, if its owner wished so.
    remembered_until INSTANT,
    UNIQUE (token_hash, holder_kind, holder_id)
);
CREATE INDEX devices_by_holder ON devices (holder_kind, holder_id);

ALTER TABLE sessions ADD COLUMN
    signed_in_at INSTANT
;
-- When password or passkey was last given in this session.
ALTER TABLE sessions ADD COLUMN
    proved_at INSTANT
;

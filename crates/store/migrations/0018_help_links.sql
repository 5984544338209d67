-- Links that staff hand to somebody at the counter, who then pays on a device of their own.

CREATE TABLE help_links (
    -- SHA-256 of what the link holds.
    token_hash BYTES NOT NULL PRIMARY KEY,
    account_id ID NOT NULL REFERENCES accounts (id),
    staff_id ID NOT NULL REFERENCES staff (id),
    made_at INSTANT NOT NULL,
    good_until INSTANT NOT NULL,
    -- Good once.
    used_at INSTANT
);

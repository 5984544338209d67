-- Rights that members give to others, and staff.

-- Somebody who may see an account, pay for it or manage it in its subscriber's place. Invited by
-- the member, or put on file as an authorised representative. A row is never deleted: it shows who
-- had rights when.
CREATE TABLE delegations (
    account_id ID NOT NULL REFERENCES accounts (id),
    id ID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('delegate', 'representative')),
    rights TEXT NOT NULL CHECK (rights IN ('view', 'pay', 'manage')),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    -- The sign-in that holds the rights; null until the invitation is accepted.
    login_id ID REFERENCES logins (id),
    -- SHA-256 of what the link of the invitation holds; null once it was used or taken back.
    token_hash BYTES,
    invited_until INSTANT NOT NULL,
    tries BIGINT NOT NULL,
    first_day DAY NOT NULL,
    last_day DAY,
    invited_by TEXT NOT NULL,
    invited_at INSTANT NOT NULL,
    accepted_at INSTANT,
    used_at INSTANT,
    ended_by TEXT NOT NULL,
    ended_at INSTANT,
    -- What a member gives stops short of managing; only a representative on file manages.
    CHECK (kind = 'representative' OR rights <> 'manage'),
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX delegations_by_token ON delegations (token_hash);
CREATE UNIQUE INDEX delegations_once ON delegations (login_id, account_id)
    WHERE login_id IS NOT NULL AND ended_at IS NULL;

CREATE TABLE staff (
    id ID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL
        CHECK (role IN ('associate', 'billing', 'supervisor', 'administrator', 'auditor')),
    language TEXT NOT NULL,
    -- A local account: user ID and password; null and empty for staff of the sign-in provider.
    user_id TEXT NOT NULL,
    folded_user_id TEXT UNIQUE,
    password_hash TEXT NOT NULL,
    password_changed_at INSTANT,
    -- SHA-256 of what the link for setting the account up holds; null once it was used.
    set_up_hash BYTES UNIQUE,
    set_up_until INSTANT,
    -- Who they are at the sign-in provider; null for local accounts.
    issuer TEXT,
    subject TEXT,
    created_at INSTANT NOT NULL,
    created_by TEXT NOT NULL,
    signed_in_at INSTANT,
    disabled_at INSTANT,
    UNIQUE (issuer, subject)
);

-- Apart from the sessions of members, so that no cookie of one opens the pages of the other.
CREATE TABLE staff_sessions (
    -- SHA-256 of the cookie's value.
    token_hash BYTES NOT NULL PRIMARY KEY,
    -- Null until somebody has signed in.
    staff_id ID REFERENCES staff (id),
    -- Who gave the right password and still owes the second factor; null otherwise.
    half_signed_in ID REFERENCES staff (id),
    csrf_token TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    seen_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    device TEXT NOT NULL,
    ended_at INSTANT
);
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id);
CREATE INDEX staff_sessions_by_expiry ON staff_sessions (expires_at);

-- Sign-ins that were sent to the provider and have not come back.
CREATE TABLE provider_sign_ins (
    -- SHA-256 of the state in the address.
    state_hash BYTES NOT NULL PRIMARY KEY,
    -- The browser that began it: nobody finishes a sign-in that another browser began.
    session_hash BYTES NOT NULL,
    -- Sealed: what the answer must repeat, and what shows the provider that we asked.
    secrets TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    used_at INSTANT
);
CREATE INDEX provider_sign_ins_by_expiry ON provider_sign_ins (expires_at);

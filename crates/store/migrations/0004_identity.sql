-- Sign-in, sessions, half-finished forms, codes and throttles.

CREATE TABLE logins (
    id ID NOT NULL PRIMARY KEY,
    person_id ID NOT NULL UNIQUE REFERENCES persons (id),
    user_id TEXT NOT NULL,
    folded_user_id TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    password_changed_at INSTANT NOT NULL
);

CREATE TABLE sessions (
    -- SHA-256 of the cookie's value: a stolen table opens no session.
    token_hash BYTES NOT NULL PRIMARY KEY,
    login_id ID REFERENCES logins (id),
    csrf_token TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    seen_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    device TEXT NOT NULL,
    ended_at INSTANT
);
CREATE INDEX sessions_by_login ON sessions (login_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE errands (
    id ID NOT NULL PRIMARY KEY,
    session_hash BYTES NOT NULL,
    kind TEXT NOT NULL,
    -- Sealed: half-finished forms hold bank account numbers.
    body TEXT NOT NULL,
    created_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    -- Set when the form did its work; the outcome is what its address shows from then on.
    outcome TEXT NOT NULL
);
CREATE INDEX errands_by_expiry ON errands (expires_at);

CREATE TABLE one_time_codes (
    id ID NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    code_hash BYTES NOT NULL,
    created_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    tries BIGINT NOT NULL,
    used_at INSTANT
);
CREATE INDEX one_time_codes_by_subject ON one_time_codes (purpose, subject, created_at);

CREATE TABLE throttle_events (
    bucket TEXT NOT NULL,
    at INSTANT NOT NULL,
    id ID NOT NULL,
    PRIMARY KEY (bucket, at, id)
);

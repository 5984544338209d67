-- Envelopes in which the bank found a coupon and no check. No money came with them; somebody may
-- want to know all the same, because its sender believes to have paid.
CREATE TABLE empty_envelopes (
    file_id ID NOT NULL REFERENCES remittance_files (id),
    -- Its number in the file, from 1.
    envelope_no BIGINT NOT NULL,
    lockbox TEXT NOT NULL,
    deposited_on DAY NOT NULL,
    batch TEXT NOT NULL,
    envelope TEXT NOT NULL,
    -- What its coupons say, as the bank read or keyed it.
    said TEXT NOT NULL,
    -- The account that a verified coupon is of, if there is exactly one.
    account_id ID,
    PRIMARY KEY (file_id, envelope_no)
);
CREATE INDEX empty_envelopes_by_day ON empty_envelopes (deposited_on);

-- Invoices that the print run of their month left out, because they went without paper then. Whoever
-- returns to paper, or cannot be reached any more, before being told gets the invoice as a letter.

CREATE TABLE invoices_left_out (
    account_id ID NOT NULL REFERENCES accounts (id),
    billing_month BIGINT NOT NULL,
    left_out_at INSTANT NOT NULL,
    PRIMARY KEY (account_id, billing_month)
);

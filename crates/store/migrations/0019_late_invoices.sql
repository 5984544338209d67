-- What is open past its due date, by the day it was due: the list of late accounts reads nothing else.
CREATE INDEX invoices_open_by_due ON invoices (due_on, account_id, charges_cents, applied_cents)
    WHERE applied_cents < charges_cents;

-- Where a batch of letters is printed to: a run into another folder must not print it a second time.

ALTER TABLE letters ADD COLUMN folder TEXT NOT NULL DEFAULT '';

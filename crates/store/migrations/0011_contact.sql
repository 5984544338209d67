-- What the roster told where the member chose otherwise; null where the roster's word counts.

ALTER TABLE persons ADD COLUMN roster_phone TEXT;
ALTER TABLE persons ADD COLUMN roster_email TEXT;
ALTER TABLE persons ADD COLUMN roster_language TEXT;

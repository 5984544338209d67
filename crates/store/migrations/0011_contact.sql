-- What members chose of themselves: what the roster told where the member chose otherwise, null
-- where the roster's word counts; and the format of letters beside large print.

ALTER TABLE persons ADD COLUMN roster_phone TEXT;
ALTER TABLE persons ADD COLUMN roster_email TEXT;
ALTER TABLE persons ADD COLUMN roster_language TEXT;
ALTER TABLE persons ADD COLUMN special_format TEXT NOT NULL DEFAULT 'none';

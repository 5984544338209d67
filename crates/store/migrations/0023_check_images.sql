-- Images of checks as the bank sent them: of checks that came in, and of checks that came back.

CREATE TABLE check_images (
    id ID NOT NULL PRIMARY KEY,
    -- The check that came in, or the return that told of it.
    file_id ID,
    item_no BIGINT,
    return_digest TEXT,
    return_record BIGINT,
    side TEXT NOT NULL CHECK (side IN ('front', 'back')),
    -- What kind of file it is; empty if it is none that is known.
    format TEXT NOT NULL,
    -- SHA-256 of the bank's file, so that the same is kept once.
    digest TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- Whether a browser can show it.
    showable BOOLEAN NOT NULL,
    file_name TEXT NOT NULL,
    came_at INSTANT NOT NULL,
    FOREIGN KEY (file_id, item_no) REFERENCES remittance_items (file_id, item_no),
    FOREIGN KEY (return_digest, return_record) REFERENCES returned_checks (digest, record_no),
    CHECK ((file_id IS NULL) <> (return_digest IS NULL))
);
CREATE UNIQUE INDEX check_images_of_items ON check_images (file_id, item_no, side, digest)
    WHERE file_id IS NOT NULL;
CREATE UNIQUE INDEX check_images_of_returns
    ON check_images (return_digest, return_record, side, digest) WHERE return_digest IS NOT NULL;

-- The images themselves, sealed: they show bank account numbers. Apart, so that a list of images
-- does not read them.
CREATE TABLE check_image_contents (
    image_id ID NOT NULL PRIMARY KEY REFERENCES check_images (id),
    content TEXT NOT NULL
);

-- Finds the returns of a check.
CREATE INDEX returned_checks_by_item ON returned_checks (file_id, item_no)
    WHERE file_id IS NOT NULL;

@only sqlite
CREATE TRIGGER check_images_are_never_deleted BEFORE DELETE ON check_images
BEGIN SELECT RAISE(ABORT, 'images of checks are evidence'); END;
CREATE TRIGGER check_image_contents_are_never_deleted BEFORE DELETE ON check_image_contents
BEGIN SELECT RAISE(ABORT, 'images of checks are evidence'); END;
@end

@only postgres
CREATE TRIGGER check_images_are_never_deleted
    BEFORE DELETE OR TRUNCATE ON check_images
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change();
CREATE TRIGGER check_image_contents_are_never_deleted
    BEFORE DELETE OR TRUNCATE ON check_image_contents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_change();
@end

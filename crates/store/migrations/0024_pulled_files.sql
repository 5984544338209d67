-- Files that were fetched from a server of the bank, so that each is fetched once.

CREATE TABLE pulled_files (
    -- Which server and folder.
    source TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- In the words of the server.
    changed TEXT NOT NULL,
    pulled_at INSTANT NOT NULL,
    PRIMARY KEY (source, file_name, size_bytes, changed)
);

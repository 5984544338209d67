//! Bytes in, records and findings out, bytes out: knows nothing of the database.

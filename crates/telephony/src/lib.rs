//! Telephone media: audio coding and keyed digits.

//! Mandates and drafts: what to draft, when, and what stops it.

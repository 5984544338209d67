//! Subscribers, dependents, contacts, and what a roster record changes.

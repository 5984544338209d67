//! Applying money: oldest month first, binder rules, unapplied cash, suspense.

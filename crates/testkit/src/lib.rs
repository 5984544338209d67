//! Builders, a clock to advance, test databases, fault injection.

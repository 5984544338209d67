//! Payments and attempts: states, outcomes, card brands, bank accounts, confirmation numbers.

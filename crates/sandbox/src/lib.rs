//! The sandbox processor: a small stateful server speaking the subset of Stripe's API that memberpay uses.

//! The real client against the sandbox, over HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

extern crate memberpay_sandbox as sandbox;

mod api;
mod fields;
mod money;
mod restart;
mod stand;
mod validation;
mod webhooks;

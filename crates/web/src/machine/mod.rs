//! Addresses that other programs call: processors' webhooks, health checks.

pub mod health;
pub mod payments;
pub mod webhooks;

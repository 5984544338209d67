//! Members: registering, signing in, their accounts, invoices and payments.

pub mod history;
pub mod home;
pub mod invoices;
pub mod register;
pub mod sign_in;

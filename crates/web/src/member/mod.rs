//! Members: registering, signing in, their accounts, invoices and payments.

pub mod choose;
pub mod contact;
pub mod help;
pub mod history;
pub mod home;
pub mod invoices;
pub mod menu;
pub mod register;
pub mod sign_in;

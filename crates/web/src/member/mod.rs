//! Members: registering, signing in, their accounts, invoices and payments.

pub mod calendar;
pub mod choose;
pub mod confirm;
pub mod contact;
pub mod delegates;
pub mod documents;
pub mod factors;
pub mod forgot;
pub mod help;
pub mod history;
pub mod home;
pub mod id_card;
pub mod invoices;
pub mod menu;
pub mod methods;
pub mod paperless;
pub mod passkey;
pub mod register;
pub mod second;
pub mod security;
pub mod sign_in;
pub mod unsubscribe;

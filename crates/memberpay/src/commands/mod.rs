//! The commands, one a file.

pub mod autopay;
pub mod bench;
pub mod bill;
pub mod demo;
pub mod id_cards;
pub mod import;
pub mod invoices;
pub mod keys;
pub mod ledger;
pub mod lockbox;
pub mod notices;
pub mod plan;
pub mod serve;
pub mod staff;

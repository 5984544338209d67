//! Subscribers, dependents and their accounts, and what a roster record changes about a person.
#![deny(missing_docs)]

mod account;
mod contact;
mod id_card;
mod merge;
mod person;

pub use account::Account;
pub use contact::{AddressSource, Contacts, SetAside, address_source, read_phone};
pub use id_card::{CardReason, CardState, MailedProblem, mailed};
pub use merge::{Change, Field, MemberRow, merge};
pub use person::{Address, Person, Relationship, RosterPerson};

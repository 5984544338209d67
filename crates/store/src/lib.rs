//! All SQL, for SQLite and PostgreSQL: the only crate that knows there is a database.
//!
//! One file per capability. A function here loads, inserts or saves; it never decides. A `&mut Tx`
//! argument from [`Store::write`] is the proof that a transaction is open.

mod error;
pub mod audit;
mod migrate;
pub mod sql;

pub use error::StoreError;
pub use sql::{BoxFuture, Store, Tx};

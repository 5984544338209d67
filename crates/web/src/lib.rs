//! axum: public, guest and member pages, machine webhooks.
//!
//! [`router`] is the whole site. [`routes::all`] names every address once, with who may come. A
//! page is a template and a struct that fills it ([`page::Page`]), each with samples that a test
//! renders in every language. Handlers read a request, call one use case, and answer with a page or
//! a redirect: every POST ends in a redirect, so that Back and reload never send a form twice.

pub mod assets;
pub mod autopay;
pub mod catalogue;
mod chart;
pub mod csrf;
pub mod delegate;
pub mod error;
pub mod form;
pub mod guest;
pub mod headers;
pub mod language;
pub mod limits;
pub mod machine;
pub mod member;
pub mod page;
pub mod pay;
pub mod public;
pub mod routes;
pub mod samples;
pub mod session;
pub mod staff;
pub mod state;
pub mod styleguide;
pub mod templates;
pub mod visit;
pub mod words;

pub use routes::router;
pub use state::{AppState, WebSettings};

//! What the tests of the whole program share: the program itself on a folder and ports of its own,
//! the tools from outside, the mail it sent, and the people of the demonstration.

// Each test binary uses a part of this.
#![allow(dead_code)]
// A test stops at the first thing that is not as it should be.
#![allow(clippy::unwrap_used)]

pub mod mail;
pub mod people;
pub mod ports;
pub mod postgres;
pub mod program;
pub mod tools;

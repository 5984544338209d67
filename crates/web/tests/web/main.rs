//! The pages, their sentences, and the addresses.

mod addresses;
mod html;
mod pages;
mod security;
mod site;
mod stories;
mod strings;

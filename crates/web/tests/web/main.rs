//! The pages, their sentences, and the addresses.

mod addresses;
mod check_images;
mod console;
mod counter;
mod html;
mod pages;
mod reach;
mod refunds;
mod security;
mod settings;
mod site;
mod stories;
mod strings;

//! Stories about rosters, billing runs, print batches and the ledger, each on both databases.

#[path = "batch/bank_formats.rs"]
mod bank_formats;
#[path = "batch/billing.rs"]
mod billing;
#[path = "batch/books.rs"]
mod books;
#[path = "batch/check_images.rs"]
mod check_images;
#[path = "batch/coupons.rs"]
mod coupons;
#[path = "batch/dashboard.rs"]
mod dashboard;
#[path = "batch/files.rs"]
mod files;
#[path = "batch/folder.rs"]
mod folder;
#[path = "batch/lockbox.rs"]
mod lockbox;
#[path = "batch/print.rs"]
mod print;
#[path = "batch/pull.rs"]
mod pull;
#[path = "batch/returned.rs"]
mod returned;
#[path = "batch/roster.rs"]
mod roster;
#[path = "batch/suspense.rs"]
mod suspense;

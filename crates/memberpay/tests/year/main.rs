//! A simulated year: thousands of accounts with autopay, by day and night, through renewals, price
//! changes, plan changes, new member IDs, failed drafts, a leap day and both daylight-saving
//! nights, with three requests in a hundred going wrong and the nightly run killed now and then.
//!
//! After every night the books are held beside two things that do not come from the code under
//! test: what the households should have been charged (`premiums`), and the book that the processor
//! keeps by itself. Everything follows from a seed, which is printed; a seed that failed replays.
//!
//! | variable | |
//! | --- | --- |
//! | `MEMBERPAY_YEAR_SEED` | another seed |
//! | `MEMBERPAY_YEAR_ACCOUNTS` | how many accounts, on each engine |
//! | `MEMBERPAY_YEAR_ENGINE` | `sqlite` or `postgresql`: only this one |

// A test stops at the first thing that is not as it should be.
#![allow(clippy::unwrap_used)]

mod acts;
mod agreements;
mod checks;
mod dice;
mod drafts;
mod fates;
mod households;
mod nights;
mod premiums;
mod year;

use std::sync::Mutex;

use testkit::Engine;

/// One year at a time: the other half of the machine is the database's.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn number(name: &str, otherwise: u64) -> u64 {
    setting(name).map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text}"))
    })
}

fn play(engine: Engine, name: &str, accounts: u64) {
    if setting("MEMBERPAY_YEAR_ENGINE").is_some_and(|wanted| wanted != name) {
        println!("{name}: not asked for");
        return;
    }
    let _turn = ONE_AT_A_TIME.lock();
    let accounts = number("MEMBERPAY_YEAR_ACCOUNTS", accounts);
    let seed = number("MEMBERPAY_YEAR_SEED", 2028);
    println!("{name}: a year of {accounts} accounts; MEMBERPAY_YEAR_SEED={seed} replays it");
    testkit::on_without_waiting_for_the_disk(engine, move |world| async move {
        year::live(world, seed, accounts).await;
    });
}

#[test]
fn in_a_year_nobody_is_drafted_twice_or_missed_in_silence_and_every_cent_is_explained_on_sqlite() {
    play(Engine::Sqlite, "sqlite", 400);
}

#[test]
fn in_a_year_nobody_is_drafted_twice_or_missed_in_silence_and_every_cent_is_explained_on_postgresql()
 {
    play(Engine::Postgres, "postgresql", 100);
}

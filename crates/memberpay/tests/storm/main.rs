//! The program killed again and again in a storm of payments, with a processor that refuses, is
//! late, drops the line and answers with errors: nothing acknowledged is lost, nothing is taken
//! twice.
//!
//! `MEMBERPAY_STORM_KILLS` says how often (25 unless set, 10 on PostgreSQL at most). The processor
//! runs in the test, so that it survives.

#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod clients;
mod drafts;
mod lockbox;
mod processor;
mod reckoning;
mod victim;

use std::sync::Arc;
use std::time::Duration;

use clients::Clients;
use processor::Processor;
use support::postgres;
use victim::Victim;

/// How many callers pay at once.
const CALLERS: usize = 8;

fn kills() -> u32 {
    std::env::var("MEMBERPAY_STORM_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(25)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_program_is_killed_on_sqlite() {
    storm("", kills()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_program_is_killed_on_postgresql() {
    gateways::install_tls();
    let Some(database) = postgres::Database::make("storm").await else {
        return;
    };
    storm(&database.url, kills().min(10)).await;
    database.drop().await;
}

async fn storm(database: &str, kills: u32) {
    gateways::install_tls();
    let mut victim = Victim::prepare(database).await;
    let processor = Processor::start(&victim).await;
    victim.start(&processor).await;
    let members = support::people::roster(&victim.data);
    let clients = Arc::new(Clients::new(&victim, &processor, members));
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| tokio::spawn(Arc::clone(&clients).pay_until_told(number)))
        .collect();
    processor.misbehave();
    let mut restarts = Vec::new();
    for number in 0..kills {
        // Between 150 and 650 ms, never the same twice in a row.
        let pause = 150 + u64::from(number.wrapping_mul(2_654_435_761) >> 7) % 500;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        victim.kill().await;
        restarts.push(victim.start(&processor).await);
    }
    clients.stop();
    processor.behave();
    for caller in callers {
        caller.await.expect("a caller does not fail");
    }
    restarts.sort();
    let acknowledged = clients.acknowledged();
    assert!(
        acknowledged.len() > 20,
        "a storm of {} payments proves little",
        acknowledged.len()
    );
    let report = reckoning::reckon(&victim, &processor, &acknowledged).await;
    println!(
        "{kills} kills, {} payments acknowledged, {} answers missed and asked for again; restarts {:?} in the \
         middle, {:?} at worst; {report}",
        acknowledged.len(),
        clients.missed(),
        restarts[restarts.len() / 2],
        restarts[restarts.len() - 1],
    );
    victim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafting_that_is_killed_leaves_the_same_rows_as_drafting_in_peace_on_sqlite() {
    drafts::killed_while_drafting(false, kills().min(20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafting_that_is_killed_leaves_the_same_rows_as_drafting_in_peace_on_postgresql() {
    drafts::killed_while_drafting(true, kills().min(20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lockbox_file_whose_taking_in_is_killed_leaves_the_same_rows_on_sqlite() {
    lockbox::killed_while_taking_in(false, kills().min(20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lockbox_file_whose_taking_in_is_killed_leaves_the_same_rows_on_postgresql() {
    lockbox::killed_while_taking_in(true, kills().min(20)).await;
}

//! After the storm: what was told, what our books say, what the processor says.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use store::{Store, args};

use crate::clients::Acknowledged;
use crate::processor::Processor;
use crate::victim::Victim;

/// How long the program may take to find out about everything it does not know.
const PATIENCE: Duration = Duration::from_secs(150);

struct Taken {
    cents: i64,
    status: String,
    payments: i64,
}

/// Compares the three; says how many of each there are.
///
/// # Panics
/// If one of them has what another has not, or has it twice.
pub async fn reckon(
    victim: &Victim,
    processor: &Processor,
    told: &BTreeMap<String, Acknowledged>,
) -> String {
    let store = Store::open(&victim.database_url())
        .await
        .expect("the database opens");
    let waited = wait_until_all_is_known(&store).await;
    let ours = payments(&store).await;
    for (key, acknowledged) in told {
        let taken = ours
            .get(key)
            .unwrap_or_else(|| panic!("{key} was acknowledged and is lost: {acknowledged:?}"));
        assert_eq!(taken.payments, 1, "{key} is there twice");
        assert_eq!(taken.cents, acknowledged.cents, "{key} has another amount");
        assert_eq!(
            taken.status, "succeeded",
            "{key} ended otherwise ({})",
            acknowledged.payment
        );
    }
    let charges = charges(processor).await;
    for (key, taken) in &ours {
        let charged = charges.get(&taken.cents).copied().unwrap_or(0);
        let expected = u32::from(taken.status == "succeeded");
        assert_eq!(
            charged, expected,
            "{key} ({}) was charged {charged} times",
            taken.status
        );
    }
    let known: Vec<i64> = ours.values().map(|taken| taken.cents).collect();
    let unknown: Vec<i64> = charges
        .keys()
        .copied()
        .filter(|cents| !known.contains(cents))
        .collect();
    assert!(
        unknown.is_empty(),
        "charged, but in no book of ours: {unknown:?}"
    );
    store.close().await;
    let books = victim
        .command()
        .args(["ledger", "verify"])
        .status()
        .await
        .expect("the program runs");
    assert!(
        books.success(),
        "the books do not balance; see {}",
        victim.log.display()
    );
    format!(
        "{} payments in our books, {} charges at the processor, all known after {} s; 0 lost, 0 twice, books balance",
        ours.len(),
        charges.len(),
        waited.as_secs()
    )
}

/// Waits until no attempt is without an outcome.
async fn wait_until_all_is_known(store: &Store) -> Duration {
    let begun = Instant::now();
    loop {
        let mut tx = store.read().await.unwrap();
        let open: i64 = tx
            .one(
                "attempts under way",
                "SELECT COUNT(*) FROM attempts WHERE state IN \
                 ('prepared', 'dispatched', 'action-required', 'authorized', 'unknown')",
                args![],
            )
            .await
            .unwrap()
            .read()
            .unwrap();
        drop(tx);
        if open == 0 {
            return begun.elapsed();
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{open} attempts are without an outcome after {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// The storm's payments in our books, by key.
async fn payments(store: &Store) -> BTreeMap<String, Taken> {
    let mut tx = store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT idempotency_key, MIN(cents), MIN(status), COUNT(*) FROM payments \
             WHERE idempotency_key LIKE 'storm-%' GROUP BY idempotency_key",
            args![],
        )
        .await
        .unwrap();
    rows.into_iter()
        .map(|mut row| {
            let key: String = row.read().unwrap();
            let taken = Taken {
                cents: row.read().unwrap(),
                status: row.read().unwrap(),
                payments: row.read().unwrap(),
            };
            (key, taken)
        })
        .collect()
}

/// How often the processor took each of the storm's amounts.
async fn charges(processor: &Processor) -> BTreeMap<i64, u32> {
    let mut by_amount = BTreeMap::new();
    for charge in processor.charges().await {
        let amount = charge["amount"].as_i64().unwrap();
        if charge["status"] == "succeeded" && charge["rail"] == "card" {
            *by_amount.entry(amount).or_default() += 1;
        }
    }
    by_amount
}

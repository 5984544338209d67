//! What is left after the sandbox was stopped and started again.

use std::io::Write;

use gateways::card::{ChargeState, Gateway, IdempotencyKey, LookUp, RefundRequest};
use kernel::Cents;

use crate::stand::{Stand, charge_of, done, fresh_attempt, settings};

#[tokio::test]
async fn charges_keys_refunds_and_debits_under_way_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = settings();
    kept.persist_dir = Some(folder.path().to_owned());
    let stand = Stand::with(kept.clone()).await;
    let (card, bank) = (
        stand.card("4242424242424242").await,
        stand.bank("000123456789").await,
    );
    let (by_card, by_bank) = (fresh_attempt(), fresh_attempt());
    let request = charge_of(by_card, 8_640, &card);
    let charge = done(
        stand
            .gateway
            .charge(&request, &IdempotencyKey::of(by_card))
            .await,
    );
    let debit = charge_of(by_bank, 5_000, &bank);
    done(
        stand
            .gateway
            .charge(&debit, &IdempotencyKey::of(by_bank))
            .await,
    );
    let refund = RefundRequest {
        charge: charge.reference.clone(),
        amount: Cents::new(40),
        our_reference: "r".to_owned(),
    };
    done(
        stand
            .gateway
            .refund(&refund, &IdempotencyKey::new("r"))
            .await,
    );
    stand.sandbox.stop();
    // A kill in the middle of a line: it was never answered.
    let path = folder.path().join("sandbox.jsonl");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.write_all(b"{\"drawn\":9,\"changes\":[{\"Mon").unwrap();
    drop(file);

    let stand = Stand::with(kept).await;
    let again = done(
        stand
            .gateway
            .charge(&request, &IdempotencyKey::of(by_card))
            .await,
    );
    assert_eq!(again.reference, charge.reference);
    assert_eq!(stand.ledger_of(by_card).await.len(), 1);
    let found = done(stand.gateway.look_up(&LookUp::ByAttempt(by_card)).await).unwrap();
    assert_eq!(found.refunded, Cents::new(40));
    stand.sandbox.settle_now();
    let found = done(stand.gateway.look_up(&LookUp::ByAttempt(by_bank)).await).unwrap();
    assert_eq!(found.state, ChargeState::Succeeded);
    // New names do not meet old ones.
    let fresh = fresh_attempt();
    let new = done(
        stand
            .gateway
            .charge(&charge_of(fresh, 100, &card), &IdempotencyKey::of(fresh))
            .await,
    );
    assert_ne!(new.reference, charge.reference);
}

#[tokio::test]
async fn what_is_kept_on_disk_has_no_card_or_account_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = settings();
    kept.persist_dir = Some(folder.path().to_owned());
    let stand = Stand::with(kept).await;
    stand.card("4242424242424242").await;
    stand.bank("000123456789").await;
    stand.sandbox.stop();
    let text = std::fs::read_to_string(folder.path().join("sandbox.jsonl")).unwrap();
    assert!(
        text.contains("4242") && text.contains("6789"),
        "the last four digits are kept"
    );
    assert!(
        !text.contains("42424242") && !text.contains("0123456789"),
        "{text}"
    );
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sandbox.jsonl"), "garbage\n").unwrap();
    let mut kept = settings();
    kept.persist_dir = Some(folder.path().to_owned());
    let error = sandbox::Sandbox::start(kept).await.unwrap_err();
    assert!(error.to_string().contains("sandbox.jsonl"), "{error}");
}

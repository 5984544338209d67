//! Charging, finding, giving back.

use std::sync::Arc;
use std::time::Duration;

use gateways::card::{
    ChargeState, DeclineReason, Gateway, IdempotencyKey, LookUp, NetError, NextAction, Outcome,
    RefundRequest, RefundState, RetryAdvice,
};
use kernel::{Cents, Tender};
use sandbox::Faults;

use crate::stand::{Stand, charge_of, client, done, fresh_attempt, settings};

#[tokio::test]
async fn every_card_that_succeeds_succeeds_once_under_its_brand() {
    let stand = Stand::new().await;
    for (number, tender) in [
        ("4242 4242 4242 4242", Tender::Visa),
        ("4000056655665556", Tender::Visa),
        ("5555555555554444", Tender::Mastercard),
        ("5105105105105100", Tender::Mastercard),
        ("6011111111111117", Tender::Discover),
    ] {
        let card = stand.card(number).await;
        assert_eq!(card.tender, Some(tender), "{number}");
        let attempt = fresh_attempt();
        let request = charge_of(attempt, 8_640, &card);
        let key = IdempotencyKey::of(attempt);
        let Outcome::Ok(charge) = stand.gateway.charge(&request, &key).await else {
            panic!("{number} did not succeed");
        };
        assert_eq!(
            (charge.state.clone(), charge.amount),
            (ChargeState::Succeeded, Cents::new(8_640))
        );
        // A second click, a reload, a retry.
        let again = done(stand.gateway.charge(&request, &key).await);
        assert_eq!(again, charge);
        assert_eq!(stand.ledger_of(attempt).await.len(), 1, "{number}");
    }
}

#[tokio::test]
async fn every_declining_card_declines_for_its_reason() {
    let stand = Stand::new().await;
    for (number, reason, retry) in [
        (
            "4000000000000002",
            DeclineReason::Refused,
            RetryAdvice::OtherInstrument,
        ),
        (
            "4000000000009995",
            DeclineReason::InsufficientFunds,
            RetryAdvice::Later,
        ),
        (
            "4000000000009987",
            DeclineReason::LostOrStolen,
            RetryAdvice::Never,
        ),
        (
            "4000000000009979",
            DeclineReason::LostOrStolen,
            RetryAdvice::Never,
        ),
        (
            "4000000000000069",
            DeclineReason::Expired,
            RetryAdvice::Never,
        ),
        (
            "4000000000000127",
            DeclineReason::SecurityCode,
            RetryAdvice::FixInput,
        ),
        (
            "4000000000000119",
            DeclineReason::TryLater,
            RetryAdvice::Later,
        ),
        ("4000000000006975", DeclineReason::Limit, RetryAdvice::Later),
        (
            "4100000000000019",
            DeclineReason::Suspected,
            RetryAdvice::Never,
        ),
        // Nobody is there to be asked by the bank.
        (
            "4000002500003155",
            DeclineReason::Authentication,
            RetryAdvice::PayerPresent,
        ),
    ] {
        let card = stand.card(number).await;
        let attempt = fresh_attempt();
        let request = charge_of(attempt, 100, &card);
        let key = IdempotencyKey::of(attempt);
        for _ in 0..2 {
            match stand.gateway.charge(&request, &key).await {
                Outcome::Declined(decline) => {
                    assert_eq!((decline.reason, decline.retry), (reason, retry), "{number}");
                }
                other => panic!("{number}: {other:?}"),
            }
        }
        let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await).unwrap();
        assert!(matches!(found.state, ChargeState::Declined(_)), "{number}");
        assert_eq!(stand.ledger_of(attempt).await.len(), 1, "{number}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_look_up_finds_exactly_one_charge() {
    let stand = Stand::new().await;
    for (number, error) in [
        ("4000000000006660", Some(NetError::TimedOut)),
        ("4000000000006678", Some(NetError::Status(500))),
        ("4000000000006686", None),
    ] {
        let card = stand.card(number).await;
        let attempt = fresh_attempt();
        let request = charge_of(attempt, 2_880, &card);
        match stand
            .gateway
            .charge(&request, &IdempotencyKey::of(attempt))
            .await
        {
            Outcome::Unknown(found) => match error {
                Some(error) => assert_eq!(found, error, "{number}"),
                None => assert!(matches!(found, NetError::Broke(_)), "{number}: {found:?}"),
            },
            other => panic!("{number}: {other:?}"),
        }
        let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await).unwrap();
        assert_eq!(found.state, ChargeState::Succeeded, "{number}");
        assert_eq!(found.attempt, Some(attempt));
        let by_name = LookUp::ByReference(found.reference.clone());
        assert_eq!(done(stand.gateway.look_up(&by_name).await), Some(found));
        assert_eq!(stand.ledger_of(attempt).await.len(), 1, "{number}");
    }
}

#[tokio::test]
async fn after_a_time_out_the_same_key_gives_the_charge_that_was_made() {
    let stand = Stand::new().await;
    let card = stand.card("4000000000006660").await;
    let attempt = fresh_attempt();
    let request = charge_of(attempt, 2_880, &card);
    let key = IdempotencyKey::of(attempt);
    assert_eq!(
        stand.gateway.charge(&request, &key).await,
        Outcome::Unknown(NetError::TimedOut)
    );
    let charge = done(stand.gateway.charge(&request, &key).await);
    assert_eq!(charge.state, ChargeState::Succeeded);
    assert_eq!(stand.ledger_of(attempt).await.len(), 1);
}

#[tokio::test]
async fn an_error_before_anything_was_done_leaves_no_charge() {
    let stand = Stand::new().await;
    let card = stand.card("4000000000006694").await;
    let attempt = fresh_attempt();
    let outcome = stand
        .gateway
        .charge(
            &charge_of(attempt, 100, &card),
            &IdempotencyKey::of(attempt),
        )
        .await;
    assert_eq!(outcome, Outcome::Unknown(NetError::Status(500)));
    assert_eq!(
        done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await),
        None
    );
}

#[tokio::test]
async fn only_a_refused_connection_is_not_sent() {
    let stand = Stand::new().await;
    let card = stand.card("4242424242424242").await;
    let attempt = fresh_attempt();
    let request = charge_of(attempt, 100, &card);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = url::Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    // Connections are taken but never answered: what was sent may have been read.
    let silent = client(&nobody)
        .charge(&request, &IdempotencyKey::of(attempt))
        .await;
    assert_eq!(silent, Outcome::Unknown(NetError::TimedOut));
    drop(listener);
    let refused = client(&nobody)
        .charge(&request, &IdempotencyKey::of(attempt))
        .await;
    assert!(
        matches!(refused, Outcome::NotSent(NetError::Connect(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_key_used_for_another_charge_is_a_fault_of_ours_and_charges_nothing() {
    let stand = Stand::new().await;
    let card = stand.card("4242424242424242").await;
    let attempt = fresh_attempt();
    let key = IdempotencyKey::of(attempt);
    done(
        stand
            .gateway
            .charge(&charge_of(attempt, 100, &card), &key)
            .await,
    );
    match stand
        .gateway
        .charge(&charge_of(attempt, 101, &card), &key)
        .await
    {
        Outcome::Invalid(error) => assert_eq!(error.code, "idempotency_error"),
        other => panic!("{other:?}"),
    }
    assert_eq!(stand.ledger_of(attempt).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_requests_with_one_key_at_once_make_one_charge() {
    let stand = Arc::new(Stand::new().await);
    let card = stand.card("4242424242424242").await;
    let attempt = fresh_attempt();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (stand, request) = (Arc::clone(&stand), charge_of(attempt, 100, &card));
            tokio::spawn(async move {
                done(
                    stand
                        .gateway
                        .charge(&request, &IdempotencyKey::of(attempt))
                        .await,
                )
                .reference
            })
        })
        .collect();
    let mut names = Vec::new();
    for task in tasks {
        names.push(task.await.unwrap());
    }
    names.dedup();
    assert_eq!(names.len(), 1);
    assert_eq!(stand.ledger_of(attempt).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_refunds_at_once_never_give_back_more_than_was_charged() {
    let stand = Arc::new(Stand::new().await);
    let card = stand.card("4242424242424242").await;
    let attempt = fresh_attempt();
    let charge = done(
        stand
            .gateway
            .charge(
                &charge_of(attempt, 1_000, &card),
                &IdempotencyKey::of(attempt),
            )
            .await,
    );
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let (stand, charge) = (Arc::clone(&stand), charge.reference.clone());
            tokio::spawn(async move {
                let request = RefundRequest {
                    charge,
                    amount: Cents::new(130),
                    our_reference: format!("refund-{number}"),
                };
                let key = IdempotencyKey::new(format!("refund-{number}"));
                matches!(stand.gateway.refund(&request, &key).await, Outcome::Ok(_))
            })
        })
        .collect();
    let mut refunded = 0;
    for task in tasks {
        refunded += usize::from(task.await.unwrap());
    }
    assert_eq!(refunded, 7, "7 times 130 fits into 1000");
    let found = done(
        stand
            .gateway
            .look_up(&LookUp::ByReference(charge.reference))
            .await,
    )
    .unwrap();
    assert_eq!(found.refunded, Cents::new(910));
}

#[tokio::test]
async fn a_bank_debit_settles_late_and_can_be_refunded_late() {
    let stand = Stand::new().await;
    let bank = stand.bank("000123456789").await;
    assert_eq!(
        (bank.last_four.as_str(), bank.bank_name.as_deref()),
        ("6789", Some("STRIPE TEST BANK"))
    );
    let attempt = fresh_attempt();
    let key = IdempotencyKey::of(attempt);
    let Outcome::Pending(charge) = stand
        .gateway
        .charge(&charge_of(attempt, 5_000, &bank), &key)
        .await
    else {
        panic!("a bank debit is not done at once");
    };
    stand.sandbox.settle_now();
    let by = LookUp::ByReference(charge.reference.clone());
    assert_eq!(
        done(stand.gateway.look_up(&by).await).unwrap().state,
        ChargeState::Succeeded
    );
    let request = RefundRequest {
        charge: charge.reference,
        amount: Cents::new(5_000),
        our_reference: "refund-1".to_owned(),
    };
    let Outcome::Pending(refund) = stand
        .gateway
        .refund(&request, &IdempotencyKey::new("refund-1"))
        .await
    else {
        panic!("a bank refund is not done at once");
    };
    stand.sandbox.settle_now();
    let refund = done(stand.gateway.look_up_refund(&refund.reference).await);
    assert_eq!(refund.state, RefundState::Succeeded);
}

#[tokio::test]
async fn a_bank_debit_settles_by_itself_when_its_time_has_come() {
    let stand = Stand::new().await;
    let bank = stand.bank("000123456789").await;
    let attempt = fresh_attempt();
    let key = IdempotencyKey::of(attempt);
    done(
        stand
            .gateway
            .charge(&charge_of(attempt, 5_000, &bank), &key)
            .await,
    );
    for _ in 0..100 {
        let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await).unwrap();
        if found.state == ChargeState::Succeeded {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never settled");
}

#[tokio::test]
async fn every_returning_bank_account_returns_with_its_code() {
    let stand = Stand::new().await;
    for (account, code, reason) in [
        ("000111111113", "R02", DeclineReason::AccountClosed),
        ("000111111116", "R03", DeclineReason::NoAccount),
        ("000222222227", "R01", DeclineReason::InsufficientFunds),
        ("000333333335", "R10", DeclineReason::NotAuthorised),
    ] {
        let bank = stand.bank(account).await;
        let attempt = fresh_attempt();
        let key = IdempotencyKey::of(attempt);
        let outcome = stand
            .gateway
            .charge(&charge_of(attempt, 5_000, &bank), &key)
            .await;
        assert!(
            matches!(outcome, Outcome::Pending(_)),
            "{account}: {outcome:?}"
        );
        stand.sandbox.settle_now();
        let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await).unwrap();
        let ChargeState::Declined(decline) = found.state else {
            panic!("{account} settled")
        };
        assert_eq!(
            (decline.network_code.as_deref(), decline.reason),
            (Some(code), reason)
        );
    }
}

#[tokio::test]
async fn a_debit_under_way_can_be_voided_and_a_card_payment_cannot() {
    let stand = Stand::new().await;
    let bank = stand.bank("000000000009").await;
    let attempt = fresh_attempt();
    let charge = done(
        stand
            .gateway
            .charge(
                &charge_of(attempt, 5_000, &bank),
                &IdempotencyKey::of(attempt),
            )
            .await,
    );
    let voided = done(
        stand
            .gateway
            .void(&charge.reference, &IdempotencyKey::new("void-1"))
            .await,
    );
    assert_eq!(voided.state, ChargeState::Voided);
    let card = stand.card("4242424242424242").await;
    let attempt = fresh_attempt();
    let charge = done(
        stand
            .gateway
            .charge(
                &charge_of(attempt, 5_000, &card),
                &IdempotencyKey::of(attempt),
            )
            .await,
    );
    let outcome = stand
        .gateway
        .void(&charge.reference, &IdempotencyKey::new("void-2"))
        .await;
    assert!(matches!(outcome, Outcome::Invalid(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_payer_who_confirms_at_the_bank_pays_and_one_who_does_not_does_not() {
    let stand = Stand::new().await;
    for (decision, paid) in [("approve", true), ("decline", false)] {
        let card = stand.card("4000002500003155").await;
        let attempt = fresh_attempt();
        let mut request = charge_of(attempt, 5_000, &card);
        request.return_url = url::Url::parse("http://plan.example.com/back").ok();
        let outcome = stand
            .gateway
            .charge(&request, &IdempotencyKey::of(attempt))
            .await;
        let Outcome::ActionRequired(NextAction::Redirect(page)) = outcome else {
            panic!("{outcome:?}");
        };
        let shown = stand.http.get(page.clone()).send().await.unwrap();
        assert!(shown.text().await.unwrap().contains("$50.00"));
        let sent = stand
            .http
            .post(page)
            .form(&[("decision", decision)])
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 303);
        let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await).unwrap();
        assert_eq!(found.state == ChargeState::Succeeded, paid, "{decision}");
        assert_eq!(stand.ledger_of(attempt).await.len(), 1);
    }
}

#[tokio::test]
async fn a_charge_that_nobody_made_is_not_found() {
    let stand = Stand::new().await;
    assert_eq!(
        done(
            stand
                .gateway
                .look_up(&LookUp::ByAttempt(fresh_attempt()))
                .await
        ),
        None
    );
    let unknown = LookUp::ByReference(gateways::card::ChargeRef::new("pi_nobody"));
    assert_eq!(done(stand.gateway.look_up(&unknown).await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_faults_every_attempt_ends_with_at_most_one_charge_and_every_truth_can_be_found() {
    let mut settings = settings();
    settings.withhold_for = Duration::from_millis(1_500);
    settings.faults = Faults {
        refuse: 100,
        withhold: 30,
        drop: 100,
        error: 100,
        ..Faults::default()
    };
    let stand = Arc::new(Stand::with(settings).await);
    let card = stand.card("4242424242424242").await;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let (stand, card) = (Arc::clone(&stand), card.clone());
            tokio::spawn(async move {
                let attempt = fresh_attempt();
                let request = charge_of(attempt, 700, &card);
                let key = IdempotencyKey::of(attempt);
                let mut unknown = 0;
                for _ in 0..5 {
                    match stand.gateway.charge(&request, &key).await {
                        Outcome::Ok(_) => return (attempt, unknown),
                        Outcome::Unknown(_) => unknown += 1,
                        other => panic!("{other:?}"),
                    }
                }
                let found = done(stand.gateway.look_up(&LookUp::ByAttempt(attempt)).await);
                assert!(found.is_some_and(|charge| charge.state == ChargeState::Succeeded));
                (attempt, unknown)
            })
        })
        .collect();
    let mut unknown = 0;
    for task in tasks {
        let (attempt, times) = task.await.unwrap();
        unknown += times;
        assert_eq!(stand.ledger_of(attempt).await.len(), 1);
    }
    assert!(
        unknown > 20,
        "only {unknown} answers went astray; the faults do not work"
    );
}

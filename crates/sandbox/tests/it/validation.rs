//! Bank accounts are validated before they are kept, and what is kept can be charged later.

use gateways::card::{
    DepositAnswer, DepositQuestion, DepositVerdict, Gateway as _, IdempotencyKey, Initiator,
    Instrument, MandateAcceptance, PayerRef, ValidationRequest, ValidationState,
};
use gateways::{Clock as _, SystemClock};
use kernel::{Cents, Language};

use crate::stand::{Stand, charge_of, done, fresh_attempt};

fn key() -> IdempotencyKey {
    IdempotencyKey::new(fresh_attempt().to_string())
}

async fn payer(stand: &Stand) -> PayerRef {
    done(stand.gateway.remember_payer("person-1", &key()).await)
}

fn request(account: &Instrument, payer: &PayerRef) -> ValidationRequest {
    ValidationRequest {
        instrument: account.reference.clone(),
        payer: Some(payer.clone()),
        acceptance: MandateAcceptance::Online {
            at: SystemClock.now(),
            ip: "192.0.2.1".to_owned(),
            user_agent: "Mozilla/5.0".to_owned(),
        },
    }
}

#[tokio::test]
async fn an_account_that_is_validated_at_once_can_be_debited_later_without_a_new_agreement() {
    let stand = Stand::new().await;
    let (account, payer) = (stand.bank("000123456789").await, payer(&stand).await);
    let begun = stand
        .gateway
        .begin_bank_validation(&request(&account, &payer), &key())
        .await;
    assert_eq!(done(begun).state, ValidationState::Validated);
    let attempt = fresh_attempt();
    let mut charge = charge_of(attempt, 2_500, &account);
    charge.payer = Some(payer);
    charge.initiator = Initiator::Plan;
    charge.mandate = None;
    let made = stand
        .gateway
        .charge(&charge, &IdempotencyKey::of(attempt))
        .await;
    assert_eq!(done(made).amount, Cents::new(2_500));
}

#[tokio::test]
async fn small_deposits_are_confirmed_by_their_amounts_in_any_order_or_by_their_code() {
    let stand = Stand::new().await;
    let payer = payer(&stand).await;
    for (number, asks, wrong, right) in [
        (
            "000100000007",
            DepositQuestion::Amounts,
            DepositAnswer::Amounts(Cents::new(32), Cents::new(46)),
            DepositAnswer::Amounts(Cents::new(45), Cents::new(32)),
        ),
        (
            "000100000015",
            DepositQuestion::Code,
            DepositAnswer::Code("SM11AB".to_owned()),
            DepositAnswer::Code("SM11AA".to_owned()),
        ),
    ] {
        let account = stand.bank(number).await;
        let begun = stand
            .gateway
            .begin_bank_validation(&request(&account, &payer), &key())
            .await;
        let begun = done(begun);
        let ValidationState::AwaitingDeposits { asks: asked, .. } = begun.state else {
            panic!("{number}: {:?}", begun.state);
        };
        assert_eq!(asked, asks);
        let gateway = &stand.gateway;
        for (answer, verdict) in [
            (&wrong, DepositVerdict::Wrong),
            (&right, DepositVerdict::Validated),
            // Told once more, as after an answer that was lost on the way.
            (&right, DepositVerdict::Validated),
        ] {
            let told = gateway
                .confirm_bank_validation(&begun.reference, answer, &key())
                .await;
            assert_eq!(done(told), verdict, "{number}");
        }
    }
}

#[tokio::test]
async fn an_account_that_no_deposit_reaches_is_refused() {
    let stand = Stand::new().await;
    let (account, payer) = (stand.bank("000666666661").await, payer(&stand).await);
    let begun = stand
        .gateway
        .begin_bank_validation(&request(&account, &payer), &key())
        .await;
    assert!(matches!(done(begun).state, ValidationState::Refused { .. }));
}

#[tokio::test]
async fn a_card_entered_for_a_payer_is_charged_later_with_reference_to_that_moment() {
    let stand = Stand::new().await;
    let payer = payer(&stand).await;
    let mut asked = stand.setup_request(Language::English);
    asked.payer = Some(payer.clone());
    let setup = done(stand.gateway.client_setup(&asked).await);
    let answer = stand
        .http
        .post(setup.frame_url.unwrap())
        .form(&[
            ("number", "4242424242424242"),
            ("expiry", "08/39"),
            ("cvc", "123"),
            ("zip", "06032"),
        ])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let card = done(stand.gateway.setup_result(&setup.session_ref).await).unwrap();
    let reference = card.network_reference.clone();
    assert!(reference.is_some());
    let attempt = fresh_attempt();
    let mut charge = charge_of(attempt, 900, &card);
    charge.initiator = Initiator::Plan;
    charge.network_reference = reference;
    let alone = stand
        .gateway
        .charge(&charge, &IdempotencyKey::of(attempt))
        .await;
    assert!(
        alone.ok().is_none(),
        "a kept card is charged for its payer only"
    );
    let attempt = fresh_attempt();
    charge.attempt = attempt;
    charge.payer = Some(payer);
    let made = stand
        .gateway
        .charge(&charge, &IdempotencyKey::of(attempt))
        .await;
    assert_eq!(done(made).amount, Cents::new(900));
}

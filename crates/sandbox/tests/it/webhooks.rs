//! What the sandbox posts, read by the client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateways::card::{
    DisputeState, Gateway, GatewayEvent, GatewayEventKind, IdempotencyKey, Outcome, WebhookError,
};
use gateways::{Clock, SystemClock};
use kernel::AttemptId;
use sandbox::Faults;
use url::Url;

use crate::stand::{Stand, charge_of, client, done, fresh_attempt, settings};

type Posted = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A merchant that refuses its first `refuse` posts and keeps the rest.
async fn merchant(refuse: usize) -> (Url, Posted) {
    let posted: Posted = Arc::default();
    let keep = Arc::clone(&posted);
    let left = Arc::new(Mutex::new(refuse));
    let app = Router::new().route(
        "/hook",
        post(move |headers: HeaderMap, body: Bytes| {
            let (keep, left) = (Arc::clone(&keep), Arc::clone(&left));
            async move {
                let mut left = left.lock().unwrap();
                if *left > 0 {
                    *left -= 1;
                    return StatusCode::SERVICE_UNAVAILABLE;
                }
                let signature = headers["Stripe-Signature"].to_str().unwrap().to_owned();
                keep.lock().unwrap().push((signature, body.to_vec()));
                StatusCode::OK
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/hook", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, posted)
}

async fn stand_with(refuse: usize, faults: Faults) -> (Stand, Posted) {
    let (url, posted) = merchant(refuse).await;
    let mut settings = settings();
    settings.webhook_url = Some(url);
    settings.faults = faults;
    (Stand::with(settings).await, posted)
}

/// The events about an attempt, once there are at least `count`.
async fn events_of(
    stand: &Stand,
    posted: &Posted,
    attempt: AttemptId,
    count: usize,
) -> Vec<GatewayEvent> {
    for _ in 0..100 {
        let events: Vec<GatewayEvent> = posted
            .lock()
            .unwrap()
            .iter()
            .map(|(signature, raw)| {
                stand
                    .gateway
                    .webhook(signature, raw, SystemClock.now())
                    .unwrap()
            })
            .filter(|event| {
                event.attempt == Some(attempt)
                    || matches!(event.kind, GatewayEventKind::DisputeChanged(_))
            })
            .filter(|event| !matches!(event.kind, GatewayEventKind::Other(_)))
            .collect();
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("fewer than {count} events came");
}

async fn debit(stand: &Stand, account: &str) -> AttemptId {
    let bank = stand.bank(account).await;
    let attempt = fresh_attempt();
    let request = charge_of(attempt, 5_000, &bank);
    let outcome = stand
        .gateway
        .charge(&request, &IdempotencyKey::of(attempt))
        .await;
    assert!(matches!(outcome, Outcome::Pending(_)), "{outcome:?}");
    attempt
}

#[tokio::test]
async fn a_debit_is_reported_on_its_way_and_when_it_settles_or_returns() {
    let (stand, posted) = stand_with(0, Faults::default()).await;
    for (account, end) in [
        ("000123456789", GatewayEventKind::ChargeSucceeded),
        ("000222222227", GatewayEventKind::ChargeDeclined),
    ] {
        let attempt = debit(&stand, account).await;
        let kinds: Vec<_> = events_of(&stand, &posted, attempt, 2)
            .await
            .into_iter()
            .map(|e| e.kind)
            .collect();
        assert!(
            kinds.contains(&GatewayEventKind::ChargePending),
            "{account}: {kinds:?}"
        );
        assert!(kinds.contains(&end), "{account}: {kinds:?}");
    }
}

#[tokio::test]
async fn a_return_after_settlement_is_a_lost_dispute_and_a_card_dispute_is_open() {
    let (stand, posted) = stand_with(0, Faults::default()).await;
    let attempt = debit(&stand, "000555555559").await;
    let is = |event: &GatewayEvent, wanted: DisputeState| match &event.kind {
        GatewayEventKind::DisputeChanged(dispute) => dispute.state == wanted,
        _ => false,
    };
    let events = events_of(&stand, &posted, attempt, 4).await;
    assert!(
        events.iter().any(|event| is(event, DisputeState::Lost)),
        "{events:?}"
    );

    let card = stand.card("4000000000000259").await;
    let attempt = fresh_attempt();
    let request = charge_of(attempt, 5_000, &card);
    done(
        stand
            .gateway
            .charge(&request, &IdempotencyKey::of(attempt))
            .await,
    );
    let events = events_of(&stand, &posted, attempt, 4).await;
    assert!(
        events.iter().any(|event| is(event, DisputeState::Open)),
        "{events:?}"
    );
}

#[tokio::test]
async fn a_webhook_that_was_refused_comes_again_with_the_same_event() {
    let (stand, posted) = stand_with(3, Faults::default()).await;
    let attempt = debit(&stand, "000000000009").await;
    let events = events_of(&stand, &posted, attempt, 1).await;
    assert_eq!(events[0].kind, GatewayEventKind::ChargePending);
}

#[tokio::test]
async fn webhooks_come_twice_or_never_if_the_faults_say_so() {
    let twice = Faults {
        webhook_twice: 1000,
        webhook_late_ms: 20,
        ..Faults::default()
    };
    let (stand, posted) = stand_with(0, twice).await;
    let attempt = debit(&stand, "000000000009").await;
    let events = events_of(&stand, &posted, attempt, 2).await;
    assert_eq!(events[0].id, events[1].id);

    let never = Faults {
        webhook_never: 1000,
        ..Faults::default()
    };
    let (stand, posted) = stand_with(0, never).await;
    debit(&stand, "000000000009").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(posted.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_replayed_or_forged_webhook_is_not_believed() {
    let (stand, posted) = stand_with(0, Faults::default()).await;
    let attempt = debit(&stand, "000000000009").await;
    events_of(&stand, &posted, attempt, 1).await;
    let (signature, raw) = posted.lock().unwrap()[0].clone();
    let later = SystemClock.now() + jiff::SignedDuration::from_secs(301);
    let believe = |signature: &str, raw: &[u8], now| stand.gateway.webhook(signature, raw, now);
    assert_eq!(believe(&signature, &raw, later), Err(WebhookError::TooOld));
    let mut changed = raw.clone();
    changed.push(b' ');
    assert_eq!(
        believe(&signature, &changed, SystemClock.now()),
        Err(WebhookError::WrongSignature)
    );
    let other = client(&stand.sandbox.url);
    assert!(other.webhook(&signature, &raw, SystemClock.now()).is_ok());
}

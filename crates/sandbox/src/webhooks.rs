//! Events on their way to the merchant: signed, sent again with growing pauses until a 2xx, and, if
//! the faults say so, twice, late or never.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, Mac};
use reqwest::redirect::Policy;
use sha2::Sha256;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::clock::now_millis;
use crate::core::Core;
use crate::objects::Event;
use crate::state::Change;

/// How many posts are under way at once.
const AT_ONCE: usize = 16;
/// How often one event is tried; with the pauses below, for about a day.
const TRIES: u32 = 100;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

pub(crate) async fn run(core: Arc<Core>, mut events: UnboundedReceiver<Event>) {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(20))
        .redirect(Policy::none())
        .no_proxy()
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "the sandbox cannot send webhooks");
            return;
        }
    };
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    // Everything that was begun ends with this task.
    let mut under_way = tokio::task::JoinSet::new();
    while let Some(event) = events.recv().await {
        while under_way.try_join_next().is_some() {}
        let faults = core.wiring().faults;
        let drawn = core.work(|work| {
            let draw = &mut work.state.draw;
            let chance = draw.per_mille();
            (chance, draw.up_to(faults.webhook_late_ms))
        });
        let Some(((chance, late), _)) = drawn else {
            return;
        };
        if chance < faults.webhook_never {
            let _ = core.work(|work| work.put(Change::Delivered(event.id.clone())));
            continue;
        }
        let twice = chance < faults.webhook_never.saturating_add(faults.webhook_twice);
        let times = if twice { 2 } else { 1 };
        for _ in 0..times {
            let (core, client, slots, event) = (
                Arc::clone(&core),
                client.clone(),
                Arc::clone(&slots),
                event.clone(),
            );
            under_way.spawn(async move {
                tokio::time::sleep(Duration::from_millis(late)).await;
                deliver(&core, &client, &slots, &event).await;
            });
        }
    }
}

async fn deliver(core: &Core, client: &reqwest::Client, slots: &Semaphore, event: &Event) {
    let mut pause = FIRST_PAUSE;
    for _ in 0..TRIES {
        if post(core, client, slots, event).await {
            // Losing this line to a kill only means that the event is sent once more.
            let _ = core.work(|work| work.put(Change::Delivered(event.id.clone())));
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    tracing::warn!(event = event.id, "the sandbox gives a webhook up");
}

async fn post(core: &Core, client: &reqwest::Client, slots: &Semaphore, event: &Event) -> bool {
    let Ok(_slot) = slots.acquire().await else {
        return false;
    };
    let Some(url) = core.wiring().webhook_url.clone() else {
        return false;
    };
    let seconds = now_millis().div_euclid(1000);
    let signature = sign(&core.settings.webhook_secret, seconds, &event.body);
    let sent = client
        .post(url)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Stripe-Signature", format!("t={seconds},v1={signature}"))
        .body(event.body.clone())
        .send()
        .await;
    match sent {
        Ok(answer) => answer.status().is_success(),
        Err(error) => {
            tracing::debug!(event = event.id, %error, "a webhook was not taken");
            false
        }
    }
}

fn sign(secret: &str, seconds: i64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

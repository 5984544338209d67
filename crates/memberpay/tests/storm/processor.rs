//! The processor: in this process, so that it survives, and with faults.

use std::net::SocketAddr;
use std::time::Duration;

use sandbox::{Faults, RunningSandbox, Sandbox, SandboxSettings};
use serde_json::Value;
use url::Url;

use crate::support::program;
use crate::victim::Victim;

/// Of a thousand requests that move money: 30 refused, 50 answered late, 20 dropped, 20 answered
/// with an error after the money was taken; webhooks twice, never, late.
const FAULTS: Faults = Faults {
    refuse: 30,
    withhold: 50,
    drop: 20,
    error: 20,
    webhook_twice: 100,
    webhook_never: 100,
    webhook_late_ms: 400,
};

/// The processor and a card it knows.
pub struct Processor {
    sandbox: RunningSandbox,
    /// The processor's word for the card that everybody pays with.
    pub card: String,
}

impl Processor {
    /// Starts it with what the demonstration's processor knew, and gives it a card.
    pub async fn start(victim: &Victim) -> Self {
        let (key, webhook) = &victim.processor_keys;
        let parent = Url::parse(&victim.url).unwrap();
        let sandbox = Sandbox::start(SandboxSettings {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            webhook_url: Some(parent.join("/webhooks/card").unwrap()),
            persist_dir: Some(victim.data.join("processor")),
            withhold_for: Duration::from_millis(1500),
            seed: Some(7),
            ..SandboxSettings::local(key, webhook, parent)
        })
        .await
        .expect("the processor starts");
        let card = give_card(&sandbox.url, key).await;
        Processor { sandbox, card }
    }

    /// Its origin.
    pub fn url(&self) -> String {
        self.sandbox.url.to_string()
    }

    /// From now on things go wrong.
    pub fn misbehave(&self) {
        self.sandbox.set_faults(FAULTS);
    }

    /// From now on all goes well.
    pub fn behave(&self) {
        self.sandbox.set_faults(Faults::default());
    }

    /// Every charge it made.
    pub async fn charges(&self) -> Vec<Value> {
        let answer = program::client()
            .get(format!("{}sandbox/ledger", self.url()))
            .send()
            .await
            .unwrap();
        let ledger: Value = answer.json().await.unwrap();
        ledger["charges"].as_array().cloned().unwrap_or_default()
    }
}

/// Gives a card as a payer does, on the processor's own page.
pub async fn give_card(origin: &Url, key: &str) -> String {
    let client = program::client();
    let api = |path: &str| origin.join(path).unwrap();
    let form = [
        ("mode", "setup"),
        ("payment_method_types[]", "card"),
        ("success_url", "http://127.0.0.1/done"),
    ];
    let session: Value = client
        .post(api("v1/checkout/sessions"))
        .bearer_auth(key)
        .form(&form)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = session["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no session: {session}"))
        .to_owned();
    let typed = [
        ("number", "4242424242424242"),
        ("expiry", "12/31"),
        ("cvc", "123"),
        ("zip", "06032"),
    ];
    let given = client
        .post(api(&format!("pay/hosted/{id}")))
        .form(&typed)
        .send()
        .await
        .unwrap();
    assert!(
        given.status().is_redirection(),
        "the card is taken: {}",
        given.status()
    );
    let session: Value = client
        .get(api(&format!("v1/checkout/sessions/{id}")))
        .query(&[("expand[]", "setup_intent")])
        .bearer_auth(key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    session["setup_intent"]["payment_method"]
        .as_str()
        .unwrap_or_else(|| panic!("no card: {session}"))
        .to_owned()
}

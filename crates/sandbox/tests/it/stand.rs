//! A sandbox with a client beside it.

use std::time::Duration;

use gateways::Draw;
use gateways::card::{
    BankAccountKind, BankDetails, ChargeRequest, Gateway, IdempotencyKey, Initiator, Instrument,
    InstrumentRef, MandateAcceptance, Outcome, Rail, SetupRequest, StripeGateway, StripeSettings,
};
use gateways::{Clock, SystemChance, SystemClock};
use kernel::{AttemptId, BankAccountNumber, Cents, Language, RoutingNumber, Secret, Tender};
use sandbox::{RunningSandbox, Sandbox, SandboxSettings};
use url::Url;

pub const KEY: &str = "sk_test_of_the_tests";
pub const WEBHOOK_SECRET: &str = "whsec_of_the_tests";

pub struct Stand {
    pub sandbox: RunningSandbox,
    pub gateway: StripeGateway,
    pub http: reqwest::Client,
}

pub fn settings() -> SandboxSettings {
    let parent = Url::parse("http://plan.example.com/").unwrap();
    let mut settings = SandboxSettings::local(KEY, WEBHOOK_SECRET, parent);
    settings.settlement_delay = Duration::from_millis(200);
    settings.withhold_for = Duration::from_secs(5);
    settings.seed = Some(7);
    settings
}

impl Stand {
    pub async fn new() -> Self {
        Self::with(settings()).await
    }

    pub async fn with(settings: SandboxSettings) -> Self {
        let sandbox = Sandbox::start(settings).await.unwrap();
        let gateway = client(&sandbox.url);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Stand {
            sandbox,
            gateway,
            http,
        }
    }

    pub fn at(&self, path: &str) -> Url {
        self.sandbox.url.join(path).unwrap()
    }

    pub fn setup_request(&self, language: Language) -> SetupRequest {
        SetupRequest {
            our_reference: "errand-1".to_owned(),
            accepted: vec![Tender::Visa, Tender::Mastercard, Tender::Discover],
            language,
            return_url: Url::parse("http://plan.example.com/back?s={CHECKOUT_SESSION_ID}").unwrap(),
            cancel_url: Url::parse("http://plan.example.com/cancel").unwrap(),
            payer: None,
        }
    }

    /// Gives a card through the hosted fields, as a browser without script does.
    pub async fn card(&self, number: &str) -> Instrument {
        let request = self.setup_request(Language::English);
        let setup = self.gateway.client_setup(&request).await.ok().unwrap();
        let cvc = if number.starts_with('3') {
            "1234"
        } else {
            "123"
        };
        let answer = self
            .http
            .post(setup.frame_url.unwrap())
            .form(&[
                ("number", number),
                ("expiry", "08/39"),
                ("cvc", cvc),
                ("zip", "06032"),
            ])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        self.gateway
            .setup_result(&setup.session_ref)
            .await
            .ok()
            .unwrap()
            .unwrap()
    }

    pub async fn bank(&self, account: &str) -> Instrument {
        let details = BankDetails {
            routing: RoutingNumber::parse("110000000").unwrap(),
            account: BankAccountNumber::parse(account).unwrap(),
            kind: BankAccountKind::Checking,
            holder_name: "Maria Lopez".to_owned(),
        };
        let key = IdempotencyKey::new(fresh_attempt().to_string());
        self.gateway
            .store_bank_account(&details, &key)
            .await
            .ok()
            .unwrap()
    }

    /// The rows of the sandbox's own ledger for one attempt.
    pub async fn ledger_of(&self, attempt: AttemptId) -> Vec<serde_json::Value> {
        let text = self
            .http
            .get(self.at("sandbox/ledger"))
            .send()
            .await
            .unwrap()
            .text()
            .await;
        let ledger: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        let rows = ledger["charges"].as_array().unwrap();
        let attempt = attempt.to_string();
        rows.iter()
            .filter(|row| row["attempt_id"] == attempt.as_str())
            .cloned()
            .collect()
    }

    /// Asks the API itself, past the client.
    pub async fn api(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> (u16, serde_json::Value) {
        let mut request = self.http.post(self.at(path)).bearer_auth(KEY).form(form);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    pub async fn get(&self, path: &str) -> (u16, serde_json::Value) {
        let answer = self
            .http
            .get(self.at(path))
            .bearer_auth(KEY)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
        )
    }
}

pub fn client(origin: &Url) -> StripeGateway {
    let secrets = vec![Secret::new(WEBHOOK_SECRET.to_owned())];
    let mut settings = StripeSettings::new(origin.clone(), Secret::new(KEY.to_owned()), secrets);
    settings.answer_within = Duration::from_millis(1_000);
    StripeGateway::new(settings).unwrap()
}

pub fn fresh_attempt() -> AttemptId {
    SystemChance.id(SystemClock.now())
}

pub fn charge_of(attempt: AttemptId, cents: i64, instrument: &Instrument) -> ChargeRequest {
    let mandate = (instrument.rail == Rail::Bank).then(|| MandateAcceptance::Online {
        at: SystemClock.now(),
        ip: "192.0.2.1".to_owned(),
        user_agent: "Mozilla/5.0".to_owned(),
    });
    ChargeRequest {
        attempt,
        amount: Cents::new(cents),
        instrument: InstrumentRef::new(instrument.reference.as_str()),
        rail: instrument.rail,
        payer: None,
        initiator: Initiator::PayerOnline,
        network_reference: None,
        mandate,
        description: "Premium".to_owned(),
        return_url: None,
    }
}

/// Panics with the outcome in the message.
pub fn done<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Ok(value) | Outcome::Pending(value) => value,
        other => panic!("not done: {other:?}"),
    }
}

//! Callers that pay, and ask again with the same key until they are told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::processor::Processor;
use crate::support::people::Person;
use crate::support::program;
use crate::victim::{PARTNER_KEY, Victim};

/// A payment that a caller was told of.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub payment: String,
    pub cents: i64,
}

/// All callers together.
pub struct Clients {
    url: String,
    card: String,
    members: Vec<Person>,
    told: Mutex<BTreeMap<String, Acknowledged>>,
    next_cents: AtomicI64,
    missed: AtomicU64,
    stopped: AtomicBool,
}

impl Clients {
    pub fn new(victim: &Victim, processor: &Processor, members: Vec<Person>) -> Self {
        let members: Vec<Person> = members
            .into_iter()
            .filter(|person| person.line == "individual")
            .collect();
        assert!(members.len() > 10);
        Clients {
            url: format!("{}/api/v1/payments", victim.url),
            card: processor.card.clone(),
            members,
            told: Mutex::default(),
            next_cents: AtomicI64::new(10_000),
            missed: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// No new payments from now on; those begun are asked for until they are told.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Every payment that a caller was told of, by its key.
    pub fn acknowledged(&self) -> BTreeMap<String, Acknowledged> {
        self.told.lock().unwrap().clone()
    }

    /// How many requests had no answer.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// One caller: pays one premium after another, each for an amount that no other payment has.
    pub async fn pay_until_told(self: Arc<Self>, number: usize) {
        let client = program::client();
        let mut count = 0;
        while !self.stopped.load(Ordering::Relaxed) {
            let cents = self.next_cents.fetch_add(1, Ordering::Relaxed);
            let key = format!("storm-{number}-{count}");
            let member = &self.members[(number * 31 + count) % self.members.len()];
            let told = self.pay(&client, &key, member, cents).await;
            // One in eight asks once more, though told already: the answer is the same payment.
            if count.is_multiple_of(8) {
                let again = self.pay(&client, &key, member, cents).await;
                assert_eq!(again.payment, told.payment, "{key} is one payment for ever");
            }
            self.told.lock().unwrap().insert(key, told);
            count += 1;
        }
    }

    async fn pay(
        &self,
        client: &reqwest::Client,
        key: &str,
        member: &Person,
        cents: i64,
    ) -> Acknowledged {
        let body = json!({
            "member_id": member.member_id, "plan_line": member.line, "amount_cents": cents,
            "channel": "online", "payer_name": "Storm", "payer_email": "storm@example.org",
            "payment_method": { "id": self.card, "tender": "visa", "last_four": "4242" },
        });
        for _ in 0..2_000 {
            let answer = client
                .post(&self.url)
                .bearer_auth(PARTNER_KEY)
                .header("idempotency-key", key)
                .json(&body)
                .send()
                .await;
            match answer {
                Ok(answer) if answer.status() == StatusCode::CREATED => {
                    if let Ok(view) = answer.json::<Value>().await {
                        return Acknowledged {
                            payment: view["payment_id"].as_str().unwrap().to_owned(),
                            cents,
                        };
                    }
                }
                Ok(answer)
                    if answer.status().is_client_error()
                        && answer.status() != StatusCode::CONFLICT =>
                {
                    panic!(
                        "{key}: {}: {}",
                        answer.status(),
                        answer.text().await.unwrap_or_default()
                    );
                }
                Ok(_) | Err(_) => {}
            }
            self.missed.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("{key} was never answered");
    }
}

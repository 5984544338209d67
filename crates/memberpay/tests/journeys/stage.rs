//! The program that journeys go through, and what they share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use serde_json::Value;

use crate::secrets::Secrets;
use crate::support::people::{self, Person};
use crate::support::program::{self, Demonstration, Wanted};
use crate::support::tools;

/// Which program.
pub struct StageOptions {
    /// What its pictures and log are called.
    pub name: &'static str,
    /// `DATABASE_URL`; empty for the embedded database.
    pub database: String,
}

/// A running program and what the journeys through it share.
pub struct Stage {
    pub name: &'static str,
    pub demo: Demonstration,
    pub axe: Option<String>,
    pub secrets: Secrets,
    roster: Mutex<Vec<Person>>,
    odd_cents: AtomicI64,
    checked: AtomicUsize,
    faults: Mutex<Vec<(&'static str, String)>>,
}

impl Stage {
    /// Starts the program.
    pub async fn set(options: StageOptions) -> Self {
        let log = tools::left_for_people("journeys").join(format!("{}.log", options.name));
        let _ = std::fs::remove_file(log);
        let demo = Demonstration::start(&Wanted {
            name: options.name,
            database: &options.database,
            // Everything our own code may ever say.
            log: "trace",
            settle_after: 3,
        })
        .await;
        let known = demo::personas();
        let mut roster = people::roster(&demo.data);
        roster.retain(|person| {
            person.line == "individual"
                && known
                    .iter()
                    .all(|known| known.member_id != person.member_id)
        });
        assert!(
            roster.len() > 20,
            "the demonstration has {} individual members",
            roster.len()
        );
        Stage {
            name: options.name,
            demo,
            axe: tools::axe(),
            secrets: Secrets::default(),
            roster: Mutex::new(roster),
            odd_cents: AtomicI64::new(2001),
            checked: AtomicUsize::new(0),
            faults: Mutex::default(),
        }
    }

    /// A subscriber of the individual line whom no other journey has met.
    pub fn somebody(&self) -> Person {
        let person = self
            .roster
            .lock()
            .unwrap()
            .pop()
            .expect("the demonstration has members enough");
        self.secrets.add_person(&person);
        person
    }

    /// An amount that no other journey pays, in cents.
    pub fn own_amount(&self) -> i64 {
        self.odd_cents.fetch_add(7, Ordering::Relaxed)
    }

    /// Notes what is wrong with a page.
    pub fn found(&self, journey: &'static str, fault: &str) {
        self.faults
            .lock()
            .unwrap()
            .push((journey, fault.to_owned()));
    }

    /// What was wrong with the pages of a journey.
    pub fn faults_of(&self, journey: &str) -> Vec<String> {
        let faults = self.faults.lock().unwrap();
        faults
            .iter()
            .filter(|(of, _)| *of == journey)
            .map(|(_, fault)| fault.clone())
            .collect()
    }

    /// Counts a page.
    pub fn checked_a_page(&self) {
        self.checked.fetch_add(1, Ordering::Relaxed);
    }

    /// How many pages were checked.
    pub fn pages_checked(&self) -> usize {
        self.checked.load(Ordering::Relaxed)
    }

    /// The processor's charges of an amount, in its own words for their states.
    pub async fn charges_of(&self, cents: i64) -> Vec<String> {
        let address = format!("{}/sandbox/ledger", self.demo.processor);
        let answer = program::client()
            .get(address)
            .send()
            .await
            .expect("the processor answers");
        let ledger: Value = answer.json().await.expect("the processor's ledger is JSON");
        let charges = ledger["charges"].as_array().cloned().unwrap_or_default();
        charges
            .iter()
            .filter(|charge| charge["amount"] == cents)
            .map(|charge| charge["status"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Stops the program; which secrets its log holds.
    pub async fn strike(self) -> Vec<String> {
        let Stage { demo, secrets, .. } = self;
        let file = demo.log.clone();
        demo.stop().await;
        let log = std::fs::read_to_string(file).expect("the program logged");
        assert!(
            log.contains("TRACE") || log.contains("DEBUG") || log.contains("INFO"),
            "an empty log proves nothing"
        );
        println!(
            "{} secrets looked for in {} KB of log",
            secrets.count(),
            log.len() / 1024
        );
        secrets.found_in(&log)
    }
}

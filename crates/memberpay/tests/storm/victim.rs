//! The program that is killed.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::processor::Processor;
use crate::support::{ports, program, tools};

/// The key of the system that pays through the API.
pub const PARTNER_KEY: &str = "storm-0123456789abcdef0123456789abcdef";

/// A program with the demonstration's members, served as in earnest.
pub struct Victim {
    pub data: PathBuf,
    pub url: String,
    /// The sandbox's key and the secret its webhooks are signed with.
    pub processor_keys: (String, String),
    pub log: PathBuf,
    port: u16,
    database: String,
    child: Option<Child>,
    _folder: TempDir,
}

impl Victim {
    /// Makes the demonstration and stops it.
    pub async fn prepare(database: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let data = folder.path().join("data");
        let engine = if database.is_empty() {
            "sqlite"
        } else {
            "postgres"
        };
        let log = tools::left_for_people("storm").join(format!("{engine}.log"));
        let _ = std::fs::remove_file(&log);
        let port = ports::free();
        let mut command = program::command(&data, &log);
        command
            .arg("demo")
            .env("MEMBERPAY_LISTEN", format!("127.0.0.1:{port}"))
            .env(
                "MEMBERPAY_DEMO_SANDBOX",
                format!("127.0.0.1:{}", ports::free()),
            );
        if !database.is_empty() {
            command.env("DATABASE_URL", database);
        }
        let mut child = command.spawn().expect("the program can be started");
        let url = format!("http://127.0.0.1:{port}");
        program::wait_until_ready(&url, &mut child, &log).await;
        let mut victim = Victim {
            processor_keys: (String::new(), String::new()),
            database: database.to_owned(),
            child: Some(child),
            _folder: folder,
            data,
            url,
            log,
            port,
        };
        victim.stop().await;
        let keys =
            std::fs::read_to_string(victim.data.join("processor-keys")).expect("keys were made");
        let mut lines = keys.lines().map(str::to_owned);
        victim.processor_keys = (lines.next().unwrap(), lines.next().unwrap());
        victim
    }

    /// The program with this one's database and keys.
    pub fn command(&self) -> Command {
        let mut command = program::command(&self.data, &self.log);
        command.env("MEMBERPAY_KEYS_FILE", self.data.join("keys"));
        if !self.database.is_empty() {
            command.env("DATABASE_URL", &self.database);
        }
        command
    }

    /// Where the database is, for whoever looks into it.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            format!("sqlite:{}", self.data.join("memberpay.db").display())
        } else {
            self.database.clone()
        }
    }

    /// Starts it; how long until it answered.
    pub async fn start(&mut self, processor: &Processor) -> Duration {
        let begun = Instant::now();
        let mut command = self.command();
        command
            .arg("serve")
            .env("MEMBERPAY_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("STRIPE_SECRET_KEY", &self.processor_keys.0)
            .env("STRIPE_WEBHOOK_SECRETS", &self.processor_keys.1)
            .env("STRIPE_API", processor.url())
            .env("MEMBERPAY_PARTNERS", format!("storm:{PARTNER_KEY}"));
        let mut child = command.spawn().expect("the program can be started");
        program::wait_until_ready(&self.url, &mut child, &self.log).await;
        self.child = Some(child);
        begun.elapsed()
    }

    /// Kills it, as the machine does when it has no memory left: with no chance to finish anything.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("a process of ours can be killed");
        }
    }

    /// Asks it to stop and waits.
    pub async fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        if let Some(id) = child.id() {
            let _ = Command::new("kill").arg(id.to_string()).status().await;
        }
        if tokio::time::timeout(Duration::from_secs(20), child.wait())
            .await
            .is_err()
        {
            let _ = child.kill().await;
            panic!("the program did not stop within 20 seconds of being asked to");
        }
    }
}

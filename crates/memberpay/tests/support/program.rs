//! The program itself, as an operator starts it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::ports;

/// How long the program may take to make its demonstration and answer, on a busy machine with a
/// build that is not optimised.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running demonstration.
pub struct Demonstration {
    /// Where its pages are, without a slash at the end.
    pub url: String,
    /// Where its processor is, without a slash at the end.
    pub processor: String,
    /// Its data folder.
    pub data: PathBuf,
    /// What it logged.
    pub log: PathBuf,
    database: String,
    child: Child,
    _folder: TempDir,
}

/// How a demonstration differs from the usual one.
#[derive(Default)]
pub struct Wanted<'a> {
    /// What its log is called in `target/journeys`.
    pub name: &'a str,
    /// `DATABASE_URL`; empty for the embedded database.
    pub database: &'a str,
    /// `MEMBERPAY_LOG`.
    pub log: &'a str,
    /// Seconds until a bank debit settles.
    pub settle_after: u64,
}

impl Demonstration {
    /// Starts one and waits until it answers.
    pub async fn start(wanted: &Wanted<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let data = folder.path().join("data");
        let (pages, processor) = (ports::free(), ports::free());
        let log = super::tools::left_for_people("journeys").join(format!("{}.log", wanted.name));
        let mut command = command(&data, &log);
        command
            .args(["demo", "--settle-after", &wanted.settle_after.to_string()])
            .env("MEMBERPAY_LISTEN", format!("127.0.0.1:{pages}"))
            .env("MEMBERPAY_DEMO_SANDBOX", format!("127.0.0.1:{processor}"))
            .env("MEMBERPAY_TRUSTED_PROXIES", "127.0.0.1")
            .env("MEMBERPAY_LOG", wanted.log);
        if !wanted.database.is_empty() {
            command.env("DATABASE_URL", wanted.database);
        }
        let mut child = command.spawn().expect("the program can be started");
        // By name, as the program says it: passkeys are bound to one.
        let url = format!("http://localhost:{pages}");
        wait_until_ready(&url, &mut child, &log).await;
        Demonstration {
            url,
            processor: format!("http://127.0.0.1:{processor}"),
            data,
            log,
            database: wanted.database.to_owned(),
            child,
            _folder: folder,
        }
    }

    /// Takes a lockbox file in, as an operator does while the program runs.
    pub async fn takes_in(&self, name: &str, text: &str) {
        let file = self.data.join(name);
        std::fs::write(&file, text).expect("a file can be written");
        let mut command = command(&self.data, &self.log);
        command.args(["import", "lockbox"]).arg(&file);
        if !self.database.is_empty() {
            command.env("DATABASE_URL", &self.database);
        }
        let status = command.status().await.expect("the program can be started");
        let said = std::fs::read_to_string(self.log.with_extension("out")).unwrap_or_default();
        assert!(status.success(), "{name} was not taken in: {said}");
    }

    /// The folder its mail goes to.
    pub fn mail(&self) -> PathBuf {
        self.data.join("mail")
    }

    /// Stops it as an operator does, and waits until it has.
    pub async fn stop(mut self) {
        if let Some(id) = self.child.id() {
            let _ = Command::new("kill").arg(id.to_string()).status().await;
        }
        if tokio::time::timeout(Duration::from_secs(20), self.child.wait())
            .await
            .is_err()
        {
            let _ = self.child.kill().await;
            panic!("the program did not stop within 20 seconds of being asked to");
        }
    }
}

/// The program with an environment of nothing but what a test says.
pub fn command(data: &Path, log: &Path) -> Command {
    // What it prints for the operator is no log: the demonstration prints a password there.
    let printed = log.with_extension("out");
    let open = |path: &Path| {
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .expect("a file can be written")
    };
    let (out, err) = (open(&printed), open(log));
    let mut command = Command::new(env!("CARGO_BIN_EXE_memberpay"));
    command
        .env_clear()
        .env("MEMBERPAY_DATA", data)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .kill_on_drop(true);
    command
}

/// Waits until the program at `url` says that it is ready.
///
/// # Panics
/// If it ends before, or takes too long.
pub async fn wait_until_ready(url: &str, child: &mut Child, log: &Path) {
    let client = client();
    let begun = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            let end: Vec<&str> = said.lines().rev().take(20).collect();
            panic!(
                "the program ended with {status}:\n{}",
                end.into_iter().rev().collect::<Vec<_>>().join("\n")
            );
        }
        let answer = client.get(format!("{url}/ready")).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "the program did not answer within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A plain HTTP client that follows nothing by itself.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(40))
        .build()
        .expect("a client can be made")
}

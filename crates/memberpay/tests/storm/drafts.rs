//! The program killed again and again while it drafts a day: the rows are the same as if it had
//! not been, and the processor was asked for every draft once.
//!
//! `MEMBERPAY_STORM_KILLS` says how often (20 unless set).

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use gateways::{Clock as _, SystemChance, SystemClock, Vault, chance::Draw as _};
use kernel::{BillingMonth, MandateId, MethodId};
use sandbox::{RunningSandbox, Sandbox, SandboxSettings};
use serde_json::Value;
use store::bare_autopay::{self, Planted};
use store::{Store, args};
use tempfile::TempDir;
use tokio::process::Command;
use url::Url;

use crate::processor::give_card;
use crate::support::{ports, postgres, program, tools};

const KEY: &str = "sk_test_drafts";
const WEBHOOK: &str = "whsec_drafts";
/// How long the program may take to ask after what it does not know.
const PATIENCE: Duration = Duration::from_secs(150);

/// A program with a database, and the processor that survives it.
struct Scene {
    data: PathBuf,
    log: PathBuf,
    processor: RunningSandbox,
    month: BillingMonth,
    _folder: TempDir,
}

/// Drafts a day on one copy of the database in peace and on another while being killed.
pub async fn killed_while_drafting(postgres: bool, kills: u32) {
    gateways::install_tls();
    let scene = Scene::prepare(if postgres { "postgres" } else { "sqlite" }).await;
    let [peaceful, killed] = if postgres {
        let Some(first) = postgres::Database::make("drafts").await else {
            return;
        };
        scene.plant(&first.url).await;
        let second = first.copy("drafts_killed").await;
        let pair = [first.url.clone(), second.url.clone()];
        scene.compare(&pair, kills).await;
        first.drop().await;
        second.drop().await;
        return;
    } else {
        let first = scene.data.join("peaceful.db");
        let second = scene.data.join("killed.db");
        let address = |path: &PathBuf| format!("sqlite:{}", path.display());
        scene.plant(&address(&first)).await;
        std::fs::copy(&first, &second).expect("a database that is closed can be copied");
        [address(&first), address(&second)]
    };
    scene.compare(&[peaceful, killed], kills).await;
}

impl Scene {
    async fn prepare(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let keys = data.join("keys");
        std::fs::write(&keys, Vault::new_key("storm").as_bytes()).unwrap();
        // The program refuses keys that others can read.
        std::fs::set_permissions(&keys, Permissions::from_mode(0o600)).unwrap();
        let log = tools::left_for_people("storm").join(format!("drafts-{name}.log"));
        let _ = std::fs::remove_file(&log);
        let parent = Url::parse("http://127.0.0.1:9").unwrap();
        let processor = Sandbox::start(SandboxSettings {
            seed: Some(7),
            // Long enough that a kill falls between request and answer now and then.
            thinks: Some((Duration::from_millis(20), Duration::from_millis(60))),
            ..SandboxSettings::local(KEY, WEBHOOK, parent)
        })
        .await
        .expect("the processor starts");
        let zone = testkit::plan().time_zone.clone();
        let month = BillingMonth::of(zone.to_datetime(SystemClock.now()).date());
        Scene {
            data,
            log,
            processor,
            month: month.next(),
            _folder: folder,
        }
    }

    fn command(&self, database: &str) -> Command {
        let mut command = program::command(&self.data, &self.log);
        command
            .env("DATABASE_URL", database)
            .env("MEMBERPAY_KEYS_FILE", self.data.join("keys"))
            .env("STRIPE_SECRET_KEY", KEY)
            .env("STRIPE_WEBHOOK_SECRETS", WEBHOOK)
            .env("STRIPE_API", self.processor.url.to_string());
        command
    }

    async fn through(&self, database: &str, words: &[&str]) {
        let status = self.command(database).args(words).status().await.unwrap();
        assert!(status.success(), "{words:?}: see {}", self.log.display());
    }

    /// Members, an invoice for each, a card and a mandate for each, and the drafts of the day.
    async fn plant(&self, database: &str) {
        let roster = self.data.join("roster.csv");
        let (month, file) = (self.month.to_string(), roster.display().to_string());
        let generate = ["roster", "generate", "--members", "3000", "--format", "csv"];
        let generate = [&generate[..], &["--month", &month, "--out", &file]].concat();
        self.through(database, &generate).await;
        self.through(database, &["import", "roster", &file]).await;
        self.through(database, &["bill", "--month", &month]).await;
        let card = give_card(&self.processor.url, KEY).await;
        let keys = std::fs::read_to_string(self.data.join("keys")).unwrap();
        let vault = Vault::from_keys(&keys).unwrap();
        let store = Store::open(database).await.unwrap();
        let now = SystemClock.now();
        let accounts = bare_autopay::accounts(&store, (0, i64::MAX)).await.unwrap();
        let planted = accounts.into_iter().map(|(account, person)| {
            let mandate: MandateId = SystemChance.id(now);
            let method = MethodId::from_uuid(mandate.uuid());
            let evidence = br#"{"address":"192.0.2.7","user_agent":"a browser"}"#;
            Planted {
                account,
                person,
                method,
                reference: card.clone(),
                mandate,
                evidence: vault.seal(&format!("mandate-evidence:{mandate}"), evidence),
            }
        });
        bare_autopay::plant(&store, self.month, planted.collect(), now)
            .await
            .unwrap();
        bare_autopay::align(&store).await.unwrap();
        store
            .write(|tx| {
                Box::pin(async move {
                    // The bank accounts become the one card that the processor knows.
                    tx.execute(
                        "UPDATE payment_methods SET tender = 'visa', expires_month = 209912, \
                         payer_reference = '', bank_name = '', holder = ''",
                        args![],
                    )
                    .await
                })
            })
            .await
            .unwrap_or_else(|error: store::StoreError| panic!("{error}"));
        store.close().await;
        let eve = self.month.previous().last_day().to_string();
        self.through(database, &["autopay", "plan", "--day", &eve])
            .await;
    }

    async fn compare(&self, [peaceful, killed]: &[String; 2], kills: u32) {
        let due = self.month.first_day().to_string();
        let send = ["autopay", "send", "--day", &due];
        let begun = Instant::now();
        self.through(peaceful, &send).await;
        let whole = begun.elapsed();
        // Once more, with nothing left to do: that is how long it takes to begin.
        let begun = Instant::now();
        self.through(peaceful, &send).await;
        let idle = begun.elapsed();
        let drafts = self.charges().await.len();
        assert!(drafts > 500, "{drafts} drafts prove little");
        let mut cut_short = 0;
        for number in 0..kills {
            let mut child = self.command(killed).args(send).spawn().unwrap();
            // A little into its work, so that all runs together do most of it; never the same
            // twice.
            let share = number.wrapping_mul(2_654_435_761) >> 16;
            let work = whole.saturating_sub(idle) * 3 / kills.max(1);
            tokio::time::sleep(idle + work * share / 65_536).await;
            if child.try_wait().unwrap().is_none() {
                cut_short += 1;
            }
            child.kill().await.unwrap();
        }
        let before_the_last = self.charges().await.len() - drafts;
        assert!(
            kills == 0 || before_the_last > 0,
            "no run came as far as a charge"
        );
        self.through(killed, &send).await;
        let waited = self.wait_until_all_is_known(killed).await;
        self.through(killed, &["ledger", "verify"]).await;
        let (first, second) = (rows(peaceful).await, rows(killed).await);
        for (table, rows) in &first {
            assert_eq!(rows, &second[table], "{table} differs");
        }
        assert_eq!(first.len(), second.len());
        let charges = self.charges().await;
        assert_eq!(
            charges.len(),
            2 * drafts,
            "a draft was charged twice, or never"
        );
        println!(
            "undisturbed {whole:.1?} ({idle:.1?} of it to begin); {kills} kills ({cut_short} of a run that was not done), {drafts} drafts, {before_the_last} of them \
             charged before the last run; the same rows as without a kill, every draft charged once; all \
             known after {} s",
            waited.as_secs()
        );
    }

    /// The charges at the processor, by attempt.
    async fn charges(&self) -> BTreeMap<String, i64> {
        let ledger = self.processor.url.join("sandbox/ledger").unwrap();
        let answer = program::client().get(ledger).send().await.unwrap();
        let ledger: Value = answer.json().await.unwrap();
        let mut charges = BTreeMap::new();
        for charge in ledger["charges"].as_array().unwrap() {
            let attempt = charge["attempt_id"].as_str().unwrap().to_owned();
            assert_eq!(charge["status"], "succeeded", "{charge}");
            let before = charges.insert(attempt, charge["amount"].as_i64().unwrap());
            assert_eq!(before, None, "an attempt was charged twice: {charge}");
        }
        charges
    }

    /// Lets the minutes pass after which attempts of a process that died are asked about. No
    /// process is alive here that could still have a call under way.
    async fn let_claims_run_out(&self, database: &str) {
        let store = Store::open(database).await.unwrap();
        store
            .write::<u64, store::StoreError, _>(|tx| {
                Box::pin(tx.execute(
                    "UPDATE attempts SET next_enquiry_at = dispatched_at \
                     WHERE next_enquiry_at IS NOT NULL AND dispatched_at IS NOT NULL",
                    args![],
                ))
            })
            .await
            .unwrap();
        store.close().await;
    }

    /// Serves until every attempt that was cut off has been asked after.
    async fn wait_until_all_is_known(&self, database: &str) -> Duration {
        self.let_claims_run_out(database).await;
        let begun = Instant::now();
        let address = format!("127.0.0.1:{}", ports::free());
        let mut server = self
            .command(database)
            .arg("serve")
            .env("MEMBERPAY_LISTEN", &address)
            .spawn()
            .unwrap();
        program::wait_until_ready(&format!("http://{address}"), &mut server, &self.log).await;
        let store = Store::open(database).await.unwrap();
        loop {
            let mut tx = store.read().await.unwrap();
            let mut row = tx
                .one(
                    "attempts without an outcome",
                    "SELECT COUNT(*) FROM attempts WHERE state <> 'succeeded'",
                    args![],
                )
                .await
                .unwrap();
            let open: i64 = row.read().unwrap();
            drop(tx);
            if open == 0 {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{open} attempts have no outcome"
            );
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        server.kill().await.unwrap();
        store.close().await;
        begun.elapsed()
    }
}

/// Everything that drafting leaves behind, but for what is drawn by chance or read from the clock.
async fn rows(database: &str) -> BTreeMap<&'static str, Vec<String>> {
    const TABLES: [(&str, &str); 7] = [
        (
            "drafts",
            "SELECT a.account_number || ' ' || d.billing_month || ' ' || d.state || ' ' || d.cents \
             || ' ' || d.tries || ' ' || d.reason || ' ' || d.told_reason FROM autopay_drafts d \
             JOIN accounts a ON a.id = d.account_id ORDER BY 1",
        ),
        (
            "payments",
            "SELECT a.account_number || ' ' || p.idempotency_key || ' ' || p.cents || ' ' \
             || p.status || ' ' || p.tender || ' ' || p.channel || ' ' || p.reason FROM payments p \
             JOIN accounts a ON a.id = p.account_id ORDER BY 1",
        ),
        (
            "attempts",
            "SELECT a.account_number || ' ' || t.state || ' ' || t.instrument || ' ' || t.reason \
             FROM attempts t JOIN accounts a ON a.id = t.account_id ORDER BY 1",
        ),
        (
            "accounts",
            "SELECT account_number || ' ' || receivable_cents || ' ' || unapplied_cents || ' ' \
             || journal_seq FROM accounts ORDER BY 1",
        ),
        (
            "entries",
            "SELECT a.account_number || ' ' || e.seq || ' ' || e.entry_no || ' ' \
             || e.ledger_account || ' ' || e.cents FROM journal_entries e \
             JOIN accounts a ON a.id = e.account_id ORDER BY 1",
        ),
        (
            "applications",
            "SELECT a.account_number || ' ' || i.billing_month || ' ' || p.cents \
             FROM applications p JOIN accounts a ON a.id = p.account_id \
             JOIN invoices i ON i.account_id = p.account_id AND i.id = p.invoice_id ORDER BY 1",
        ),
        (
            "notices",
            "SELECT a.account_number || ' ' || n.kind FROM notices n \
             JOIN accounts a ON a.id = n.account_id WHERE n.kind LIKE 'draft-%' \
             OR n.kind LIKE 'payment-%' OR n.kind LIKE 'autopay-%' ORDER BY 1",
        ),
    ];
    let store = Store::open(database).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut all = BTreeMap::new();
    for (table, sql) in TABLES {
        let rows = tx.all(sql, args![]).await.unwrap();
        let rows = rows.into_iter().map(|mut row| row.read().unwrap());
        all.insert(table, rows.collect());
    }
    drop(tx);
    store.close().await;
    all
}

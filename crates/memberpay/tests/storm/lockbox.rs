//! The program killed again and again while it takes a lockbox file in: the rows are the same as if
//! it had not been.

use std::collections::BTreeMap;
use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Instant;

use formats::lockbox::{Check, Coupon, Envelope, Position, csv};
use gateways::{Clock as _, SystemClock, Vault};
use kernel::{BillingMonth, Secret};
use store::bare_lockbox::{self, Due};
use store::{Store, args};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{postgres, program, tools};

/// One check in so many comes without its coupon and waits in suspense.
const WITHOUT_COUPON: u64 = 7;

struct Scene {
    data: PathBuf,
    log: PathBuf,
    month: BillingMonth,
    _folder: TempDir,
}

/// Takes a file in on one copy of the database in peace and on another while being killed.
pub async fn killed_while_taking_in(postgres: bool, kills: u32) {
    gateways::install_tls();
    let scene = Scene::prepare(if postgres { "postgres" } else { "sqlite" });
    if postgres {
        let Some(first) = postgres::Database::make("lockbox").await else {
            return;
        };
        let file = scene.plant(&first.url).await;
        let second = first.copy("lockbox_killed").await;
        scene.compare([&first.url, &second.url], &file, kills).await;
        first.drop().await;
        second.drop().await;
        return;
    }
    let (first, second) = (scene.data.join("peaceful.db"), scene.data.join("killed.db"));
    let address = |path: &PathBuf| format!("sqlite:{}", path.display());
    let file = scene.plant(&address(&first)).await;
    std::fs::copy(&first, &second).expect("a database that is closed can be copied");
    let pair = [&*address(&first), &*address(&second)];
    scene.compare(pair, &file, kills).await;
}

impl Scene {
    fn prepare(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let keys = data.join("keys");
        std::fs::write(&keys, Vault::new_key("storm").as_bytes()).unwrap();
        // The program refuses keys that others can read.
        std::fs::set_permissions(&keys, Permissions::from_mode(0o600)).unwrap();
        let log = tools::left_for_people("storm").join(format!("lockbox-{name}.log"));
        let _ = std::fs::remove_file(&log);
        let zone = testkit::plan().time_zone.clone();
        let month = BillingMonth::of(zone.to_datetime(SystemClock.now()).date());
        Scene {
            data,
            log,
            month: month.next(),
            _folder: folder,
        }
    }

    fn command(&self, database: &str) -> Command {
        let mut command = program::command(&self.data, &self.log);
        command.env("DATABASE_URL", database);
        command
    }

    async fn through(&self, database: &str, words: &[&str]) {
        let status = self.command(database).args(words).status().await.unwrap();
        assert!(status.success(), "{words:?}: see {}", self.log.display());
    }

    /// Members, an invoice for each, and the bank's file with a check for each.
    async fn plant(&self, database: &str) -> String {
        let roster = self.data.join("roster.csv");
        let (month, file) = (self.month.to_string(), roster.display().to_string());
        let generate = ["roster", "generate", "--members", "3000", "--format", "csv"];
        let generate = [&generate[..], &["--month", &month, "--out", &file]].concat();
        self.through(database, &generate).await;
        self.through(database, &["import", "roster", &file]).await;
        self.through(database, &["bill", "--month", &month]).await;
        let store = Store::open(database).await.unwrap();
        let all = bare_lockbox::due(&store, self.month, (0, i64::MAX)).await;
        store.close().await;
        let path = self.data.join("checks.csv");
        let mut writer = csv::Writer::new(File::create(&path).unwrap()).unwrap();
        for (number, due) in (1..).zip(all.unwrap()) {
            writer.write(&envelope(&due, number)).unwrap();
        }
        writer.finish("STORM-1").unwrap();
        path.display().to_string()
    }

    async fn compare(&self, [peaceful, killed]: [&str; 2], file: &str, kills: u32) {
        let import = ["import", "lockbox", "--chunk", "20", file];
        let begun = Instant::now();
        self.through(peaceful, &import).await;
        let whole = begun.elapsed();
        // Once more, with nothing left to do: that is how long it takes to begin.
        let begun = Instant::now();
        self.through(peaceful, &import).await;
        let idle = begun.elapsed();
        let checks = rows(peaceful).await["items"].len();
        assert!(checks > 500, "{checks} checks prove little");
        let mut cut_short = 0;
        for number in 0..kills {
            let mut child = self.command(killed).args(import).spawn().unwrap();
            let share = number.wrapping_mul(2_654_435_761) >> 16;
            let work = whole.saturating_sub(idle) * 3 / kills.max(1);
            tokio::time::sleep(idle + work * share / 65_536).await;
            if child.try_wait().unwrap().is_none() {
                cut_short += 1;
            }
            child.kill().await.unwrap();
        }
        let before = rows(killed).await["items"].len();
        assert!(kills == 0 || before > 0, "no run came as far as a check");
        self.through(killed, &import).await;
        self.through(killed, &["ledger", "verify"]).await;
        let (first, second) = (rows(peaceful).await, rows(killed).await);
        for (table, rows) in &first {
            assert_eq!(rows, &second[table], "{table} differs");
        }
        assert!(!first["suspense"].is_empty() && !first["payments"].is_empty());
        println!(
            "undisturbed {whole:.1?} ({idle:.1?} of it to begin); {kills} kills ({cut_short} of a run \
             that was not done), {before} of {checks} checks taken in before the last run; the same \
             rows as without a kill"
        );
    }
}

fn envelope(due: &Due, number: u64) -> Envelope {
    let layout = usecases::invoices::scan_line_layout(&testkit::plan());
    let (member, invoice) = (&due.member_id, &due.invoice_number);
    let line = formats::scan_line::compose(&layout, member, invoice, due.cents).unwrap();
    let mut coupon = Coupon::at(Position::Line(0));
    coupon.scan_line = Some(line);
    let day = jiff::civil::date(2026, 11, 20);
    Envelope {
        position: Position::Line(0),
        lockbox: "0022222".to_owned(),
        deposited_on: day,
        batch: "001".to_owned(),
        number: number.to_string(),
        checks: vec![Check {
            position: Position::Line(0),
            amount: due.cents,
            routing: Some(Secret::new("011000015".to_owned())),
            account: Some(Secret::new(format!("98765{number:07}"))),
            number: Some(number.to_string()),
            dated: Some(day),
            remitter: Some("PAT PAYER".to_owned()),
            payee: None,
            image: None,
            electronic: false,
        }],
        coupons: if number.is_multiple_of(WITHOUT_COUPON) {
            Vec::new()
        } else {
            vec![coupon]
        },
    }
}

/// Everything that a file leaves behind, but for what is drawn by chance or read from the clock.
async fn rows(database: &str) -> BTreeMap<&'static str, Vec<String>> {
    const TABLES: [(&str, &str); 9] = [
        (
            "files",
            "SELECT digest || ' ' || checks || ' ' || cents || ' ' || posted || ' ' || posted_cents \
             || ' ' || suspended || ' ' || suspended_cents || ' ' || done_envelopes || ' ' \
             || journal_seq FROM remittance_files ORDER BY 1",
        ),
        (
            "items",
            "SELECT item_no || ' ' || envelope || ' ' || ordinal || ' ' || cents || ' ' || outcome \
             || ' ' || exceptions || ' ' || last_four FROM remittance_items ORDER BY 1",
        ),
        (
            "payments",
            "SELECT a.account_number || ' ' || p.idempotency_key || ' ' || p.cents || ' ' \
             || p.status || ' ' || p.effective_on FROM payments p \
             JOIN accounts a ON a.id = p.account_id ORDER BY 1",
        ),
        (
            "links",
            "SELECT a.account_number || ' ' || r.item_no FROM remittance_payments r \
             JOIN accounts a ON a.id = r.account_id ORDER BY 1",
        ),
        (
            "suspense",
            "SELECT item_no || ' ' || open_cents || ' ' || state || ' ' || exceptions || ' ' \
             || effective_on FROM suspense ORDER BY 1",
        ),
        (
            "candidates",
            "SELECT s.item_no || ' ' || a.account_number || ' ' || s.score || ' ' || s.reasons \
             FROM suspense_candidates s JOIN accounts a ON a.id = s.account_id ORDER BY 1",
        ),
        (
            "entries",
            "SELECT COALESCE(a.account_number, 0) || ' ' || e.seq || ' ' || e.entry_no || ' ' \
             || e.ledger_account || ' ' || e.cents || ' ' || e.effective_on FROM journal_entries e \
             LEFT JOIN accounts a ON a.id = e.account_id ORDER BY 1",
        ),
        (
            "applications",
            "SELECT a.account_number || ' ' || i.billing_month || ' ' || p.cents || ' ' \
             || p.applied_on FROM applications p JOIN accounts a ON a.id = p.account_id \
             JOIN invoices i ON i.account_id = p.account_id AND i.id = p.invoice_id ORDER BY 1",
        ),
        (
            "audit",
            "SELECT action || ' ' || COUNT(*) FROM audit_events GROUP BY action ORDER BY 1",
        ),
    ];
    let store = Store::open(database).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut all = BTreeMap::new();
    for (table, sql) in TABLES {
        let mut lines = Vec::new();
        for mut row in tx.all(sql, args![]).await.unwrap() {
            lines.push(row.read::<String>().unwrap());
        }
        all.insert(table, lines);
    }
    drop(tx);
    store.close().await;
    all
}

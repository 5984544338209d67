//! A simulated day of mail, from the printed coupon to the books: print, scan, read, file, import.

#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use gateways::{Clock as _, SystemClock, Vault};
use kernel::BillingMonth;
use store::{Store, args};
use support::{program, tools};

/// So that a day of few coupons has every fault.
const RATES: &str = "--rate misread-digit=8 --rate no-coupon=8 --rate short-paid=8 \
                     --rate over-paid=8 --rate duplicate=8 --rate stale-dated=8 \
                     --rate post-dated=8 --rate unsigned=8 --rate many-checks=8 \
                     --rate many-coupons=8";

fn there(program: &str, package: &str) -> bool {
    let found = std::process::Command::new(program).arg("-v").output();
    found.is_ok() || tools::not_checked(program, &format!("apt-get install {package}"))
}

/// What a check with this fault becomes by the demonstration plan: its outcome, and what must be
/// noted on it.
fn expected(fault: &str) -> (&'static str, &'static str) {
    match fault {
        "clean" => ("posted", ""),
        "misread-digit" => ("suspense", "check-digit-failed"),
        "no-coupon" => ("suspense", "check-only"),
        "short-paid" => ("posted", "short-paid"),
        "over-paid" => ("posted", "over-paid"),
        "duplicate" => ("suspense", "duplicate-check"),
        "stale-dated" => ("suspense", "stale-dated"),
        "post-dated" => ("suspense", "post-dated"),
        "many-checks" => ("posted", "many-checks"),
        "many-coupons" => ("suspense", "many-members"),
        other => panic!("{other} is no fault"),
    }
}

/// The program with a database of its own.
struct Scene {
    data: PathBuf,
    log: PathBuf,
    database: String,
    _folder: tempfile::TempDir,
}

impl Scene {
    fn prepare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let keys = data.join("keys");
        std::fs::write(&keys, Vault::new_key("mail").as_bytes()).unwrap();
        // The program refuses keys that others can read.
        std::fs::set_permissions(&keys, Permissions::from_mode(0o600)).unwrap();
        Scene {
            log: folder.path().join("simulate.log"),
            database: format!("sqlite:{}", data.join("mail.db").display()),
            data,
            _folder: folder,
        }
    }

    fn at(&self, name: &str) -> String {
        self.data.join(name).display().to_string()
    }

    async fn through(&self, words: &str) {
        let mut command = program::command(&self.data, &self.log);
        command.env("DATABASE_URL", &self.database);
        let status = command.args(words.split_whitespace()).status();
        let status = status.await.unwrap();
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        assert!(status.success(), "{words}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_of_a_simulated_day_goes_where_its_rule_says() {
    gateways::install_tls();
    if !there("pdftoppm", "poppler-utils") {
        return;
    }
    let scene = Scene::prepare();
    let zone = testkit::plan().time_zone.clone();
    let today = zone.to_datetime(SystemClock.now()).date();
    let month = BillingMonth::of(today).next();
    let day = month.first_day();
    let (roster, file, other) = (
        scene.at("roster.csv"),
        scene.at("checks.bai"),
        scene.at("other.csv"),
    );
    let simulate = format!("lockbox simulate --day {day}");
    for words in [
        format!("roster generate --members 90 --format csv --month {month} --out {roster}"),
        format!("import roster {roster}"),
        format!("bill --month {month}"),
        format!("{simulate} --out {file} --list --seed 5 {RATES}"),
        format!("import lockbox {file}"),
        "ledger verify".to_owned(),
    ] {
        scene.through(&words).await;
    }
    let said = std::fs::read_to_string(scene.log.with_extension("out")).unwrap();
    let listed: Vec<Vec<&str>> = said
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|words| words.len() == 3 && words[1].len() >= 13)
        .collect();
    hold_beside(&scene.database, &listed).await;
    // The faults are those that were drawn, not the reader's.
    assert!(said.contains(" read right, 0 misread"), "{said}");
    if there("tesseract", "tesseract-ocr") {
        let words = format!("{simulate} --reader tesseract --format csv --most 2 --out {other}");
        scene.through(&words).await;
        assert!(
            std::fs::read_to_string(&other)
                .unwrap()
                .contains("\ncheck,")
        );
    }
}

/// Holds what the simulator listed beside what the books have of it.
async fn hold_beside(database: &str, listed: &[Vec<&str>]) {
    let store = Store::open(database).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let mut items: BTreeMap<String, (String, String)> = BTreeMap::new();
    let sql = "SELECT envelope, outcome, exceptions FROM remittance_items ORDER BY item_no";
    for mut row in tx.all(sql, args![]).await.unwrap() {
        let (envelope, outcome, noted) = (
            row.read().unwrap(),
            row.read().unwrap(),
            row.read().unwrap(),
        );
        items.insert(envelope, (outcome, noted));
    }
    let mut paid: BTreeMap<String, String> = BTreeMap::new();
    let sql = "SELECT t.envelope, i.invoice_number FROM remittance_items t \
               JOIN remittance_payments r ON r.file_id = t.file_id AND r.item_no = t.item_no \
               JOIN applications p ON p.payment_id = r.payment_id \
               JOIN invoices i ON i.account_id = p.account_id AND i.id = p.invoice_id";
    for mut row in tx.all(sql, args![]).await.unwrap() {
        paid.insert(row.read().unwrap(), row.read().unwrap());
    }
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    for words in listed {
        let [envelope, invoices, fault] = words[..] else {
            panic!("{words:?}")
        };
        if envelope == "sent-back" {
            assert_eq!(fault, "unsigned");
            *right.entry(fault).or_default() += 1;
            continue;
        }
        let (outcome, noted) = &items[envelope];
        let has = |code: &str| noted.split(' ').any(|word| word == code);
        let (becomes, code) = expected(fault);
        assert_eq!(outcome, becomes, "{fault} {envelope}: {noted}");
        assert!(code.is_empty() || has(code), "{fault} {envelope}: {noted}");
        if becomes == "posted" {
            assert_eq!(paid[envelope], invoices, "{fault} {envelope}");
        }
        *right.entry(fault).or_default() += 1;
    }
    println!("{right:?}");
    // Ten faults and clean ones.
    assert_eq!(right.len(), 11, "{right:?}");
    drop(tx);
    store.close().await;
}

//! A simulated day of mail, from the printed coupon to the books: print, scan, read, file, import.

#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use gateways::{Clock as _, SystemClock, Vault};
use kernel::BillingMonth;
use store::{Store, args};
use support::{program, tools};

/// So that a day of few coupons has every fault.
const RATES: &str = "misread-digit=8 no-coupon=8 short-paid=8 over-paid=8 duplicate=8 \
                     stale-dated=8 post-dated=8 unsigned=8 many-checks=8 many-coupons=8";

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_of_a_simulated_day_goes_where_its_rule_says() {
    gateways::install_tls();
    if !there("pdftoppm", "poppler-utils") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let keys = data.join("keys");
    std::fs::write(&keys, Vault::new_key("mail").as_bytes()).unwrap();
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    let log = folder.path().join("simulate.log");
    let database = format!("sqlite:{}", data.join("mail.db").display());
    let zone = testkit::plan().time_zone.clone();
    let today = zone.to_datetime(SystemClock.now()).date();
    let month = BillingMonth::of(today).next();
    let (day, month) = (month.first_day().to_string(), month.to_string());
    let at = |name: &str| data.join(name).display().to_string();
    let (roster, file) = (at("roster.csv"), at("checks.bai"));
    let rates: Vec<String> = RATES
        .split_whitespace()
        .map(|rate| format!("--rate={rate}"))
        .collect();
    let simulate: Vec<&str> = [
        "lockbox", "simulate", "--list", "--seed", "5", "--day", &day,
    ]
    .into_iter()
    .chain(["--out", &file])
    .chain(rates.iter().map(String::as_str))
    .collect();
    for words in [
        &[
            "roster",
            "generate",
            "--members",
            "90",
            "--format",
            "csv",
            "--month",
            &month,
            "--out",
            &roster,
        ][..],
        &["import", "roster", &roster],
        &["bill", "--month", &month],
        &simulate,
        &["import", "lockbox", &file],
        &["ledger", "verify"],
    ] {
        let mut command = program::command(&data, &log);
        let status = command.env("DATABASE_URL", &database).args(words).status();
        let status = status.await.unwrap();
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        assert!(status.success(), "{words:?}: {said}");
    }
    let said = std::fs::read_to_string(log.with_extension("out")).unwrap();
    if there("tesseract", "tesseract-ocr") {
        let other = at("other.csv");
        let mut command = program::command(&data, &log);
        command.env("DATABASE_URL", &database);
        command.args([
            "lockbox",
            "simulate",
            "--reader",
            "tesseract",
            "--format",
            "csv",
        ]);
        command.args(["--most", "2", "--day", &day, "--out", &other]);
        assert!(command.status().await.unwrap().success());
        assert!(
            std::fs::read_to_string(&other)
                .unwrap()
                .contains("\ncheck,")
        );
    }
    println!("{said}");
    let listed: Vec<Vec<&str>> = said
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|words| words.len() == 3 && words[1].len() >= 13)
        .collect();
    hold_beside(&database, &listed).await;
    // The faults are those that were drawn, not the reader's.
    assert!(said.contains(" read right, 0 misread"), "{said}");
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

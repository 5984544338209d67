//! Small rosters and what the stories ask of the database.

use std::path::{Path, PathBuf};

use kernel::{BillingMonth, Cents, MemberId};
use store::args;
use testkit::World;
use usecases::billing::{BillingReport, RunOptions};
use usecases::progress::Unwatched;
use usecases::roster::{ImportFile, RosterReport};
use usecases::{Actor, UseCaseError};

/// The columns that the stories use.
const HEADER: &str = "maintenance,relationship,member_id,subscriber_id,last_name,first_name,\
birth_date,address_line_1,city,state,zip,plan_line,policy_number,coverage_first_day,\
coverage_last_day,cancelled,premium,aptc,late_enrolment_penalty";

/// A subscriber's record.
#[derive(Debug, Clone)]
pub struct Told {
    pub number: u64,
    pub maintenance: &'static str,
    pub line: &'static str,
    pub policy: &'static str,
    pub first: &'static str,
    pub last: &'static str,
    pub premium: &'static str,
    pub aptc: &'static str,
    pub penalty: &'static str,
}

/// Subscriber `number` of the line `individual`, covered from January 2026 on, $310.00 a month.
pub fn told(number: u64) -> Told {
    Told {
        number,
        maintenance: "add",
        line: "individual",
        policy: "P1",
        first: "2026-01-01",
        last: "",
        premium: "310.00",
        aptc: "",
        penalty: "",
    }
}

pub fn id(number: u64) -> MemberId {
    MemberId::parse(&format!("{:011}", 30_000_000_000 + number)).expect("it has 11 digits")
}

impl Told {
    fn line(&self) -> String {
        let id = id(self.number);
        format!(
            "{},self,{id},{id},Peña,María,1971-11-03,12 Elm St,Farmington,CT,06032,{},{},{},{},,{},{},{}",
            self.maintenance,
            self.line,
            self.policy,
            self.first,
            self.last,
            self.premium,
            self.aptc,
            self.penalty,
            id = id.as_str(),
        )
    }
}

/// A dependent's line.
pub fn dependent(number: u64, of: u64) -> String {
    format!(
        "add,child,{},{},Peña,Luis,2015-05-19,,,,,individual,P1,2026-01-01,,,,,",
        id(number).as_str(),
        id(of).as_str()
    )
}

pub fn month(text: &str) -> BillingMonth {
    BillingMonth::parse(text).expect("it is a month")
}

/// A folder with roster files.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn lines(&self, name: &str, lines: &[String]) -> PathBuf {
        let text = format!("{HEADER}\n{}\n", lines.join("\n"));
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("a temporary file can be written");
        path
    }

    pub fn roster(&self, name: &str, told: &[Told]) -> PathBuf {
        self.lines(name, &told.iter().map(Told::line).collect::<Vec<_>>())
    }
}

pub fn line(told: &Told) -> String {
    told.line()
}

pub async fn import(world: &World, path: PathBuf) -> Result<RosterReport, UseCaseError> {
    let file = ImportFile {
        path,
        format: None,
        again: true,
    };
    usecases::roster::import(&world.ctx, &Actor::Operator, file, &Unwatched).await
}

pub async fn took(world: &World, path: PathBuf) -> RosterReport {
    import(world, path).await.expect("the roster is taken over")
}

pub async fn bill(world: &World, of: &str) -> Result<BillingReport, UseCaseError> {
    let options = RunOptions {
        partitions: 3,
        workers: 2,
        chunk: 7,
    };
    usecases::billing::run(&world.ctx, &Actor::Operator, month(of), options, &Unwatched).await
}

pub async fn billed(world: &World, of: &str) -> BillingReport {
    bill(world, of).await.expect("the month is billed")
}

/// Everything in a table but ids, hashes and times, row by row in a fixed order.
pub async fn number(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.ctx.store.read().await.expect("the database answers");
    tx.one("a number", sql, args![])
        .await
        .expect("a row")
        .read()
        .expect("a number")
}

/// The lines of the invoice of a subscriber for a month: kind, month, days, of days, cents.
pub async fn lines_of(
    world: &World,
    who: u64,
    of: &str,
) -> Vec<(String, BillingMonth, i64, i64, Cents)> {
    let mut tx = world.ctx.store.read().await.expect("the database answers");
    let rows = tx
        .all(
            "SELECT l.kind, l.month, l.days, l.of_days, l.cents FROM persons p \
             JOIN accounts a ON a.subscriber_id = p.id \
             JOIN invoices i ON i.account_id = a.id AND i.billing_month = $2 \
             JOIN invoice_lines l ON l.account_id = i.account_id AND l.invoice_id = i.id \
             WHERE p.member_id = $1 ORDER BY l.line_no",
            args![&id(who), month(of)],
        )
        .await
        .expect("the database answers");
    rows.into_iter()
        .map(|mut row| {
            let mut read = || -> Result<_, store::StoreError> {
                Ok((
                    row.read()?,
                    row.read()?,
                    row.read()?,
                    row.read()?,
                    row.read()?,
                ))
            };
            read().expect("a line")
        })
        .collect()
}

/// The sums on a subscriber's invoice: previous balance, payments, charges, total, applied.
pub async fn sums_of(world: &World, who: u64, of: &str) -> Option<[i64; 5]> {
    let mut tx = world.ctx.store.read().await.expect("the database answers");
    let row = tx
        .first(
            "SELECT i.previous_balance_cents, i.payments_cents, i.charges_cents, i.total_due_cents, \
             i.applied_cents FROM persons p JOIN accounts a ON a.subscriber_id = p.id \
             JOIN invoices i ON i.account_id = a.id AND i.billing_month = $2 WHERE p.member_id = $1",
            args![&id(who), month(of)],
        )
        .await
        .expect("the database answers");
    row.map(|mut row| [(); 5].map(|()| row.read().expect("a number")))
}

//! What benchmarks run on: accounts of one plan line, each with an invoice.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use demo::RosterShape;
use gateways::Vault;
use gateways::card::{ChargeRequest, Initiator, InstrumentRef, MandateAcceptance, Rail};
use jiff::civil::Date;
use kernel::{BankAccountNumber, BillingMonth, Cents, Email, MemberId, RoutingNumber, Secret, Zip};
use sandbox::{RunningSandbox, Sandbox, SandboxSettings};
use usecases::billing::RunOptions;
use usecases::guest::GuestIdentity;
use usecases::payments::{BankEntry, Method};
use usecases::progress::Unwatched;
use usecases::roster::ImportFile;
use usecases::{Actor, Ctx};

use crate::settings::Settings;
use crate::wiring;

/// The plan line whose accounts are used.
pub const LINE: &str = "individual";

/// A sandbox processor, which takes so long for a charge, and a context that uses it.
///
/// # Errors
/// What of the settings cannot be used.
pub async fn stand(
    settings: &Settings,
    thinks: Option<(Duration, Duration)>,
) -> anyhow::Result<(RunningSandbox, Ctx)> {
    let local = SandboxSettings::local("sk_test_bench", "whsec_bench", "http://127.0.0.1".parse()?);
    let processor = Sandbox::start(SandboxSettings { thinks, ..local }).await?;
    let gateway = wiring::stripe(
        processor.url.clone(),
        Secret::new("sk_test_bench".to_owned()),
        vec![Secret::new("whsec_bench".to_owned())],
    )?;
    let vault = Vault::from_keys(&Vault::new_key("bench"))?;
    let ctx = wiring::context(settings, Arc::new(gateway), vault).await?;
    Ok((processor, ctx))
}

/// What a guest must know of a member.
#[derive(Debug, Clone)]
pub struct Known {
    /// Member ID.
    pub member_id: String,
    /// ZIP code.
    pub zip: String,
    /// Date of birth.
    pub birth_date: Date,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

impl Known {
    /// As a guest would type it.
    ///
    /// # Errors
    /// If the roster is not well formed.
    pub fn guest(&self) -> anyhow::Result<GuestIdentity> {
        Ok(GuestIdentity {
            member_id: MemberId::parse(&self.member_id)?,
            zip: Zip::parse(&self.zip)?,
            birth_date: self.birth_date,
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            payer_email: Email::parse("guest@example.com")?,
        })
    }
}

/// A bank account at the sandbox that settles.
///
/// # Errors
/// If the processor does not answer.
pub async fn bank_method(ctx: &Ctx) -> anyhow::Result<Method> {
    let entry = BankEntry {
        routing: RoutingNumber::parse("110000000")?,
        number: BankAccountNumber::parse("000123456789")?,
        savings: false,
        holder: "Bench".to_owned(),
    };
    Ok(usecases::payments::bank_method(ctx, &Actor::Operator, LINE, &entry, "").await?)
}

/// A charge of it, made directly at the processor.
pub fn charge(ctx: &Ctx, method: &Method) -> ChargeRequest {
    ChargeRequest {
        attempt: ctx.id(),
        amount: Cents::new(1000),
        instrument: InstrumentRef::new(method.reference.clone()),
        rail: Rail::Bank,
        payer: None,
        initiator: Initiator::PayerOnline,
        network_reference: None,
        mandate: Some(MandateAcceptance::Offline { at: ctx.now() }),
        description: "bench".to_owned(),
        return_url: None,
    }
}

/// Imports a roster until the line has `wanted` accounts, and invoices the month. What guests must
/// know of those members.
///
/// # Errors
/// If the database is not empty.
pub async fn known(ctx: &Ctx, folder: &Path, wanted: u64) -> anyhow::Result<Vec<Known>> {
    ensure!(
        usecases::pages::is_empty(ctx).await?,
        "the database holds members; a benchmark wants an empty one"
    );
    std::fs::create_dir_all(folder)?;
    let month = BillingMonth::of(ctx.today());
    let shape = RosterShape {
        members: wanted.saturating_mul(6),
        seed: 1,
        as_of: month,
    };
    let mut ids = Vec::new();
    let kept = shape
        .records()
        .filter(|record| {
            record.is_subscriber()
                && record
                    .coverage
                    .as_ref()
                    .is_some_and(|c| c.plan_line == LINE)
        })
        .take(usize::try_from(wanted)?)
        .inspect(|record| {
            ids.push(Known {
                member_id: record.member_id.as_str().to_owned(),
                zip: record
                    .address
                    .as_ref()
                    .map(|a| a.zip.as_str().to_owned())
                    .unwrap_or_default(),
                birth_date: record.birth_date.unwrap_or_default(),
                first_name: record.first_name.clone(),
                last_name: record.last_name.clone(),
            });
        });
    let path = folder.join("bench-roster.csv");
    let into = std::io::BufWriter::new(std::fs::File::create(&path)?);
    formats::enrollment::write_csv(into, kept)?;
    ids.dedup_by(|a, b| a.member_id == b.member_id);
    let file = ImportFile {
        path,
        format: None,
        again: false,
    };
    usecases::roster::import(ctx, &Actor::Operator, file, &Unwatched).await?;
    usecases::billing::run(
        ctx,
        &Actor::Operator,
        month,
        RunOptions::default(),
        &Unwatched,
    )
    .await?;
    Ok(ids)
}

/// A fast run that leaves wrong books is a failed run.
///
/// # Errors
/// What is wrong with the books.
pub async fn books_are_right(ctx: &Ctx) -> anyhow::Result<()> {
    let check = usecases::books::verify(ctx, &Actor::Operator, &Unwatched).await?;
    ensure!(
        check.findings.is_empty(),
        "the books are wrong: {:?}",
        check.findings
    );
    println!("ledger verified");
    Ok(())
}

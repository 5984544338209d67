//! `memberpay demo`, and `memberpay` alone: a believable health plan to try everything on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use gateways::chance::Draw as _;
use gateways::{SystemChance, Vault};
use kernel::Secret;
use sandbox::{RunningSandbox, Sandbox, SandboxSettings};
use url::Url;
use usecases::Ctx;

use crate::settings::Settings;
use crate::{server, wiring};

/// How the demonstration is run.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// How many members it has, if it is made anew.
    #[arg(long)]
    members: Option<u64>,
    /// Seconds until a bank debit settles.
    #[arg(long, default_value_t = 60)]
    settle_after: u64,
}

/// Starts the sandbox processor, makes the demonstration plan if the database is empty, says where
/// it is and who can sign in, and serves.
///
/// # Errors
/// If an address is taken or the data folder cannot be written.
pub async fn run(args: &Args, mut settings: Settings) -> anyhow::Result<()> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("the data folder {}", settings.data.display()))?;
    let listener = server::listen(&settings).await?;
    settings.listen = listener.local_addr()?;
    let secrets = processor_secrets(&settings)?;
    let processor = start_processor(args, &settings, &secrets).await?;
    settings.processor_origin = processor.url.to_string();
    let gateway = Arc::new(wiring::stripe(
        processor.url.clone(),
        Secret::new(secrets.key),
        vec![Secret::new(secrets.webhook)],
    )?);
    let vault: Vault = wiring::demonstration_vault(&settings)?;
    let ctx = wiring::context(&settings, gateway, vault).await?;
    let members = args
        .members
        .or(ctx.plan.demo.map(|demo| u64::from(demo.members)))
        .unwrap_or(300);
    let made = demo::plant(&ctx, &settings.data, members, &Desk(&processor)).await?;
    let note = say_where(&ctx, &settings, &processor, made);
    server::run(ctx, &settings, listener, note).await?;
    processor.stop();
    Ok(())
}

/// Types the demonstration's cards into the sandbox's fields.
struct Desk<'a>(&'a RunningSandbox);

impl demo::CardDesk for Desk<'_> {
    fn enter<'a>(
        &'a self,
        session: &'a str,
        number: &'a str,
        expiry: &'a str,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(self.0.enter_card(session, number, expiry))
    }
}

struct ProcessorSecrets {
    key: String,
    webhook: String,
}

/// The sandbox's keys: made at the first start, so that no two demonstrations share one.
fn processor_secrets(settings: &Settings) -> anyhow::Result<ProcessorSecrets> {
    let path = settings.data.join("processor-keys");
    if !path.exists() {
        let text = format!(
            "sk_test_{}\nwhsec_{}\n",
            SystemChance.token(24),
            SystemChance.token(24)
        );
        wiring::write_private(&path, &text)?;
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines().map(str::to_owned);
    let (Some(key), Some(webhook)) = (lines.next(), lines.next()) else {
        anyhow::bail!("{} is damaged; delete it", path.display());
    };
    Ok(ProcessorSecrets { key, webhook })
}

async fn start_processor(
    args: &Args,
    settings: &Settings,
    secrets: &ProcessorSecrets,
) -> anyhow::Result<RunningSandbox> {
    let public = Url::parse(&settings.public_url()).context("MEMBERPAY_PUBLIC_URL")?;
    let local = Url::parse(&format!("http://{}/webhooks/card", settings.listen))?;
    let sandbox = SandboxSettings {
        addr: settings.sandbox_listen,
        webhook_url: Some(local),
        settlement_delay: Duration::from_secs(args.settle_after.max(1)),
        persist_dir: Some(settings.data.join("processor")),
        mail_dir: Some(wiring::mail_folder(settings)),
        ..SandboxSettings::local(&secrets.key, &secrets.webhook, public)
    };
    Sandbox::start(sandbox).await.with_context(|| {
        format!(
            "the demonstration's processor cannot listen on {}; set MEMBERPAY_DEMO_SANDBOX",
            settings.sandbox_listen
        )
    })
}

/// Prints where everything is; what pages say of it too.
fn say_where(
    ctx: &Ctx,
    settings: &Settings,
    processor: &RunningSandbox,
    made: demo::Made,
) -> String {
    println!("{} demonstration", ctx.plan.organisation.name);
    println!();
    println!("  Pages           {}", settings.public_url());
    println!("  Test cards      {}", processor.url);
    println!("  Mail it sent    {}sandbox/mail", processor.url);
    println!(
        "  Database        {}",
        if ctx.store.is_postgres() {
            "PostgreSQL"
        } else {
            "embedded SQLite"
        }
    );
    if made.members > 0 {
        println!(
            "  Made now        {} members, {} invoices",
            made.members, made.invoices
        );
    }
    println!();
    println!("  Sign in with the password  {}", demo::PASSWORD);
    for sign_in in demo::sign_ins() {
        println!(
            "    {:<18} {:<20} {}",
            sign_in.user_id, sign_in.name, sign_in.line
        );
    }
    if let Some((user_id, parent)) = demo::delegate() {
        println!("    {user_id} pays for {parent}, too");
    }
    println!();
    println!(
        "  Staff sign in at {}/staff/sign-in with the same password",
        settings.public_url()
    );
    println!("    {}", demo::staff().join("  "));
    println!(
        "    and an authenticator app with the key {}",
        demo::STAFF_KEY
    );
    println!();
    println!("  Pay as a guest for, or register as");
    for guest in demo::guests() {
        println!(
            "    {}  {}  born {}  ZIP {}  {}",
            guest.member_id, guest.name, guest.birth_date, guest.zip, guest.line
        );
    }
    println!();
    format!(
        "Demonstration: no money moves. Test cards: {0}  Mail it sent: {0}sandbox/mail",
        processor.url
    )
}

//! `memberpay bench post`: POST-1 and POST-HOT. One payment per HTTP request, all of it on this
//! machine: client, server, sandbox processor and database share its cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use gateways::SystemChance;
use gateways::chance::Draw as _;
use kernel::Cents;
use serde_json::json;
use usecases::Ctx;
use web::machine::payments::Partner;

use super::report::{Figure, Percentiles, ratio};
use super::scene;
use crate::settings::Settings;

/// How posting is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How many accounts payments are spread over. One is POST-HOT.
    #[arg(long, default_value_t = 10_000)]
    accounts: u64,
    /// How many callers at once, one run for each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    callers: Vec<usize>,
    /// Seconds for each run.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Runs the benchmark on the database of the settings, which must be empty.
///
/// # Errors
/// If the database is not empty, a payment fails, or the books are wrong afterwards.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let key = SystemChance.token(32);
    let (processor, ctx) = scene::stand(settings, None).await?;
    let known = scene::known(&ctx, &settings.data, args.accounts).await?;
    let members: Vec<String> = known.into_iter().map(|member| member.member_id).collect();
    let method = scene::bank_method(&ctx).await?;
    let method = json!({
        "id": method.reference,
        "tender": method.tender.code(),
        "last_four": method.last_four,
        "authorisation_version": "bench",
    });
    let pages = web::WebSettings {
        partners: vec![Partner::new("bench", &key)],
        ..Default::default()
    };
    let app = web::router(web::AppState::new(ctx.clone(), pages)?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/api/v1/payments", listener.local_addr()?);
    tokio::spawn(async move {
        axum::serve(
            listener,
            app.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await
    });
    let accounts = i64::try_from(args.accounts)?;
    store::bare::make_posting_tables(&ctx.store, accounts).await?;
    let load = Load {
        url,
        key,
        method,
        members: Arc::new(members),
        limit: Duration::from_secs(args.seconds),
    };
    for callers in &args.callers {
        let bare = bare_run(&ctx, accounts, *callers, load.limit).await?;
        let ours = load.run(*callers).await?;
        let again = bare_run(&ctx, accounts, *callers, load.limit).await?;
        let limit = f64::midpoint(bare.per_second(), again.per_second());
        println!("callers {callers:>3}  ours {ours}");
        println!("             bare {bare}");
        println!("             bare {again}");
        println!(
            "             bare/ours {:.2}",
            ratio(limit, ours.per_second())
        );
    }
    scene::books_are_right(&ctx).await?;
    processor.stop();
    ctx.store.close().await;
    Ok(())
}

/// What callers do, over and over.
#[derive(Clone)]
struct Load {
    url: String,
    key: String,
    method: serde_json::Value,
    members: Arc<Vec<String>>,
    limit: Duration,
}

impl Load {
    async fn run(&self, callers: usize) -> anyhow::Result<Figure> {
        let next = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let (load, next) = (self.clone(), next.clone());
                tokio::spawn(async move { load.call(&next, begun).await })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        Ok(Figure {
            times: Percentiles::of(times),
            wall: begun.elapsed(),
        })
    }

    async fn call(&self, next: &AtomicU64, begun: Instant) -> anyhow::Result<Vec<Duration>> {
        let client = reqwest::Client::builder().build()?;
        let mut times = Vec::new();
        while begun.elapsed() < self.limit {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let at = usize::try_from(n.wrapping_mul(7919))? % self.members.len();
            let body = json!({
                "member_id": self.members[at],
                "plan_line": scene::LINE,
                "amount_cents": 1000,
                "channel": "online",
                "payment_method": self.method,
                "payer_name": "Bench",
            });
            let one = Instant::now();
            let answer = client
                .post(&self.url)
                .bearer_auth(&self.key)
                .header("idempotency-key", format!("{n}-{}", SystemChance.token(6)))
                .json(&body)
                .send()
                .await?;
            let status = answer.status();
            let text = answer.text().await?;
            ensure!(status == 201, "{status}: {text}");
            times.push(one.elapsed());
        }
        Ok(times)
    }
}

async fn bare_run(
    ctx: &Ctx,
    accounts: i64,
    callers: usize,
    limit: Duration,
) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let store = ctx.store.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while begun.elapsed() < limit {
                    let account = i64::try_from(SystemChance.below(u64::try_from(accounts)?))?;
                    let idem: kernel::PaymentId = SystemChance.id(jiff::Timestamp::UNIX_EPOCH);
                    let one = Instant::now();
                    store::bare::post(&store, account, idem.uuid(), Cents::new(1000)).await?;
                    times.push(one.elapsed());
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await?.context("a bare posting failed")?);
    }
    Ok(Figure {
        times: Percentiles::of(times),
        wall: begun.elapsed(),
    })
}

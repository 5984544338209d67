//! `memberpay bench web`: WEB-PAGE, WEB-SLO and GUEST-PAY. Client, server, processor and database
//! share the cores of one machine.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use gateways::SystemChance;
use gateways::card::Outcome;
use gateways::chance::Draw as _;
use kernel::{Email, MemberId, Secret, Zip};
use usecases::guest::GuestIdentity;
use usecases::{Actor, Ctx};

use super::report::{Figure, Percentiles};
use super::scene;
use crate::settings::Settings;

/// How pages are measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// How many accounts there are.
    #[arg(long, default_value_t = 20_000)]
    accounts: u64,
    /// How many members are signed in.
    #[arg(long, default_value_t = 40)]
    signed_in: usize,
    /// How many connections, one run for each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// Seconds for each run.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Requests a second of the open-loop mix.
    #[arg(long, default_value_t = 200)]
    rate: u32,
}

/// A served installation with members signed in.
struct Site {
    ctx: Ctx,
    url: String,
    bare_url: String,
    cookies: Vec<String>,
    members: Vec<scene::Known>,
}

/// Runs the benchmarks on the database of the settings, which must be empty.
///
/// # Errors
/// If the database is not empty, a request fails, or the books are wrong afterwards.
pub async fn run(args: &Args, settings: &Settings) -> anyhow::Result<()> {
    let thinks = (Duration::from_millis(70), Duration::from_millis(130));
    let (processor, ctx) = scene::stand(settings, Some(thinks)).await?;
    let members = scene::known(&ctx, &settings.data, args.accounts).await?;
    let site = Site::open(ctx, members, args.signed_in).await?;
    let limit = Duration::from_secs(args.seconds);
    for connections in &args.connections {
        page(&site, *connections, limit).await?;
    }
    mix(&site, args.rate, limit).await?;
    guest_pay(&site, limit).await?;
    scene::books_are_right(&site.ctx).await?;
    processor.stop();
    site.ctx.store.close().await;
    Ok(())
}

impl Site {
    async fn open(ctx: Ctx, members: Vec<scene::Known>, signed_in: usize) -> anyhow::Result<Site> {
        let app = web::router(web::AppState::new(
            ctx.clone(),
            web::WebSettings::default(),
        )?);
        let url = serve(app).await?;
        let account = usecases::pages::accounts_of(
            &ctx,
            &Actor::Operator,
            &MemberId::parse(&members.first().context("no members")?.member_id)?,
        )
        .await?;
        let account = *account.first().context("no account")?;
        let bare = Router::new()
            .route("/", get(bare_page))
            .with_state((ctx.store.clone(), account));
        let bare_url = serve(bare).await?;
        let mut cookies = Vec::new();
        for (n, member) in members.iter().take(signed_in).enumerate() {
            cookies.push(sign_in(&ctx, member, n).await?);
        }
        Ok(Site {
            ctx,
            url,
            bare_url,
            cookies,
            members,
        })
    }
}

async fn serve(app: Router) -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        axum::serve(
            listener,
            app.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await
    });
    Ok(url)
}

/// Twelve invoices and their sum as a page, with nothing around them: what no account page can do
/// without.
async fn bare_page(
    State((store, account)): State<(store::Store, kernel::AccountId)>,
) -> Html<String> {
    use std::fmt::Write as _;
    let mut page = String::with_capacity(9000);
    if let Ok(mut tx) = store.read().await
        && let Ok(rows) = store::bare::twelve_invoices(&mut tx, account).await
    {
        for (number, cents) in rows {
            let _ = write!(page, "<tr><td>{number}</td><td>{cents}</td></tr>");
        }
    }
    page.extend(std::iter::repeat_n(
        "<p>The rest of a page of ordinary size.</p>",
        190,
    ));
    Html(page)
}

/// A session of this member, as the cookie that carries it.
async fn sign_in(ctx: &Ctx, member: &scene::Known, n: usize) -> anyhow::Result<String> {
    let id = MemberId::parse(&member.member_id)?;
    let zip = Zip::parse(&member.zip)?;
    let operator = Actor::Operator;
    let found =
        usecases::identity::find_member(ctx, &operator, &id, member.birth_date, &zip).await?;
    let email = Email::parse(&format!("member{n}@example.com"))?;
    let user_id = format!("bench-member-{n}");
    let password = Secret::new("a bench of oak and iron".to_owned());
    let language = kernel::Language::English;
    usecases::identity::create_login(
        ctx,
        &operator,
        found.person,
        &email,
        &user_id,
        &password,
        language,
    )
    .await?;
    let (_, session) = usecases::sessions::start(ctx, language, "bench").await?;
    let signed_in =
        usecases::identity::sign_in(ctx, &operator, &session, &user_id, password, "").await?;
    let opened = signed_in.opened().context("no second factor is set up")?;
    Ok(format!("session={}", opened.token))
}

/// WEB-PAGE: the signed-in account page, beside the bare one, at so many connections.
async fn page(site: &Site, connections: usize, limit: Duration) -> anyhow::Result<()> {
    let bare = hammer(&site.bare_url, "/", &site.cookies, connections, limit).await?;
    let ours = hammer(&site.url, "/account", &site.cookies, connections, limit).await?;
    let public = hammer(&site.url, "/pay/individual", &[], connections, limit).await?;
    println!("WEB-PAGE connections {connections:>3}");
    println!("  account page    {ours}");
    println!("  bare page       {bare}");
    println!("  public page     {public}");
    println!("  account/bare {:.2}", ours.times_as_fast_as(&bare));
    Ok(())
}

async fn hammer(
    url: &str,
    path: &str,
    cookies: &[String],
    connections: usize,
    limit: Duration,
) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|n| {
            let address = format!("{url}{path}");
            let cookie = cookies
                .get(n % cookies.len().max(1))
                .cloned()
                .unwrap_or_default();
            tokio::spawn(async move {
                let client = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .build()?;
                let mut times = Vec::new();
                while begun.elapsed() < limit {
                    let one = Instant::now();
                    get_ok(&client, &address, &cookie).await?;
                    times.push(one.elapsed());
                }
                anyhow::Ok(times)
            })
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

async fn get_ok(client: &reqwest::Client, address: &str, cookie: &str) -> anyhow::Result<()> {
    let answer = client.get(address).header("cookie", cookie).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    ensure!(status == 200 && !body.is_empty(), "{address}: {status}");
    Ok(())
}

/// WEB-SLO: an open loop, so that a stall is counted: 60 % account, 20 % invoices, 10 % history, 10
/// % public pages, at a constant rate.
async fn mix(site: &Site, rate: u32, limit: Duration) -> anyhow::Result<()> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let begun = Instant::now();
    let mut tasks = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    while begun.elapsed() < limit {
        ticks.tick().await;
        let n = tasks.len();
        let path = match n % 10 {
            0..=5 => "/account",
            6 | 7 => "/",
            8 => "/pay/medicare-advantage",
            _ => "/guest",
        };
        let address = format!("{}{path}", site.url);
        let cookie = site
            .cookies
            .get(n % site.cookies.len().max(1))
            .cloned()
            .unwrap_or_default();
        let client = client.clone();
        tasks.push(tokio::spawn(async move {
            let one = Instant::now();
            get_ok(&client, &address, &cookie).await?;
            anyhow::Ok(one.elapsed())
        }));
    }
    let mut times = Vec::with_capacity(tasks.len());
    for task in tasks {
        times.push(task.await??);
    }
    let figure = Figure {
        times: Percentiles::of(times),
        wall: begun.elapsed(),
    };
    println!("WEB-SLO at {rate} requests a second, open loop");
    println!("  mix             {figure}");
    Ok(())
}

/// GUEST-PAY: look-up and payment by a guest, beside the processor called directly, 50 a second.
async fn guest_pay(site: &Site, limit: Duration) -> anyhow::Result<()> {
    let method = scene::bank_method(&site.ctx).await?;
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut ours = Vec::new();
    let mut direct = Vec::new();
    while begun.elapsed() < limit {
        ticks.tick().await;
        let member = site
            .members
            .get(ours.len() % site.members.len().max(1))
            .context("no members")?;
        let (ctx, who, method) = (site.ctx.clone(), member.guest()?, method.clone());
        let n = ours.len();
        if n.is_multiple_of(2) {
            let (ctx, method) = (ctx.clone(), method.clone());
            direct.push(tokio::spawn(async move {
                let request = scene::charge(&ctx, &method);
                let one = Instant::now();
                let key = gateways::card::IdempotencyKey::of(request.attempt);
                let outcome = ctx.gateway.charge(&request, &key).await;
                ensure!(
                    matches!(outcome, Outcome::Pending(_)),
                    "the processor did not charge"
                );
                anyhow::Ok(one.elapsed())
            }));
        }
        ours.push(tokio::spawn(async move {
            one_guest(&ctx, &who, method, n).await
        }));
    }
    let figure = |times| Figure {
        times: Percentiles::of(times),
        wall: limit,
    };
    let (ours, direct) = (figure(all(ours).await?), figure(all(direct).await?));
    println!("GUEST-PAY at 50 a second");
    println!("  look-up and payment {ours}");
    println!("  processor alone     {direct}");
    Ok(())
}

async fn all(
    tasks: Vec<tokio::task::JoinHandle<anyhow::Result<Duration>>>,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(tasks.len());
    for task in tasks {
        times.push(task.await??);
    }
    Ok(times)
}

async fn one_guest(
    ctx: &Ctx,
    who: &GuestIdentity,
    method: usecases::payments::Method,
    n: usize,
) -> anyhow::Result<Duration> {
    let one = Instant::now();
    let actor = Actor::Guest {
        address: format!("192.0.2.{}", n % 250),
    };
    let found = usecases::guest::identify(ctx, &actor, who).await?;
    let account = found.first().context("the guest found nobody")?;
    let command = usecases::payments::PayCommand {
        account: account.account,
        idempotency_key: format!("bench-{n}-{}", SystemChance.token(6)),
        cents: kernel::Cents::new(1000),
        channel: kernel::Channel::Guest,
        method,
        payer_name: "Bench".to_owned(),
        payer_email: String::new(),
        language: kernel::Language::English,
        authorisation_version: "bench".to_owned(),
        user_agent: "bench".to_owned(),
    };
    let payment = usecases::payments::take(ctx, &actor, command).await?;
    let took = one.elapsed();
    let view = usecases::payments::view(ctx, &actor, account.account, payment).await?;
    ensure!(
        view.status.has_receipt(),
        "a payment came to {:?}",
        view.status
    );
    Ok(took)
}

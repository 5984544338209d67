//! Everything a use case works with, ready for a test.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use gateways::{ManualClock, SeededChance, Vault};
use jiff::Timestamp;
use plan::Plan;
use store::Store;
use usecases::{Ctx, Settings, passwords::Hashers};

use crate::{DeafProcessor, Engine, LetterBox};

/// The key of tests.
const SEALING_KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// When tests begin: Tuesday 1 December 2026, 10:00 in Hartford.
const BEGINNING: &str = "2026-12-01T15:00:00Z";

/// What a story plays in.
#[derive(Clone)]
pub struct World {
    /// What use cases work with.
    pub ctx: Ctx,
    /// Its clock, which moves only when told to.
    pub clock: ManualClock,
    /// Its mail server.
    pub mail: Arc<LetterBox>,
    /// Which engine its database is.
    pub engine: Engine,
    /// The address of its database, to open a second time as another process would.
    pub database: String,
}

impl World {
    async fn new(engine: Engine, database: String, durable: bool) -> World {
        let store = if durable {
            Store::open(&database).await
        } else {
            Store::open_without_waiting_for_the_disk(&database).await
        };
        let store = store.expect("a fresh database opens");
        store
            .migrate()
            .await
            .expect("a fresh database takes the schema");
        let start: Timestamp = BEGINNING.parse().expect("it is an instant");
        let clock = ManualClock::new(start);
        let mail = Arc::new(LetterBox::default());
        let settings = Settings {
            public_url: "https://pay.example.com".to_owned(),
            mail_from: "premiums@plan.example.com".to_owned(),
            password_hashers: 2,
            password_memory_kib: 64,
            returned_mail: None,
            lockbox_folder: None,
            staff_roles: Vec::new(),
        };
        let ctx = Ctx {
            store,
            plan: plan(),
            gateway: Arc::new(DeafProcessor),
            mailer: Arc::clone(&mail) as Arc<dyn gateways::mail::Mailer>,
            banks: Arc::new(gateways::bank::BankDirectory::well_known()),
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(1)),
            vault: Arc::new(Vault::from_keys(SEALING_KEY).expect("the key is one")),
            hashers: Arc::new(Hashers::new(&settings)),
            renderer: renderer(),
            sign_in_provider: None,
            bank_files: None,
            settings: Arc::new(settings),
        };
        World {
            ctx,
            clock,
            mail,
            engine,
            database,
        }
    }
}

/// The plan of tests: the one the product comes with.
///
/// # Panics
/// If the plan file has a problem; the panic lists all of them.
#[must_use]
pub fn plan() -> Arc<Plan> {
    static PLAN: OnceLock<Arc<Plan>> = OnceLock::new();
    let read = || {
        let text = include_str!("../../../plans/connecticare.toml");
        Plan::read("plans/connecticare.toml", text).unwrap_or_else(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"))
        })
    };
    Arc::clone(PLAN.get_or_init(|| Arc::new(read())))
}

fn renderer() -> Arc<documents::Renderer> {
    static RENDERER: OnceLock<Arc<documents::Renderer>> = OnceLock::new();
    let new = || Arc::new(documents::Renderer::new().expect("its fonts are compiled in"));
    Arc::clone(RENDERER.get_or_init(new))
}

/// Plays a story on SQLite and then on PostgreSQL, each in a fresh world.
///
/// # Panics
/// With what the story panicked with.
pub fn both<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    for engine in Engine::ALL {
        on(engine, &story);
    }
}

/// Plays a story on one engine.
///
/// # Panics
/// With what the story panicked with.
pub fn on<F, Fut>(engine: Engine, story: F)
where
    F: FnOnce(World) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    play(engine, true, story);
}

/// Plays a long story on one engine, on a database that does not wait for the disk.
///
/// # Panics
/// With what the story panicked with.
pub fn on_without_waiting_for_the_disk<F, Fut>(engine: Engine, story: F)
where
    F: FnOnce(World) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    play(engine, false, story);
}

fn play<F, Fut>(engine: Engine, durable: bool, story: F)
where
    F: FnOnce(World) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made");
    eprintln!("on {engine:?}");
    runtime.block_on(async {
        let database = engine.make().await;
        let mut address = database.address.clone();
        if !durable && engine == Engine::Postgres {
            let and = if address.contains('?') { '&' } else { '?' };
            address.push(and);
            address.push_str("options=-csynchronous_commit%3Doff");
        }
        // In a task of its own, so that a panic still removes the database.
        let world = tokio::spawn(World::new(engine, address, durable)).await;
        let played = match world {
            Ok(world) => tokio::spawn(story(world)).await,
            Err(error) => Err(error),
        };
        database.remove().await;
        settle(played);
    });
}

fn settle(played: Result<(), tokio::task::JoinError>) {
    match played.map_err(tokio::task::JoinError::try_into_panic) {
        Ok(()) => {}
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(error)) => panic!("the test was stopped: {error}"),
    }
}

//! Runs journeys two at a time, each in a browser that starts out empty, and says how each went.
//!
//! Not the usual test harness, because all journeys share one program and two browsers, which must
//! be stopped at the end.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::browser::{Browser, Driver};
use crate::stage::{Stage, StageOptions};
use crate::support::{postgres, tools};
use crate::walk::Walk;

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What somebody does, told as a sentence.
pub struct Journey {
    pub name: &'static str,
    pub run: fn(Walk) -> Run,
}

/// A list of journeys; each is a function whose name is a sentence.
macro_rules! journeys {
    ($($module:ident :: $name:ident),+ $(,)?) => {
        vec![$($crate::runner::Journey {
            name: stringify!($name),
            run: |walk| Box::pin($crate::$module::$name(walk)),
        }),+]
    };
}
pub(crate) use journeys;

/// No journey takes longer, even beside a build.
const LONGEST: Duration = Duration::from_secs(300);
/// How many browsers there are.
const BROWSERS: usize = 2;

/// Runs the journeys that the command line asks for.
pub fn run(embedded: Vec<Journey>, postgres: Vec<Journey>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for journey in &embedded {
            println!("{}: test", journey.name);
        }
        return ExitCode::SUCCESS;
    }
    let parts: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let asked = |journey: &Journey| {
        parts.is_empty()
            || parts
                .iter()
                .any(|part| journey.name.contains(part.as_str()))
    };
    gateways::install_tls();
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let embedded: Vec<Journey> = embedded.into_iter().filter(asked).collect();
    let postgres: Vec<Journey> = postgres.into_iter().filter(asked).collect();
    let failed = runtime.block_on(run_all(embedded, postgres));
    runtime.shutdown_timeout(Duration::from_secs(5));
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn run_all(embedded: Vec<Journey>, postgres: Vec<Journey>) -> usize {
    let Some(driver) = Driver::start().await else {
        return 0;
    };
    let begun = Instant::now();
    let count = embedded.len();
    let mut failed = act(
        &driver,
        embedded,
        StageOptions {
            name: "sqlite",
            database: String::new(),
        },
    )
    .await;
    if !postgres.is_empty()
        && let Some(database) = postgres::Database::make("journeys").await
    {
        let options = StageOptions {
            name: "postgres",
            database: database.url.clone(),
        };
        failed += act(&driver, postgres, options).await;
        database.drop().await;
    }
    driver.stop().await;
    println!(
        "{count} journeys, {failed} failed, {} s; pictures in {}",
        begun.elapsed().as_secs(),
        tools::left_for_people("journeys").display()
    );
    // The words of the standard test runner, for whoever counts.
    println!(
        "test result: {}. {} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out",
        if failed == 0 { "ok" } else { "FAILED" },
        count.saturating_sub(failed),
    );
    failed
}

/// All journeys on one program; how many failed.
async fn act(driver: &Driver, journeys: Vec<Journey>, options: StageOptions) -> usize {
    if journeys.is_empty() {
        return 0;
    }
    let stage = Arc::new(Stage::set(options).await);
    let queue = Arc::new(Mutex::new(journeys.into_iter()));
    let workers: Vec<_> = (0..BROWSERS)
        .map(|_| {
            tokio::spawn(work(
                driver.url.clone(),
                Arc::clone(&queue),
                Arc::clone(&stage),
            ))
        })
        .collect();
    let mut failed = 0;
    for worker in workers {
        failed += worker.await.expect("a worker does not fail");
    }
    let checked = stage.pages_checked();
    let stage = Arc::into_inner(stage).expect("every journey has ended");
    let leaks = stage.strike().await;
    println!("{checked} pages checked; secrets found in the log: {leaks:?}");
    failed + leaks.len()
}

async fn work(
    driver: String,
    queue: Arc<Mutex<std::vec::IntoIter<Journey>>>,
    stage: Arc<Stage>,
) -> usize {
    let mut failed = 0;
    loop {
        let Some(journey) = queue.lock().await.next() else {
            return failed;
        };
        let begun = Instant::now();
        let scripts = !journey.name.contains("without_scripts");
        let browser = Arc::new(Browser::open(&driver, scripts).await);
        let walk = Walk::new(Arc::clone(&stage), Arc::clone(&browser), journey.name);
        let result = tokio::spawn(tokio::time::timeout(LONGEST, (journey.run)(walk))).await;
        let faults = stage.faults_of(journey.name);
        let how = match result {
            Ok(Ok(())) if faults.is_empty() => "ok",
            Ok(Ok(())) => "FAILED (pages)",
            Ok(Err(_)) => "FAILED (took too long)",
            Err(_) => "FAILED",
        };
        failed += usize::from(how != "ok");
        if how != "ok" && how != "FAILED (pages)" {
            browser.leave_evidence(journey.name).await;
        }
        for fault in faults {
            println!("  {fault}");
        }
        stage.secrets.saw_cookies(&browser).await;
        browser.close().await;
        println!(
            "{} ... {how} ({} s)",
            journey.name,
            begun.elapsed().as_secs()
        );
    }
}

//! memberpay: premium payments and accounts for health plans.
//!
//! This crate reads the environment and the command line, puts the parts together and runs them. It
//! has no rule of its own.

mod commands;
mod jobs;
mod progress;
mod server;
mod settings;
mod wiring;

use clap::{Parser, Subcommand};

use settings::Settings;

/// Premium payments and accounts for health plans.
///
/// Without a command, starts the demonstration plan.
#[derive(Debug, Parser)]
#[command(name = "memberpay", version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the demonstration plan with its own processor; what `memberpay` alone does.
    Demo(commands::demo::Args),
    /// Serves pages and runs the jobs, with the database, plan and processor of the environment.
    Serve,
    /// Brings the database to this program's schema.
    Migrate,
    /// Checks a plan file.
    Plan {
        #[command(subcommand)]
        command: commands::plan::PlanCommand,
    },
    /// Makes keys that seal bank account numbers.
    Keys {
        #[command(subcommand)]
        command: commands::keys::KeysCommand,
    },
    /// Reads a file that came in.
    Import {
        #[command(subcommand)]
        command: commands::import::ImportCommand,
    },
    /// Makes synthetic rosters.
    Roster {
        #[command(subcommand)]
        command: commands::import::RosterCommand,
    },
    /// Invoices a month.
    Bill(commands::bill::Args),
    /// Plans, sends and watches the drafts of autopay.
    Autopay {
        #[command(subcommand)]
        command: commands::autopay::AutopayCommand,
    },
    /// Runs the jobs of the night that are not done.
    Nightly(commands::autopay::NightlyArgs),
    /// Prints invoices.
    Invoices {
        #[command(subcommand)]
        command: commands::invoices::InvoicesCommand,
    },
    /// Hands requests for ID cards to the card printer and reads its answer.
    IdCards {
        #[command(subcommand)]
        command: commands::id_cards::IdCardsCommand,
    },
    /// Plays the lockbox bank, for demonstrations and tests.
    Lockbox {
        #[command(subcommand)]
        command: commands::lockbox::LockboxCommand,
    },
    /// Prints notices that go on paper, and tells of invoices.
    Notices {
        #[command(subcommand)]
        command: commands::notices::NoticesCommand,
    },
    /// Checks the books and sums them up.
    Ledger {
        #[command(subcommand)]
        command: commands::ledger::LedgerCommand,
    },
    /// Puts people on the staff.
    Staff {
        #[command(subcommand)]
        command: commands::staff::StaffCommand,
    },
    /// Puts authorised representatives on file.
    Representative {
        #[command(subcommand)]
        command: commands::staff::RepresentativeCommand,
    },
    /// Measures itself beside a bare limit.
    Bench {
        #[command(subcommand)]
        command: commands::bench::BenchCommand,
    },
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    start_logging();
    gateways::install_tls();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("memberpay: cannot start: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("memberpay: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(command: Option<Command>) -> anyhow::Result<()> {
    // A plan file is checked without any setting: it may be the first thing an operator does.
    if let Some(Command::Plan { command }) = &command {
        return commands::plan::run(command);
    }
    let settings = Settings::from_env()?;
    match command {
        None => commands::demo::run(&commands::demo::Args::default(), settings).await,
        Some(Command::Demo(args)) => commands::demo::run(&args, settings).await,
        Some(Command::Serve) => commands::serve::run(&settings).await,
        Some(Command::Migrate) => commands::serve::migrate(&settings).await,
        Some(Command::Plan { command }) => commands::plan::run(&command),
        Some(Command::Keys { command }) => commands::keys::run(&command),
        Some(Command::Import { command }) => commands::import::run(&command, &settings).await,
        Some(Command::Roster { command }) => commands::import::run_roster(&command),
        Some(Command::Bill(args)) => commands::bill::run(&args, &settings).await,
        Some(Command::Autopay { command }) => commands::autopay::run(&command, &settings).await,
        Some(Command::Nightly(args)) => commands::autopay::run_nightly(&args, &settings).await,
        Some(Command::Invoices { command }) => commands::invoices::run(&command, &settings).await,
        Some(Command::IdCards { command }) => commands::id_cards::run(&command, &settings).await,
        Some(Command::Lockbox { command }) => commands::lockbox::run(&command, &settings).await,
        Some(Command::Notices { command }) => commands::notices::run(&command, &settings).await,
        Some(Command::Ledger { command }) => commands::ledger::run(&command, &settings).await,
        Some(Command::Staff { command }) => commands::staff::run(&command, &settings).await,
        Some(Command::Representative { command }) => {
            commands::staff::run_representative(&command, &settings).await
        }
        Some(Command::Bench { command }) => commands::bench::run(&command, &settings).await,
    }
}

/// What targets of our own crates begin with.
const OURS: [&str; 2] = ["memberpay", "usecases"];
const DEFAULT_LOG: &str = "warn,memberpay=info,usecases=info";

/// Logs go to standard error, `info` and worse of our own crates and `warn` and worse of others,
/// unless `MEMBERPAY_LOG` says otherwise. What other crates log is never let below `info`: they may
/// write whole requests.
fn start_logging() {
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    use tracing_subscriber::{EnvFilter, filter};

    let wanted = std::env::var("MEMBERPAY_LOG").unwrap_or_else(|_| DEFAULT_LOG.to_owned());
    let asked = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    let capped = filter::filter_fn(|meta| {
        OURS.iter().any(|name| meta.target().starts_with(name))
            || *meta.level() <= tracing::Level::INFO
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(true);
    // Filters of the whole, not of the layer: with a filter per layer, a library that only asks
    // whether a level is wanted makes the next event of its thread disappear.
    tracing_subscriber::registry()
        .with(asked)
        .with(capped)
        .with(lines)
        .init();
}

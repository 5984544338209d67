//! `memberpay staff` and `memberpay representative`: people whom the operator puts on file.

use anyhow::Context as _;
use clap::Subcommand;
use identity::{Right, Role};
use jiff::civil::Date;
use kernel::{DelegationId, Email, Language, MemberId};
use usecases::delegates::{self, Invitation};
use usecases::staff::people::{self, Change, NewStaff};
use usecases::{Actor, Ctx};

use crate::settings::Settings;
use crate::wiring;

/// What to do with staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Adds a local account and prints the link that it is set up with: good once, for a day.
    Add {
        /// associate, billing, supervisor, administrator or auditor.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Their e-mail address.
        #[arg(long)]
        email: String,
        /// What they sign in with.
        #[arg(long)]
        user_id: String,
    },
    /// Lists everybody.
    List,
    /// Prints a new set-up link for somebody who lost password or authenticator app.
    SetUpAgain {
        /// Their user ID.
        user_id: String,
    },
    /// Lets somebody sign in no more, and ends what they have open.
    Disable {
        /// Their user ID.
        user_id: String,
    },
}

/// What to do with authorised representatives.
#[derive(Debug, Subcommand)]
pub enum RepresentativeCommand {
    /// Puts a representative on file for all accounts of a subscriber and mails them a link. Look
    /// at the document that makes them one first.
    Add {
        /// The subscriber's member ID.
        #[arg(long)]
        member: String,
        /// The representative's name.
        #[arg(long)]
        name: String,
        /// The representative's e-mail address.
        #[arg(long)]
        email: String,
        /// From this day, as 2026-12-31; today if left out.
        #[arg(long)]
        from: Option<Date>,
        /// Until the end of this day.
        #[arg(long)]
        until: Option<Date>,
    },
    /// Lists everybody with rights on a subscriber's accounts.
    List {
        /// The subscriber's member ID.
        member: String,
    },
    /// Ends rights.
    End {
        /// The subscriber's member ID.
        #[arg(long)]
        member: String,
        /// The id that `list` prints.
        id: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_code(text)
        .ok_or_else(|| format!("expected one of {}", Role::ALL.map(Role::code).join(", ")))
}

/// Runs `memberpay staff`.
///
/// # Errors
/// What a use case refused, or what of the settings cannot be used.
pub async fn run(command: &StaffCommand, settings: &Settings) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let operator = Actor::Operator;
    match command {
        StaffCommand::Add {
            role,
            name,
            email,
            user_id,
        } => {
            let new = NewStaff {
                name: name.clone(),
                email: Email::parse(email).context("--email")?,
                user_id: user_id.clone(),
                role: *role,
                language: Language::English,
            };
            let link = people::add(&ctx, &operator, &new).await?;
            println!(
                "Hand this over; it works once, for 24 hours:\n{}",
                link.address
            );
        }
        StaffCommand::List => {
            for person in people::all(&ctx, &operator).await? {
                let state = match (person.disabled_at, person.to_set_up, person.of_provider) {
                    (Some(_), ..) => "disabled",
                    (None, true, _) => "not set up",
                    (None, false, true) => "work account",
                    (None, false, false) => "active",
                };
                println!(
                    "{:<14} {:<12} {:<20} {}",
                    person.role.code(),
                    state,
                    person.user_id,
                    person.name
                );
            }
        }
        StaffCommand::SetUpAgain { user_id } => {
            let staff = find(&ctx, user_id).await?;
            let link = people::set_up_again(&ctx, &operator, staff).await?;
            println!(
                "Hand this over; it works once, for 24 hours:\n{}",
                link.address
            );
        }
        StaffCommand::Disable { user_id } => {
            let staff = find(&ctx, user_id).await?;
            people::change(&ctx, &operator, staff, Change::Disable).await?;
            println!("{user_id} is disabled");
        }
    }
    ctx.store.close().await;
    Ok(())
}

async fn find(ctx: &Ctx, user_id: &str) -> anyhow::Result<kernel::StaffId> {
    let everybody = people::all(ctx, &Actor::Operator).await?;
    let person = everybody.into_iter().find(|person| {
        !person.user_id.is_empty() && person.user_id.to_lowercase() == user_id.to_lowercase()
    });
    Ok(person
        .with_context(|| format!("nobody on the staff has the user ID {user_id}"))?
        .staff)
}

/// Runs `memberpay representative`.
///
/// # Errors
/// What a use case refused, or what of the settings cannot be used.
pub async fn run_representative(
    command: &RepresentativeCommand,
    settings: &Settings,
) -> anyhow::Result<()> {
    let ctx = wiring::batch_context(settings).await?;
    let operator = Actor::Operator;
    match command {
        RepresentativeCommand::Add {
            member,
            name,
            email,
            from,
            until,
        } => {
            let invitation = Invitation {
                name: name.clone(),
                email: Email::parse(email).context("--email")?,
                right: Right::Manage,
                last_day: *until,
                language: Language::English,
            };
            let member = MemberId::parse(member).context("--member")?;
            let first = from.unwrap_or_else(|| ctx.today());
            let added =
                delegates::add_representative(&ctx, &operator, &member, first, &invitation).await?;
            println!("on file for {} accounts; the link is mailed", added.len());
        }
        RepresentativeCommand::List { member } => {
            let member = MemberId::parse(member)?;
            for (_, person) in delegates::on_file(&ctx, &operator, &member).await? {
                println!(
                    "{}  {:<15} {:<7} {:<10} {}",
                    person.id,
                    person.kind.code(),
                    person.right.code(),
                    format!("{:?}", person.state).to_lowercase(),
                    person.name
                );
            }
        }
        RepresentativeCommand::End { member, id } => {
            let member = MemberId::parse(member).context("--member")?;
            let id = DelegationId::parse(id).context("the id is not one")?;
            let all = delegates::on_file(&ctx, &operator, &member).await?;
            let found = all.iter().find(|(_, person)| person.id == id);
            let (account, _) = found.context("nobody with this id has rights there")?;
            delegates::take_back(&ctx, &operator, *account, id).await?;
            println!("ended");
        }
    }
    ctx.store.close().await;
    Ok(())
}

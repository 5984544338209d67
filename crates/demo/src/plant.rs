//! Makes the demonstration plan: members, three months of invoices, payments that came in, and
//! people who can sign in. All of it through the use cases, as if it had happened.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use jiff::civil::{Date, time};
use kernel::{
    AccountId, BankAccountNumber, BillingMonth, Channel, Email, MemberId, RoutingNumber, Secret,
    Zip,
};
use usecases::delegates::Invitation;
use usecases::payments::{BankEntry, PayCommand};
use usecases::progress::Unwatched;
use usecases::staff::people::NewStaff;
use usecases::{Actor, Ctx, UseCaseError};

use crate::autopay::{self, CardDesk};
use crate::roster::{Persona, RosterShape, personas};

/// The password of everybody who can sign in to the demonstration.
pub const PASSWORD: &str = "quiet river, green door";

/// The secret of the authenticator app of all staff in the demonstration, 20 bytes in hexadecimal.
const STAFF_SECRET: &str = "64656d6f6e7374726174696f6e2d737461666621";
/// The same as it is typed into an authenticator app.
pub const STAFF_KEY: &str = "MRSW233OON2HEYLUNFXW4LLTORQWMZRB";

/// Staff of the demonstration: user IDs, one for each role.
#[must_use]
pub fn staff() -> Vec<String> {
    identity::Role::ALL
        .map(|role| format!("demo.{}", role.code()))
        .to_vec()
}

/// One member of staff for each role.
async fn hire(ctx: &Ctx) -> Result<(), PlantError> {
    for role in identity::Role::ALL {
        let new = NewStaff {
            name: format!("Demo {}", role.code()),
            email: known(Email::parse("staff@example.com").ok()),
            user_id: format!("demo.{}", role.code()),
            role,
            language: kernel::Language::English,
        };
        let (password, secret) = (
            Secret::new(PASSWORD.to_owned()),
            Secret::new(STAFF_SECRET.to_owned()),
        );
        usecases::staff::set_up::known(ctx, &Actor::Operator, &new, &password, &secret).await?;
    }
    Ok(())
}

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The user ID.
    pub user_id: &'static str,
    /// Name.
    pub name: String,
    /// Plan line.
    pub line: &'static str,
}

/// Somebody to pay for as a guest, or to register as.
#[derive(Debug, Clone)]
pub struct GuestCard {
    /// Member ID, grouped.
    pub member_id: String,
    /// Name.
    pub name: String,
    /// Date of birth.
    pub birth_date: Date,
    /// ZIP code.
    pub zip: &'static str,
    /// Plan line.
    pub line: &'static str,
}

/// What was made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Made {
    /// Members; 0 if the demonstration was there already.
    pub members: u64,
    /// Invoices.
    pub invoices: u64,
}

/// Why the demonstration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlantError {
    /// A file in the data folder could not be written.
    #[error("the demonstration's roster cannot be written")]
    File(#[from] std::io::Error),
    /// The roster could not be written.
    #[error("the demonstration's roster cannot be written: {0}")]
    Roster(String),
    /// A use case refused.
    #[error("the demonstration cannot be made: {0}")]
    UseCase(#[from] UseCaseError),
}

/// Who can sign in: the user IDs are fixed, so that the documentation can name them.
#[must_use]
pub fn sign_ins() -> Vec<SignIn> {
    SIGN_INS
        .iter()
        .filter_map(|(user_id, member_id)| {
            let persona = persona(member_id)?;
            Some(SignIn {
                user_id,
                name: full_name(persona),
                line: persona.line,
            })
        })
        .collect()
}

/// Who has not registered yet: to pay for as a guest, or to register as.
#[must_use]
pub fn guests() -> Vec<GuestCard> {
    personas()
        .iter()
        .filter(|p| SIGN_INS.iter().all(|(_, id)| *id != p.member_id) && p.premium.is_positive())
        .filter_map(|p| {
            Some(GuestCard {
                member_id: MemberId::parse(p.member_id).ok()?.grouped(),
                name: full_name(p),
                birth_date: p.birth_date,
                zip: p.zip,
                line: p.line,
            })
        })
        .collect()
}

/// User IDs and the member IDs of the personas they belong to. One persona of each kind is left
/// without, to register.
const SIGN_INS: [(&str, &str); 6] = [
    ("jordan.rivers", "10000000001"),
    ("maria.pena", "10000000002"),
    ("morgan.hale", "10000000004"),
    ("eleanor.whitfield", "10000000005"),
    ("walter.brandt", "10000000006"),
    ("priya.natarajan", "10000000007"),
];

/// The member ID of who manages the premium of a parent, and of the parent.
const DELEGATE: &str = "10000000004";
const PARENT: &str = "10000000006";

/// Who manages a parent's premium: the user ID, and the parent's name.
#[must_use]
pub fn delegate() -> Option<(&'static str, String)> {
    let (user_id, _) = SIGN_INS.iter().find(|(_, id)| *id == DELEGATE)?;
    Some((user_id, full_name(persona(PARENT)?)))
}

/// Somebody sees the account of a parent, and pays for it.
async fn help_a_parent(ctx: &Ctx, delegate: &Persona, actor: &Actor) -> Result<(), PlantError> {
    let Some(parent) = persona(PARENT) else {
        return Ok(());
    };
    let Some(account) = account_of(ctx, parent).await? else {
        return Ok(());
    };
    let invitation = Invitation {
        name: full_name(delegate),
        email: known(Email::parse(delegate.email).ok()),
        right: identity::Right::Pay,
        last_day: None,
        language: delegate.language,
    };
    usecases::delegates::known(ctx, &Actor::Operator, account, &invitation, actor).await?;
    Ok(())
}

fn persona(member_id: &str) -> Option<&'static Persona> {
    personas().iter().find(|p| p.member_id == member_id)
}

pub(crate) fn full_name(persona: &Persona) -> String {
    format!("{} {}", persona.first_name, persona.last_name)
}

/// Makes the demonstration in an empty database, with `members` members; in one that is not empty
/// does nothing. `folder` gets the roster file it is made from; cards are entered at `cards`.
///
/// # Errors
/// [`PlantError`].
pub async fn plant(
    ctx: &Ctx,
    folder: &Path,
    members: u64,
    cards: &dyn CardDesk,
) -> Result<Made, PlantError> {
    if !usecases::pages::is_empty(ctx).await? {
        return Ok(Made::default());
    }
    let this = BillingMonth::of(ctx.today());
    let months = [this.previous(), this, this.next()];
    let file = folder.join("demonstration-roster.csv");
    write_roster(&file, members, this.previous())?;
    let begun = at_nine(ctx, this.plus(-2).day(10));
    let import = usecases::roster::ImportFile {
        path: file,
        format: None,
        again: false,
    };
    usecases::roster::import(&begun, &Actor::Operator, import, &Unwatched).await?;
    let mut invoices = 0;
    for month in months {
        let billed = at_nine(ctx, month.previous().day(15).min(ctx.today()));
        let report = usecases::billing::run(
            &billed,
            &Actor::Operator,
            month,
            Default::default(),
            &Unwatched,
        )
        .await?;
        invoices += report.total().invoices;
        if month < this.next() {
            pay_for(ctx, month).await?;
        }
    }
    for (user_id, member_id) in SIGN_INS {
        if let Some(persona) = persona(member_id) {
            let actor = sign_up(ctx, user_id, persona).await?;
            autopay::set_up(ctx, &actor, persona, cards).await?;
            if member_id == DELEGATE {
                help_a_parent(ctx, persona, &actor).await?;
            }
        }
    }
    hire(ctx).await?;
    Ok(Made { members, invoices })
}

fn write_roster(file: &Path, members: u64, as_of: BillingMonth) -> Result<(), PlantError> {
    let shape = RosterShape {
        members,
        seed: 2026,
        as_of,
    };
    let into = BufWriter::new(File::create(file)?);
    formats::enrollment::write_csv(into, shape.records())
        .map_err(|error| PlantError::Roster(error.to_string()))?;
    Ok(())
}

/// The world at nine in the morning of `day`, where the plan is.
fn at_nine(ctx: &Ctx, day: Date) -> Ctx {
    match ctx
        .plan
        .time_zone
        .to_timestamp(day.to_datetime(time(9, 0, 0, 0)))
    {
        Ok(morning) => ctx.standing_at(morning.min(ctx.now())),
        Err(_) => ctx.clone(),
    }
}

/// The personas paid this month's invoice from a bank account, a week before it was due; all but
/// one, whose newest invoice is past due.
async fn pay_for(ctx: &Ctx, month: BillingMonth) -> Result<(), PlantError> {
    let day = month.previous().day(24).min(ctx.today());
    let then = at_nine(ctx, day);
    let late = personas().iter().position(|p| p.member_id == "10000000006");
    for (at, persona) in personas()
        .iter()
        .enumerate()
        .filter(|(_, p)| p.premium.is_positive())
    {
        let skipped = Some(at) == late && month == BillingMonth::of(ctx.today());
        if !skipped {
            pay(&then, persona, month).await?;
        }
    }
    Ok(())
}

async fn pay(ctx: &Ctx, persona: &Persona, month: BillingMonth) -> Result<(), PlantError> {
    let Some(account) = account_of(ctx, persona).await? else {
        return Ok(());
    };
    let payable = usecases::payments::payable(ctx, &Actor::Operator, account).await?;
    if !payable.amount_due.is_positive() {
        return Ok(());
    }
    let entry = BankEntry {
        routing: known(RoutingNumber::parse("110000000").ok()),
        number: known(BankAccountNumber::parse("000123456789").ok()),
        savings: false,
        holder: full_name(persona),
    };
    let method = usecases::payments::bank_method(
        ctx,
        &Actor::Operator,
        &payable.plan_line,
        &entry,
        "demonstration",
    )
    .await?;
    let words = usecases::payments::authorisation(
        ctx,
        persona.language,
        &payable.plan_line,
        payable.amount_due,
        &method,
    );
    let command = PayCommand {
        account,
        idempotency_key: format!("demonstration-{month}"),
        cents: payable.amount_due,
        channel: Channel::Online,
        method,
        payer_name: full_name(persona),
        payer_email: persona.email.to_owned(),
        language: persona.language,
        authorisation_version: words.version,
        user_agent: "demonstration".to_owned(),
    };
    usecases::payments::take(ctx, &Actor::Operator, command).await?;
    Ok(())
}

/// A constant that is known to be well formed.
pub(crate) fn known<T>(value: Option<T>) -> T {
    value.expect("the sandbox's test numbers are well formed")
}

pub(crate) async fn account_of(
    ctx: &Ctx,
    persona: &Persona,
) -> Result<Option<AccountId>, PlantError> {
    let member_id = known(MemberId::parse(persona.member_id).ok());
    Ok(
        usecases::pages::accounts_of(ctx, &Actor::Operator, &member_id)
            .await?
            .first()
            .copied(),
    )
}

/// Makes a sign-in, and gives back who signs in with it.
async fn sign_up(ctx: &Ctx, user_id: &str, persona: &Persona) -> Result<Actor, PlantError> {
    let member_id = known(MemberId::parse(persona.member_id).ok());
    let zip = known(Zip::parse(persona.zip).ok());
    let email = known(Email::parse(persona.email).ok());
    let found = usecases::identity::find_member(
        ctx,
        &Actor::Operator,
        &member_id,
        persona.birth_date,
        &zip,
    )
    .await?;
    let password = Secret::new(PASSWORD.to_owned());
    let login = usecases::identity::create_login(
        ctx,
        &Actor::Operator,
        found.person,
        &email,
        user_id,
        &password,
        persona.language,
    )
    .await?;
    Ok(Actor::Member {
        login,
        person: found.person,
        address: "192.0.2.10".to_owned(),
    })
}

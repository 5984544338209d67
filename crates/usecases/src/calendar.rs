//! Due dates for the calendar on a telephone: as a file, and at an address that it asks by itself.
//!
//! Nothing in them says whose they are. The address holds a random token and is off until a member
//! turns it on: whoever has the address can read the dates, so a page says that too.

use std::collections::BTreeMap;

use billing::{ToldDate, told_date};
use coverage::Coverage;
use formats::calendar::{Calendar, Event};
use gateways::chance::Draw as _;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId, Language, PersonId, day_in_words};
use sha2::{Digest, Sha256};
use store::Tx;
use store::accounts::AccountRow;
use store::calendars::{FeedRow, ToldRow};

use crate::access;
use crate::audit::{self, Event as Audited};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, UseCaseError};

/// How many due dates a calendar holds of each account.
const COMING: i32 = 12;
/// How many random bytes an address holds.
const TOKEN_BYTES: usize = 32;

/// Turns the member's calendar address on, in the place of an earlier one, which then answers no
/// more. The token is given here once; only its hash is kept.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn turn_on(ctx: &Ctx, actor: &Actor, language: Language) -> Result<String, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let token = ctx.chance.token(TOKEN_BYTES);
    let row = FeedRow {
        person,
        language,
        made_at: ctx.now(),
    };
    let (own, actor, digest) = (ctx.clone(), actor.clone(), hash(&token));
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row) = (own.clone(), actor.clone(), row.clone());
            Box::pin(async move {
                store::calendars::put_feed(tx, &row, digest).await?;
                note(tx, &ctx, &actor, person, "calendar-turned-on").await
            })
        })
        .await?;
    Ok(token)
}

/// Turns it off: the address answers no more.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn turn_off(ctx: &Ctx, actor: &Actor) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (own, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (own.clone(), actor.clone());
            Box::pin(async move {
                if store::calendars::remove_feed(tx, person).await? {
                    note(tx, &ctx, &actor, person, "calendar-turned-off").await?;
                }
                Ok(())
            })
        })
        .await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    action: &'static str,
) -> Result<(), UseCaseError> {
    let event = Audited {
        action,
        account: None,
        subject: &person.to_string(),
        detail: "",
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// Since when the member's calendar address is on; `None` while it is off.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn on_since(ctx: &Ctx, actor: &Actor) -> Result<Option<Timestamp>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let feed = store::calendars::feed_of(&mut tx, person).await?;
    Ok(feed.map(|feed| feed.made_at))
}

/// What a calendar program that knows the address gets. It never says an amount.
///
/// # Errors
/// [`UseCaseError::NotFound`] for a token that is not, or no longer, one; refusal `too-many-tries`.
pub async fn feed(ctx: &Ctx, actor: &Actor, token: &str) -> Result<String, UseCaseError> {
    let digest = hash(token);
    let subject = hex::encode(digest);
    throttle::check_and_count(ctx, Purpose::Calendar, actor.address(), &subject).await?;
    let mut tx = ctx.store.read().await?;
    let feed = store::calendars::feed_by_token(&mut tx, digest).await?;
    let feed = feed.ok_or(UseCaseError::NotFound)?;
    let accounts = accounts_of(&mut tx, feed.person).await?;
    drop(tx);
    calendar(ctx, &accounts, feed.language, false, None).await
}

/// The next twelve due dates of each of the member's accounts, as a file. Amounts of issued
/// invoices are in it if they are asked for.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn coming(
    ctx: &Ctx,
    actor: &Actor,
    language: Language,
    with_amounts: bool,
) -> Result<String, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let accounts = accounts_of(&mut ctx.store.read().await?, person).await?;
    calendar(ctx, &accounts, language, with_amounts, None).await
}

/// The due date of one invoice, as a file.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not of an account that this actor may see, or is paid.
pub async fn of_invoice(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    invoice: InvoiceId,
    language: Language,
    with_amounts: bool,
) -> Result<String, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let owner = access::papers_of(&mut tx, ctx, actor, account).await?;
    let row = store::invoices::by_id(&mut tx, account, invoice).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    drop(tx);
    if !(row.charges - row.applied).is_positive() {
        return Err(UseCaseError::NotFound);
    }
    calendar(ctx, &[owner], language, with_amounts, Some(row.month)).await
}

async fn accounts_of(tx: &mut Tx, person: PersonId) -> Result<Vec<AccountRow>, UseCaseError> {
    let person = store::accounts::person_by_id(tx, person)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    Ok(store::accounts::of_subscriber(tx, &person.member_id).await?)
}

/// A due date that is to come.
struct Due {
    account: AccountId,
    month: BillingMonth,
    day: Date,
    /// What is open on the invoice, if there is one.
    open: Option<Cents>,
}

async fn calendar(
    ctx: &Ctx,
    accounts: &[AccountRow],
    language: Language,
    with_amounts: bool,
    only: Option<BillingMonth>,
) -> Result<String, UseCaseError> {
    let mut dues = Vec::new();
    let mut tx = ctx.store.read().await?;
    for account in accounts {
        dues.extend(due_dates(ctx, &mut tx, account, only).await?);
    }
    drop(tx);
    let told = tell_of(ctx, &dues).await?;
    let title = match language {
        Language::English => "Health plan payment due",
        Language::Spanish => "Fecha límite de pago del plan de salud",
    };
    let events = dues.iter().filter_map(|due| {
        let told = told.get(&(due.account, due.month))?;
        let amount = due.open.filter(|_| with_amounts);
        Some(Event {
            uid: told.uid.clone(),
            sequence: told.sequence,
            changed_at: told.changed_at,
            day: told.due_on,
            title: title.to_owned(),
            description: amount
                .map(|cents| described(cents, told.due_on, language))
                .unwrap_or_default(),
        })
    });
    let calendar = Calendar {
        name: title.to_owned(),
        language: language.tag(),
        domain: domain(&ctx.settings.public_url),
        events: events.collect(),
    };
    Ok(calendar.ics())
}

fn described(cents: Cents, day: Date, language: Language) -> String {
    let day = day_in_words(day, language);
    match language {
        Language::English => format!("{cents} is due by {day}."),
        Language::Spanish => format!("Debe pagar {cents} a más tardar el {day}."),
    }
}

/// The host of the site: what makes UIDs differ from those of other sites.
fn domain(public_url: &str) -> String {
    let host = url::Url::parse(public_url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "memberpay.invalid".to_owned())
}

/// The due dates of an account from today on: of invoices that are not paid, and of months that
/// will be invoiced if coverage goes on. With `only`, of that month alone, whenever it was due.
async fn due_dates(
    ctx: &Ctx,
    tx: &mut Tx,
    account: &AccountRow,
    only: Option<BillingMonth>,
) -> Result<Vec<Due>, UseCaseError> {
    let today = ctx.today();
    let invoices: BTreeMap<_, _> = store::invoices::of_account(tx, account.id, 36)
        .await?
        .into_iter()
        .map(|row| (row.month, row))
        .collect();
    let line = ctx.plan.line(&account.plan_line);
    let rule = line
        .filter(|line| line.pays_premium_here)
        .and_then(|line| line.invoicing);
    let segments: Vec<Coverage> = store::coverage::of_accounts(tx, &[account.id])
        .await?
        .into_iter()
        .map(|row| row.coverage)
        .collect();
    let this = BillingMonth::of(today);
    let months = match only {
        Some(month) => vec![month],
        None => (-2..=COMING + 2).map(|n| this.plus(n)).collect(),
    };
    let mut dues = Vec::new();
    for month in months {
        let (day, open) = match (invoices.get(&month), rule) {
            (Some(row), _) => (row.due_on, Some(row.charges - row.applied)),
            (None, Some(rule)) if covers(&segments, month) => (plan::due_date(rule, month), None),
            _ => continue,
        };
        let to_come = only.is_some() || day >= today;
        if to_come && open.is_none_or(Cents::is_positive) {
            dues.push(Due {
                account: account.id,
                month,
                day,
                open,
            });
        }
    }
    dues.truncate(usize::try_from(COMING).unwrap_or(usize::MAX));
    Ok(dues)
}

fn covers(segments: &[Coverage], month: BillingMonth) -> bool {
    segments
        .iter()
        .any(|segment| segment.span.overlap(month.span()).is_some())
}

/// Names each event and notes the days that moved since a calendar was told last.
async fn tell_of(
    ctx: &Ctx,
    dues: &[Due],
) -> Result<BTreeMap<(AccountId, BillingMonth), ToldRow>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let (known, changed) = compare(ctx, &mut tx, dues).await?;
    drop(tx);
    if changed.is_empty() {
        return Ok(known);
    }
    // Two programs may ask at once: what the first wrote is what the second reads back.
    let kept = changed.clone();
    ctx.store
        .write(move |tx| {
            let kept = kept.clone();
            Box::pin(async move { store::calendars::put_told(tx, &kept).await })
        })
        .await?;
    let mut tx = ctx.store.read().await?;
    Ok(compare(ctx, &mut tx, dues).await?.0)
}

type Told = BTreeMap<(AccountId, BillingMonth), ToldRow>;

async fn compare(
    ctx: &Ctx,
    tx: &mut Tx,
    dues: &[Due],
) -> Result<(Told, Vec<ToldRow>), UseCaseError> {
    let (mut known, mut changed) = (Told::new(), Vec::new());
    let Some(from) = dues.iter().map(|due| due.month).min() else {
        return Ok((known, changed));
    };
    let mut accounts: Vec<AccountId> = dues.iter().map(|due| due.account).collect();
    accounts.dedup();
    let mut before = Told::new();
    for account in accounts {
        for row in store::calendars::told(tx, account, from).await? {
            before.insert((account, row.month), row);
        }
    }
    for due in dues {
        let key = (due.account, due.month);
        let old = before.remove(&key);
        let was = old.as_ref().map(|row| ToldDate {
            due_on: row.due_on,
            sequence: row.sequence,
        });
        let now = told_date(was, due.day);
        let row = match old {
            Some(row) if was == Some(now) => row,
            old => {
                let row = ToldRow {
                    account: due.account,
                    month: due.month,
                    uid: old.map_or_else(|| fresh_uid(ctx), |row| row.uid),
                    due_on: now.due_on,
                    sequence: now.sequence,
                    changed_at: ctx.now(),
                };
                changed.push(row.clone());
                row
            }
        };
        known.insert(key, row);
    }
    Ok((known, changed))
}

/// Drawn by lot: a name made of account and month would tell them to whoever guesses.
fn fresh_uid(ctx: &Ctx) -> String {
    let mut bytes = [0; 16];
    ctx.chance.fill(&mut bytes);
    hex::encode(bytes)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

//! Checks that the payers' banks did not pay: what they paid is open again, and the member is told.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::payments::PaymentStatus;
use formats::image_cash_letter::{self, Item, Reader, ReturnReason};
use gateways::card::DeclineReason;
use jiff::civil::Date;
use kernel::{AccountId, Cents, PaymentId};
use postings::{Money, Rail};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::journal::{self, Batch};
use store::returned_checks::{self as returned, CameIn, ReturnedRow};
use store::suspense::ItemKey;
use tokio::sync::mpsc;

use super::payment::tell_of;
use crate::audit::{self, Event};
use crate::check_images::{self, Came};
use crate::check_prints::{self, Prints};
use crate::notices::NoticeKind;
use crate::payments::{balanced, take_back};
use crate::suspense::QUEUE;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// What became of a returned check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// What it paid is open again.
    Reversed,
    /// No check that came in is this one, or several may be.
    Unmatched,
    /// What it paid was taken back before: the bank presented it again.
    Again,
    /// Money of it was refunded or sent back to its payer already.
    Refunded,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 4] = [
        Outcome::Reversed,
        Outcome::Unmatched,
        Outcome::Again,
        Outcome::Refunded,
    ];

    /// The name in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Outcome::Reversed => "reversed",
            Outcome::Unmatched => "unmatched",
            Outcome::Again => "again",
            Outcome::Refunded => "refunded",
        }
    }
}

/// A returned check that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToLookAt {
    /// The number of its record in the file.
    pub record: i64,
    /// How much.
    pub cents: Cents,
    /// Why it came back, in plain words.
    pub reason: &'static str,
    /// Why somebody has to look.
    pub outcome: Outcome,
}

/// What became of a file of returned checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnsReport {
    /// How many returned checks it has.
    pub checks: u64,
    /// What they come to.
    pub cents: Cents,
    /// How many of them were taken in before.
    pub before: u64,
    /// What was taken back now: how many checks.
    pub reversed: u64,
    /// What those come to.
    pub reversed_cents: Cents,
    /// What was taken in now and a person has to look at.
    pub to_look_at: Vec<ToLookAt>,
    /// How many images of checks are kept now.
    pub images: u64,
    /// The records of checks that did not come back and whose images were left out, because no
    /// check that came in, or several, may be it.
    pub images_of_unknown: Vec<i64>,
}

/// Takes in an image cash letter of returned checks. Each is taken in by itself, so a run that was
/// stopped is simply run again. Of checks in it that were not returned only the images are kept.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs; refusal `lockbox-refused`
/// with the file and the place if it does not balance: nothing is taken in then.
pub async fn take_in_returns(
    ctx: &Ctx,
    actor: &Actor,
    path: PathBuf,
) -> Result<ReturnsReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let prints = check_prints::load(ctx).await?;
    let asked = path.clone();
    let checked = tokio::task::spawn_blocking(move || check(&asked)).await;
    let checked = checked.map_err(|_| UseCaseError::broken("the check of the file panicked"))?;
    let file = Arc::new(checked?);
    let (send, mut items) = mpsc::channel(8);
    let reader = tokio::task::spawn_blocking(move || send_all(&path, &send));
    let mut report = ReturnsReport::default();
    while let Some(mut item) = items.recv().await {
        let images = std::mem::take(&mut item.images);
        let came = Came {
            file_name: file.name.clone(),
            digest: file.digest.clone(),
            record: i64::try_from(item.record).unwrap_or(i64::MAX),
            images,
        };
        if item.returned.is_none() {
            of_check(ctx, actor, (&item, &prints), came, &mut report).await?;
            continue;
        }
        take_one(ctx, actor, (&file, &prints), item, &mut report).await?;
        report.images += check_images::keep_of_return(ctx, actor, came).await?;
    }
    reader
        .await
        .map_err(|_| UseCaseError::broken("the reader of the file panicked"))??;
    Ok(report)
}

struct Checked {
    name: String,
    digest: String,
}

fn refused(path: &Path, reason: impl ToString) -> UseCaseError {
    Refusal::new("lockbox-refused")
        .with("file", path.display())
        .with("reason", reason)
        .into()
}

fn check(path: &Path) -> Result<Checked, UseCaseError> {
    let open = || File::open(path).map_err(|error| refused(path, error));
    image_cash_letter::verify(BufReader::new(open()?)).map_err(|error| refused(path, error))?;
    let (mut hash, mut file, mut block) = (Sha256::new(), open()?, vec![0; 65_536]);
    loop {
        let read = file
            .read(&mut block)
            .map_err(|error| refused(path, error))?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
    }
    let name = path.file_name().map(|name| name.to_string_lossy());
    Ok(Checked {
        name: name.unwrap_or_default().into_owned(),
        digest: hex::encode(hash.finalize()),
    })
}

fn send_all(path: &Path, send: &mpsc::Sender<Item>) -> Result<(), UseCaseError> {
    let file = File::open(path).map_err(|error| refused(path, error))?;
    let mut reader = Reader::new(BufReader::new(file));
    while let Some(item) = reader.next_item().map_err(|error| refused(path, error))? {
        if (item.returned.is_some() || !item.images.is_empty()) && send.blocking_send(item).is_err()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// Keeps the images of a check that did not come back with the check that came in.
async fn of_check(
    ctx: &Ctx,
    actor: &Actor,
    (item, prints): (&Item, &Prints),
    came: Came,
    report: &mut ReturnsReport,
) -> Result<(), UseCaseError> {
    let print = print_of(prints, item);
    let came_in = returned::came_in(&mut ctx.store.read().await?, &print).await?;
    let deposited_on = item.deposited_on.or(item.business_day);
    match which(&came_in, deposited_on) {
        Which::This(key) | Which::Again(key) => {
            report.images += check_images::keep_of_check(ctx, actor, key, came).await?;
        }
        Which::Unknown => report.images_of_unknown.push(came.record),
    }
    Ok(())
}

async fn take_one(
    ctx: &Ctx,
    actor: &Actor,
    (file, prints): (&Arc<Checked>, &Prints),
    item: Item,
    report: &mut ReturnsReport,
) -> Result<(), UseCaseError> {
    let (record, cents) = (i64::try_from(item.record).unwrap_or(i64::MAX), item.amount);
    report.checks += 1;
    report.cents += cents;
    let told = item.returned.as_ref().map(|returned| returned.reason);
    let reason = told.unwrap_or(ReturnReason::Other(' '));
    let print = print_of(prints, &item);
    let owned = (
        ctx.clone(),
        actor.clone(),
        Arc::clone(file),
        item.deposited_on,
    );
    let outcome = ctx
        .store
        .write::<Option<Outcome>, UseCaseError, _>(move |tx| {
            let (ctx, actor, file, deposited_on) = owned.clone();
            let print = print.clone();

            let about = (deposited_on, reason, cents, record);
            Box::pin(async move { take_now(tx, (&ctx, &actor), &file, print, about).await })
        })
        .await?;
    match outcome {
        None => report.before += 1,
        Some(Outcome::Reversed) => {
            report.reversed += 1;
            report.reversed_cents += cents;
        }
        Some(outcome) => report.to_look_at.push(ToLookAt {
            record,
            cents,
            reason: reason.words(),
            outcome,
        }),
    }
    Ok(())
}

async fn take_now(
    tx: &mut Tx,
    (ctx, actor): (&Ctx, &Actor),
    file: &Checked,
    print: String,
    (deposited_on, reason, cents, record): (Option<Date>, ReturnReason, Cents, i64),
) -> Result<Option<Outcome>, UseCaseError> {
    if returned::known(tx, &file.digest, record).await? {
        return Ok(None);
    }
    let came_in = returned::came_in(tx, &print).await?;
    let at_counter = returned::at_counter(tx, &print).await?;
    let (check, outcome) = match (which(&came_in, deposited_on), at_counter) {
        (Which::This(key), _) => (Some(key), reverse(tx, ctx, key, reason).await?),
        (Which::Again(key), _) => (Some(key), Outcome::Again),
        (Which::Unknown, Some(paid)) if came_in.is_empty() => {
            (None, reverse_paid(tx, ctx, &[paid], reason).await?)
        }
        (Which::Unknown, _) => (None, Outcome::Unmatched),
    };
    let done = outcome == Outcome::Reversed;
    let row = ReturnedRow {
        digest: file.digest.clone(),
        record,
        file_name: file.name.clone(),
        fingerprint: print,
        cents,
        reason: reason.code().to_string(),
        check,
        outcome: outcome.code().to_owned(),
        owner: QUEUE.to_owned(),
        taken_in_at: ctx.now(),
        closed_at: done.then(|| ctx.now()),
    };
    returned::insert(tx, &row).await?;
    note(tx, ctx, actor, &row).await?;
    Ok(Some(outcome))
}

/// The keyed hash of the check, as it was made when it came in; empty if the bank tells too little.
fn print_of(prints: &Prints, item: &Item) -> String {
    let Some((routing, on_us)) = item.routing.as_ref().zip(item.on_us.as_ref()) else {
        return String::new();
    };
    let (account, number) = on_us_parts(on_us.expose());
    let auxiliary = item.auxiliary_on_us.as_deref().map(digits);
    let number = auxiliary.filter(|n| !n.is_empty()).unwrap_or(number);
    if account.is_empty() || number.is_empty() {
        return String::new();
    }
    prints.numbers(routing.expose(), &account, &number, item.amount)
}

/// Account and check number of the on-us field: `account/number`, symbols and blanks left out.
fn on_us_parts(on_us: &str) -> (String, String) {
    let (account, number) = on_us.rsplit_once('/').unwrap_or((on_us, ""));
    (digits(account), digits(number))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Which {
    This(ItemKey),
    Again(ItemKey),
    Unknown,
}

/// Which check came back. If the same came in several times, only the day of deposit can tell.
fn which(came_in: &[CameIn], deposited_on: Option<Date>) -> Which {
    let that_day: Vec<&CameIn> = came_in
        .iter()
        .filter(|one| came_in.len() == 1 || Some(one.deposited_on) == deposited_on)
        .collect();
    match that_day.as_slice() {
        [one] if one.reversed => Which::Again(one.key),
        [one] => Which::This(one.key),
        _ => Which::Unknown,
    }
}

/// Takes back what the check paid, and what of it waits in suspense.
async fn reverse(
    tx: &mut Tx,
    ctx: &Ctx,
    key: ItemKey,
    reason: ReturnReason,
) -> Result<Outcome, UseCaseError> {
    let waits = store::suspense::lock(tx, key).await?;
    let suspended = if waits {
        store::suspense::by_key(tx, key).await?
    } else {
        None
    };
    if suspended
        .as_ref()
        .is_some_and(|row| row.state == "returned")
    {
        return Ok(Outcome::Refunded);
    }
    let paid = returned::payments_of(tx, key).await?;
    match reverse_paid(tx, ctx, &paid, reason).await? {
        Outcome::Reversed => {}
        // Nothing of it is left where it was first posted.
        other => return Ok(other),
    }
    if let Some(mut row) = suspended.filter(|row| row.closed_at.is_none()) {
        if row.open.is_positive() {
            post(tx, ctx, key, row.open).await?;
        }
        if let Some(asked) = store::suspense::asked_return(tx, key).await? {
            let about = (key, asked.id);
            store::suspense::decide_return(tx, about, "returned-checks", false, ctx.now()).await?;
        }
        row.open = Cents::ZERO;
        "reversed".clone_into(&mut row.state);
        row.closed_at = Some(ctx.now());
        store::suspense::save(tx, &row).await?;
        let event = Event {
            action: "suspense-reversed",
            account: None,
            subject: &key.to_string(),
            detail: &format!("reason={}", reason.code()),
        };
        audit::record(tx, ctx, &Actor::Job("returned-checks"), event).await?;
    }
    Ok(Outcome::Reversed)
}

/// Takes payments back, all of them or none.
async fn reverse_paid(
    tx: &mut Tx,
    ctx: &Ctx,
    paid: &[(AccountId, PaymentId)],
    reason: ReturnReason,
) -> Result<Outcome, UseCaseError> {
    let mut payments = Vec::new();
    for (account, id) in paid {
        journal::lock(tx, *account).await?;
        let payment = store::payments::by_id(tx, *account, *id).await?;
        let payment = payment.ok_or_else(|| UseCaseError::broken("a check without its payment"))?;
        if payment.status == PaymentStatus::Returned {
            return Ok(Outcome::Again);
        }
        if payment.refunded.is_positive() || payment.status != PaymentStatus::Succeeded {
            return Ok(Outcome::Refunded);
        }
        payments.push(payment);
    }
    for payment in payments {
        // Two payments of one check may be on one account: the first moved the end of its chain.
        let mut head = journal::lock(tx, payment.account).await?;
        take_back(tx, ctx, &mut head, &payment).await?;
        let (status, why) = (PaymentStatus::Returned, declined_as(reason).code());
        let (account, id, at) = (payment.account, payment.id, payment.concluded_at);
        store::payments::set_status(tx, account, id, status, why, at).await?;
        let event = Event {
            action: "check-returned",
            account: Some(account),
            subject: &id.to_string(),
            detail: &format!("cents={} reason={}", payment.cents.get(), reason.code()),
        };
        audit::record(tx, ctx, &Actor::Job("returned-checks"), event).await?;
        tell_of(tx, ctx, &payment, NoticeKind::PaymentReturned, why).await?;
    }
    Ok(Outcome::Reversed)
}

async fn post(tx: &mut Tx, ctx: &Ctx, key: ItemKey, cents: Cents) -> Result<(), UseCaseError> {
    let mut file = store::lockbox::hold(tx, key.file).await?;
    let mut batch = Batch::new(ctx.now());
    let money = Money {
        rail: Rail::Lockbox,
        cents,
        effective: ctx.today(),
    };
    let posting = balanced(postings::suspense_reversed(&money))?;
    batch.post(
        &mut file.head,
        &posting,
        &format!("remittance:{key}"),
        ctx.id(),
    );
    batch.write(tx).await?;
    Ok(store::lockbox::advance(tx, &file).await?)
}

/// The reason as payments have it.
fn declined_as(reason: ReturnReason) -> DeclineReason {
    match reason {
        ReturnReason::NotSufficientFunds | ReturnReason::Uncollected => {
            DeclineReason::InsufficientFunds
        }
        ReturnReason::AccountClosed => DeclineReason::AccountClosed,
        ReturnReason::UnableToLocate => DeclineReason::NoAccount,
        ReturnReason::Frozen => DeclineReason::AccountFrozen,
        ReturnReason::StopPayment => DeclineReason::Revoked,
        _ => DeclineReason::Refused,
    }
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    row: &ReturnedRow,
) -> Result<(), UseCaseError> {
    let event = Event {
        action: "returned-check-taken-in",
        account: None,
        subject: &row.digest,
        detail: &format!(
            "record={} cents={} reason={} outcome={}",
            row.record,
            row.cents.get(),
            row.reason,
            row.outcome
        ),
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check(item: i64, day: i8, reversed: bool) -> CameIn {
        CameIn {
            key: ItemKey {
                file: AccountId::from_parts(1, [1; 10]),
                item,
            },
            deposited_on: date(2026, 11, day),
            reversed,
        }
    }

    #[test]
    fn a_return_is_of_the_one_check_it_can_be_and_never_guessed() {
        let (one, two) = (check(1, 20, false), check(2, 21, false));
        let day = |day| Some(date(2026, 11, day));
        for (came_in, deposited_on, expected) in [
            (vec![], day(20), Which::Unknown),
            (vec![one], None, Which::This(one.key)),
            (vec![one], day(25), Which::This(one.key)),
            (vec![one, two], day(21), Which::This(two.key)),
            (vec![one, two], day(22), Which::Unknown),
            (vec![one, two], None, Which::Unknown),
            (vec![check(1, 20, true)], None, Which::Again(one.key)),
            (
                vec![check(1, 20, true), two],
                day(20),
                Which::Again(one.key),
            ),
        ] {
            assert_eq!(
                which(&came_in, deposited_on),
                expected,
                "{came_in:?} {deposited_on:?}"
            );
        }
    }

    #[test]
    fn the_on_us_field_is_account_and_number() {
        for (on_us, account, number) in [
            ("123456/222", "123456", "222"),
            ("12-3456/0222", "123456", "0222"),
            ("123456", "123456", ""),
            ("", "", ""),
        ] {
            let expected = (account.to_owned(), number.to_owned());
            assert_eq!(on_us_parts(on_us), expected, "{on_us}");
        }
    }
}

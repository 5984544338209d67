//! What people decide: apply, divide, wait, take over.

use std::collections::BTreeSet;

use ::lockbox::split_by_list;
use jiff::Span;
use jiff::civil::Date;
use kernel::{AccountId, Cents, MemberId};
use store::Tx;
use store::journal;
use store::suspense::{ItemKey, SuspenseRow};
use store::suspense_candidates::CandidateRow;

use super::{DECIDES, QUEUE, note, open, waiting};
use crate::audit::{self, Event};
use crate::check_prints;
use crate::lockbox::{CheckPayment, tell};
use crate::payments::{balanced, place};
use crate::staff::need_role;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// One check is divided over no more accounts than this; a longer list is a file.
const MOST_PARTS: usize = 40;
/// Money is not left lying longer than this without somebody looking again, in days.
const LONGEST_HOLD: i32 = 60;

/// What one account gets of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The account.
    pub account: AccountId,
    /// How much.
    pub cents: Cents,
}

/// Runs one decision in a transaction, which may have to run twice: the names in brackets are
/// cloned for each run.
macro_rules! decided {
    ($ctx:expr, $actor:expr, |$tx:ident, $c:ident, $a:ident| $body:expr) => {
        $crate::suspense::decided!($ctx, $actor, [], |$tx, $c, $a| $body)
    };
    ($ctx:expr, $actor:expr, [$($own:ident),*], |$tx:ident, $c:ident, $a:ident| $body:expr) => {{
        let (owned_ctx, owned_actor) = ($ctx.clone(), $actor.clone());
        $ctx.store
            .write(move |$tx| {
                let ($c, $a) = (owned_ctx.clone(), owned_actor.clone());
                $(let $own = $own.clone();)*
                Box::pin(async move {
                    let ($c, $a) = (&$c, &$a);
                    $body
                })
            })
            .await
    }};
}

/// Takes a check over, so that others see who works on it.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing or a supervisor; refusals `suspense-decided`,
/// `suspense-changed`.
pub async fn own(ctx: &Ctx, actor: &Actor, key: ItemKey, version: i64) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = waiting(tx, key, version).await?;
        row.owner = actor.name();
        store::suspense::save(tx, &row).await?;
        note(tx, ctx, actor, ("suspense-taken-over", key), "").await
    })
}

/// Puts a check back into the queue for anybody.
///
/// # Errors
/// As [`own`].
pub async fn put_back(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    version: i64,
) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = waiting(tx, key, version).await?;
        QUEUE.clone_into(&mut row.owner);
        row.held_until = None;
        row.held_because = String::new();
        store::suspense::save(tx, &row).await?;
        note(tx, ctx, actor, ("suspense-put-back", key), "").await
    })
}

/// Waits with a check until a day: tomorrow up to 60 days ahead. `because` is shown to staff.
///
/// # Errors
/// As [`own`]; refusals `hold-day` and `hold-reason-missing`.
pub async fn hold(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    version: i64,
    (until, because): (Date, &str),
) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    let today = ctx.today();
    let last = today.saturating_add(Span::new().days(LONGEST_HOLD));
    if until <= today || until > last {
        return Err(Refusal::of("until", "hold-day")
            .with("days", LONGEST_HOLD)
            .into());
    }
    if because.trim().is_empty() {
        return Err(Refusal::of("because", "hold-reason-missing").into());
    }
    let because: String = because.trim().chars().take(300).collect();
    decided!(ctx, actor, [because], |tx, ctx, actor| {
        let mut row = open(tx, key, version).await?;
        row.held_until = Some(until);
        row.held_because = because;
        row.owner = actor.name();
        store::suspense::save(tx, &row).await?;
        note(
            tx,
            ctx,
            actor,
            ("suspense-held", key),
            &format!("until={until}"),
        )
        .await
    })
}

/// Adds the accounts of a member to those that a check may be for: somebody recognised the payer.
///
/// # Errors
/// As [`own`]; refusal `suspense-member-unknown`.
pub async fn add_candidate(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    member_id: &MemberId,
) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    let member_id = member_id.clone();
    decided!(ctx, actor, [member_id], |tx, ctx, actor| {
        let row = store::suspense::by_key(tx, key).await?;
        let row = row.ok_or(UseCaseError::NotFound)?;
        let asked = std::slice::from_ref(&member_id);
        let accounts = store::suspense_candidates::by_member_ids(tx, asked).await?;
        if accounts.is_empty() {
            return Err(Refusal::of("member_id", "suspense-member-unknown").into());
        }
        let rows: Vec<CandidateRow> = accounts
            .iter()
            .map(|account| CandidateRow {
                item: row.key.item,
                account: *account,
                score: 0,
                reasons: "staff".to_owned(),
            })
            .collect();
        store::suspense_candidates::insert(tx, key.file, &rows).await?;
        for account in accounts {
            let event = Event {
                action: "suspense-candidate-added",
                account: Some(account),
                subject: &key.to_string(),
                detail: "",
            };
            audit::record(tx, ctx, actor, event).await?;
        }
        Ok(())
    })
}

/// Applies a check: each account gets a payment that counts from the day of deposit, with a
/// confirmation number of the one series, and its subscriber is told. The parts come to what is
/// open, unless `keep_rest` leaves the difference in suspense.
///
/// # Errors
/// As [`own`]; refusals `suspense-no-parts`, `suspense-part-twice`, `suspense-parts-differ` with
/// what they come to, what is open and the difference, `suspense-return-asked`.
pub async fn apply(
    ctx: &Ctx,
    actor: &Actor,
    (key, version): (ItemKey, i64),
    parts: Vec<Part>,
    keep_rest: bool,
) -> Result<Vec<CheckPayment>, UseCaseError> {
    need_role(actor, &DECIDES)?;
    checked(&parts)?;
    let prints = check_prints::load(ctx).await?;
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let first = ctx.store.next_numbers("confirmation", count).await?;
    decided!(ctx, actor, [parts, prints], |tx, ctx, actor| {
        let row = open(tx, key, version).await?;
        fits(&row, &parts, keep_rest)?;
        let print = prints.of_sealed(ctx, key, &row.sealed)?;
        apply_now(tx, ctx, actor, row, (&parts, first, print)).await
    })
}

fn checked(parts: &[Part]) -> Result<(), UseCaseError> {
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return Err(Refusal::of("amount", "suspense-no-parts")
            .with("most", MOST_PARTS)
            .into());
    }
    let accounts: BTreeSet<AccountId> = parts.iter().map(|part| part.account).collect();
    if accounts.len() < parts.len() {
        return Err(Refusal::of("amount", "suspense-part-twice").into());
    }
    Ok(())
}

fn fits(row: &SuspenseRow, parts: &[Part], keep_rest: bool) -> Result<(), UseCaseError> {
    let sum: Cents = parts.iter().map(|part| part.cents).sum();
    let whole = if keep_rest && sum < row.open {
        sum
    } else {
        row.open
    };
    let list: Vec<(AccountId, Cents)> = parts.iter().map(|p| (p.account, p.cents)).collect();
    match split_by_list(whole, &list) {
        Ok(_) => Ok(()),
        Err(difference) => Err(Refusal::of("amount", "suspense-parts-differ")
            .with("sum", sum)
            .with("open", row.open)
            .with("difference", difference)
            .into()),
    }
}

async fn apply_now(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    mut row: SuspenseRow,
    (parts, first, print): (&[Part], i64, String),
) -> Result<Vec<CheckPayment>, UseCaseError> {
    let mut parts: Vec<Part> = parts.to_vec();
    // In order of their ids, as everybody who locks several does.
    parts.sort_by_key(|part| part.account);
    let mut made = Vec::new();
    for (number, part) in (first..).zip(&parts) {
        let mut head = journal::lock(tx, part.account)
            .await
            .map_err(|error| match error {
                store::StoreError::Missing { .. } => UseCaseError::NotFound,
                other => other.into(),
            })?;
        let payment = CheckPayment {
            account: part.account,
            id: ctx.id(),
            cents: part.cents,
            number,
            key: format!("suspense:{}/{}", row.key, row.version),
            last_four: row.last_four.clone(),
            payer_name: row.payer_name.clone(),
            deposited_on: row.effective_on,
        };
        let stored = payment.row(ctx)?;
        if !store::payments::insert(tx, &stored).await? {
            return Err(UseCaseError::Conflict("the check is applied already"));
        }
        let cleared = balanced(postings::suspense_cleared(part.cents, row.effective_on))?;
        place(tx, ctx, &mut head, &stored, &cleared).await?;
        let links = [(part.account, stored.id, row.key.item)];
        store::lockbox::insert_payments(tx, row.key.file, &links).await?;
        let event = Event {
            action: "suspense-applied",
            account: Some(part.account),
            subject: &row.key.to_string(),
            detail: &format!("payment={} cents={}", stored.id, part.cents.get()),
        };
        audit::record(tx, ctx, actor, event).await?;
        tell(tx, ctx, &stored).await?;
        row.open -= part.cents;
        made.push(payment);
    }
    // The next check from this bank account suggests the same account.
    if let ([only], false) = (parts.as_slice(), print.is_empty()) {
        let learnt = [(only.account, print, row.effective_on)];
        store::lockbox::learn_payers(tx, &learnt).await?;
    }
    if row.open == Cents::ZERO {
        "cleared".clone_into(&mut row.state);
        row.closed_at = Some(ctx.now());
    }
    row.owner = actor.name();
    store::suspense::save(tx, &row).await?;
    Ok(made)
}

/// Closes a check that came to nothing: there is no money to decide about.
///
/// # Errors
/// As [`own`]; refusal `suspense-not-empty`.
pub async fn close_empty(
    ctx: &Ctx,
    actor: &Actor,
    key: ItemKey,
    version: i64,
) -> Result<(), UseCaseError> {
    need_role(actor, &DECIDES)?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = open(tx, key, version).await?;
        if row.open != Cents::ZERO {
            return Err(Refusal::new("suspense-not-empty").into());
        }
        "closed".clone_into(&mut row.state);
        row.closed_at = Some(ctx.now());
        row.owner = actor.name();
        store::suspense::save(tx, &row).await?;
        note(tx, ctx, actor, ("suspense-closed", key), "").await
    })
}

pub(crate) use decided;

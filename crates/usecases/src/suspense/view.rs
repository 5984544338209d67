//! One check in suspense with all that is known of it.

use formats::scan_line::{self, ScanLineError};
use identity::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents};
use store::Tx;
use store::suspense::{CouponRow, ItemKey, SuspenseRow};

use super::candidates::{self, Asked};
use super::queue::{Line, line};
use super::returns::{self, Payee};
use super::{DECIDES, SEES};
use crate::check_images::{self, ImageSeen};
use crate::check_prints::{self, Prints};
use crate::staff::names::Names;
use crate::staff::{Reason, need_role, note_look};
use crate::{Actor, Ctx, UseCaseError, account_number};

/// What a coupon in the envelope says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CouponSeen {
    /// Its scan line holds: member ID, invoice number, amount due.
    Verified {
        /// The member ID.
        member_id: String,
        /// The invoice number, if the layout has one.
        invoice_number: String,
        /// What was due.
        amount_due: Cents,
    },
    /// A digit of the scan line was misread.
    CheckDigitFailed(String),
    /// It is no scan line.
    Unreadable(String),
    /// A number that the bank keyed.
    Keyed(String),
    /// Words on the check or in the envelope.
    Words(String),
}

/// An account that the check may be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateView {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// The subscriber's name.
    pub name: String,
    /// The last four digits of the subscriber's member ID.
    pub member_last_four: String,
    /// The plan line.
    pub plan_line: String,
    /// True if coverage lasts on the day of deposit or begins later.
    pub in_force: bool,
    /// What it owes; negative for a credit.
    pub due: Cents,
    /// The sum of the weights of the reasons; 0 for one that staff added.
    pub score: u32,
    /// True from the plan's `likely_from` on.
    pub likely: bool,
    /// Codes of the reasons; `staff` for one that staff added.
    pub reasons: Vec<String>,
}

/// A return that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedReturn {
    /// How much.
    pub cents: Cents,
    /// The code of why.
    pub reason: String,
    /// To whom and where.
    pub payee: Payee,
    /// Who asked, by name.
    pub asked_by: String,
    /// True if it is the one who looks.
    pub by_me: bool,
}

/// Something that was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who, by name; the kind of actor for jobs and the operator.
    pub who: String,
    /// What, by its code in the audit trail.
    pub action: String,
}

/// One check with all that is known of it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// As in the queue.
    pub line: Line,
    /// To hand in with a decision.
    pub version: i64,
    /// What it came to at first.
    pub cents: Cents,
    /// `open`, `return-asked`, `cleared`, `returned`, `reversed` or `closed`.
    pub state: String,
    /// Lockbox, batch and envelope.
    pub place: [String; 3],
    /// The file it came in.
    pub file_name: String,
    /// The last four digits of the bank account.
    pub last_four: String,
    /// The check's own number; empty if it was not read.
    pub check_number: String,
    /// The date on it.
    pub dated_on: Option<Date>,
    /// Why somebody waits with it.
    pub held_because: String,
    /// What lay in the envelope.
    pub coupons: Vec<CouponSeen>,
    /// The images of the check.
    pub images: Vec<ImageSeen>,
    /// Whose it may be, most likely first.
    pub candidates: Vec<CandidateView>,
    /// The return that waits for a second person.
    pub asked_return: Option<AskedReturn>,
    /// What was done to it, oldest first.
    pub history: Vec<Step>,
    /// True if the one who looks may decide.
    pub may_decide: bool,
    /// True if the one who looks may release the return that was asked for.
    pub may_release: bool,
}

/// One check with all that is known of it. That the candidates were seen is written down for each.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless billing, a supervisor or an auditor;
/// [`UseCaseError::NotFound`].
pub async fn look(ctx: &Ctx, actor: &Actor, key: ItemKey) -> Result<Waiting, UseCaseError> {
    let role = need_role(actor, &SEES)?;
    let prints = check_prints::load(ctx).await?;
    let (owned, asker) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, prints) = (owned.clone(), asker.clone(), prints.clone());
            Box::pin(async move { look_now(tx, &ctx, (&actor, role), &prints, key).await })
        })
        .await
}

async fn look_now(
    tx: &mut Tx,
    ctx: &Ctx,
    (actor, role): (&Actor, Role),
    prints: &Prints,
    key: ItemKey,
) -> Result<Waiting, UseCaseError> {
    let row = store::suspense::by_key(tx, key).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    let mut names = Names::default();
    let line = line(tx, ctx, actor, &row, &mut names).await?;
    let coupons = store::suspense::coupons(tx, key).await?;
    let candidates = if row.closed_at.is_none() {
        suggested(tx, ctx, prints, &row, &coupons).await?
    } else {
        Vec::new()
    };
    for candidate in &candidates {
        note_look(tx, ctx, actor, candidate.account, Reason::Queue).await?;
    }
    let asked_return = match store::suspense::asked_return(tx, key).await? {
        None => None,
        Some(asked) => Some(AskedReturn {
            cents: asked.cents,
            payee: returns::payee(ctx, key, &asked.sealed)?,
            by_me: asked.asked_by == actor.name(),
            asked_by: names.of(tx, &asked.asked_by).await?,
            reason: asked.reason,
        }),
    };
    let mut history = Vec::new();
    for event in store::audit::of_subject(tx, &key.to_string()).await? {
        let who = match event.actor_kind.as_str() {
            "staff" => names.of(tx, &event.actor).await?,
            _ => event.actor_kind,
        };
        history.push(Step {
            at: event.at,
            who,
            action: event.action,
        });
    }
    let open = row.closed_at.is_none();
    Ok(Waiting {
        line,
        version: row.version,
        cents: row.cents,
        place: row.place.clone(),
        file_name: row.file_name.clone(),
        last_four: row.last_four.clone(),
        check_number: prints.check_number(ctx, key, &row.sealed)?,
        dated_on: row.dated_on,
        held_because: row.held_because.clone(),
        coupons: coupons.iter().flat_map(|c| seen(ctx, c)).collect(),
        images: check_images::of_item(tx, key).await?,
        candidates,
        may_decide: open && DECIDES.contains(&role),
        may_release: open
            && role == Role::Supervisor
            && asked_return.as_ref().is_some_and(|asked| !asked.by_me),
        asked_return,
        history,
        state: row.state,
    })
}

fn seen(ctx: &Ctx, coupon: &CouponRow) -> Vec<CouponSeen> {
    let mut all = Vec::new();
    if !coupon.scan_line.is_empty() {
        let layout = crate::invoices::scan_line_layout(&ctx.plan);
        all.push(match scan_line::read(&layout, &coupon.scan_line) {
            Ok(read) => CouponSeen::Verified {
                member_id: read.member_id.as_str().to_owned(),
                invoice_number: read.invoice.unwrap_or_default(),
                amount_due: read.amount_due.unwrap_or_default(),
            },
            Err(ScanLineError::CheckDigit { .. }) => {
                CouponSeen::CheckDigitFailed(coupon.scan_line.clone())
            }
            Err(_) => CouponSeen::Unreadable(coupon.scan_line.clone()),
        });
    }
    if !coupon.reference.is_empty() {
        all.push(CouponSeen::Keyed(coupon.reference.clone()));
    }
    if !coupon.words.is_empty() {
        all.push(CouponSeen::Words(coupon.words.clone()));
    }
    all
}

async fn suggested(
    tx: &mut Tx,
    ctx: &Ctx,
    prints: &Prints,
    row: &SuspenseRow,
    coupons: &[CouponRow],
) -> Result<Vec<CandidateView>, UseCaseError> {
    let print = prints.of_sealed(ctx, row.key, &row.sealed)?;
    let asked = Asked {
        check: ::lockbox::Check {
            cents: row.open,
            payer_account: Some(print).filter(|print| !print.is_empty()),
            payer_name: Some(row.payer_name.clone()),
            payer_zip: None,
            dated: row.dated_on,
            signed: true,
            domestic: true,
            payee_is_plan: true,
            says_paid_in_full: false,
            came_before: false,
        },
        coupons: coupons.iter().flat_map(|c| named(ctx, c)).collect(),
    };
    let settings = &ctx.plan.lockbox;
    let on = row.effective_on;
    let found = candidates::of_checks(tx, &settings.weights, &[asked], on).await?;
    let mut reasons: Vec<(AccountId, u32, Vec<String>)> = found
        .into_iter()
        .flatten()
        .map(|c| {
            let codes = c.reasons.iter().map(|r| r.code().to_owned()).collect();
            (c.account, c.score, codes)
        })
        .collect();
    for stored in store::suspense_candidates::of_item(tx, row.key).await? {
        let is_new = reasons
            .iter()
            .all(|(account, ..)| *account != stored.account);
        if stored.reasons == "staff" && is_new {
            reasons.push((stored.account, 0, vec![stored.reasons]));
        }
    }
    let accounts: Vec<AccountId> = reasons.iter().map(|(account, ..)| *account).collect();
    let known = store::suspense_candidates::known(tx, &accounts, on).await?;
    let mut views = Vec::new();
    for (account, score, reasons) in reasons {
        let Some(known) = known.iter().find(|known| known.account == account) else {
            continue;
        };
        views.push(CandidateView {
            account,
            account_last_four: account_number::last_four(known.number),
            name: known.name.clone(),
            member_last_four: known.member_id.last_four().to_owned(),
            plan_line: known.plan_line.clone(),
            in_force: known.in_force,
            due: known.due,
            score,
            likely: score >= settings.likely_from,
            reasons,
        });
    }
    Ok(views)
}

/// What names a member: a verified scan line, or a number that the bank keyed.
fn named(ctx: &Ctx, coupon: &CouponRow) -> Vec<::lockbox::Coupon> {
    let layout = crate::invoices::scan_line_layout(&ctx.plan);
    let scanned = scan_line::read(&layout, &coupon.scan_line).ok();
    let scanned = scanned.map(|read| crate::lockbox::verified(&read));
    let keyed = candidates::keyed(&coupon.reference);
    scanned.into_iter().chain(keyed).collect()
}

//! Somebody stands at the counter: who is it, what is due, and how they may pay.

use gateways::chance::Draw as _;
use jiff::civil::Date;
use kernel::{AccountId, Email, InvoiceId, Language, MemberId, Tender};
use store::Tx;
use store::accounts::{self, AccountRow, PersonRow};

use super::{SERVE, rules, staff_of};
use crate::payments::{self as paying, Payable};
use crate::staff::{Reason, note_look};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, invoices};

/// How many people of one name and birth date are shown.
const MOST: i64 = 20;

/// What the member said or showed.
#[derive(Debug, Clone)]
pub enum Sought {
    /// The ID on the card.
    Id(MemberId),
    /// Last name and date of birth.
    Name(String, Date),
}

/// An account that may be the member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// Whose it is: the subscriber's name.
    pub name: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
}

/// A member at the counter.
#[derive(Debug, Clone)]
pub struct Served {
    /// What is due.
    pub payable: Payable,
    /// The subscriber's name.
    pub name: String,
    /// The language on file.
    pub language: Language,
    /// The address on file, masked; empty if there is none.
    pub email_masked: String,
    /// What may be paid with at this center.
    pub tenders: Vec<Tender>,
    /// The newest invoice that is open, whose coupon is mailed with a check.
    pub coupon: Option<InvoiceId>,
}

/// A key for a form at the counter: the same form sent twice is one payment.
#[must_use]
pub fn fresh_key(ctx: &Ctx) -> String {
    format!("counter-{}", ctx.chance.token(16))
}

/// Finds the accounts of whoever stands at the counter. That each was seen is written down.
///
/// # Errors
/// Refusal: `counter-not-found`, about `member_id` or `last_name`.
pub async fn find(ctx: &Ctx, actor: &Actor, sought: Sought) -> Result<Vec<Found>, UseCaseError> {
    staff_of(actor, &SERVE)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, sought) = (owned.clone(), actor.clone(), sought.clone());
            Box::pin(async move {
                let found = of(tx, &sought).await?;
                if found.is_empty() {
                    let field = match sought {
                        Sought::Id(_) => "member_id",
                        Sought::Name(..) => "last_name",
                    };
                    return Err(Refusal::of(field, "counter-not-found").into());
                }
                for found in &found {
                    note_look(tx, &ctx, &actor, found.account, Reason::MemberAsked).await?;
                }
                Ok(found)
            })
        })
        .await
}

async fn of(tx: &mut Tx, sought: &Sought) -> Result<Vec<Found>, UseCaseError> {
    let people = match sought {
        Sought::Id(id) => {
            let person = accounts::person_by_member_id(tx, id).await?;
            person.into_iter().collect()
        }
        Sought::Name(last_name, born) => {
            let name = kernel::plain_name(last_name);
            accounts::persons_by_name(tx, &name, *born, MOST).await?
        }
    };
    let mut found: Vec<Found> = Vec::new();
    for person in &people {
        // A spouse or a child pays on the subscriber's account.
        for row in accounts::of_subscriber(tx, &person.subscriber_member_id).await? {
            if found.iter().all(|known| known.account != row.id) {
                let name = subscriber(tx, &row).await?.full_name();
                found.push(found_of(&row, name));
            }
        }
    }
    Ok(found)
}

async fn subscriber(tx: &mut Tx, row: &AccountRow) -> Result<PersonRow, UseCaseError> {
    let person = accounts::person_by_id(tx, row.subscriber).await?;
    person.ok_or_else(|| UseCaseError::broken("an account without a subscriber"))
}

fn found_of(row: &AccountRow, name: String) -> Found {
    let number = format!("{:09}", row.number);
    Found {
        account: row.id,
        account_last_four: number[number.len().saturating_sub(4)..].to_owned(),
        name,
        plan_line: row.plan_line.clone(),
    }
}

/// A member at the counter of the associate's open drawer. That they were seen is written down.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such account. Refusal: `drawer-none`.
pub async fn serve(ctx: &Ctx, actor: &Actor, account: AccountId) -> Result<Served, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let row = access::account(tx, &ctx, &actor, account, access::Right::Pay).await?;
                let drawer = store::centers::of_associate(tx, associate).await?;
                let drawer = drawer.ok_or_else(|| Refusal::new("drawer-none"))?;
                note_look(tx, &ctx, &actor, account, Reason::MemberAsked).await?;
                let open = store::cash::open_invoices(tx, account).await?;
                let person = subscriber(tx, &row).await?;
                Ok(Served {
                    payable: paying::payable_of(&ctx, &row, &open),
                    name: person.full_name(),
                    language: person.language,
                    email_masked: Email::parse(&person.email)
                        .map(|email| email.masked())
                        .unwrap_or_default(),
                    tenders: rules::tenders(&ctx, &row.plan_line, &drawer.center)?,
                    coupon: open
                        .iter()
                        .max_by_key(|open| open.month)
                        .map(|open| open.id),
                })
            })
        })
        .await
}

/// The newest open invoice with its coupon, printed again.
///
/// # Errors
/// [`UseCaseError::NotFound`] if nothing is open.
pub async fn coupon_pdf(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Vec<u8>, UseCaseError> {
    let served = serve(ctx, actor, account).await?;
    let invoice = served.coupon.ok_or(UseCaseError::NotFound)?;
    invoices::pdf(ctx, actor, account, invoice, false).await
}

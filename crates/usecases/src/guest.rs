//! Paying without signing in: who is it for, and what is due. Nothing else.

use identity::guest::{GuestFacts, MemberFacts};
use jiff::civil::Date;
use kernel::{AccountId, Cents, Email, MemberId, Zip};

use crate::payments::{self, Payable};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit, throttle};

/// What a guest must know of the member, and who the guest is.
#[derive(Debug, Clone)]
pub struct GuestIdentity {
    /// The member's ID.
    pub member_id: MemberId,
    /// The member's ZIP code.
    pub zip: Zip,
    /// The member's date of birth.
    pub birth_date: Date,
    /// The member's first name.
    pub first_name: String,
    /// The member's last name.
    pub last_name: String,
    /// The payer's own e-mail. Never written to the member's record.
    pub payer_email: Email,
}

/// An account that a guest may pay, and what is due on it.
#[derive(Debug, Clone)]
pub struct GuestAccount {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number, to tell one from another.
    pub account_last_four: String,
    /// All that is due.
    pub amount_due: Cents,
    /// The part past its due date.
    pub past_due: Cents,
    /// When it is due.
    pub due_on: Option<Date>,
    /// The plan line, for the tenders it takes. Not shown.
    pub plan_line: String,
}

/// Finds the accounts that a guest may pay. One and the same answer, after the same work, for every
/// mismatch; throttled by address and by member ID, whether or not there is such a member.
///
/// # Errors
/// Refusals: `guest-not-found` for every mismatch, `too-many-tries`.
pub async fn identify(
    ctx: &Ctx,
    actor: &Actor,
    who: &GuestIdentity,
) -> Result<Vec<GuestAccount>, UseCaseError> {
    throttle::guest(ctx, actor, who.member_id.as_str()).await?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_member_id(&mut tx, &who.member_id).await?;
    let said = GuestFacts {
        member_id: who.member_id.clone(),
        zip: who.zip.clone(),
        birth_date: who.birth_date,
        first_name: who.first_name.clone(),
        last_name: who.last_name.clone(),
    };
    let known = person.as_ref().and_then(|person| {
        Some(MemberFacts {
            member_id: person.member_id.clone(),
            zip: person.zip5()?,
            birth_date: person.birth_date,
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
        })
    });
    let matches = identity::guest::matches(&said, known.as_ref());
    // The accounts are read for a stranger too, so that a mismatch takes as long as a match.
    let subscriber = person.map_or_else(|| who.member_id.clone(), |p| p.subscriber_member_id);
    let rows = store::accounts::of_subscriber(&mut tx, &subscriber).await?;
    let mut found = Vec::new();
    for row in &rows {
        let open = store::cash::open_invoices(&mut tx, row.id).await?;
        if ctx
            .plan
            .line(&row.plan_line)
            .is_some_and(|line| line.offers(kernel::Channel::Guest))
        {
            found.push(guest_account(payments::payable_of(ctx, row, &open)));
        }
    }
    drop(tx);
    if !matches || found.is_empty() {
        return Err(Refusal::new("guest-not-found").into());
    }
    throttle::forgive_guest(ctx, actor, who.member_id.as_str()).await?;
    let accounts: Vec<AccountId> = found.iter().map(|account| account.account).collect();
    record(ctx, actor, accounts).await?;
    Ok(found)
}

fn guest_account(payable: Payable) -> GuestAccount {
    GuestAccount {
        account: payable.account,
        account_last_four: payable.account_last_four,
        amount_due: payable.amount_due,
        past_due: payable.past_due,
        due_on: payable.due_on,
        plan_line: payable.plan_line,
    }
}

/// A look at what a member owes is a look at member data: it goes into the audit trail.
async fn record(ctx: &Ctx, actor: &Actor, accounts: Vec<AccountId>) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, accounts) = (owned.clone(), actor.clone(), accounts.clone());
            Box::pin(async move {
                for account in accounts {
                    let event = audit::Event {
                        action: "guest-identified",
                        account: Some(account),
                        subject: "",
                        detail: "",
                    };
                    audit::record(tx, &ctx, &actor, event).await?;
                }
                Ok::<(), UseCaseError>(())
            })
        })
        .await
}

//! What a person says about a refund that the processor did not do, or whose end nobody knows.

use identity::Role;
use kernel::{AccountId, RefundId};
use payments::{PaymentStatus, RefundStatus};
use store::Tx;
use store::journal::{self, Batch};
use store::payments::PaymentRow;
use store::refunds::RefundRow;

use super::ask::locked;
use super::note;
use crate::payments::{balanced, money_of, place};
use crate::staff::need_role;
use crate::suspense::decided;
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// What happens instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// The processor did not do it; a check is owed.
    Check,
    /// The processor did not do it; the money is the account's again.
    Undo,
    /// The processor did it after all, as its statement says.
    WasDone,
}

impl Instead {
    /// All of them.
    pub const ALL: [Instead; 3] = [Instead::Check, Instead::Undo, Instead::WasDone];

    /// The name in forms and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Instead::Check => "check",
            Instead::Undo => "undo",
            Instead::WasDone => "was-done",
        }
    }

    /// What has this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// Ends a refund that a person has to look at: one that failed, or one that cannot be asked about
/// any more, after somebody looked at the processor's own pages.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] unless a supervisor; [`UseCaseError::NotFound`]; refusal
/// `refund-decided` if nobody has to look at it.
pub async fn settle(
    ctx: &Ctx,
    actor: &Actor,
    (account, id): (AccountId, RefundId),
    instead: Instead,
) -> Result<(), UseCaseError> {
    need_role(actor, &[Role::Supervisor])?;
    decided!(ctx, actor, |tx, ctx, actor| {
        let mut row = locked(tx, account, id).await?;
        let waits = matches!(row.status, RefundStatus::Failed | RefundStatus::Unknown)
            && row.next_enquiry_at.is_none()
            && !row.owner.is_empty();
        if !waits {
            return Err(Refusal::new("refund-decided").into());
        }
        let payment = store::payments::by_id(tx, account, row.payment).await?;
        let payment = payment.ok_or_else(|| UseCaseError::broken("a refund without payment"))?;
        row.status = match instead {
            Instead::Check => by_check(tx, ctx, &payment, &mut row).await?,
            Instead::Undo => undo(tx, ctx, &payment, &row).await?,
            Instead::WasDone => RefundStatus::Done,
        };
        row.owner.clear();
        row.concluded_at = Some(ctx.now());
        store::refunds::save(tx, &row, row.enquiries).await?;
        note(tx, ctx, actor, "refund-settled", &row).await
    })
}

fn money(ctx: &Ctx, payment: &PaymentRow, row: &RefundRow) -> postings::Money {
    postings::Money {
        cents: row.cents,
        ..money_of(payment, ctx.today())
    }
}

async fn by_check(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    row: &mut RefundRow,
) -> Result<RefundStatus, UseCaseError> {
    let posting = balanced(postings::refund_to_check(&money(ctx, payment, row)))?;
    let mut head = journal::lock(tx, row.account).await?;
    let mut batch = Batch::new(ctx.now());
    let source = format!("payment:{}", payment.id);
    batch.post(&mut head, &posting, &source, ctx.id());
    batch.keep(&head);
    batch.write(tx).await?;
    row.by_check = true;
    Ok(RefundStatus::OwedByCheck)
}

/// The money is the account's again, from today on: until today the books say what the payment paid
/// first.
async fn undo(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    row: &RefundRow,
) -> Result<RefundStatus, UseCaseError> {
    let came = balanced(postings::refund_undone(&money(ctx, payment, row)))?;
    let part = PaymentRow {
        cents: row.cents,
        effective_on: ctx.today(),
        ..payment.clone()
    };
    let mut head = journal::lock(tx, row.account).await?;
    place(tx, ctx, &mut head, &part, &came).await?;
    let refunded = payment.refunded - row.cents;
    // A payment that came back meanwhile stays returned.
    let status = match payment.status {
        PaymentStatus::Refunded | PaymentStatus::PartlyRefunded => {
            PaymentStatus::Succeeded.with_refunds(refunded.is_positive())
        }
        status => status,
    };
    let about = (row.account, row.payment);
    store::refunds::set_refunded(tx, about, refunded, status).await?;
    Ok(RefundStatus::Undone)
}

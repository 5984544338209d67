//! Money of a payment that leaves the account again: taken back by a bank, or given back.

use kernel::{Cents, InvoiceId};
use ledger::JournalTransaction;
use store::Tx;
use store::cash::ApplicationRow;
use store::journal::{Batch, Head};
use store::payments::PaymentRow;

use super::received::{balanced, money_of};
use crate::{Ctx, UseCaseError};

/// The bank took the money back: exactly what it paid is open again. What was refunded of it has
/// left the account before; that part is owed by whoever has it twice.
pub(crate) async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    payment: &PaymentRow,
) -> Result<(), UseCaseError> {
    let money = money_of(payment, ctx.today());
    let part = |cents| postings::Money { cents, ..money };
    let kept = payment.cents - payment.refunded;
    let mut leaves = Vec::new();
    if kept.is_positive() {
        leaves.push(balanced(postings::payment_returned(&part(kept)))?);
    }
    if payment.refunded.is_positive() {
        let twice = postings::refunded_payment_returned(&part(payment.refunded));
        leaves.push(balanced(twice)?);
    }
    take_out(tx, ctx, head, (payment, kept), &leaves).await
}

/// Takes `cents` of what is left of a payment off its account by the postings `leaves`: first what
/// is on no invoice, then what pays the newest months.
pub(crate) async fn take_out(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    (payment, cents): (&PaymentRow, Cents),
    leaves: &[JournalTransaction],
) -> Result<(), UseCaseError> {
    let today = ctx.today();
    let applied = store::cash::applied_from(tx, payment.account, payment.id).await?;
    let sum: Cents = applied.iter().map(|(_, cents)| *cents).sum();
    let not_applied = payment.cents - payment.refunded - sum;
    let mut undo: Vec<(InvoiceId, Cents)> = cash::unapply(&applied, not_applied, cents).undo;
    let undone: Cents = undo.iter().map(|(_, cents)| *cents).sum();
    // What the next invoice drew from unapplied cash meanwhile comes back from the newest invoices.
    let missing = cents - undone - head.unapplied;
    let mut drawn = Vec::new();
    if missing.is_positive() {
        let others = store::cash::drawn(tx, payment.account).await?;
        drawn = cash::unapply(&others, Cents::ZERO, missing).undo;
    }
    let source = format!("payment:{}", payment.id);
    let mut batch = Batch::new(ctx.now());
    let own = undo.len();
    undo.extend(drawn);
    let mut seq = None;
    if !undo.is_empty() {
        let posting = postings::cash_unapplied(&undo, today);
        seq = Some(batch.post(head, &balanced(posting)?, &source, ctx.id()));
    }
    for posting in leaves {
        batch.post(head, posting, &source, ctx.id());
    }
    batch.keep(head);
    batch.write(tx).await?;
    if let Some(seq) = seq {
        let rows: Vec<ApplicationRow> = undo
            .iter()
            .enumerate()
            .map(|(at, (invoice, cents))| ApplicationRow {
                id: ctx.id(),
                invoice: *invoice,
                payment: (at < own).then_some(payment.id),
                cents: -*cents,
            })
            .collect();
        store::cash::apply(tx, payment.account, &rows, today, seq, ctx.now()).await?;
    }
    Ok(())
}

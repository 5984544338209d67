//! Money that a bank takes back, whatever the channel it came by.

use kernel::{Cents, InvoiceId};
use store::Tx;
use store::cash::ApplicationRow;
use store::journal::{Batch, Head};
use store::payments::PaymentRow;

use super::received::{balanced, money_of};
use crate::{Ctx, UseCaseError};

/// The bank took the money back: exactly what it paid is open again.
pub(crate) async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    payment: &PaymentRow,
) -> Result<(), UseCaseError> {
    let today = ctx.today();
    let applied = store::cash::applied_from(tx, payment.account, payment.id).await?;
    let sum: Cents = applied.iter().map(|(_, cents)| *cents).sum();
    let mut undo: Vec<(InvoiceId, Cents)> =
        cash::unapply(&applied, payment.cents - sum, payment.cents).undo;
    let undone: Cents = undo.iter().map(|(_, cents)| *cents).sum();
    // What the next invoice drew from unapplied cash meanwhile comes back from the newest invoices.
    let missing = payment.cents - undone - head.unapplied;
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
    let returned = postings::payment_returned(&money_of(payment, today));
    batch.post(head, &balanced(returned)?, &source, ctx.id());
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

//! Money that is received, whatever the channel: posted, applied and told to its payer.

use jiff::civil::Date;
use kernel::{Cents, InvoiceId};
use ledger::JournalTransaction;
use store::Tx;
use store::cash::ApplicationRow;
use store::journal::{Batch, Head};
use store::payments::PaymentRow;

use crate::notices::{self, Notice, NoticeKind, To};
use crate::{Ctx, UseCaseError, outbox};

/// The money is here, or accepted by the bank: it goes to the oldest open month first, the rest to
/// unapplied cash.
pub(crate) async fn receive(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    payment: &PaymentRow,
) -> Result<(), UseCaseError> {
    let received = postings::payment_received(&money_of(payment, payment.effective_on));
    place(tx, ctx, head, payment, &balanced(received)?).await
}

/// As [`receive`], for money that comes by another posting: `came` makes it unapplied cash of the
/// account.
pub(crate) async fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    head: &mut Head,
    payment: &PaymentRow,
    came: &JournalTransaction,
) -> Result<(), UseCaseError> {
    let open = store::cash::open_invoices(tx, payment.account).await?;
    let applied = cash::apply(payment.cents, &open, cash::purpose_of(&open));
    let source = format!("payment:{}", payment.id);
    let mut batch = Batch::new(ctx.now());
    batch.post(head, came, &source, ctx.id());
    let mut seq = None;
    if !applied.applications.is_empty() {
        let posting = postings::cash_applied(&applied.applications, payment.effective_on);
        seq = Some(batch.post(head, &balanced(posting)?, &source, ctx.id()));
    }
    batch.keep(head);
    batch.write(tx).await?;
    if let Some(seq) = seq {
        let rows = rows_of(ctx, payment, &applied.applications);
        store::cash::apply(
            tx,
            payment.account,
            &rows,
            payment.effective_on,
            seq,
            ctx.now(),
        )
        .await?;
    }
    Ok(())
}

pub(crate) fn money_of(payment: &PaymentRow, effective: Date) -> postings::Money {
    postings::Money {
        rail: postings::Rail::of(payment.channel, payment.tender),
        cents: payment.cents,
        effective,
    }
}

fn rows_of(
    ctx: &Ctx,
    payment: &PaymentRow,
    applications: &[(InvoiceId, Cents)],
) -> Vec<ApplicationRow> {
    applications
        .iter()
        .map(|(invoice, cents)| ApplicationRow {
            id: ctx.id(),
            invoice: *invoice,
            payment: Some(payment.id),
            cents: *cents,
        })
        .collect()
}

pub(crate) fn balanced(
    posting: Result<JournalTransaction, ledger::Unbalanced>,
) -> Result<JournalTransaction, UseCaseError> {
    posting.map_err(|error| UseCaseError::Broken(Box::new(error)))
}

/// Puts a message about a payment in the outbox, in the same transaction; nothing if its payer gave
/// no address.
pub(crate) async fn tell_payer(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    kind: NoticeKind,
    reason: &str,
) -> Result<(), UseCaseError> {
    if payment.payer_email.is_empty() {
        return Ok(());
    }
    let facts = outbox::payment_facts(tx, ctx, payment, reason)
        .await?
        .value();
    let to = To::Address {
        email: payment.payer_email.clone(),
        language: payment.language,
    };
    let notice = Notice::new(kind, to, Some(payment.account), facts);
    notices::tell(tx, ctx, notice).await.map(drop)
}

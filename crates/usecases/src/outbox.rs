//! Mail on its way: written in the transaction of what it is about, sent by a job afterwards.
//!
//! What the words of a message need is sealed, because codes and amounts are among it. A message
//! may be handed over twice if the program dies in between; its Message-ID is its id here, so that
//! the repeat is recognisable.

use gateways::mail::{MailError, MailMessage};
use jiff::{SignedDuration, Timestamp};
use kernel::Email;
use store::outbox::OutboxRow;
use store::payments::PaymentRow;
use store::{StoreError, Tx};

use crate::mail::{self, PaymentFacts};
use crate::notices::{NoticeKind, mail_context};
use crate::{Ctx, UseCaseError};

/// How many messages one round of the job claims.
const ROUND: u32 = 50;
/// How long a claim lasts: longer than it takes to hand over a round.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);
/// How long to wait after each time it did not work; then it is given up.
const WAITS_MINUTES: [i64; 7] = [1, 5, 30, 120, 360, 720, 1440];
const MOST_ERROR_CHARACTERS: usize = 300;

/// What the messages about a payment name, read in the running transaction. `reason` is why it was
/// declined or returned, or empty.
///
/// # Errors
/// [`UseCaseError::Broken`] if the payment's account or subscriber is missing.
pub async fn payment_facts(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &PaymentRow,
    reason: &str,
) -> Result<PaymentFacts, UseCaseError> {
    let missing = |what| StoreError::Missing { what };
    let account = store::accounts::by_id(tx, payment.account).await?;
    let account = account.ok_or(missing("the account of a payment"))?;
    let person = store::accounts::person_by_id(tx, account.subscriber).await?;
    let person = person.ok_or(missing("the subscriber of an account"))?;
    Ok(PaymentFacts {
        cents: payment.cents.get(),
        on: ctx.day_of(payment.received_at).to_string(),
        confirmation: grouped(&payment.confirmation),
        tender: payment.tender.code().to_owned(),
        last_four: payment.last_four.clone(),
        bank_name: payment.bank_name.clone(),
        member_last_four: person.member_id.last_four().to_owned(),
        reason: reason.to_owned(),
    })
}

/// The number as people read it.
fn grouped(confirmation: &str) -> String {
    let number = payments::ConfirmationNumber::parse(confirmation);
    number.map_or_else(|_| confirmation.to_owned(), |number| number.grouped())
}

/// Sends what is due, a round of it: how many messages were handed over. Several processes may run
/// this at once; each claims its own.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer. Trouble with mail is not an error
/// here: it is noted with the message, which is tried again.
pub async fn send_due(ctx: &Ctx) -> Result<u64, UseCaseError> {
    let now = ctx.now();
    let claimed = ctx
        .store
        .write::<Vec<OutboxRow>, StoreError, _>(move |tx| {
            Box::pin(async move { store::outbox::claim(tx, now, now + CLAIM, ROUND).await })
        })
        .await?;
    let mut sent = 0;
    for row in claimed {
        let kind = NoticeKind::from_code(&row.kind);
        let outcome = hand_over(ctx, kind, &row).await;
        sent += u64::from(outcome.is_ok());
        note(ctx, kind, &row, outcome.err()).await?;
    }
    Ok(sent)
}

/// Why a message was not handed over.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error("its facts do not open or do not fit: {0}")]
    Facts(String),
    #[error("it came too late to be of use")]
    TooLate,
    #[error(transparent)]
    Mail(#[from] MailError),
}

async fn hand_over(ctx: &Ctx, kind: Option<NoticeKind>, row: &OutboxRow) -> Result<(), NotSent> {
    let facts = |what: &dyn ToString| NotSent::Facts(what.to_string());
    let kind = kind.ok_or_else(|| facts(&"there is no such kind"))?;
    let to = Email::parse(&row.recipient).map_err(|e| facts(&e))?;
    let plain = ctx
        .vault
        .open(&mail_context(row.id), &row.facts)
        .map_err(|e| facts(&e))?;
    let plain: serde_json::Value = serde_json::from_slice(&plain).map_err(|e| facts(&e))?;
    if kind.expires() {
        let minutes = plain.get("minutes").and_then(serde_json::Value::as_i64);
        let useful = SignedDuration::from_mins(minutes.unwrap_or_default());
        if ctx.now() - row.created_at >= useful {
            return Err(NotSent::TooLate);
        }
    }
    let letter =
        mail::render(ctx, kind, row.language, row.large_print, &plain).map_err(|e| facts(&e))?;
    let message = MailMessage {
        to,
        subject: letter.subject,
        text: letter.text,
        html: Some(letter.html),
        attachments: Vec::new(),
        message_id: row.id.to_string(),
    };
    ctx.mailer.send(&message).await.map_err(Into::into)
}

async fn note(
    ctx: &Ctx,
    kind: Option<NoticeKind>,
    row: &OutboxRow,
    failure: Option<NotSent>,
) -> Result<(), UseCaseError> {
    let (id, now, tries) = (row.id, ctx.now(), row.tries);
    let forget = kind.is_none_or(NoticeKind::holds_a_secret);
    let again = match &failure {
        Some(NotSent::Mail(error)) if !error.is_lasting() => next_try(now, tries),
        _ => None,
    };
    let error = failure.map(|e| {
        e.to_string()
            .chars()
            .take(MOST_ERROR_CHARACTERS)
            .collect::<String>()
    });
    if let Some(error) = &error {
        tracing::warn!(outbox = %id, kind = row.kind, tries, error, "mail was not handed over");
    }
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let error = error.clone();
            Box::pin(async move {
                match (error, again) {
                    (None, _) => store::outbox::sent(tx, id, now, forget).await,
                    (Some(error), Some(at)) => store::outbox::put_off(tx, id, at, &error).await,
                    (Some(error), None) => {
                        store::outbox::give_up(tx, id, now, &error, forget).await
                    }
                }
            })
        })
        .await
        .map_err(Into::into)
}

/// When to try again after so many tries; `None` if it is given up.
fn next_try(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let index = usize::try_from(tries).ok()?.checked_sub(1)?;
    WAITS_MINUTES
        .get(index)
        .map(|minutes| now + SignedDuration::from_mins(*minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end_after_about_two_days() {
        let now: Timestamp = "2026-12-01T15:00:00Z".parse().unwrap();
        let minutes: Vec<i64> = (1..20)
            .map_while(|tries| next_try(now, tries))
            .map(|at| (at - now).as_mins())
            .collect();
        assert_eq!(minutes, WAITS_MINUTES);
        assert!(minutes.is_sorted());
    }
}

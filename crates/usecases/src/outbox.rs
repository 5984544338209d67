//! Mail on its way: written in the transaction of what it is about, sent by a job afterwards.
//!
//! What the words of a message need is sealed, because codes and amounts are among it. A message
//! may be handed over twice if the program dies in between; its Message-ID is its id here, so that
//! the repeat is recognisable.

use gateways::mail::{MailError, MailMessage};
use jiff::{SignedDuration, Timestamp};
use kernel::{Email, OutboxId};
use serde_json::Value;
use store::outbox::{OutboxRow, Proof};
use store::payments::PaymentRow;
use store::{StoreError, Tx};

use crate::mail::{self, PaymentFacts};
use crate::notices::{NoticeKind, bounces, mail_context, unsubscribe};
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
        note(ctx, kind, &row, outcome).await?;
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

impl NotSent {
    /// The kind of trouble, for the log.
    fn code(&self) -> &'static str {
        match self {
            NotSent::Facts(_) => "facts",
            NotSent::TooLate => "too-late",
            NotSent::Mail(MailError::Settings(_)) => "settings",
            NotSent::Mail(MailError::Message(_)) => "message",
            NotSent::Mail(MailError::Refused(_)) => "refused",
            NotSent::Mail(MailError::Trouble(_)) => "trouble",
            NotSent::Mail(MailError::Folder(_)) => "folder",
        }
    }
}

async fn hand_over(ctx: &Ctx, kind: Option<NoticeKind>, row: &OutboxRow) -> Result<Proof, NotSent> {
    let wrong = |what: &dyn ToString| NotSent::Facts(what.to_string());
    let kind = kind.ok_or_else(|| wrong(&"there is no such kind"))?;
    let to = Email::parse(&row.recipient).map_err(|e| wrong(&e))?;
    let mut facts = opened_facts(ctx, row).map_err(|e| wrong(&e))?;
    if kind.expires() {
        let minutes = facts.get("minutes").and_then(Value::as_i64);
        let useful = SignedDuration::from_mins(minutes.unwrap_or_default());
        if ctx.now() - row.created_at >= useful {
            return Err(NotSent::TooLate);
        }
    }
    let stop = unsubscribe::link(ctx, kind, &facts, row).await;
    let stop = stop.map_err(|e| wrong(&e))?;
    let words = |facts: &Value| {
        mail::render(
            ctx,
            kind,
            row.language,
            row.large_print,
            stop.as_deref(),
            facts,
        )
    };
    let letter = words(&facts).map_err(|e| wrong(&e))?;
    let message = MailMessage {
        to,
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        html: Some(letter.html.clone()),
        language: row.language,
        attachments: Vec::new(),
        message_id: row.id.to_string(),
        unsubscribe: stop.clone(),
    };
    let answer = ctx.mailer.send(&message).await?;
    let kept = if kind.holds_a_secret() {
        // What opens an account is not kept longer than it takes to send it.
        for secret in ["code", "link"] {
            if let Some(fact) = facts.get_mut(secret) {
                *fact = Value::from("••••••");
            }
        }
        words(&facts).map_err(|e| wrong(&e))?
    } else {
        letter
    };
    let copy = serde_json::to_vec(&kept).map_err(|e| wrong(&e))?;
    Ok(Proof {
        answer: shortened(&answer),
        copy: ctx.vault.seal(&copy_context(row.id), &copy),
    })
}

/// What the words of a waiting message need.
///
/// # Errors
/// A sentence for the operator if they do not open.
pub(crate) fn opened_facts(ctx: &Ctx, row: &OutboxRow) -> Result<Value, String> {
    let plain = ctx.vault.open(&mail_context(row.id), &row.facts);
    let plain = plain.map_err(|error| error.to_string())?;
    serde_json::from_slice(&plain).map_err(|error| error.to_string())
}

/// What the copy of a message is sealed for.
pub(crate) fn copy_context(id: OutboxId) -> String {
    format!("outbox_copy:{id}")
}

fn shortened(text: &str) -> String {
    text.chars().take(MOST_ERROR_CHARACTERS).collect()
}

async fn note(
    ctx: &Ctx,
    kind: Option<NoticeKind>,
    row: &OutboxRow,
    outcome: Result<Proof, NotSent>,
) -> Result<(), UseCaseError> {
    let (now, tries) = (ctx.now(), row.tries);
    let forget = kind.is_none_or(NoticeKind::holds_a_secret);
    let again = match &outcome {
        Err(NotSent::Mail(error)) if !error.is_lasting() => next_try(now, tries),
        _ => None,
    };
    // A server refused the message, or it was tried for days: by the answer it is known whether the
    // address is at fault.
    let undelivered = matches!(outcome, Err(NotSent::Mail(_))) && again.is_none();
    let outcome = outcome.map_err(|error| {
        // The answer of a server quotes the address, which has no place in a log.
        let (id, lasting) = (row.id, again.is_none());
        let what = error.code();
        tracing::warn!(outbox = %id, kind = row.kind, tries, lasting, what, "mail was not handed over");
        shortened(&error.to_string())
    });
    let (owned, row) = (ctx.clone(), row.clone());
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, row, outcome) = (owned.clone(), row.clone(), outcome.clone());
            Box::pin(async move {
                match (&outcome, again) {
                    (Ok(proof), _) => {
                        store::outbox::sent(tx, row.id, now, forget, proof).await?;
                    }
                    (Err(error), Some(at)) => {
                        store::outbox::put_off(tx, row.id, at, error).await?;
                    }
                    (Err(error), None) => {
                        if undelivered {
                            bounces::undelivered(tx, &ctx, &row, error).await?;
                        }
                        store::outbox::give_up(tx, row.id, now, error, forget).await?;
                    }
                }
                Ok(())
            })
        })
        .await
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

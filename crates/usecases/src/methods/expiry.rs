//! Telling people that a card they saved expires.

use ::payments::saved_method::{ExpiryWarning, WARN_MONTHS_AHEAD, expiry_warning};
use jiff::civil::Date;
use kernel::{BillingMonth, MethodId, PersonId};

use crate::notices::{self, Notice, NoticeKind, To, facts};
use crate::{Ctx, UseCaseError};

/// How many cards are looked at in one unit of work.
const CHUNK: i64 = 1_000;

/// Tells the owners of cards that expire within two months, once, and once more shortly before if
/// autopay still uses the card. A job of every night; run twice, or killed and run again, it tells
/// nobody twice. Returns how many notices it wrote.
///
/// # Errors
/// [`UseCaseError`] if the database does not answer; what was told until then stays told.
pub async fn warn_of_expiry(ctx: &Ctx, day: Date) -> Result<u64, UseCaseError> {
    let mut told = 0;
    for ahead in 0..=WARN_MONTHS_AHEAD {
        let expires = BillingMonth::of(day).plus(ahead);
        let mut after = None;
        loop {
            let chunk = warn_chunk(ctx, day, expires, after).await?;
            told += chunk.told;
            after = chunk.last;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(told)
}

struct Chunk {
    told: u64,
    /// The last card looked at; `None` if there are no more.
    last: Option<(PersonId, MethodId)>,
}

async fn warn_chunk(
    ctx: &Ctx,
    day: Date,
    expires: BillingMonth,
    after: Option<(PersonId, MethodId)>,
) -> Result<Chunk, UseCaseError> {
    let ctx2 = ctx.clone();
    ctx.store
        .write(move |tx| {
            let ctx = ctx2.clone();
            Box::pin(async move {
                let rows = store::methods::expiring(tx, expires, after, CHUNK).await?;
                let last = rows.last().map(|(row, _)| (row.person, row.id));
                let (mut letters, mut said) = (Vec::new(), Vec::new());
                for (row, used_by_autopay) in rows {
                    let (warning, told) =
                        expiry_warning(expires, row.expiry_told, used_by_autopay, day);
                    if warning == ExpiryWarning::None {
                        continue;
                    }
                    said.push((row.person, row.id, told));
                    let facts = facts::MethodExpiring {
                        tender: row.tender,
                        last_four: row.last_four,
                        expires,
                    };
                    let (kind, to) = (NoticeKind::MethodExpiring, To::Subscriber(row.person));
                    letters.push(Notice::new(kind, to, None, facts.value()));
                }
                let told = letters.len() as u64;
                if !said.is_empty() {
                    store::methods::save_told(tx, &said).await?;
                    notices::tell_all(tx, &ctx, letters).await?;
                }
                Ok::<Chunk, UseCaseError>(Chunk { told, last })
            })
        })
        .await
}

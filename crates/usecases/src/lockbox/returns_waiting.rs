//! Returned checks that the program could not reverse by itself: they wait for a person.

use formats::image_cash_letter::ReturnReason;
use jiff::Timestamp;
use kernel::Cents;

use super::returned::Outcome;
use crate::check_images::{self, ImageSeen};
use crate::staff::need_role;
use crate::suspense::{ItemKey, SEES};
use crate::{Actor, Ctx, UseCaseError};

/// How many are listed.
const MOST: i64 = 500;

/// A returned check that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingReturn {
    /// When its file came in.
    pub taken_in_at: Timestamp,
    /// The file.
    pub file_name: String,
    /// The number of the record in it.
    pub record: i64,
    /// The amount.
    pub cents: Cents,
    /// The bank's code for why it came back (X9.100-188).
    pub reason: String,
    /// The same in English words.
    pub reason_words: &'static str,
    /// What a person does about it.
    pub what_to_do: &'static str,
    /// Why the program did not reverse it, by the code of its outcome.
    pub outcome: &'static str,
    /// The check it is, if that is certain and the check waits in suspense.
    pub check: Option<ItemKey>,
    /// The images that came with it.
    pub images: Vec<ImageSeen>,
}

/// The returned checks that wait for a person, oldest first.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff who see money in suspense.
pub async fn returns_waiting(ctx: &Ctx, actor: &Actor) -> Result<Vec<WaitingReturn>, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let mut all = Vec::new();
    for row in store::returned_checks::waiting(&mut tx, MOST).await? {
        let code = row.reason.chars().next().unwrap_or(' ');
        let reason = ReturnReason::of(code);
        let outcome = Outcome::ALL
            .into_iter()
            .find(|outcome| outcome.code() == row.outcome)
            .ok_or_else(|| UseCaseError::broken("a returned check with an unknown outcome"))?;
        let check = match row.check {
            Some(key) => store::suspense::by_key(&mut tx, key).await?.map(|_| key),
            None => None,
        };
        let images = check_images::of_return(&mut tx, &row.digest, row.record).await?;
        all.push(WaitingReturn {
            taken_in_at: row.taken_in_at,
            file_name: row.file_name,
            record: row.record,
            cents: row.cents,
            reason_words: reason.words(),
            what_to_do: reason.what_to_do(),
            reason: row.reason,
            outcome: outcome.code(),
            check,
            images,
        });
    }
    Ok(all)
}

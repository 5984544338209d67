//! Envelopes with a coupon and no check: their sender believes to have paid.

use ::lockbox::Scan;
pub use store::empty_envelopes::EmptyRow;

use super::Run;
use super::chunk::{ByMember, coupons, lay_with};
use super::read::Placed;
use crate::staff::need_role;
use crate::suspense::SEES;
use crate::{Actor, Ctx, UseCaseError};

/// How many are listed.
const MOST: i64 = 500;

/// An envelope without a check, and the file that told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyEnvelope {
    /// The file.
    pub file_name: String,
    /// The envelope.
    pub row: EmptyRow,
}

/// The envelopes without a check of the last files, the newest deposit first.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff who see money in suspense.
pub async fn empty_envelopes(ctx: &Ctx, actor: &Actor) -> Result<Vec<EmptyEnvelope>, UseCaseError> {
    need_role(actor, &SEES)?;
    let mut tx = ctx.store.read().await?;
    let all = store::empty_envelopes::newest(&mut tx, MOST).await?;
    let all = all.into_iter();
    Ok(all
        .map(|(file_name, row)| EmptyEnvelope { file_name, row })
        .collect())
}

/// The row of an envelope, if it has no check.
pub(super) fn row(run: &Run, placed: &Placed, by_member: &ByMember<'_>) -> Option<EmptyRow> {
    let envelope = &placed.envelope;
    if !envelope.checks.is_empty() {
        return None;
    }
    let said: Vec<String> = lay_with(placed)
        .into_iter()
        .map(|one| [one.scan_line, one.reference, one.words].concat())
        .collect();
    let mut accounts = Vec::new();
    for scan in coupons(run, placed) {
        if let Scan::Verified(coupon) = scan {
            let found = by_member.get(&(&coupon.member_id, envelope.deposited_on));
            accounts.extend(found.into_iter().flatten().map(|one| one.account));
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    Some(EmptyRow {
        number: placed.number,
        lockbox: envelope.lockbox.clone(),
        deposited_on: envelope.deposited_on,
        batch: envelope.batch.clone(),
        envelope: envelope.number.clone(),
        said: said.join("; "),
        account: match accounts[..] {
            [only] => Some(only),
            _ => None,
        },
    })
}

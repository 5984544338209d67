//! Finding a member: by ID first, then by name with date of birth.

use jiff::civil::Date;
use kernel::{AccountId, MemberId};
use store::Tx;
use store::accounts::{self, AccountRow, PersonRow};

use super::{Reason, need_sight_of_members, note_look};
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number};

/// How many people of one name and birth date are shown.
const MOST: i64 = 20;

/// What the member said or showed.
#[derive(Debug, Clone)]
pub enum Sought {
    /// The ID on the card.
    Id(MemberId),
    /// Last name and date of birth.
    Name(String, Date),
}

/// An account that may be the member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// Whose it is: the subscriber's name.
    pub name: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
}

/// Finds the accounts of a member, or of whom a member is covered by. That each was seen is written
/// down, with the reason.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members. Refusal:
/// `counter-not-found`, about `member_id` or `last_name`.
pub async fn find(
    ctx: &Ctx,
    actor: &Actor,
    sought: Sought,
    reason: Reason,
) -> Result<Vec<Found>, UseCaseError> {
    need_sight_of_members(actor)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, sought) = (owned.clone(), actor.clone(), sought.clone());
            Box::pin(async move {
                let found = of(tx, &sought).await?;
                if found.is_empty() {
                    let field = match sought {
                        Sought::Id(_) => "member_id",
                        Sought::Name(..) => "last_name",
                    };
                    return Err(Refusal::of(field, "counter-not-found").into());
                }
                for found in &found {
                    note_look(tx, &ctx, &actor, found.account, reason).await?;
                }
                Ok(found)
            })
        })
        .await
}

async fn of(tx: &mut Tx, sought: &Sought) -> Result<Vec<Found>, UseCaseError> {
    let people = match sought {
        Sought::Id(id) => {
            let person = accounts::person_by_member_id(tx, id).await?;
            person.into_iter().collect()
        }
        Sought::Name(last_name, born) => {
            let name = kernel::plain_name(last_name);
            accounts::persons_by_name(tx, &name, *born, MOST).await?
        }
    };
    let mut found: Vec<Found> = Vec::new();
    for person in &people {
        // A spouse or a child pays on the subscriber's account.
        for row in accounts::of_subscriber(tx, &person.subscriber_member_id).await? {
            if found.iter().all(|known| known.account != row.id) {
                let name = subscriber(tx, &row).await?.full_name();
                found.push(found_of(&row, name));
            }
        }
    }
    Ok(found)
}

/// Who owes on an account.
pub(crate) async fn subscriber(tx: &mut Tx, row: &AccountRow) -> Result<PersonRow, UseCaseError> {
    let person = accounts::person_by_id(tx, row.subscriber).await?;
    person.ok_or_else(|| UseCaseError::broken("an account without a subscriber"))
}

pub(super) fn found_of(row: &AccountRow, name: String) -> Found {
    Found {
        account: row.id,
        account_last_four: account_number::last_four(row.number),
        name,
        plan_line: row.plan_line.clone(),
    }
}

//! Late accounts: those with an invoice open past its due date. A list for people; what may follow
//! from being late is decided by the grace rules and not here.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{AccountId, Cents};
use store::Tx;
use store::late::{LateQuery, LateRow};

use super::need_sight_of_members;
pub use crate::age::Age;
use crate::age::ages;
use crate::{Actor, Ctx, UseCaseError, account_number};

/// How many accounts a page shows.
pub const LATE_PAGE: u16 = 50;
/// Where one age ends and the next begins, in days past the due date.
const AGES: [i32; 4] = [30, 60, 90, i32::MAX];

/// A late account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateLine {
    /// The account.
    pub account: AccountId,
    /// The last four digits of its number.
    pub account_last_four: String,
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// When the oldest open invoice was due.
    pub due_on: Date,
    /// How many days ago that was.
    pub days: i32,
    /// How many invoices are open past their due date.
    pub invoices: i64,
    /// What is open on them.
    pub cents: Cents,
    /// True if a payment is on its way.
    pub under_way: bool,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Late {
    /// The accounts, the longest late first.
    pub lines: Vec<LateLine>,
    /// True if there are more.
    pub more: bool,
    /// All late accounts, by age.
    pub ages: Vec<Age>,
}

/// A page of the late accounts, counted from 1: of an age, if one is asked for by its first day.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but staff whose role sees members.
pub async fn late(
    ctx: &Ctx,
    actor: &Actor,
    from_days: Option<i32>,
    page: u16,
) -> Result<Late, UseCaseError> {
    need_sight_of_members(actor)?;
    let mut tx = ctx.store.read().await?;
    let (today, ages) = (ctx.today(), by_age(&mut tx, ctx).await?);
    let age = from_days.and_then(|from| ages.iter().find(|age| age.from_days == from));
    let ago = |days: i32| today.saturating_sub(days.days());
    let query = LateQuery {
        today,
        from: age.and_then(|age| age.to_days).map(ago),
        until: age.map(|age| ago(age.from_days)),
        offset: i64::from(page.saturating_sub(1)) * i64::from(LATE_PAGE),
        limit: i64::from(LATE_PAGE) + 1,
    };
    let mut rows = store::late::page(&mut tx, &query).await?;
    let more = rows.len() > usize::from(LATE_PAGE);
    rows.truncate(usize::from(LATE_PAGE));
    Ok(Late {
        lines: rows.into_iter().map(|row| line(row, today)).collect(),
        more,
        ages,
    })
}

/// All late accounts, by age.
pub(crate) async fn by_age(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Age>, UseCaseError> {
    let today = ctx.today();
    Ok(ages(&store::late::by_day(tx, today).await?, today, 1, AGES))
}

fn days_since(day: Date, today: Date) -> i32 {
    (today - day).get_days()
}

fn line(row: LateRow, today: Date) -> LateLine {
    LateLine {
        account: row.account,
        account_last_four: account_number::last_four(row.number),
        plan_line: row.plan_line,
        days: days_since(row.due_on, today),
        due_on: row.due_on,
        invoices: row.invoices,
        cents: row.cents,
        under_way: row.under_way,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_late_account_is_of_one_age() {
        let today = date(2026, 12, 31);
        let days = [1, 30, 31, 60, 61, 90, 91, 4_000];
        let by_day: Vec<(Date, i64, Cents)> = days
            .iter()
            .map(|days| (today.saturating_sub(days.days()), 1, Cents::new(100)))
            .collect();
        let found: Vec<_> = ages(&by_day, today, 1, AGES)
            .iter()
            .map(|age| (age.from_days, age.to_days, age.count, age.cents.get()))
            .collect();
        let expected = [
            (1, Some(30), 2, 200),
            (31, Some(60), 2, 200),
            (61, Some(90), 2, 200),
            (91, None, 2, 200),
        ];
        assert_eq!(found, expected);
    }
}

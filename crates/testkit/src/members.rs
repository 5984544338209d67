//! People to tell stories about.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{AccountId, CoverageId, MemberId, PersonId, Zip};
use store::{StoreError, Tx, args};

use crate::World;

/// A subscriber with an account in the plan's first line, as a roster would have brought her.
#[derive(Debug, Clone)]
pub struct Maria {
    /// Her id.
    pub person: PersonId,
    /// Her account.
    pub account: AccountId,
    /// What is on her ID card.
    pub member_id: MemberId,
    /// When she was born.
    pub birth_date: Date,
    /// Where she lives.
    pub zip: Zip,
    /// Her address on file.
    pub email: &'static str,
}

/// Puts Maria Lopez, member 1234 567 8901, into the database. Called again with another `number`, a
/// person of the same name with another member ID.
///
/// # Panics
/// If she is there already.
pub async fn maria(world: &World, number: u32) -> Maria {
    let maria = Maria {
        person: world.ctx.id(),
        account: world.ctx.id(),
        member_id: MemberId::parse(&format!("{:011}", 12_345_678_901_u64 + u64::from(number)))
            .expect("it has 11 digits"),
        birth_date: date(1956, 3, 14),
        zip: Zip::parse("06032").expect("it has 5 digits"),
        email: "maria@example.com",
    };
    let (row, now) = (maria.clone(), world.ctx.now());
    let line = world.ctx.plan.lines[0].id.clone();
    let written: Result<(), StoreError> = world
        .ctx
        .store
        .write(move |tx| {
            let (row, line) = (row.clone(), line.clone());
            Box::pin(async move { insert(tx, &row, &line, number, now).await })
        })
        .await;
    written.expect("she is not there yet");
    maria
}

async fn insert(
    tx: &mut Tx,
    maria: &Maria,
    line: &str,
    number: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO persons (id, member_id, subscriber_member_id, relationship, last_name, \
         first_name, middle_name, plain_last_name, birth_date, gender, address_1, address_2, city, \
         state, zip, phone, email, language, large_print, created_at, updated_at) VALUES ($1, $2, $2, \
         'self', 'Lopez', 'Maria', '', 'lopez', $3, 'F', '1 Main Street', '', 'Farmington', 'CT', $4, \
         '8605550100', $5, 'en', $6, $7, $7)",
        args![
            maria.person,
            &maria.member_id,
            maria.birth_date,
            &maria.zip,
            maria.email,
            false,
            now
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO accounts (id, account_number, subscriber_id, plan_line, receivable_cents, \
         unapplied_cents, journal_seq, journal_hash, opened_at) \
         VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $6)",
        args![
            maria.account,
            1000 + number,
            maria.person,
            line,
            vec![0_u8; 32],
            now
        ],
    )
    .await?;
    Ok(())
}

/// Covers her from a day on, at a premium in cents a month, as a roster would have brought it.
///
/// # Panics
/// If the database does not take it.
pub async fn covered(world: &World, maria: &Maria, first_day: Date, premium_cents: i64) {
    let (account, person) = (maria.account, maria.person);
    let id: CoverageId = world.ctx.id();
    let now = world.ctx.now();
    let written: Result<u64, StoreError> = world
        .ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, \
                     aptc_cents, penalty_cents, policy, binder_paid_on, created_at, updated_at) \
                     VALUES ($1, $2, $3, NULL, $4, 0, 0, 'P1', $3, $5, $5)",
                    args![account, id, first_day, premium_cents, now],
                )
                .await?;
                tx.execute(
                    "INSERT INTO covered_members (account_id, person_id, first_day, last_day) \
                     VALUES ($1, $2, $3, NULL)",
                    args![account, person, first_day],
                )
                .await
            })
        })
        .await;
    written.expect("the coverage is sound");
}

//! What must hold after every night, worked out apart from the code under test.

use std::collections::{BTreeMap, HashMap};

use gateways::card::ChargeState;
use kernel::{AccountId, AttemptId};
use store::args;
use usecases::progress::Unwatched;

use crate::year::Year;

/// Every account owes what its household was charged less what the processor has of it, to the
/// cent; and what the processor has is what our attempts say.
pub async fn cents(year: &Year) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let mut attempts: HashMap<AttemptId, (AccountId, String, i64)> = HashMap::new();
    let rows = tx
        .all(
            "SELECT t.id, t.account_id, t.state, p.cents FROM attempts t \
             JOIN payments p ON p.account_id = t.account_id AND p.id = t.payment_id",
            args![],
        )
        .await
        .unwrap();
    for mut row in rows {
        attempts.insert(
            row.read().unwrap(),
            (
                row.read().unwrap(),
                row.read().unwrap(),
                row.read().unwrap(),
            ),
        );
    }
    let mut paid: HashMap<AccountId, i64> = HashMap::new();
    for booked in year.processor.book() {
        let charge = &booked.charge;
        let attempt = charge.attempt.unwrap();
        let (account, state, cents) = attempts
            .remove(&attempt)
            .unwrap_or_else(|| panic!("{attempt}: charged, but in no book of ours"));
        assert_eq!(charge.amount.get(), cents, "{attempt}: another amount");
        let expected = match charge.state {
            ChargeState::Succeeded => "succeeded",
            ChargeState::Pending => "pending",
            _ => "returned",
        };
        assert_eq!(state, expected, "{attempt} of {account}");
        if expected != "returned" {
            *paid.entry(account).or_default() += cents;
        }
    }
    for (attempt, (account, state, _)) in attempts {
        assert!(
            ["declined", "not-sent", "failed", "voided"].contains(&state.as_str()),
            "{attempt} of {account} is {state}, and the processor knows nothing of it"
        );
    }
    let rows = tx
        .all(
            "SELECT a.id, p.member_id, a.plan_line, a.receivable_cents - a.unapplied_cents \
             FROM accounts a JOIN persons p ON p.id = a.subscriber_id",
            args![],
        )
        .await
        .unwrap();
    for mut row in rows {
        let account: AccountId = row.read().unwrap();
        let key = (row.read().unwrap(), row.read().unwrap());
        let owes: i64 = row.read().unwrap();
        let charged = year.charged.get(&key).copied().unwrap_or(0);
        let paid = paid.get(&account).copied().unwrap_or(0);
        assert_eq!(
            owes,
            charged - paid,
            "{key:?} owes {owes}: charged {charged}, paid {paid} on {}",
            year.ctx.today()
        );
    }
}

/// The ledger balances and its chain holds.
pub async fn books(year: &Year) {
    let check = usecases::books::verify(&year.ctx, &usecases::Actor::Operator, &Unwatched)
        .await
        .unwrap();
    assert_eq!(check.findings, [], "on {}", year.ctx.today());
}

/// What the year came to.
pub async fn summary(year: &Year) -> String {
    let mut states: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
    for booked in year.processor.book() {
        let state = match (&booked.charge.state, booked.request.by_plan) {
            (ChargeState::Declined(_), true) => "drafted and returned",
            (ChargeState::Declined(_), false) => "paid by hand and returned",
            (_, true) => "drafted",
            (_, false) => "paid by hand",
        };
        let sum = states.entry(state).or_default();
        sum.0 += 1;
        sum.1 += booked.charge.amount.get();
    }
    let charged: i64 = year.charged.values().sum();
    let mut tx = year.ctx.store.read().await.unwrap();
    let mut row = tx
        .one(
            "counts",
            "SELECT (SELECT COUNT(*) FROM mandates), (SELECT COUNT(*) FROM autopay_drafts), \
             (SELECT COUNT(*) FROM notices), (SELECT COUNT(*) FROM journal_entries)",
            args![],
        )
        .await
        .unwrap();
    let [mandates, months, notices, entries]: [i64; 4] = [(); 4].map(|()| row.read().unwrap());
    let drafts = &year.drafts;
    let mut lines = vec![
        format!(
            "{} accounts, {mandates} mandates, {months} months with a draft or a reason, \
             {notices} notices, {entries} journal entries",
            year.known.len()
        ),
        format!(
            "drafts: {} taken, {} refused at once, {} tries again, {} told ten days ahead; none \
             twice, none after a stop, none after a bank's last word",
            drafts.made, drafts.failed, drafts.again, drafts.told_ahead
        ),
        format!(
            "owing on a due date with autopay on, and told why: {:?}",
            drafts.explained_misses
        ),
        format!("mandates that ended: {:?}", drafts.endings),
        format!("charged: {charged} cents; every one is owed or paid:"),
    ];
    for (state, (count, cents)) in states {
        lines.push(format!("  {state}: {count}, {cents} cents"));
    }
    for (what, count) in &year.done {
        lines.push(format!("  {what}: {count}"));
    }
    lines.join("\n")
}

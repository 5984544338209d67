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

/// What the tables say of an account, for whoever looks into a failure.
pub async fn story(year: &Year, account: AccountId) -> String {
    const ASKED: [&str; 6] = [
        "SELECT 'account ' || plan_line || ' owes ' || receivable_cents || ' less ' \
         || unapplied_cents || ', invoiced ' || COALESCE(invoiced_month, 0) \
         FROM accounts WHERE id = $1",
        "SELECT 'invoice ' || billing_month || ' issued ' || issued_on || ' due ' || due_on \
         || ' charges ' || charges_cents || ' total ' || total_due_cents || ' applied ' \
         || applied_cents FROM invoices WHERE account_id = $1 ORDER BY billing_month",
        "SELECT 'mandate ' || state || ' day ' || draft_day || ' cap ' || COALESCE(cap_cents, 0) \
         || ' ' || over_cap || ' from ' || start_month || ' previous ' \
         || COALESCE(previous_cents, 0) || ' ' || end_reason FROM mandates WHERE account_id = $1",
        "SELECT 'draft ' || billing_month || ' ' || state || ' ' || cents || ' ' || reason \
         || ' tries ' || tries || ' on ' || COALESCE(CAST(draft_on AS TEXT), '-') || ' debit ' \
         || COALESCE(CAST(debit_on AS TEXT), '-') || ' again ' \
         || COALESCE(CAST(next_try_on AS TEXT), '-') || ' told ' || told_reason || ' notice ' \
         || COALESCE(notice_cents, 0) || ' on ' || COALESCE(CAST(notice_sent_on AS TEXT), '-') \
         || ' for ' || COALESCE(CAST(notice_debit_on AS TEXT), '-') \
         FROM autopay_drafts WHERE account_id = $1 ORDER BY billing_month",
        "SELECT 'payment ' || p.effective_on || ' ' || p.idempotency_key || ' ' || p.cents || ' ' \
         || p.status || ' ' || p.reason FROM payments p WHERE p.account_id = $1 \
         ORDER BY p.received_at",
        "SELECT 'coverage ' || policy || ' ' || first_day || ' to ' \
         || COALESCE(CAST(last_day AS TEXT), '-') || ' ' || premium_cents FROM coverages \
         WHERE account_id = $1 ORDER BY first_day",
    ];
    let mut tx = year.ctx.store.read().await.unwrap();
    let mut lines = vec![format!(
        "on {}, the tables say of {account}:",
        year.ctx.today()
    )];
    for sql in ASKED {
        let rows = tx.all(sql, args![account]).await.unwrap();
        lines.extend(rows.into_iter().map(|mut row| row.read().unwrap()));
    }
    let rows = tx
        .all(
            "SELECT kind, created_at FROM notices WHERE account_id = $1 ORDER BY created_at",
            args![account],
        )
        .await
        .unwrap();
    for mut row in rows {
        let (kind, at): (String, _) = (row.read().unwrap(), row.read().unwrap());
        lines.push(format!("told {kind} on {}", year.ctx.day_of(at)));
    }
    lines.push(format!("{:?}", year.agreements.newest(account)));
    lines.join("\n  ")
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

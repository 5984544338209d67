//! What every night's drafts are held to, from the processor's own book and the members' own
//! memory of what they agreed to.

use std::collections::{BTreeMap, HashMap, HashSet};

use gateways::card::{ChargeState, DeclineReason, Rail};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kernel::{AccountId, AttemptId, BillingMonth};
use store::args;
use testkit::{Asked, Booked};

use crate::agreements::{Agreement, Tolerance, business_days_before, on_or_after};
use crate::checks;
use crate::year::Year;

/// What is known of all drafts so far.
#[derive(Debug, Default)]
pub struct Drafts {
    /// Which month an attempt drafts, and the day it was written down.
    months: HashMap<AttemptId, (AccountId, BillingMonth, Date)>,
    /// The attempts of a month, in the order they were made.
    of_month: HashMap<(AccountId, BillingMonth), Vec<AttemptId>>,
    /// When an instrument failed for good.
    dead: HashMap<String, Timestamp>,
    /// How much of the processor's book was looked at.
    seen: usize,
    seen_refused: usize,
    pub made: u64,
    pub failed: u64,
    pub again: u64,
    pub told_ahead: u64,
    pub explained_misses: BTreeMap<String, u64>,
    pub endings: BTreeMap<String, u64>,
}

/// Looks at what the plan set off since the last look.
pub async fn look(year: &mut Year, day: Date) {
    learn_months(year, day).await;
    let refused = year.processor.refused();
    let mut fresh: Vec<(Asked, bool)> = refused[year.drafts.seen_refused..]
        .iter()
        .map(|refused| (refused.request.clone(), false))
        .collect();
    let book = year.processor.book_after(year.drafts.seen);
    year.drafts.seen += book.len();
    fresh.extend(book.into_iter().map(|booked| (booked.request, true)));
    fresh.retain(|(request, _)| request.by_plan);
    fresh.sort_by_key(|(request, _)| request.at);
    for (request, accepted) in fresh {
        one(year, day, &request, accepted).await;
    }
    year.drafts.seen_refused = refused.len();
    for refused in refused {
        if is_final(refused.decline.reason) {
            let name = refused.request.instrument.as_str().to_owned();
            year.drafts.dead.entry(name).or_insert(refused.request.at);
        }
    }
}

/// Remembers which instruments the banks have closed, from the returns that came so far.
pub fn learn_returns(year: &mut Year) {
    for booked in year.processor.book() {
        let (Some(at), ChargeState::Declined(decline)) = (booked.returned_at, &booked.charge.state)
        else {
            continue;
        };
        if is_final(decline.reason) {
            let name = booked.request.instrument.as_str().to_owned();
            year.drafts.dead.entry(name).or_insert(at);
        }
    }
}

/// After these nothing may be asked of the instrument again: closed or unknown accounts, debits
/// that were not authorised, lost and stolen cards, permissions taken back.
fn is_final(reason: DeclineReason) -> bool {
    matches!(
        reason,
        DeclineReason::LostOrStolen
            | DeclineReason::AccountClosed
            | DeclineReason::NoAccount
            | DeclineReason::AccountFrozen
            | DeclineReason::NotAuthorised
            | DeclineReason::Revoked
    )
}

/// The months of the attempts that were made since yesterday.
async fn learn_months(year: &mut Year, day: Date) {
    let since = year.instant(day.yesterday().unwrap());
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT t.id, t.account_id, p.idempotency_key, p.received_at FROM payments p \
             JOIN attempts t ON t.account_id = p.account_id AND t.payment_id = p.id \
             WHERE p.received_at >= $1 AND t.by_plan",
            args![since],
        )
        .await
        .unwrap();
    for mut row in rows {
        let attempt: AttemptId = row.read().unwrap();
        let account = row.read().unwrap();
        let key: String = row.read().unwrap();
        // autopay:2028-03, autopay:2028-03:2, …
        let month = key.split(':').nth(1).unwrap_or_default();
        let month = BillingMonth::parse(month).unwrap_or_else(|_| panic!("{day}: {key}"));
        let made_on = year.ctx.day_of(row.read().unwrap());
        let of = (account, month, made_on);
        if year.drafts.months.insert(attempt, of).is_none() {
            let of_month = year.drafts.of_month.entry((account, month)).or_default();
            of_month.push(attempt);
        }
    }
}

async fn one(year: &mut Year, day: Date, request: &Asked, accepted: bool) {
    let (account, month, made_on) = *year
        .drafts
        .months
        .get(&request.attempt)
        .unwrap_or_else(|| panic!("{day}: {request:?} is no draft of ours"));
    let agreement = year.agreements.in_the_night(account, made_on).cloned();
    let what = format!("{day}: {account} for {month}: {request:?} under {agreement:?}");
    year.drafts.made += u64::from(accepted);
    year.drafts.failed += u64::from(!accepted);
    let before = earlier(year, account, month, request);
    let again = !before.is_empty();
    year.drafts.again += u64::from(again);
    not_twice(&before, request, &what);
    if let Some(dead) = year.drafts.dead.get(request.instrument.as_str()) {
        assert!(*dead >= request.at, "{what}: it failed for good at {dead}");
    }
    let paid = paid_by_hand(year, account, month).await;
    let needs = {
        let agreement = year
            .agreements
            .in_the_night(account, made_on)
            .unwrap_or_else(|| panic!("{what}: nobody agreed to it"));
        assert_eq!(
            agreement.instrument,
            request.instrument.as_str(),
            "{what}: something else was agreed to"
        );
        in_force(agreement, made_on, month, request, &what);
        let cents = request.cents.get();
        let over = over_cap(agreement, cents, &what);
        let needs = !again && (over || differs(agreement, cents, paid));
        if accepted {
            agreement.previous = Some(request.cents.get());
        }
        needs
    };
    if needs {
        told_ten_days_before(year, account, made_on, request, &what).await;
        year.drafts.told_ahead += 1;
    }
    not_more_than_due(year, (account, made_on), request, accepted, &what).await;
}

/// What was charged for the same account and month before.
fn earlier(year: &Year, account: AccountId, month: BillingMonth, request: &Asked) -> Vec<Booked> {
    let of_month = &year.drafts.of_month[&(account, month)];
    let others: HashSet<AttemptId> = of_month
        .iter()
        .copied()
        .filter(|attempt| *attempt != request.attempt)
        .collect();
    if others.is_empty() {
        return Vec::new();
    }
    let book = year.processor.book();
    book.into_iter()
        .filter(|booked| others.contains(&booked.request.attempt))
        .filter(|booked| booked.request.at <= request.at)
        .collect()
}

/// No month takes money twice; a bank debit is sent again at most twice, within 180 days, and only
/// after the bank said that there was no money.
fn not_twice(before: &[Booked], request: &Asked, what: &str) {
    for booked in before {
        let ChargeState::Declined(decline) = &booked.charge.state else {
            panic!("{what}: drafted already: {booked:?}");
        };
        if request.rail == Rail::Bank {
            assert_eq!(
                decline.reason,
                DeclineReason::InsufficientFunds,
                "{what}: sent again after {decline:?}"
            );
        }
    }
    if request.rail == Rail::Bank {
        assert!(
            before.len() <= 2,
            "{what}: sent again {} times",
            before.len()
        );
    }
    if let Some(first) = before.first() {
        let days = (request.at - first.request.at).as_hours() / 24;
        assert!(days <= 180, "{what}: {days} days after the first try");
    }
}

/// The agreement covers the month and was neither stopped nor suspended in time.
fn in_force(agreement: &Agreement, day: Date, month: BillingMonth, request: &Asked, what: &str) {
    let debit_on = match request.rail {
        Rail::Bank => on_or_after(day),
        Rail::Card => day,
    };
    let too_late = business_days_before(debit_on, 3);
    assert!(
        agreement.start <= month,
        "{what}: before {}",
        agreement.start
    );
    if let Some(stopped) = agreement.stopped {
        assert!(stopped > too_late, "{what}: stopped on {stopped}");
    }
    for (skipped, on) in &agreement.skipped {
        assert!(
            *skipped != month || *on > too_late,
            "{what}: taken out on {on}"
        );
    }
}

/// True if the amount is another than the last by more than was agreed. `paid` is what the member
/// paid of the invoice by hand: who pays a part expects a draft of the rest.
fn differs(agreement: &Agreement, cents: i64, paid: i64) -> bool {
    let differs = |cents: i64| {
        agreement.previous != Some(cents)
            && match (agreement.tolerance, agreement.previous) {
                (Tolerance::Range(least, most), _) => cents < least || cents > most,
                (Tolerance::Difference(most), Some(last)) => (cents - last).abs() > most,
                _ => true,
            }
    };
    differs(cents) && (paid == 0 || differs(cents + paid))
}

/// True if the draft is more than the member's limit. A limit that is never to be passed is not.
fn over_cap(agreement: &Agreement, cents: i64, what: &str) -> bool {
    match agreement.cap {
        Some((most, after_notice)) if cents > most => {
            assert!(after_notice, "{what}: more than {most}");
            true
        }
        _ => false,
    }
}

/// What a member paid by hand since the invoice of the month was made.
async fn paid_by_hand(year: &Year, account: AccountId, month: BillingMonth) -> i64 {
    let mut tx = year.ctx.store.read().await.unwrap();
    let mut row = tx
        .one(
            "what was paid by hand",
            "SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM payments p \
             WHERE p.account_id = $1 AND p.status IN ('succeeded', 'pending') \
             AND p.idempotency_key LIKE 'by-hand-%' AND p.effective_on >= (SELECT i.issued_on \
             FROM invoices i WHERE i.account_id = $1 AND i.billing_month = $2)",
            args![account, month],
        )
        .await
        .unwrap();
    row.read().unwrap()
}

/// A notice of the draft was written ten days before the money moves, and named no less.
async fn told_ten_days_before(
    year: &Year,
    account: AccountId,
    day: Date,
    request: &Asked,
    what: &str,
) {
    let debit_on = match request.rail {
        Rail::Bank => on_or_after(day),
        Rail::Card => day,
    };
    let last = debit_on.checked_sub(10.days()).unwrap();
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT created_at FROM notices WHERE account_id = $1 AND kind = 'draft-coming'",
            args![account],
        )
        .await
        .unwrap();
    let told: Vec<Date> = rows
        .into_iter()
        .map(|mut row| year.ctx.day_of(row.read().unwrap()))
        .filter(|on| *on <= last && *on >= last.checked_sub(60.days()).unwrap())
        .collect();
    let mut row = tx
        .one(
            "a draft",
            "SELECT notice_cents, notice_sent_on FROM autopay_drafts \
             WHERE account_id = $1 AND billing_month = $2",
            args![account, year.drafts.months[&request.attempt].1],
        )
        .await
        .unwrap();
    let named: Option<i64> = row.read_optional().unwrap();
    let sent_on: Option<Date> = row.read_optional().unwrap();
    assert!(
        named.is_some_and(|named| named >= request.cents.get())
            && sent_on.is_some_and(|on| told.contains(&on)),
        "{what}: the member was to be told by {last}; told of {named:?} on {sent_on:?}, notices {told:?}"
    );
}

/// No draft takes more than was due when it was made.
async fn not_more_than_due(
    year: &Year,
    (account, made_on): (AccountId, Date),
    request: &Asked,
    accepted: bool,
    what: &str,
) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let mut row = tx
        .one(
            "a balance",
            // Who pays by hand while the draft is under way pays twice of their own will.
            "SELECT receivable_cents - unapplied_cents + (SELECT CAST(COALESCE(SUM(p.cents), 0) \
             AS BIGINT) FROM payments p WHERE p.account_id = $1 AND p.effective_on >= $2 \
             AND p.status IN ('succeeded', 'pending') AND p.idempotency_key LIKE 'by-hand-%') \
             FROM accounts WHERE id = $1",
            args![account, made_on],
        )
        .await
        .unwrap();
    let owes: i64 = row.read().unwrap();
    let least = if accepted { 0 } else { request.cents.get() };
    assert!(owes >= least, "{what}: the account owes {owes} after it");
}

/// Whoever has autopay and owes something on the due date was told why, before or, if the draft of
/// the day itself failed, on the day.
pub async fn nobody_missed_in_silence(year: &mut Year, day: Date) {
    let owing = owing_on(year, day).await;
    if owing.is_empty() {
        return;
    }
    let mut told = told_since(year, day.checked_sub(80.days()).unwrap()).await;
    for owed in owing {
        let heard = told.remove(&owed.account).unwrap_or_default();
        let Some(kind) = explained(&owed, &heard, day) else {
            let story = checks::story(year, owed.account).await;
            let (account, month, cents) = (owed.account, owed.month, owed.cents);
            panic!(
                "{day}: autopay is on, {account} owes {cents} for {month}, and nobody was told \
                 why: {heard:?}\n{story}"
            );
        };
        let kind = format!("{kind} ({})", owed.state);
        *year.drafts.explained_misses.entry(kind).or_default() += 1;
    }
}

/// An account with autopay that owes something on the due date.
#[derive(Debug)]
struct Owed {
    account: AccountId,
    month: BillingMonth,
    cents: i64,
    issued_on: Date,
    given_on: Date,
    /// Where the draft of the month stands, and when it will be sent or tried again.
    state: String,
    comes_on: Option<Date>,
}

/// Less than the least that can be paid in any way is no miss: it goes with the next draft.
async fn owing_on(year: &Year, day: Date) -> Vec<Owed> {
    let least = year.ctx.plan.payments.smallest.get();
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT m.account_id, i.billing_month, a.receivable_cents - a.unapplied_cents, \
             i.issued_on, m.given_at, COALESCE(d.state, ''), \
             CASE WHEN d.state = 'retry' THEN d.next_try_on ELSE d.draft_on END FROM invoices i \
             JOIN accounts a ON a.id = i.account_id AND a.receivable_cents > a.unapplied_cents \
             JOIN mandates m ON m.account_id = a.id AND m.state = 'active' \
             AND m.start_month <= i.billing_month LEFT JOIN autopay_drafts d \
             ON d.account_id = a.id AND d.billing_month = i.billing_month WHERE i.due_on = $1",
            args![day],
        )
        .await
        .unwrap();
    rows.into_iter()
        .map(|mut row| Owed {
            account: row.read().unwrap(),
            month: row.read().unwrap(),
            cents: row.read().unwrap(),
            issued_on: row.read().unwrap(),
            given_on: year.ctx.day_of(row.read().unwrap()),
            state: row.read().unwrap(),
            comes_on: row.read_optional().unwrap(),
        })
        .filter(|owed| owed.given_on < day && owed.cents >= least)
        .collect()
}

/// What was told about each account since a day: the kind of notice, and when.
async fn told_since(year: &Year, since: Date) -> HashMap<AccountId, Vec<(String, Date)>> {
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT account_id, kind, created_at FROM notices \
             WHERE created_at >= $1 AND account_id IS NOT NULL",
            args![year.instant(since)],
        )
        .await
        .unwrap();
    let mut told: HashMap<AccountId, Vec<(String, Date)>> = HashMap::new();
    for mut row in rows {
        let account: AccountId = row.read().unwrap();
        let (kind, at) = (row.read().unwrap(), row.read().unwrap());
        let on = year.ctx.day_of(at);
        told.entry(account).or_default().push((kind, on));
    }
    told
}

/// The notice that explains why something is owed although autopay is on.
fn explained(owed: &Owed, heard: &[(String, Date)], day: Date) -> Option<String> {
    let told = |kinds: &[&str], from: Date, to: Date| {
        let found = heard.iter().rev();
        let mut found = found.filter(|(_, on)| *on >= from && *on <= to);
        found
            .find(|(kind, _)| kinds.contains(&kind.as_str()))
            .map(|(kind, _)| kind.clone())
    };
    let eve = day.yesterday().unwrap();
    let failed = told(&["draft-failed"], owed.issued_on, day);
    let none = told(&["autopay-not-drafting"], owed.issued_on, eve);
    let skipped = told(&["mandate-skipped"], Date::MIN, eve);
    // The draft is still to come: the member knows of amount and day, or chose them since.
    let comes = owed.comes_on.is_some_and(|on| on >= day);
    let coming = told(
        &["draft-coming", "mandate-set-up", "mandate-changed"],
        owed.issued_on,
        eve,
    );
    failed.or(none).or(skipped).or(coming.filter(|_| comes))
}

/// Whose autopay ended, by itself or because they asked, was told on the day.
pub async fn endings_were_told(year: &mut Year, day: Date) {
    let mut tx = year.ctx.store.read().await.unwrap();
    let rows = tx
        .all(
            "SELECT m.account_id, m.state, n.created_at FROM mandates m \
             LEFT JOIN notices n ON n.account_id = m.account_id \
             AND n.kind IN ('autopay-ended', 'mandate-stopped') \
             WHERE m.state <> 'active' AND m.updated_at >= $1",
            args![year.instant(day)],
        )
        .await
        .unwrap();
    let mut ended: HashMap<AccountId, (String, bool)> = HashMap::new();
    for mut row in rows {
        let account = row.read().unwrap();
        let state = row.read().unwrap();
        let told: Option<Timestamp> = row.read_optional().unwrap();
        let today = told.is_some_and(|at| year.ctx.day_of(at) == day);
        let entry = ended.entry(account).or_insert((state, false));
        entry.1 |= today;
    }
    for (account, (state, told)) in ended {
        assert!(
            told,
            "{day}: autopay of {account} is {state}, and nobody was told"
        );
        *year.drafts.endings.entry(state).or_default() += 1;
    }
}

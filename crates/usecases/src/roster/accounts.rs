//! What a batch of records changes about accounts: coverage, who is covered, months to bill again.

use std::collections::{BTreeMap, HashMap};

use coverage::{Coverage, CoverageChange, merge_coverage};
use formats::enrollment::{EnrollmentRecord, Maintenance};
use gateways::Chance;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, BillingMonth, CoverageId, PersonId};
use store::coverage::{CoverageRow, CoveredRow};
use store::roster::Account;
use store::{StoreError, Tx};

use super::apply::{Family, Outcome, Work};
use super::told;
use crate::ids::Ids;

/// The accounts of the families of a batch, with all their coverage.
pub(super) struct Accounts {
    accounts: HashMap<(PersonId, String), Account>,
    coverages: HashMap<AccountId, Vec<Coverage>>,
    covered: HashMap<(AccountId, PersonId), CoveredRow>,
    /// The first number of those set aside for new accounts.
    next_number: i64,
}

/// What a batch changes about accounts.
#[derive(Default)]
pub(super) struct Changes {
    new_accounts: Vec<Account>,
    new_coverages: Vec<CoverageRow>,
    changed_coverages: BTreeMap<(AccountId, CoverageId), Coverage>,
    covered: Vec<CoveredRow>,
    changed_from: BTreeMap<AccountId, BillingMonth>,
}

impl Accounts {
    pub(super) async fn load(tx: &mut Tx, families: &[Family]) -> Result<Self, StoreError> {
        let subscribers: Vec<PersonId> = families.iter().map(|family| family.subscriber).collect();
        let accounts = store::roster::accounts(tx, &subscribers).await?;
        let known: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
        let mut coverages: HashMap<AccountId, Vec<Coverage>> = HashMap::new();
        for row in store::coverage::of_accounts(tx, &known).await? {
            coverages.entry(row.account).or_default().push(row.coverage);
        }
        let covered = store::coverage::covered(tx, &known).await?;
        Ok(Accounts {
            next_number: 0,
            accounts: accounts
                .into_iter()
                .map(|a| ((a.subscriber, a.plan_line.clone()), a))
                .collect(),
            coverages,
            covered: covered
                .into_iter()
                .map(|row| ((row.account, row.person), row))
                .collect(),
        })
    }

    pub(super) fn merge(
        mut self,
        work: &mut Work<'_>,
        families: &[Family],
        chance: &dyn Chance,
        now: Timestamp,
    ) -> Changes {
        let mut ids = Ids::new(chance, now);
        let mut changes = Changes::default();
        for family in families {
            for line in self.lines_of(work, family) {
                self.merge_line(work, family, &line, &mut ids, &mut changes);
            }
        }
        changes
    }

    /// The plan lines that a family's records are about. A subscriber who leaves leaves all.
    fn lines_of(&self, work: &Work<'_>, family: &Family) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for record in family.places.iter().map(|place| &work.records[*place]) {
            match &record.coverage {
                Some(coverage) => lines.push(coverage.plan_line.clone()),
                None if record.maintenance == Maintenance::Terminate => lines.extend(
                    self.accounts
                        .keys()
                        .filter(|(subscriber, _)| *subscriber == family.subscriber)
                        .map(|(_, line)| line.clone()),
                ),
                None => {}
            }
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    fn merge_line(
        &mut self,
        work: &mut Work<'_>,
        family: &Family,
        line: &str,
        ids: &mut Ids<'_>,
        changes: &mut Changes,
    ) {
        let key = (family.subscriber, line.to_owned());
        let known = self.accounts.get(&key).cloned();
        let existing = known
            .as_ref()
            .and_then(|account| self.coverages.get(&account.id));
        let existing = existing.cloned().unwrap_or_default();
        let mut places: Vec<usize> = family
            .places
            .iter()
            .copied()
            .filter(|place| work.records[*place].is_subscriber())
            .collect();
        let segments = loop {
            let records: Vec<&EnrollmentRecord> =
                places.iter().map(|place| &work.records[*place]).collect();
            match told::segments(line, &records, &existing) {
                Ok(segments) => break segments,
                // That record is rejected; the others of the family stand.
                Err((at, why)) => work.reject(places.remove(at), "plan_line", why),
            }
        };
        if known.is_none() && segments.is_empty() {
            // Nothing is covered in this line: dependents of an unknown account.
            for place in &family.places {
                if work.records[*place]
                    .coverage
                    .as_ref()
                    .is_some_and(|c| c.plan_line == line)
                {
                    work.reject(
                        *place,
                        "plan_line",
                        "the subscriber has no coverage in this plan line",
                    );
                }
            }
            return;
        }
        let account = known.unwrap_or_else(|| {
            self.next_number += 1;
            let account = Account {
                id: ids.next(),
                // Its place among the new ones until the numbers are drawn.
                number: self.next_number,
                subscriber: family.subscriber,
                plan_line: line.to_owned(),
                changed_from: None,
                invoiced_month: None,
            };
            changes.new_accounts.push(account.clone());
            self.accounts.insert(key, account.clone());
            account
        });
        let changed = changes.merge_coverages(&account, &existing, &segments, ids);
        for place in &places {
            let of_line = work.records[*place].coverage.as_ref();
            if changed && of_line.is_none_or(|c| c.plan_line == line) {
                work.raise(*place, Outcome::Updated);
            }
        }
        self.merge_covered(work, family, line, &account, changes);
    }

    /// From when to when each member of the family is covered in the account.
    fn merge_covered(
        &mut self,
        work: &mut Work<'_>,
        family: &Family,
        line: &str,
        account: &Account,
        changes: &mut Changes,
    ) {
        let mut by_person: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
        for place in &family.places {
            if let Some(row) = work.people.get(&work.records[*place].member_id) {
                by_person.entry(row.id).or_default().push(*place);
            }
        }
        for (person, places) in by_person {
            let records: Vec<&EnrollmentRecord> =
                places.iter().map(|place| &work.records[*place]).collect();
            let before = self.covered.get(&(account.id, person)).copied();
            let Some((first_day, last_day)) = covered_days(&records, line, before) else {
                continue;
            };
            let after = CoveredRow {
                account: account.id,
                person,
                first_day,
                last_day,
            };
            if before != Some(after) {
                changes.covered.push(after);
                for place in places {
                    work.raise(place, Outcome::Updated);
                }
            }
        }
    }
}

/// The first and last day on which a person is covered in a line: by all records of a file
/// together, of which the one that begins last says how it ends, and by what was known.
fn covered_days(
    records: &[&EnrollmentRecord],
    line: &str,
    before: Option<CoveredRow>,
) -> Option<(Date, Option<Date>)> {
    let mut first = before.map(|before| before.first_day);
    let mut last = before.and_then(|before| before.last_day);
    let mut in_order = records.to_vec();
    in_order.sort_by_key(|record| record.coverage.as_ref().and_then(|c| c.first_day));
    for record in in_order {
        let Some(coverage) = record.coverage.as_ref() else {
            if record.maintenance == Maintenance::Terminate {
                last = record.eligibility_last_day;
            }
            continue;
        };
        if coverage.plan_line != line {
            continue;
        }
        first = match (coverage.first_day, first) {
            (Some(told), Some(known)) => Some(told.min(known)),
            (told, known) => told.or(known),
        };
        last = match coverage.maintenance {
            _ if coverage.cancelled => first.and_then(|day| day.yesterday().ok()),
            Maintenance::Terminate => coverage.last_day.or(record.eligibility_last_day),
            _ => coverage.last_day,
        };
    }
    first.map(|first| (first, last))
}

impl Changes {
    /// Works out what the segments change; true if they change something.
    fn merge_coverages(
        &mut self,
        account: &Account,
        existing: &[Coverage],
        segments: &[coverage::Segment],
        ids: &mut Ids<'_>,
    ) -> bool {
        let merged = merge_coverage(existing, segments);
        let changed = !merged.is_empty();
        for change in merged {
            let from = match change {
                CoverageChange::Insert(segment) => {
                    let from = segment.span.start;
                    let coverage = segment.with_id(ids.next());
                    self.new_coverages.push(CoverageRow {
                        account: account.id,
                        coverage,
                    });
                    Some(from)
                }
                CoverageChange::Update { id, to } => {
                    let after = to.with_id(id);
                    self.change(account, existing, after)
                }
                CoverageChange::End { id, end } => {
                    let before = existing.iter().find(|c| c.id == id);
                    before.and_then(|before| {
                        let mut after = before.clone();
                        after.span.end = Some(end);
                        self.change(account, existing, after)
                    })
                }
            };
            if let Some(from) = from {
                self.mark(account, BillingMonth::of(from));
            }
        }
        changed
    }

    fn change(
        &mut self,
        account: &Account,
        existing: &[Coverage],
        after: Coverage,
    ) -> Option<Date> {
        let before = existing.iter().find(|coverage| coverage.id == after.id)?;
        let from = told::touched(before, &after);
        self.changed_coverages.insert((account.id, after.id), after);
        Some(from)
    }

    /// Remembers the earliest month that is invoiced already and costs something else now.
    fn mark(&mut self, account: &Account, month: BillingMonth) {
        if account
            .invoiced_month
            .is_none_or(|invoiced| month > invoiced)
        {
            return;
        }
        let known = account.changed_from.unwrap_or(month);
        let marked = self.changed_from.entry(account.id).or_insert(known);
        *marked = (*marked).min(month).min(known);
    }

    pub(super) async fn write(mut self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        if !self.new_accounts.is_empty() {
            let count = i64::try_from(self.new_accounts.len()).unwrap_or(i64::MAX);
            let first = store::series::take_block(tx, "account", count).await?;
            for account in &mut self.new_accounts {
                account.number += first - 1;
            }
        }
        store::roster::insert_accounts(tx, &self.new_accounts, now).await?;
        let changed: Vec<CoverageRow> = self
            .changed_coverages
            .into_iter()
            .map(|((account, _), coverage)| CoverageRow { account, coverage })
            .collect();
        store::coverage::update(tx, &changed, now).await?;
        store::coverage::insert(tx, &self.new_coverages, now).await?;
        store::coverage::put_covered(tx, &self.covered).await?;
        let marked: Vec<_> = self.changed_from.into_iter().collect();
        store::roster::mark_changed(tx, &marked).await
    }
}

//! One batch of records: what it changes, worked out against what is known, and written in sets.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use formats::enrollment::EnrollmentRecord;
use jiff::Timestamp;
use kernel::{MemberId, PersonId};
use members::{Change, MemberRow, SetAside};
use store::roster::Reject;
use store::{StoreError, Tx};

use super::accounts::Accounts;
use super::{rejected, told};
use crate::ids::Ids;
use crate::{Ctx, UseCaseError};

/// What became of a batch.
#[derive(Debug, Default, Clone)]
pub(super) struct Done {
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejects: Vec<Reject>,
}

/// How often a batch is tried again when another import brought the same people at the same time.
const MOST_TRIES: u32 = 5;

/// Takes a batch over in one unit of work.
pub(super) async fn batch(
    ctx: &Ctx,
    digest: &str,
    records: Vec<EnrollmentRecord>,
    rejects: Vec<Reject>,
) -> Result<Done, UseCaseError> {
    let (records, rejects) = (Arc::new(records), Arc::new(rejects));
    let digest: Arc<str> = digest.into();
    let mut tries = 0;
    loop {
        let (ctx_in, records, rejects) = (ctx.clone(), Arc::clone(&records), Arc::clone(&rejects));
        let digest = Arc::clone(&digest);
        let done: Result<Done, StoreError> = ctx
            .store
            .write(move |tx| {
                let (ctx, records, rejects) =
                    (ctx_in.clone(), Arc::clone(&records), Arc::clone(&rejects));
                let digest = Arc::clone(&digest);
                Box::pin(async move {
                    let done = take(tx, &ctx, &records).await?;
                    store::roster::insert_rejects(tx, &digest, &rejects).await?;
                    store::roster::insert_rejects(tx, &digest, &done.rejects).await?;
                    Ok(done)
                })
            })
            .await;
        tries += 1;
        match done {
            Err(error) if error.is_conflict() && tries < MOST_TRIES => {}
            done => return Ok(done?),
        }
    }
}

/// What is known of the people of a batch, and what is to be written.
pub(super) struct Work<'a> {
    pub records: &'a [EnrollmentRecord],
    /// What the records change about each, by their place.
    outcome: Vec<Outcome>,
    pub people: HashMap<MemberId, MemberRow>,
    new_people: Vec<MemberId>,
    /// Those who are told of differently, as they were read.
    changed_people: HashMap<MemberId, MemberRow>,
    /// Member IDs that became others: the old one and the new one.
    renumbered: Vec<(MemberId, MemberId)>,
    rejects: Vec<Reject>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Unchanged,
    Updated,
    Inserted,
    Rejected,
}

async fn take(tx: &mut Tx, ctx: &Ctx, records: &[EnrollmentRecord]) -> Result<Done, StoreError> {
    let now = ctx.now();
    let mut ids = Ids::new(&*ctx.chance, now);
    let mut wanted: Vec<MemberId> = records
        .iter()
        .flat_map(|record| [record.member_id.clone(), record.subscriber_id.clone()])
        .chain(records.iter().filter_map(|r| r.prior_member_id.clone()))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let known = store::roster::persons(tx, &wanted).await?;
    let mut work = Work {
        records,
        outcome: vec![Outcome::Unchanged; records.len()],
        people: known
            .into_iter()
            .map(|row| (row.person.member_id.clone(), row))
            .collect(),
        new_people: Vec::new(),
        changed_people: HashMap::new(),
        renumbered: Vec::new(),
        rejects: Vec::new(),
    };
    work.merge_people(super::default_language(&ctx.plan), &mut ids);
    work.write_people(tx, now).await?;
    let families = work.families();
    let accounts = Accounts::load(tx, &families).await?;
    let changes = accounts.merge(&mut work, &families, &*ctx.chance, now);
    changes.write(tx, now).await?;
    let count = |outcome| work.outcome.iter().filter(|o| **o == outcome).count() as u64;
    Ok(Done {
        inserted: count(Outcome::Inserted),
        updated: count(Outcome::Updated),
        unchanged: count(Outcome::Unchanged),
        rejects: work.rejects,
    })
}

/// The records of one subscriber, by their places in the batch.
pub(super) struct Family {
    pub subscriber: PersonId,
    pub places: Vec<usize>,
}

impl Work<'_> {
    fn merge_people(&mut self, default: kernel::Language, ids: &mut Ids<'_>) {
        // Subscribers first, so that dependents find them wherever they stand.
        for subscribers in [true, false] {
            for (place, record) in self.records.iter().enumerate() {
                if record.is_subscriber() == subscribers {
                    self.merge_person(place, record, default, ids);
                }
            }
        }
    }

    fn merge_person(
        &mut self,
        place: usize,
        record: &EnrollmentRecord,
        default: kernel::Language,
        ids: &mut Ids<'_>,
    ) {
        if !self.people.contains_key(&record.subscriber_id) && !record.is_subscriber() {
            let why = "the subscriber is neither in this file nor known; send the subscriber's record too";
            return self.reject(place, "subscriber_id", why);
        }
        self.renumber(record);
        match members::merge(self.people.get(&record.member_id), &told::person(record)) {
            Change::Unchanged => {}
            Change::Insert(mut person) => {
                person.language = record.language.unwrap_or(default);
                let row = MemberRow {
                    id: ids.next(),
                    person: *person,
                    set_aside: SetAside::default(),
                };
                self.people.insert(record.member_id.clone(), row);
                self.new_people.push(record.member_id.clone());
                self.raise(place, Outcome::Inserted);
            }
            Change::Update {
                id, to, set_aside, ..
            } => {
                let row = MemberRow {
                    id,
                    person: *to,
                    set_aside,
                };
                if let Some(before) = self.people.insert(record.member_id.clone(), row) {
                    self.changed_people
                        .entry(record.member_id.clone())
                        .or_insert(before);
                }
                self.raise(place, Outcome::Updated);
            }
            Change::Incomplete { missing } => {
                let missing: Vec<&str> = missing.into_iter().map(members::Field::code).collect();
                let why = format!("a person who is not known, without {}", missing.join(", "));
                self.reject(place, "member_id", &why);
            }
        }
    }

    /// A person who comes under a new member ID is found by the prior one, and keeps account,
    /// sign-in and autopay. Two people who are both known stay two.
    fn renumber(&mut self, record: &EnrollmentRecord) {
        let Some(prior) = record.prior_member_id.as_ref() else {
            return;
        };
        if *prior == record.member_id || self.people.contains_key(&record.member_id) {
            return;
        }
        if let Some(row) = self.people.remove(prior) {
            self.people.insert(record.member_id.clone(), row);
            self.renumbered
                .push((prior.clone(), record.member_id.clone()));
        }
    }

    pub(super) fn raise(&mut self, place: usize, to: Outcome) {
        self.outcome[place] = self.outcome[place].max(to);
    }

    pub(super) fn reject(&mut self, place: usize, element: &str, why: &str) {
        self.raise(place, Outcome::Rejected);
        self.rejects
            .push(rejected(&self.records[place], element, why));
    }

    async fn write_people(&mut self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        for new in &self.new_people {
            self.changed_people.remove(new);
        }
        let rows = |ids: &mut dyn Iterator<Item = &MemberId>| -> Vec<MemberRow> {
            ids.filter_map(|id| self.people.get(id).cloned()).collect()
        };
        let new = rows(&mut self.new_people.iter());
        let changed = rows(&mut self.changed_people.keys());
        self.still_as_read(tx).await?;
        store::roster::insert_persons(tx, &new, now).await?;
        store::roster::update_persons(tx, &changed, now).await?;
        store::roster::renumber_subscribers(tx, &self.renumbered).await
    }

    /// Locks the people who change. If a member chose something of themselves since they were
    /// read, the batch is worked out again.
    async fn still_as_read(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let before: HashMap<PersonId, &MemberRow> = self
            .changed_people
            .values()
            .map(|row| (row.id, row))
            .collect();
        let ids: Vec<PersonId> = before.keys().copied().collect();
        let now = store::roster::lock_persons(tx, &ids).await?;
        if now.iter().all(|row| before.get(&row.id) == Some(&row)) {
            return Ok(());
        }
        Err(StoreError::Conflict {
            constraint: "a person changed while the roster was read".to_owned(),
        })
    }

    /// The records that are not rejected, by subscriber.
    fn families(&self) -> Vec<Family> {
        let mut families: BTreeMap<&MemberId, Vec<usize>> = BTreeMap::new();
        for (place, record) in self.records.iter().enumerate() {
            if self.outcome[place] != Outcome::Rejected {
                families
                    .entry(&record.subscriber_id)
                    .or_default()
                    .push(place);
            }
        }
        let mut families: Vec<Family> = families
            .into_iter()
            .filter_map(|(id, places)| {
                Some(Family {
                    subscriber: self.people.get(id)?.id,
                    places,
                })
            })
            .collect();
        // In the order of the file, so that account numbers follow it.
        families.sort_by_key(|family| family.places[0]);
        families
    }
}

//! Reading a roster file twice: to check it, and to stream it in batches of whole families.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use formats::enrollment::{CsvReader, EnrollmentRecord, Entry, Finding, PlanLines, Reader834};
use kernel::MemberId;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::ImportFile;
use crate::{Refusal, UseCaseError};

/// How many records make a batch, give or take a family.
const BATCH: usize = 2_000;

/// A format that a roster may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// X12 834 (005010X220A1).
    X12,
    /// CSV with a header.
    Csv,
}

impl Format {
    /// The name used in commands and tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Format::X12 => "834",
            Format::Csv => "csv",
        }
    }
}

/// A file that may be taken over.
pub(super) struct Checked {
    path: PathBuf,
    pub format: Format,
    pub digest: String,
    /// How many records it has, rejected ones included.
    pub records: u64,
    /// Subscribers whose records do not stand together.
    scattered: HashSet<u64>,
}

/// Some records, all of a family together, and what was wrong with others.
#[derive(Default)]
pub(super) struct Batch {
    pub records: Vec<EnrollmentRecord>,
    pub findings: Vec<Finding>,
    /// How many records were rejected.
    pub rejected: u64,
}

fn refused(path: &Path, reason: impl ToString) -> UseCaseError {
    Refusal::new("roster-refused")
        .with("file", path.display())
        .with("reason", reason)
        .into()
}

/// The first pass.
pub(super) async fn check(
    file: ImportFile,
    lines: Arc<PlanLines>,
) -> Result<Checked, UseCaseError> {
    tokio::task::spawn_blocking(move || check_now(file, &lines))
        .await
        .map_err(|_| UseCaseError::broken("the check of the roster panicked"))?
}

fn check_now(file: ImportFile, lines: &PlanLines) -> Result<Checked, UseCaseError> {
    let ImportFile { path, format, .. } = file;
    let format = match format {
        Some(format) => format,
        None => tell_format(&path).map_err(|error| refused(&path, error))?,
    };
    let source = File::open(&path).map_err(|error| refused(&path, error))?;
    let mut digesting = Digesting {
        source,
        digest: Sha256::new(),
    };
    let mut scattered = Scattered::default();
    let mut reader = Reader::new(&mut digesting, format, lines).map_err(|e| refused(&path, e))?;
    let mut records = 0;
    while let Some(entry) = reader.next().map_err(|error| refused(&path, error))? {
        records += 1;
        if let Some(record) = &entry.record {
            scattered.see(number(&record.subscriber_id));
        }
    }
    drop(reader);
    let digest = hex::encode(digesting.digest.finalize());
    Ok(Checked {
        path,
        format,
        digest,
        records,
        scattered: scattered.apart,
    })
}

/// An 834 file begins with ISA; anything else is taken for CSV, whose header says if it is not.
fn tell_format(path: &Path) -> std::io::Result<Format> {
    let mut first = [0; 64];
    let read = File::open(path)?.read(&mut first)?;
    let begin = first[..read].trim_ascii_start();
    let begin = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin);
    Ok(if begin.starts_with(b"ISA") {
        Format::X12
    } else {
        Format::Csv
    })
}

fn number(member_id: &MemberId) -> u64 {
    member_id.as_str().parse().unwrap_or(0)
}

/// Finds subscribers who come again after somebody else's records.
#[derive(Default)]
struct Scattered {
    seen: HashSet<u64>,
    apart: HashSet<u64>,
    current: Option<u64>,
}

impl Scattered {
    fn see(&mut self, subscriber: u64) {
        if self.current == Some(subscriber) {
            return;
        }
        self.current = Some(subscriber);
        if !self.seen.insert(subscriber) {
            self.apart.insert(subscriber);
        }
    }
}

struct Digesting {
    source: File,
    digest: Sha256,
}

impl Read for Digesting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

/// A reader of either format.
enum Reader<'a, R> {
    X12(Box<Reader834<'a, R>>),
    Csv(Box<CsvReader<'a, BufReader<R>>>),
}

impl<'a, R: Read> Reader<'a, R> {
    fn new(source: R, format: Format, lines: &'a PlanLines) -> Result<Self, String> {
        Ok(match format {
            Format::X12 => Reader::X12(Box::new(Reader834::new(source, lines))),
            Format::Csv => {
                let source = BufReader::with_capacity(256 * 1024, source);
                let reader = CsvReader::new(source, lines).map_err(|error| error.to_string())?;
                Reader::Csv(Box::new(reader))
            }
        })
    }

    fn next(&mut self) -> Result<Option<Entry>, String> {
        match self {
            Reader::X12(reader) => reader.next_entry().map_err(|error| error.to_string()),
            Reader::Csv(reader) => reader.next_entry().map_err(|error| error.to_string()),
        }
    }
}

/// The second pass, on a thread of its own: the batches come as fast as they are taken.
pub(super) fn stream(
    checked: Checked,
    lines: Arc<PlanLines>,
) -> (JoinHandle<Result<(), UseCaseError>>, mpsc::Receiver<Batch>) {
    let (to, batches) = mpsc::channel(2);
    let reader = tokio::task::spawn_blocking(move || send(&checked, &lines, &to));
    (reader, batches)
}

fn send(
    checked: &Checked,
    lines: &PlanLines,
    to: &mpsc::Sender<Batch>,
) -> Result<(), UseCaseError> {
    let refused = |error: String| refused(&checked.path, error);
    let source = File::open(&checked.path).map_err(|error| refused(error.to_string()))?;
    let mut reader = Reader::new(source, checked.format, lines).map_err(refused)?;
    let mut batch = Batch::default();
    let mut held: HashMap<u64, Vec<EnrollmentRecord>> = HashMap::new();
    let mut current = None;
    while let Some(entry) = reader.next().map_err(refused)? {
        batch.findings.extend(entry.findings);
        let Some(record) = entry.record else {
            batch.rejected += 1;
            continue;
        };
        let subscriber = number(&record.subscriber_id);
        if checked.scattered.contains(&subscriber) {
            // The rest of the family comes later; it is taken over together.
            held.entry(subscriber).or_default().push(record);
            continue;
        }
        if batch.records.len() >= BATCH
            && current != Some(subscriber)
            && to.blocking_send(std::mem::take(&mut batch)).is_err()
        {
            return Ok(());
        }
        current = Some(subscriber);
        batch.records.push(record);
    }
    let mut families: Vec<_> = held.into_iter().collect();
    families.sort_unstable_by_key(|(subscriber, _)| *subscriber);
    for (_, family) in families {
        batch.records.extend(family);
        if batch.records.len() >= BATCH && to.blocking_send(std::mem::take(&mut batch)).is_err() {
            return Ok(());
        }
    }
    let _ = to.blocking_send(batch);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_families_that_do_not_stand_together_are_held_back() {
        let mut scattered = Scattered::default();
        for subscriber in [1, 1, 2, 3, 3, 2, 4] {
            scattered.see(subscriber);
        }
        assert_eq!(scattered.apart, HashSet::from([2]));
    }
}

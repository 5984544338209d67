//! Reading a lockbox file: to check it, and to stream its envelopes.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use formats::lockbox::{Envelope, Format, Summary, bai};
use sha2::{Digest as _, Sha256};
use store::lockbox::BankReference;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::check_prints::Prints;
use crate::{Refusal, UseCaseError};

/// A file that is complete and balances.
pub(super) struct Checked {
    path: PathBuf,
    format: Format,
    pub name: String,
    pub digest: String,
    pub contents: String,
    pub envelopes: u64,
    pub summary: Summary,
}

impl Checked {
    /// The name of its format in tables.
    pub fn format_code(&self) -> &'static str {
        match self.format {
            Format::Bai(_) => "bai",
            Format::X12Lockbox => "823",
            Format::X12Payment => "820",
            Format::Csv => "csv",
        }
    }
}

/// An envelope and where its checks stand.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub envelope: Envelope,
    /// Its number in the file, from 1.
    pub number: i64,
    /// The number in the file of its first check, from 1.
    pub first_item: i64,
    /// Which check its first one is under the envelope's number: above 1 only if the bank gives
    /// several envelopes in a row one number.
    first_ordinal: i64,
}

impl Placed {
    /// The places of its checks in the bank's books.
    pub fn references(&self) -> impl Iterator<Item = BankReference> + '_ {
        let checks = (self.first_ordinal..).zip(&self.envelope.checks);
        checks.map(|(ordinal, _)| BankReference {
            lockbox: self.envelope.lockbox.clone(),
            deposited_on: self.envelope.deposited_on,
            batch: self.envelope.batch.clone(),
            envelope: self.envelope.number.clone(),
            ordinal,
        })
    }
}

fn refused(path: &Path, reason: impl ToString) -> UseCaseError {
    Refusal::new("lockbox-refused")
        .with("file", path.display())
        .with("reason", reason)
        .into()
}

/// The first pass: the file is complete, balances, and this is what it holds.
pub(super) async fn check(
    path: PathBuf,
    layout: bai::Layout,
    prints: Prints,
) -> Result<Checked, UseCaseError> {
    tokio::task::spawn_blocking(move || check_now(path, &layout, &prints))
        .await
        .map_err(|_| UseCaseError::broken("the check of the lockbox file panicked"))?
}

fn check_now(
    path: PathBuf,
    layout: &bai::Layout,
    prints: &Prints,
) -> Result<Checked, UseCaseError> {
    let open = || File::open(&path).map_err(|error| refused(&path, error));
    let mut first = Vec::new();
    let begun = open()?.take(4_096).read_to_end(&mut first);
    begun.map_err(|error| refused(&path, error))?;
    let format = Format::of(&first, layout)
        .ok_or_else(|| refused(&path, "it is no BAI, X12 823, X12 820 or CSV lockbox file"))?;
    let summary = format.verify(BufReader::new(open()?));
    let summary = summary.map_err(|error| refused(&path, error))?;
    let mut bytes = Sha256::new();
    std::io::copy(&mut open()?, &mut bytes).map_err(|error| refused(&path, error))?;
    let (mut sum, mut envelopes) = ([0_u8; 32], 0);
    let all = format.envelopes(BufReader::new(open()?));
    for envelope in all.map_err(|error| refused(&path, error))? {
        let envelope = envelope.map_err(|error| refused(&path, error))?;
        envelopes += 1;
        for check in &envelope.checks {
            add(&mut sum, prints.placed(&envelope, check));
        }
    }
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok(Checked {
        name: name.unwrap_or_default(),
        digest: hex::encode(bytes.finalize()),
        contents: hex::encode(sum),
        envelopes,
        summary,
        format,
        path,
    })
}

/// Adds modulo 2 to the 256th: the sum is the same in any order, and twice the same check shows.
fn add(sum: &mut [u8; 32], hash: [u8; 32]) {
    let mut carry = 0_u16;
    for (into, byte) in sum.iter_mut().zip(hash).rev() {
        let [high, low] = (u16::from(*into) + u16::from(byte) + carry).to_be_bytes();
        *into = low;
        carry = u16::from(high);
    }
}

type Reader = JoinHandle<Result<(), UseCaseError>>;

/// Streams the envelopes after the first `done`, `chunk` at a time, in constant memory.
pub(super) fn stream(
    checked: &Checked,
    done: i64,
    chunk: usize,
) -> (Reader, mpsc::Receiver<Vec<Placed>>) {
    let (send, receive) = mpsc::channel(2);
    let (path, format) = (checked.path.clone(), checked.format.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let file = File::open(&path).map_err(|error| refused(&path, error))?;
        let all = format.envelopes(BufReader::new(file));
        let mut places = Places::default();
        let mut full = Vec::with_capacity(chunk);
        for envelope in all.map_err(|error| refused(&path, error))? {
            let envelope = envelope.map_err(|error| refused(&path, error))?;
            let placed = places.next(envelope);
            if placed.number <= done {
                continue;
            }
            full.push(placed);
            if full.len() >= chunk && send.blocking_send(std::mem::take(&mut full)).is_err() {
                return Ok(());
            }
        }
        if !full.is_empty() {
            // Whoever does not listen any more has an error of its own.
            let _ = send.blocking_send(full);
        }
        Ok(())
    });
    (reader, receive)
}

/// Waits for a reader that has sent everything.
pub(super) async fn ended(reader: Reader) -> Result<(), UseCaseError> {
    reader
        .await
        .map_err(|_| UseCaseError::broken("the reader of the lockbox file panicked"))?
}

/// Where the next envelope stands.
#[derive(Default)]
struct Places {
    envelopes: i64,
    items: i64,
    ordinals: i64,
    last: Option<Envelope>,
}

impl Places {
    fn next(&mut self, envelope: Envelope) -> Placed {
        let key = |e: &Envelope| {
            (
                e.lockbox.clone(),
                e.deposited_on,
                e.batch.clone(),
                e.number.clone(),
            )
        };
        if self.last.as_ref().map(key) != Some(key(&envelope)) {
            self.ordinals = 0;
        }
        let checks = i64::try_from(envelope.checks.len()).unwrap_or(i64::MAX);
        self.envelopes += 1;
        let placed = Placed {
            number: self.envelopes,
            first_item: self.items + 1,
            first_ordinal: self.ordinals + 1,
            envelope: envelope.clone(),
        };
        self.items += checks;
        self.ordinals += checks;
        self.last = Some(Envelope {
            checks: Vec::new(),
            coupons: Vec::new(),
            ..envelope
        });
        placed
    }
}

//! The chain of hashes that shows whether the journal was changed after it was written.
//!
//! Every journal transaction carries the SHA-256 (FIPS 180-4) of its own content and of the hash
//! before it in its chain. A row that is changed, dropped, added or put elsewhere breaks the chain
//! from there on. The bytes hashed are, in this order, numbers with the highest byte first:
//!
//! | bytes | what |
//! |---|---|
//! | 20 | `memberpay journal 1` and a zero byte: the layout and its version |
//! | 32 | the hash before, or 32 zero bytes at the start of a chain |
//! | 8 | the sequence number in the chain, signed |
//! | 16 | the id of the journal transaction |
//! | 4 + n | the posting: length in bytes, then UTF-8 |
//! | 2 + 1 + 1 | effective date: year, month, day |
//! | 8 | posted at, microseconds since 1970-01-01T00:00:00Z, signed |
//! | 4 + n | the source: length in bytes, then UTF-8 |
//! | 4 | how many entries follow |
//! | 2 + 8 + 1 + 16 | each entry: ledger account, cents (signed), 1 if about an invoice, its id or zeros |
//!
//! Entries are hashed in order of their bytes, so that the order in which a database hands them
//! back does not matter.

use jiff::civil::Date;
use kernel::JournalId;
use sha2::{Digest, Sha256};

use crate::{Entry, JournalTransaction};

const LAYOUT: &[u8; 20] = b"memberpay journal 1\0";

/// The hash before the first of a chain.
pub const CHAIN_START: [u8; 32] = [0; 32];

/// A journal transaction as it is stored in a chain.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Its place in the chain.
    pub sequence: i64,
    /// Its id.
    pub id: JournalId,
    /// The name of its posting.
    pub posting: &'a str,
    /// The day it counts from.
    pub effective: Date,
    /// Its entries, in any order.
    pub entries: &'a [Entry],
    /// When it was posted, in microseconds since 1970.
    pub posted_at_micros: i64,
    /// What it came from, such as `payment:0199…`.
    pub source: &'a str,
}

/// The hash of a transaction that follows `previous` in its chain. See the module for the bytes.
#[must_use]
pub fn chain_hash(
    previous: &[u8; 32],
    sequence: i64,
    id: JournalId,
    tx: &JournalTransaction,
    posted_at_micros: i64,
    source: &str,
) -> [u8; 32] {
    link_hash(
        previous,
        &Link {
            sequence,
            id,
            posting: tx.posting,
            effective: tx.effective,
            entries: &tx.entries,
            posted_at_micros,
            source,
        },
    )
}

/// As [`chain_hash`], for a transaction read back from where it is stored.
#[must_use]
pub fn link_hash(previous: &[u8; 32], link: &Link<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(LAYOUT);
    hash.update(previous);
    hash.update(link.sequence.to_be_bytes());
    hash.update(link.id.uuid().as_bytes());
    update_text(&mut hash, link.posting);
    hash.update(link.effective.year().to_be_bytes());
    hash.update(link.effective.month().to_be_bytes());
    hash.update(link.effective.day().to_be_bytes());
    hash.update(link.posted_at_micros.to_be_bytes());
    update_text(&mut hash, link.source);
    let mut entries: Vec<[u8; 27]> = link.entries.iter().map(entry_bytes).collect();
    entries.sort_unstable();
    hash.update(length(entries.len()));
    for entry in entries {
        hash.update(entry);
    }
    hash.finalize().into()
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenChain {
    /// The stored hash is not that of the content and the hash before.
    #[error(
        "journal transaction {id} (number {sequence} of its chain) was changed after it was \
         posted, or the one before it was; compare it with a backup"
    )]
    Changed {
        /// Its place in the chain.
        sequence: i64,
        /// Its id.
        id: JournalId,
    },
    /// A sequence number is missing or comes twice.
    #[error(
        "the chain jumps from number {after} to {found}: a journal transaction was removed or \
         added; compare with a backup"
    )]
    Gap {
        /// The last number that held.
        after: i64,
        /// The number found next.
        found: i64,
    },
}

/// Checks stretches of a chain, in order. `previous` is the number and hash that the stretch
/// follows: `(0, CHAIN_START)` at the beginning, where sequence numbers start with 1. Returns the
/// last number and hash, with which the next stretch is checked.
///
/// # Errors
/// [`BrokenChain`] at the first link that does not hold.
pub fn verify_chain<'a>(
    previous: (i64, [u8; 32]),
    links: impl IntoIterator<Item = (Link<'a>, [u8; 32])>,
) -> Result<(i64, [u8; 32]), BrokenChain> {
    let (mut after, mut hash) = previous;
    for (link, stored) in links {
        if link.sequence != after + 1 {
            return Err(BrokenChain::Gap {
                after,
                found: link.sequence,
            });
        }
        hash = link_hash(&hash, &link);
        if hash != stored {
            return Err(BrokenChain::Changed {
                sequence: link.sequence,
                id: link.id,
            });
        }
        after = link.sequence;
    }
    Ok((after, hash))
}

fn entry_bytes(entry: &Entry) -> [u8; 27] {
    let mut bytes = [0; 27];
    bytes[..2].copy_from_slice(&entry.account.number().to_be_bytes());
    bytes[2..10].copy_from_slice(&entry.cents.get().to_be_bytes());
    if let Some(invoice) = entry.invoice {
        bytes[10] = 1;
        bytes[11..].copy_from_slice(invoice.uuid().as_bytes());
    }
    bytes
}

fn update_text(hash: &mut Sha256, text: &str) {
    hash.update(length(text.len()));
    hash.update(text.as_bytes());
}

fn length(count: usize) -> [u8; 4] {
    u32::try_from(count)
        .expect("a journal transaction is far smaller than 4 GiB")
        .to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LedgerAccount;
    use jiff::civil::date;
    use kernel::{Cents, InvoiceId};

    const A: LedgerAccount = LedgerAccount::new("1000");
    const B: LedgerAccount = LedgerAccount::new("2000");

    fn tx(cents: i64) -> JournalTransaction {
        JournalTransaction::balanced(
            "trial",
            date(2026, 12, 1),
            vec![
                Entry::debit(A, Cents::new(cents)),
                Entry::credit(B, Cents::new(cents)).about(InvoiceId::from_parts(7, [7; 10])),
            ],
        )
        .unwrap()
    }

    fn id(n: u8) -> JournalId {
        JournalId::from_parts(u64::from(n), [n; 10])
    }

    fn link(sequence: i64, tx: &JournalTransaction) -> Link<'_> {
        Link {
            sequence,
            id: id(1),
            posting: tx.posting,
            effective: tx.effective,
            entries: &tx.entries,
            posted_at_micros: 5,
            source: "test",
        }
    }

    #[test]
    fn the_layout_never_changes_under_a_stored_chain() {
        let hash = chain_hash(
            &CHAIN_START,
            1,
            id(1),
            &tx(100),
            1_700_000_000_000_000,
            "test",
        );
        let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        // Computed with Python's hashlib from the table at the top of this file.
        assert_eq!(
            hex,
            "4f1542a5786dbc027d69f055e3c18eebd2986c5202ff5010db0b3914d981b2f7"
        );
    }

    #[test]
    fn every_field_is_part_of_the_hash() {
        let base = chain_hash(&CHAIN_START, 1, id(1), &tx(100), 5, "test");
        let mut later = tx(100);
        later.effective = date(2026, 12, 2);
        let mut renamed = tx(100);
        renamed.posting = "other";
        let mut about_nothing = tx(100);
        about_nothing.entries[1].invoice = None;
        let mut elsewhere = tx(100);
        elsewhere.entries[0].account = B;
        let others = [
            chain_hash(&[1; 32], 1, id(1), &tx(100), 5, "test"),
            chain_hash(&CHAIN_START, 2, id(1), &tx(100), 5, "test"),
            chain_hash(&CHAIN_START, 1, id(2), &tx(100), 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &tx(101), 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &tx(100), 6, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &tx(100), 5, "tset"),
            chain_hash(&CHAIN_START, 1, id(1), &later, 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &renamed, 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &about_nothing, 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &elsewhere, 5, "test"),
        ];
        for (i, other) in others.iter().enumerate() {
            assert_ne!(*other, base, "variant {i}");
        }
    }

    #[test]
    fn the_order_of_entries_does_not_matter() {
        let mut turned = tx(100);
        turned.entries.reverse();
        assert_eq!(
            chain_hash(&CHAIN_START, 1, id(1), &tx(100), 5, "test"),
            chain_hash(&CHAIN_START, 1, id(1), &turned, 5, "test")
        );
    }

    #[test]
    fn a_whole_chain_holds_and_a_tampered_or_shortened_one_does_not() {
        let txs = [tx(1), tx(2), tx(3)];
        let mut previous = CHAIN_START;
        let mut chain = Vec::new();
        for (number, tx) in (1..).zip(&txs) {
            previous = link_hash(&previous, &link(number, tx));
            chain.push((link(number, tx), previous));
        }
        let start = (0, CHAIN_START);
        assert_eq!(verify_chain(start, chain.clone()), Ok((3, previous)));

        let stretch = verify_chain(start, chain[..2].to_vec()).unwrap();
        assert_eq!(
            verify_chain(stretch, chain[2..].to_vec()),
            Ok((3, previous))
        );

        let other = tx(20);
        let mut tampered = chain.clone();
        tampered[1].0.entries = &other.entries;
        assert_eq!(
            verify_chain(start, tampered),
            Err(BrokenChain::Changed {
                sequence: 2,
                id: id(1)
            })
        );
        let mut shortened = chain;
        shortened.remove(1);
        assert_eq!(
            verify_chain(start, shortened),
            Err(BrokenChain::Gap { after: 1, found: 3 })
        );
    }
}

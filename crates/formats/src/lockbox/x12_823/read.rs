use std::collections::VecDeque;
use std::io::Read;

use jiff::civil::Date;
use kernel::Cents;

use crate::lockbox::books::{Books, Tally};
use crate::lockbox::mistake::off_by;
use crate::lockbox::x12::{amount, day, mistake};
use crate::lockbox::{Check, Coupon, Envelope, LockboxError, Mistake, Position, Summary, values};
use crate::shown::{decode, shown};
use crate::x12::{EnvelopeCheck, Segment, Segments};

/// Reads a whole file and says what it holds, or at which segment it does not balance.
///
/// # Errors
/// [`LockboxError`]: the file is to be refused whole.
pub fn verify(source: impl Read) -> Result<Summary, LockboxError> {
    let mut reader = Reader::new(source);
    while reader.next_envelope()?.is_some() {}
    Ok(reader.books.summary)
}

/// Gives out the envelopes of an 823 file, in constant memory. Run [`verify`] over it first.
#[derive(Debug)]
pub struct Reader<R> {
    segments: Segments<R>,
    /// Taken at the end of the file.
    check: Option<EnvelopeCheck>,
    state: State,
    books: Books,
}

/// A total or count that stands before what it is of.
#[derive(Debug, Clone)]
struct Stated {
    position: Position,
    of: &'static str,
    element: &'static str,
    what: &'static str,
    number: i64,
    money: bool,
}

#[derive(Debug, Default)]
struct State {
    within: Loop,
    lockbox: Option<(String, Date)>,
    batch: Option<String>,
    /// What DEP and BAT say.
    deposit: Vec<Stated>,
    in_batch: Vec<Stated>,
    /// The check that is being read.
    pending: Option<Envelope>,
    /// The checks before it, until it is known whether it lay in the same envelope.
    held: Option<Envelope>,
    ready: VecDeque<Envelope>,
    number: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Loop {
    #[default]
    Outside,
    Heading,
    Deposit,
    Batch,
    Check,
    Coupon,
}

impl<R: Read> Reader<R> {
    /// Reads from `source`.
    pub fn new(source: R) -> Self {
        Reader {
            segments: Segments::new(source),
            check: Some(EnvelopeCheck::default()),
            state: State::default(),
            books: Books::default(),
        }
    }

    /// The next envelope, or `None` at the end of a complete file.
    ///
    /// # Errors
    /// [`LockboxError`] at the first thing that is wrong or does not balance.
    pub fn next_envelope(&mut self) -> Result<Option<Envelope>, LockboxError> {
        loop {
            if let Some(envelope) = self.state.ready.pop_front() {
                return Ok(Some(envelope));
            }
            let Some(check) = &mut self.check else {
                return Ok(None);
            };
            match self.segments.next_segment()? {
                Some(segment) => {
                    check
                        .observe(&segment)
                        .map_err(crate::x12::EnvelopeError::from)?;
                    self.state.take(&segment, &mut self.books)?;
                }
                None => {
                    if let Some(check) = self.check.take() {
                        let envelope = check.finish(&self.segments)?;
                        let summary = &mut self.books.summary;
                        summary.records = envelope.segments;
                        summary.origin = envelope.sender;
                        let control = envelope.control_number;
                        summary.reference = match summary.reference.as_str() {
                            "" => control,
                            trace => format!("{control}/{trace}"),
                        };
                    }
                }
            }
        }
    }

    /// What the file holds, once [`Reader::next_envelope`] has given `None`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.books.summary
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Envelope, LockboxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_envelope().transpose()
    }
}

impl State {
    fn take(&mut self, segment: &Segment<'_>, books: &mut Books) -> Result<(), Mistake> {
        match (self.within, segment.id()) {
            (_, b"ISA") => {
                books.summary.destination = decode(segment.element(8).trim_ascii());
                books.summary.made_on = values::x12_day(segment.element(9));
            }
            (_, b"ST") if segment.element(1) != b"823" => {
                return Err(mistake(segment, "ST01", 1, "823, a lockbox file"));
            }
            (_, b"ST") => self.within = Loop::Heading,
            (_, b"SE") => {
                self.end_deposit(books)?;
                self.within = Loop::Outside;
            }
            (Loop::Outside, _) => {}
            (Loop::Heading, b"TRN") if books.summary.reference.is_empty() => {
                books.summary.reference = decode(segment.element(2));
            }
            (_, b"DEP") => self.begin_deposit(segment, books)?,
            (Loop::Heading, _) => {}
            (_, b"BAT") => self.begin_batch(segment, books)?,
            (Loop::Deposit | Loop::Batch, b"AMT") => self.total(segment)?,
            (Loop::Deposit | Loop::Batch, b"QTY") => self.count(segment)?,
            (_, b"BPR" | b"BPS") => self.begin_check(segment, books)?,
            (Loop::Check | Loop::Coupon, _) => self.detail(segment)?,
            _ => {}
        }
        Ok(())
    }

    fn begin_deposit(&mut self, segment: &Segment<'_>, books: &mut Books) -> Result<(), Mistake> {
        self.end_deposit(books)?;
        let lockbox = values::text(segment.element(1))
            .ok_or_else(|| mistake(segment, "DEP01", 1, "a lockbox number"))?;
        self.lockbox = Some((lockbox, day(segment, "DEP02", 2)?));
        books.begin_deposit();
        self.within = Loop::Deposit;
        // Taken out by AMT: a deposit without total is not balanced.
        self.deposit.push(Stated {
            position: Position::Segment(segment.number),
            of: "DEP",
            element: "AMT02 after DEP",
            what: "the deposit's total",
            number: -1,
            money: true,
        });
        Ok(())
    }

    fn begin_batch(&mut self, segment: &Segment<'_>, books: &mut Books) -> Result<(), Mistake> {
        self.end_batch(books)?;
        self.batch = Some(decode(segment.element(3)));
        books.begin_batch();
        self.within = Loop::Batch;
        self.number = 0;
        Ok(())
    }

    fn total(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let stated = amount(segment, "AMT02", 2)?;
        let (into, what) = match self.within {
            Loop::Batch => (&mut self.in_batch, "the checks of the batch"),
            _ => {
                self.deposit.retain(|s| s.of != "DEP");
                (&mut self.deposit, "the checks of the deposit")
            }
        };
        into.push(Stated {
            position: Position::Segment(segment.number),
            of: "AMT",
            element: "AMT02",
            what,
            number: stated.get(),
            money: true,
        });
        Ok(())
    }

    fn count(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let what = match (self.within, segment.element(1)) {
            (Loop::Deposit, b"41") => "the batches of the deposit",
            (Loop::Deposit, b"42") => "the checks of the deposit",
            (Loop::Batch, b"42") => "the checks of the batch",
            // Other quantities have no meaning that all banks share.
            _ => return Ok(()),
        };
        let number = values::whole(segment.element(2)).and_then(|n| i64::try_from(n).ok());
        let stated = Stated {
            position: Position::Segment(segment.number),
            of: "QTY",
            element: "QTY02",
            what,
            number: number.ok_or_else(|| mistake(segment, "QTY02", 2, "a count"))?,
            money: false,
        };
        match self.within {
            Loop::Batch => self.in_batch.push(stated),
            _ => self.deposit.push(stated),
        }
        Ok(())
    }

    fn begin_check(&mut self, segment: &Segment<'_>, books: &mut Books) -> Result<(), Mistake> {
        self.end_check();
        let Some((lockbox, deposited_on)) = self.lockbox.clone() else {
            return Err(mistake(segment, "segment ID", 0, "DEP before BPR"));
        };
        let paid = amount(segment, "BPR02", 2)?;
        if paid.is_negative() {
            return Err(mistake(segment, "BPR02", 2, "an amount of at least zero"));
        }
        let too_much = |_| mistake(segment, "BPR02", 2, "a sum that can be counted");
        books.check(paid).map_err(too_much)?;
        let dated = match segment.element(16) {
            b"" => None,
            _ => Some(day(segment, "BPR16", 16)?),
        };
        let position = Position::Segment(segment.number);
        self.number += 1;
        self.pending = Some(Envelope {
            position,
            lockbox,
            deposited_on,
            batch: self.batch.get_or_insert_default().clone(),
            number: self.number.to_string(),
            checks: vec![Check {
                position,
                amount: paid,
                routing: values::routing(segment.element(7)),
                account: values::account(segment.element(9)),
                number: None,
                dated,
                remitter: None,
                payee: None,
                image: None,
                electronic: false,
            }],
            coupons: Vec::new(),
        });
        self.within = Loop::Check;
        Ok(())
    }

    /// TRN, REF, N1 and RMR after BPR.
    fn detail(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let Some(envelope) = &mut self.pending else {
            return Ok(());
        };
        let Envelope {
            checks,
            coupons,
            number,
            ..
        } = envelope;
        let [.., check] = &mut checks[..] else {
            return Ok(());
        };
        let [id, first, second] = segment.elements();
        match (id, first, coupons.last_mut()) {
            (b"RMR", ..) => {
                let mut coupon = Coupon::at(Position::Segment(segment.number));
                let reference = values::text(second);
                match first {
                    b"ZZ" => coupon.scan_line = reference,
                    _ => coupon.reference = reference,
                }
                if !segment.element(4).is_empty() {
                    coupon.amount = Some(amount(segment, "RMR04", 4)?);
                }
                coupons.push(coupon);
                self.within = Loop::Coupon;
            }
            (b"REF", b"ZZ", Some(coupon)) => coupon.scan_line = values::text(second),
            (b"REF", b"IX", None) => *number = decode(second.trim_ascii()),
            (b"REF", b"43", None) => check.image = values::text(second),
            (b"TRN", _, None) => check.number = values::unpadded(second),
            (b"N1", b"PR", _) => check.remitter = values::text(second),
            (b"N1", b"PE", None) => check.payee = values::text(second),
            _ => {}
        }
        Ok(())
    }

    fn end_check(&mut self) {
        let Some(next) = self.pending.take() else {
            return;
        };
        let same = |e: &&mut Envelope| {
            e.number == next.number && e.batch == next.batch && e.lockbox == next.lockbox
        };
        // Several checks of one envelope follow each other, with the same REF*IX.
        match self.held.as_mut().filter(same) {
            Some(envelope) => {
                envelope.checks.extend(next.checks);
                envelope.coupons.extend(next.coupons);
            }
            None => self.ready.extend(self.held.replace(next)),
        }
    }

    fn end_batch(&mut self, books: &mut Books) -> Result<(), Mistake> {
        self.end_check();
        self.ready.extend(self.held.take());
        if self.batch.take().is_some() {
            for stated in self.in_batch.drain(..) {
                stated.holds(books.batch, 0)?;
            }
            books.end_batch();
        }
        Ok(())
    }

    fn end_deposit(&mut self, books: &mut Books) -> Result<(), Mistake> {
        self.end_batch(books)?;
        let Some((lockbox, day)) = self.lockbox.take() else {
            return Ok(());
        };
        let mut place = Position::Segment(0);
        for stated in self.deposit.drain(..) {
            stated.holds(books.deposit, books.batches_in_deposit)?;
            place = stated.position;
        }
        books.end_deposit(&lockbox, day).map_err(|_| Mistake {
            position: place,
            record: "DEP".into(),
            field: "DEP01".into(),
            found: shown(lockbox.as_bytes()),
            expected: "at most 1,000 deposits in a file".to_owned(),
        })
    }
}

impl Stated {
    fn holds(&self, tally: Tally, batches: u64) -> Result<(), Mistake> {
        let counted = match self.what {
            "the batches of the deposit" => i64::try_from(batches).unwrap_or(i64::MAX),
            _ if self.money => tally.cents,
            _ => i64::try_from(tally.checks).unwrap_or(i64::MAX),
        };
        let missing = self.of == "DEP";
        if counted == self.number && !missing {
            return Ok(());
        }
        let (found, expected) = if missing {
            (
                "nothing".to_owned(),
                format!("{}, {}", tally.total(), self.what),
            )
        } else if self.money {
            let stated = Cents::new(self.number);
            (stated.to_string(), off_by(tally.total(), stated, self.what))
        } else {
            (self.number.to_string(), format!("{counted}, {}", self.what))
        };
        Err(Mistake {
            position: self.position,
            record: self.of.into(),
            field: self.element.into(),
            found,
            expected,
        })
    }
}

use std::io::Read;

use jiff::civil::Date;
use kernel::Cents;

use crate::lockbox::books::Books;
use crate::lockbox::mistake::off_by;
use crate::lockbox::x12::{amount, day, mistake};
use crate::lockbox::{Check, Coupon, Envelope, LockboxError, Mistake, Position, Summary, values};
use crate::shown::decode;
use crate::x12::{EnvelopeCheck, Segment, Segments};

/// The implementation guide that is read, errata included or not.
const GUIDE: &[u8] = b"005010X218";

/// Reads a whole file and says what it holds, or at which segment it does not balance.
///
/// # Errors
/// [`LockboxError`]: the file is to be refused whole.
pub fn verify(source: impl Read) -> Result<Summary, LockboxError> {
    let mut reader = Reader::new(source);
    while reader.next_envelope()?.is_some() {}
    Ok(reader.books.summary)
}

/// Gives out the payments of an 820 file, in constant memory. Run [`verify`] over it first.
#[derive(Debug)]
pub struct Reader<R> {
    segments: Segments<R>,
    /// Taken at the end of the file.
    check: Option<EnvelopeCheck>,
    group: Option<(String, Date)>,
    payment: Option<Payment>,
    /// Who the next RMR is about.
    person: Option<String>,
    ready: Option<Envelope>,
    books: Books,
}

#[derive(Debug)]
struct Payment {
    envelope: Envelope,
    /// What RMR and ADX come to.
    explained: i64,
}

impl<R: Read> Reader<R> {
    /// Reads from `source`.
    pub fn new(source: R) -> Self {
        Reader {
            segments: Segments::new(source),
            check: Some(EnvelopeCheck::default()),
            group: None,
            payment: None,
            person: None,
            ready: None,
            books: Books::default(),
        }
    }

    /// The next payment, or `None` at the end of a complete file.
    ///
    /// # Errors
    /// [`LockboxError`] at the first thing that is wrong or does not balance.
    pub fn next_envelope(&mut self) -> Result<Option<Envelope>, LockboxError> {
        loop {
            if let Some(envelope) = self.ready.take() {
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
                    let mut payments = Payments {
                        group: &mut self.group,
                        payment: &mut self.payment,
                        person: &mut self.person,
                        ready: &mut self.ready,
                        books: &mut self.books,
                    };
                    payments.take(&segment)?;
                }
                None => {
                    if let Some(check) = self.check.take() {
                        let envelope = check.finish(&self.segments)?;
                        let summary = &mut self.books.summary;
                        summary.records = envelope.segments;
                        summary.origin = envelope.sender;
                        summary.reference = envelope.control_number;
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

/// The reader without its segments.
struct Payments<'a> {
    group: &'a mut Option<(String, Date)>,
    payment: &'a mut Option<Payment>,
    person: &'a mut Option<String>,
    ready: &'a mut Option<Envelope>,
    books: &'a mut Books,
}

impl Payments<'_> {
    fn take(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        match segment.id() {
            b"ISA" => {
                self.books.summary.destination = decode(segment.element(8).trim_ascii());
                self.books.summary.made_on = values::x12_day(segment.element(9));
            }
            b"GS" if !segment.element(8).starts_with(GUIDE) => {
                return Err(mistake(segment, "GS08", 8, "005010X218"));
            }
            b"GS" => *self.group = Some((decode(segment.element(6)), day(segment, "GS04", 4)?)),
            b"ST" if segment.element(1) != b"820" => {
                return Err(mistake(segment, "ST01", 1, "820, a premium payment"));
            }
            b"ST" => self.begins(segment),
            b"BPR" => self.pays(segment)?,
            b"SE" => self.ends(segment)?,
            _ => self.detail(segment)?,
        }
        Ok(())
    }

    fn begins(&mut self, segment: &Segment<'_>) {
        let (batch, made_on) = self.group.clone().unwrap_or_default();
        *self.person = None;
        *self.payment = Some(Payment {
            explained: 0,
            envelope: Envelope {
                position: Position::Segment(segment.number),
                lockbox: String::new(),
                deposited_on: made_on,
                batch,
                number: decode(segment.element(2).trim_ascii()),
                checks: Vec::new(),
                coupons: Vec::new(),
            },
        });
    }

    fn pays(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let paid = amount(segment, "BPR02", 2)?;
        if paid.is_negative() {
            return Err(mistake(segment, "BPR02", 2, "an amount of at least zero"));
        }
        let Some(payment) = self
            .payment
            .as_mut()
            .filter(|p| p.envelope.checks.is_empty())
        else {
            return Err(mistake(
                segment,
                "segment ID",
                0,
                "one BPR in a transaction set",
            ));
        };
        let dated = match segment.element(16) {
            b"" => None,
            _ => Some(day(segment, "BPR16", 16)?),
        };
        let electronic = segment.element(4) != b"CHK";
        if let Some(effective) = dated.filter(|_| electronic) {
            payment.envelope.deposited_on = effective;
        }
        payment.envelope.checks.push(Check {
            position: Position::Segment(segment.number),
            amount: paid,
            routing: values::routing(segment.element(7)),
            account: values::account(segment.element(9)),
            number: None,
            dated: dated.filter(|_| !electronic),
            remitter: None,
            payee: None,
            image: None,
            electronic,
        });
        Ok(())
    }

    fn detail(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let Some(Payment {
            envelope,
            explained,
        }) = self.payment.as_mut()
        else {
            return Ok(());
        };
        let [.., check] = &mut envelope.checks[..] else {
            return Ok(());
        };
        let [id, first, second, third, fourth] = segment.elements();
        let counted = |sum: i64, element, at| -> Result<i64, Mistake> {
            let more = amount(segment, element, at)?;
            let too_much = || mistake(segment, element, at, "a sum that can be counted");
            sum.checked_add(more.get()).ok_or_else(too_much)
        };
        match (id, first) {
            (b"TRN", _) => check.number = values::unpadded(second),
            (b"DTM", b"009") => envelope.deposited_on = day(segment, "DTM02", 2)?,
            (b"N1", b"PR") => check.remitter = values::text(second),
            (b"N1", b"PE") => check.payee = values::text(second),
            (b"ENT", _) => *self.person = None,
            // NM109 may be a social security number: it is not kept.
            (b"NM1", _) => {
                let names = [values::text(third), values::text(fourth)];
                let names: Vec<String> = names.into_iter().flatten().collect();
                *self.person = Some(names.join(", ")).filter(|name| !name.is_empty());
            }
            (b"RMR", _) => {
                *explained = counted(*explained, "RMR04", 4)?;
                let mut coupon = Coupon::at(Position::Segment(segment.number));
                let reference = values::text(second);
                match first {
                    b"ZZ" => coupon.scan_line = reference,
                    _ => coupon.reference = reference,
                }
                coupon.amount = Some(amount(segment, "RMR04", 4)?);
                coupon.text.clone_from(self.person);
                envelope.coupons.push(coupon);
            }
            (b"ADX", _) => *explained = counted(*explained, "ADX01", 1)?,
            _ => {}
        }
        Ok(())
    }

    fn ends(&mut self, segment: &Segment<'_>) -> Result<(), Mistake> {
        let Some(Payment {
            envelope,
            explained,
        }) = self.payment.take()
        else {
            return Ok(());
        };
        let [check] = &envelope.checks[..] else {
            return Err(mistake(
                segment,
                "segment ID",
                0,
                "BPR, the payment, before SE",
            ));
        };
        let (paid, explained) = (check.amount, Cents::new(explained));
        if paid != explained {
            let what = "the remittances (RMR04) and adjustments (ADX01) of the payment";
            return Err(Mistake {
                position: check.position,
                record: "BPR".into(),
                field: "BPR02".into(),
                found: paid.to_string(),
                expected: off_by(explained, paid, what),
            });
        }
        let too_much = |_| mistake(segment, "SE", 0, "a sum that can be counted");
        self.books.begin_deposit();
        self.books.check(paid).map_err(too_much)?;
        self.books.end_batch();
        let day = envelope.deposited_on;
        self.books.end_deposit("", day).map_err(too_much)?;
        *self.ready = Some(envelope);
        Ok(())
    }
}

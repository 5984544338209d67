use std::io::Write;

use kernel::{Cents, Secret};

use crate::lockbox::x12::{Interchange, digits};
use crate::lockbox::{Envelope, WriteError, X12Header};

const GUIDE: &str = "005010X218";

/// Writes an 820 file, a transaction set for each payment. The number of an envelope is not
/// written: sets are numbered from 1.
#[derive(Debug)]
pub struct Writer<W: Write> {
    into: Interchange<W>,
    tax_ids: [String; 2],
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or the header does not fit.
    pub fn new(into: W, header: &X12Header) -> Result<Self, WriteError> {
        Ok(Writer {
            into: Interchange::begin(into, header, "RA", GUIDE, "820")?,
            tax_ids: header.tax_ids.clone(),
        })
    }

    /// Writes one payment, whose coupons must come to its amount.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written or something has no place in an 820.
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), WriteError> {
        let [check] = &envelope.checks[..] else {
            let why = "an 820 tells of one payment in each set";
            return Err(WriteError::does_not_fit("the envelope", why));
        };
        let explained: Cents = envelope.coupons.iter().filter_map(|c| c.amount).sum();
        if explained != check.amount || envelope.coupons.is_empty() {
            let why = format!(
                "its coupons come to {explained}, its payment to {}",
                check.amount
            );
            return Err(WriteError::does_not_fit("the envelope", why));
        }
        let [payer, plan] = self.tax_ids.clone();
        let amount = check.amount.plain();
        let routing = check.routing.as_ref().map_or("", Secret::expose);
        let account = check.account.as_ref().map_or("", Secret::expose);
        let qualified = |qualifier, value: &str| if value.is_empty() { "" } else { qualifier };
        let method = if check.electronic { "ACH" } else { "CHK" };
        let dated = check.dated.unwrap_or(envelope.deposited_on);
        self.into.begin_set(Some(GUIDE))?;
        self.into.segment(&[
            "BPR",
            "I",
            &amount,
            "C",
            method,
            "",
            qualified("01", routing),
            routing,
            qualified("DA", account),
            account,
            &format!("1{payer}"),
            "",
            "",
            "",
            "",
            "",
            &digits(dated),
        ])?;
        let number = check.number.as_deref().unwrap_or("0");
        self.into.segment(&["TRN", "3", number])?;
        self.into
            .segment(&["DTM", "009", &digits(envelope.deposited_on)])?;
        for (who, name, id) in [("PE", &check.payee, &plan), ("PR", &check.remitter, &payer)] {
            let name = name.as_deref().unwrap_or("NOT KNOWN");
            self.into.segment(&["N1", who, name, "FI", id])?;
        }
        self.into.segment(&["ENT", "1", "2L", "FI", &payer])?;
        for coupon in &envelope.coupons {
            let Some(reference) = &coupon.reference else {
                return Err(WriteError::does_not_fit(
                    "RMR02",
                    "a coupon has no reference",
                ));
            };
            let amount = coupon.amount.map(Cents::plain).unwrap_or_default();
            self.into.segment(&["RMR", "IK", reference, "", &amount])?;
        }
        self.into.end_set()
    }

    /// Ends the file and gives back what was written into.
    ///
    /// # Errors
    /// [`WriteError`] if the bytes cannot be written.
    pub fn finish(self) -> Result<W, WriteError> {
        self.into.finish()
    }
}

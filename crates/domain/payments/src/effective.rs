//! The day from which a payment counts, and the Nacha entry class of a bank debit.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{BillingMonth, Channel};

/// The moment that decides from which day a payment counts. It is the payer's moment, not the
/// bank's: a payment made on the due date is in time, whenever it settles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// A card was authorised.
    Authorized(Timestamp),
    /// A bank debit was submitted by the payer. Provisional until it can no longer be returned.
    Submitted(Timestamp),
    /// A center took it in.
    Received(Timestamp),
    /// The lockbox deposited a check, on the bank's date.
    Deposited(Date),
    /// It was withheld from benefits for this month.
    Withheld(BillingMonth),
}

/// The day from which the payment counts, in the plan's time zone.
#[must_use]
pub fn effective_date(moment: Moment, zone: &TimeZone) -> Date {
    match moment {
        Moment::Authorized(at) | Moment::Submitted(at) | Moment::Received(at) => {
            zone.to_datetime(at).date()
        }
        Moment::Deposited(day) => day,
        Moment::Withheld(month) => month.first_day(),
    }
}

/// The Standard Entry Class of a bank debit (Nacha Operating Rules, section 2.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryClass {
    /// Authorised on the Internet.
    Web,
    /// Authorised by telephone.
    Tel,
    /// Authorised in writing.
    Ppd,
    /// A check that came by mail, turned into a debit.
    Arc,
}

impl EntryClass {
    /// The code in the batch header.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            EntryClass::Web => "WEB",
            EntryClass::Tel => "TEL",
            EntryClass::Ppd => "PPD",
            EntryClass::Arc => "ARC",
        }
    }
}

/// The entry class of a bank debit that came in through a channel; `None` where there is no debit.
#[must_use]
pub const fn entry_class(channel: Channel) -> Option<EntryClass> {
    match channel {
        Channel::Online | Channel::Guest => Some(EntryClass::Web),
        Channel::Phone => Some(EntryClass::Tel),
        Channel::Center => Some(EntryClass::Ppd),
        Channel::Mail => Some(EntryClass::Arc),
        Channel::Deduction => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_payment_counts_from_the_payers_day_in_the_plans_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (at, expected) in [
            // Just before and at midnight on the last day of a month, while servers run in UTC.
            ("2026-12-01T04:59:59Z", date(2026, 11, 30)),
            ("2026-12-01T05:00:00Z", date(2026, 12, 1)),
            // The hour that does not exist and the one that comes twice.
            ("2026-03-08T07:00:00Z", date(2026, 3, 8)),
            ("2026-11-01T05:30:00Z", date(2026, 11, 1)),
            ("2026-11-01T06:30:00Z", date(2026, 11, 1)),
        ] {
            let at: Timestamp = at.parse().unwrap();
            for moment in [
                Moment::Authorized(at),
                Moment::Submitted(at),
                Moment::Received(at),
            ] {
                assert_eq!(effective_date(moment, &zone), expected, "{moment:?}");
            }
        }
    }

    #[test]
    fn deposits_and_deductions_carry_their_own_day() {
        let zone = TimeZone::UTC;
        let day = date(2026, 12, 3);
        assert_eq!(effective_date(Moment::Deposited(day), &zone), day);
        assert_eq!(
            effective_date(Moment::Withheld(BillingMonth::of(day)), &zone),
            date(2026, 12, 1)
        );
    }

    #[test]
    fn every_channel_with_bank_debits_has_its_entry_class() {
        let codes: Vec<_> = Channel::ALL
            .into_iter()
            .map(|c| entry_class(c).map(EntryClass::code))
            .collect();
        assert_eq!(
            codes,
            [
                Some("WEB"),
                Some("WEB"),
                Some("TEL"),
                Some("PPD"),
                Some("ARC"),
                None
            ]
        );
    }
}

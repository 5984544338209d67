//! Envelopes and accounts to test with.

use cash::OpenInvoice;
use jiff::civil::date;
use kernel::{AccountId, BillingMonth, Cents, InvoiceId, MemberId};

use crate::{Check, Coupon, Envelope, Exception, Known, LockboxRules, Scan};

pub fn month() -> BillingMonth {
    BillingMonth::parse("2026-12").unwrap()
}

pub fn member_id(n: u8) -> MemberId {
    MemberId::parse(&format!("100000000{n:02}")).unwrap()
}

pub fn check(cents: i64) -> Check {
    Check {
        cents: Cents::new(cents),
        payer_account: None,
        payer_name: None,
        payer_zip: None,
        dated: Some(date(2026, 11, 28)),
        signed: true,
        domestic: true,
        payee_is_plan: true,
        says_paid_in_full: false,
        came_before: false,
    }
}

pub fn coupon(n: u8, due: i64) -> Scan {
    Scan::Verified(Coupon {
        member_id: member_id(n),
        invoice_number: Some(billing::invoice_number(n.into(), month())),
        amount_due: Cents::new(due),
    })
}

pub fn envelope(checks: Vec<Check>, coupons: Vec<Scan>) -> Envelope {
    Envelope {
        checks,
        coupons,
        enclosures: Vec::new(),
        deposited_on: date(2026, 12, 3),
        file_on: date(2026, 12, 4),
    }
}

pub fn known(n: u8, open: i64) -> Known {
    Known {
        account: AccountId::from_parts(n.into(), [0; 10]),
        number: n.into(),
        member_id: member_id(n),
        in_force: true,
        open: vec![OpenInvoice {
            id: InvoiceId::from_parts(n.into(), [0; 10]),
            month: month(),
            due_on: month().first_day(),
            open: Cents::new(open),
            binder: false,
            policy: "P1".to_owned(),
        }],
        names: Vec::new(),
        zip: None,
        payer_accounts: Vec::new(),
    }
}

pub fn rules(posted_with: &[Exception]) -> LockboxRules {
    LockboxRules {
        stale_after_months: 6,
        posted_with: posted_with.iter().copied().collect(),
    }
}

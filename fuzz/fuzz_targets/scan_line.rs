//! Any text as a scan line; what is read composes to the same digits.
#![no_main]

use formats::scan_line::{
    CheckResult, CheckRule, Field, FieldKind, From, Layout, Sum, compose, read,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let field = |kind, width| Field { kind, width };
    let layout = Layout {
        fields: vec![
            field(FieldKind::MemberId, 11),
            field(FieldKind::Invoice, 10),
            field(FieldKind::AmountDue, 10),
        ],
        check: CheckRule {
            weights: vec![2, 1],
            from: From::Right,
            sum: Sum::DigitSum,
            result: CheckResult::Complement,
        },
    };
    if let Ok(line) = read(&layout, text) {
        let invoice = line.invoice.unwrap_or_default();
        let amount = line.amount_due.expect("the layout has an amount");
        let again = compose(&layout, &line.member_id, &invoice, amount).expect("it was read");
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(again, digits);
    }
});

use jiff::civil::date;

use super::*;

fn mail(count: u32) -> Vec<Mailed> {
    (1..=count)
        .map(|n| Mailed {
            invoice_number: format!("{n:013}"),
            amount_due: Cents::new(8_641),
            payer: "María Peña".to_owned(),
            payee: "Example Plan".to_owned(),
            read: format!("{n:035}"),
        })
        .collect()
}

fn place() -> Place {
    Place {
        lockbox: "0022222".to_owned(),
        day: date(2026, 11, 27),
        seed: 7,
    }
}

fn only(fault: Fault) -> Rates {
    let rates: Vec<String> = Fault::ALL
        .into_iter()
        .map(|one| format!("{}={}", one.code(), if one == fault { 100 } else { 0 }))
        .collect();
    Rates::default().with(&rates).unwrap()
}

/// Cents of the checks and the scan lines of each envelope that stands in the file.
fn laid(opened: &[Opened]) -> Vec<(Vec<i64>, Vec<String>)> {
    let envelopes = opened.iter().filter_map(|one| one.envelope.as_ref());
    envelopes
        .map(|envelope| {
            let checks = envelope.checks.iter().map(|check| check.amount.get());
            let lines = envelope.coupons.iter().filter_map(|c| c.scan_line.clone());
            (checks.collect(), lines.collect())
        })
        .collect()
}

#[test]
fn each_fault_makes_the_envelope_it_says() {
    let (one, two) = (format!("{:035}", 1), format!("{:035}", 2));
    let due = |lines: &[&String]| (vec![8_641], lines.iter().map(|l| (*l).clone()).collect());
    for (fault, expected) in [
        (Fault::NoCoupon, vec![due(&[]), due(&[])]),
        (
            Fault::ShortPaid,
            vec![
                (vec![4_320], vec![one.clone()]),
                (vec![4_320], vec![two.clone()]),
            ],
        ),
        (
            Fault::OverPaid,
            vec![
                (vec![9_641], vec![one.clone()]),
                (vec![9_641], vec![two.clone()]),
            ],
        ),
        (
            Fault::Duplicate,
            vec![due(&[&one]), due(&[&one]), due(&[&two]), due(&[&two])],
        ),
        (Fault::StaleDated, vec![due(&[&one]), due(&[&two])]),
        (Fault::PostDated, vec![due(&[&one]), due(&[&two])]),
        (Fault::Unsigned, vec![]),
        (
            Fault::ManyChecks,
            vec![
                (vec![4_320, 4_321], vec![one.clone()]),
                (vec![4_320, 4_321], vec![two.clone()]),
            ],
        ),
        (
            Fault::ManyCoupons,
            vec![(vec![17_282], vec![one.clone(), two.clone()])],
        ),
    ] {
        let opened = open(&mail(2), &only(fault), &place());
        assert_eq!(laid(&opened), expected, "{fault:?}");
        assert!(opened.iter().any(|one| one.fault == Some(fault)));
    }
}

#[test]
fn dates_and_digits_are_wrong_where_the_fault_says_so() {
    let first = |fault| {
        let opened = open(&mail(1), &only(fault), &place());
        opened[0].envelope.clone().unwrap()
    };
    let day = place().day;
    assert!(first(Fault::StaleDated).checks[0].dated < Some(date(2026, 1, 1)));
    assert!(first(Fault::PostDated).checks[0].dated > Some(day));
    assert!(first(Fault::ShortPaid).checks[0].dated < Some(day));
    let misread = first(Fault::MisreadDigit).coupons[0].scan_line.clone();
    let misread = misread.unwrap();
    let right = format!("{:035}", 1);
    let differ = misread.chars().zip(right.chars()).filter(|(a, b)| a != b);
    assert_eq!((misread.len(), differ.count()), (35, 1));
    let opened = open(&mail(1), &only(Fault::Duplicate), &place());
    let check = |at: usize| opened[at].envelope.clone().unwrap().checks;
    assert_eq!(check(0), check(1));
}

#[test]
fn the_same_seed_opens_the_same_mail_and_another_seed_other_mail() {
    let (mail, rates) = (mail(300), Rates::default());
    let first = open(&mail, &rates, &place());
    assert_eq!(first, open(&mail, &rates, &place()));
    let other = Place { seed: 8, ..place() };
    assert_ne!(first, open(&mail, &rates, &other));
    let faulty = first.iter().filter(|one| one.fault.is_some()).count();
    assert!((30..90).contains(&faulty), "{faulty} of 300");
}

#[test]
fn rates_that_make_no_sense_are_refused_with_what_is_expected() {
    for (settings, said) in [
        (vec!["rain=3"], "expected one of misread-digit"),
        (vec!["short-paid"], "0 to 100"),
        (vec!["short-paid=101"], "0 to 100"),
        (vec!["short-paid=60", "over-paid=60"], "100 or less"),
    ] {
        let settings: Vec<String> = settings.into_iter().map(str::to_owned).collect();
        let refused = Rates::default().with(&settings).unwrap_err();
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn a_scan_is_noisy_and_turned_but_the_same_for_the_same_seed() {
    let mut white = vec![255_u8; 400 * 60];
    white[30 * 400..31 * 400].fill(0);
    let scan = scanned(400, &white, 3);
    assert_eq!(scan.len(), white.len());
    assert_eq!(scan, scanned(400, &white, 3));
    assert_ne!(scan, scanned(400, &white, 4));
    assert_ne!(scan, white);
    let ink = scan.iter().filter(|pixel| **pixel < 100).count();
    assert!((380..460).contains(&ink), "{ink}");
}

//! Laws: what is written reads back the same, and no bytes make a reader panic.

use jiff::civil::{Date, date};
use kernel::{Cents, Email, Language, MemberId, Zip};
use proptest::option::of;
use proptest::prelude::*;

use super::tests::{FAMILY, HEADER, envelope, family_with, lines, only, read_834, read_csv};
use super::*;

fn text() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ÿ0-9][A-Za-zÀ-ÿ0-9 ,\"'#/-]{0,20}[A-Za-zñ0-9]"
}

fn day() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| date(y, m, d))
}

fn cents() -> impl Strategy<Value = Cents> {
    (0_i64..1_000_000).prop_map(Cents::new)
}

fn address() -> impl Strategy<Value = Address> {
    (text(), of(text()), text(), "[A-Z]{2}", "[0-9]{5}").prop_map(
        |(line_1, line_2, city, state, zip)| Address {
            line_1,
            line_2,
            city,
            state,
            zip: Zip::parse(&zip).unwrap(),
        },
    )
}

fn rate() -> impl Strategy<Value = Rate> {
    (cents(), cents(), cents(), cents()).prop_map(
        |(aptc, other_payers, responsibility, late_enrolment_penalty)| Rate {
            premium: aptc + other_payers + responsibility,
            aptc,
            other_payers,
            responsibility,
            late_enrolment_penalty,
        },
    )
}

prop_compose! {
    fn coverage()(
        line in 0_usize..3,
        codes in (of(text()), of(text())),
        first in day(),
        days in of(0_i32..400),
        cancelled in any::<bool>(),
        rate in rate(),
        member_premium in of(cents()),
    ) -> EnrolledCoverage {
        EnrolledCoverage {
            maintenance: Maintenance::Add,
            plan_line: lines().slugs().nth(line).unwrap().to_owned(),
            plan_code: codes.0,
            policy_number: codes.1,
            first_day: Some(first),
            last_day: days.map(|days| first.saturating_add(jiff::Span::new().days(days))),
            cancelled,
            rate: Some(rate),
            member_premium,
        }
    }
}

prop_compose! {
    fn record()(
        kinds in (0_usize..5, 0_usize..5, 0_usize..3, 0_usize..5),
        ids in ("1[0-9]{10}", "2[0-9]{10}"),
        prior in of("[0-9]{11}"),
        exchange in (of("[A-Z0-9]{1,10}"), of("[A-Z0-9]{1,10}"), of("[A-Z0-9]{1,10}")),
        names in (text(), text(), of(text())),
        born in day(),
        address in address(),
        mailing_address in of(address()),
        contact in (of("[2-9][0-9]{9}"), of("[a-z]{1,8}@[a-z]{1,8}\\.com"), 0_usize..3),
        days in (of(day()), of(day())),
        reason in of("[0-9]{2}"),
        coverage in coverage(),
    ) -> EnrollmentRecord {
        use Maintenance::{Add, Audit, Change, Reinstate, Terminate};
        let relationship = [
            Relationship::Oneself,
            Relationship::Spouse,
            Relationship::Child,
            Relationship::DomesticPartner,
            Relationship::Other,
        ][kinds.1];
        let all = [Add, Change, Terminate, Reinstate, Audit];
        let maintenance = all[kinds.0];
        let subscriber_id = MemberId::parse(&ids.0).unwrap();
        let own = relationship == Relationship::Oneself;
        let mut coverage = coverage;
        coverage.maintenance = all[kinds.3];
        if coverage.maintenance == Terminate {
            coverage.last_day = coverage.last_day.or(coverage.first_day);
        }
        EnrollmentRecord {
            position: Position::Line(0),
            maintenance,
            reason,
            relationship,
            member_id: if own { subscriber_id.clone() } else { MemberId::parse(&ids.1).unwrap() },
            subscriber_id,
            exchange_member_id: exchange.0,
            prior_member_id: prior.and_then(|number: String| MemberId::parse(&number).ok()),
            exchange_policy_id: exchange.1,
            group_number: exchange.2,
            last_name: names.0,
            first_name: names.1,
            middle_name: names.2,
            birth_date: Some(born),
            gender: [None, Some(Gender::Female), Some(Gender::Male)][kinds.2],
            address: Some(address),
            mailing_address,
            phone: contact.0,
            email: contact.1.map(|e| Email::parse(&e).unwrap()),
            language: [None, Some(Language::English), Some(Language::Spanish)][contact.2],
            maintenance_effective: days.0,
            eligibility_first_day: days.1,
            eligibility_last_day: None,
            coverage: Some(coverage),
        }
    }
}

/// The records of `entries`, all of which must be clean, with the position of `like`.
fn comparable(entries: &[Entry], like: &EnrollmentRecord) -> Vec<EnrollmentRecord> {
    entries
        .iter()
        .map(|entry| EnrollmentRecord {
            position: like.position,
            ..only(entry).clone()
        })
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_as_834_reads_back_the_same(record in record()) {
        let mut file = Vec::new();
        write_834(&mut file, envelope(), [record.clone(), record.clone()]).unwrap();
        prop_assert_eq!(check_834(&file[..]).unwrap().members, 2);
        let entries = read_834(std::str::from_utf8(&file).unwrap());
        prop_assert_eq!(comparable(&entries, &record), [record.clone(), record]);
    }

    #[test]
    fn what_is_written_as_csv_reads_back_the_same(record in record()) {
        let mut file = Vec::new();
        write_csv(&mut file, [record.clone(), record.clone()]).unwrap();
        let entries = read_csv(std::str::from_utf8(&file).unwrap());
        prop_assert_eq!(comparable(&entries, &record), [record.clone(), record]);
    }

    #[test]
    fn no_bytes_make_the_834_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let lines = lines();
        let _ = check_834(&bytes[..]);
        let _ = Reader834::new(&bytes[..], &lines).count();
    }

    #[test]
    fn a_few_changed_bytes_do_not_make_the_834_reader_panic_and_both_passes_agree(
        changes in proptest::collection::vec((0_usize..FAMILY.len(), any::<u8>()), 1..6),
    ) {
        let mut bytes = FAMILY.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let lines = lines();
        let mut failed = false;
        for entry in Reader834::new(&bytes[..], &lines) {
            match entry {
                Ok(entry) => prop_assert!(entry.record.is_some() || !entry.findings.is_empty()),
                Err(_) => failed = true,
            }
        }
        prop_assert_eq!(check_834(&bytes[..]).is_err(), failed);
    }

    #[test]
    fn no_segments_make_the_834_reader_panic(
        segments in proptest::collection::vec(
            "(INS|REF|NM1|HD|DTP|LS|LX|N1|N4|DMG|PER|LE)\
             (\\*(18|Y|021|0F|ZZ|IL|31|348|007|RD8|75|PRE AMT TOT|[0-9.*-]{0,9}|é)){0,5}",
            0..40,
        ),
    ) {
        let body = segments.join("~");
        let text = family_with("DTP*303*D8*20261030~", &format!("{body}~"));
        let lines = lines();
        for entry in Reader834::new(text.as_bytes(), &lines).flatten() {
            prop_assert!(entry.record.is_some() || !entry.findings.is_empty());
        }
    }

    #[test]
    fn no_bytes_make_the_csv_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let lines = lines();
        let mut text = format!("{HEADER}\n").into_bytes();
        text.extend_from_slice(&bytes);
        for entry in CsvReader::new(&text[..], &lines).unwrap().flatten() {
            prop_assert!(entry.record.is_some() || !entry.findings.is_empty());
        }
        let _ = CsvReader::new(&bytes[..], &lines);
    }
}

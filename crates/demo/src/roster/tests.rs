use std::collections::{HashMap, HashSet};

use formats::enrollment::{CsvReader, PlanLines, RateRule, write_csv};

use super::*;

fn shape(members: u64) -> RosterShape {
    RosterShape {
        members,
        seed: 7,
        as_of: BillingMonth::parse("2026-12").unwrap(),
    }
}

#[test]
fn the_same_shape_gives_the_same_records_and_another_seed_other_people() {
    let once: Vec<_> = shape(500).records().collect();
    assert_eq!(once, shape(500).records().collect::<Vec<_>>());
    let others = RosterShape {
        seed: 8,
        ..shape(500)
    };
    assert_ne!(once, others.records().collect::<Vec<_>>());
    let longer: Vec<_> = shape(600).records().take(400).collect();
    assert_eq!(
        once[..400],
        longer[..],
        "a larger roster begins with the smaller one"
    );
}

#[test]
fn there_are_exactly_as_many_people_as_asked_for_each_with_an_id_of_their_own() {
    for members in [0, 1, 8, 9, 50_000] {
        let people: HashMap<MemberId, (String, Option<Date>)> = shape(members)
            .records()
            .map(|r| (r.member_id, (r.first_name + &r.last_name, r.birth_date)))
            .collect();
        assert_eq!(people.len() as u64, members);
    }
}

#[test]
fn member_ids_far_apart_do_not_meet() {
    let gcd = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    assert_eq!(gcd(ID_STEP, ID_COUNT), 1);
    assert_ne!(member_id(0, 0), member_id(9_999_999_999, 7));
}

#[test]
fn the_mix_is_what_it_should_be() {
    let subscribers: Vec<_> = shape(60_000)
        .records()
        .filter(EnrollmentRecord::is_subscriber)
        .collect();
    let accounts = subscribers
        .iter()
        .map(|r| &r.member_id)
        .collect::<HashSet<_>>()
        .len();
    let permille = |holds: &dyn Fn(&EnrollmentRecord) -> bool| {
        let ids: HashSet<_> = subscribers
            .iter()
            .filter(|r| holds(r))
            .map(|r| &r.member_id)
            .collect();
        ids.len() * 1000 / accounts
    };
    let rate = |r: &EnrollmentRecord| r.coverage.as_ref().and_then(|c| c.rate);
    let on = |line: &'static str| {
        move |r: &EnrollmentRecord| r.coverage.as_ref().unwrap().plan_line == line
    };
    let mid_month = |r: &EnrollmentRecord| {
        let coverage = r.coverage.as_ref().unwrap();
        coverage.first_day.unwrap().day() != 1 || coverage.last_day.is_some()
    };
    for (what, share, from, to) in [
        (
            "APTC",
            permille(&|r| rate(r).is_some_and(|r| r.aptc.is_positive())),
            110,
            130,
        ),
        (
            "Spanish",
            permille(&|r| r.language == Some(Language::Spanish)),
            110,
            130,
        ),
        ("mid-month", permille(&mid_month), 25, 35),
        (
            "penalty",
            permille(&|r| rate(r).is_some_and(|r| r.late_enrolment_penalty.is_positive())),
            11,
            19,
        ),
        ("individual", permille(&on(lines::INDIVIDUAL)), 285, 315),
        ("SOLO", permille(&on(lines::SOLO)), 90, 110),
        (
            "Medicare Advantage",
            permille(&on(lines::MEDICARE_ADVANTAGE)),
            235,
            265,
        ),
        (
            "Medicare Supplement",
            permille(&on(lines::MEDICARE_SUPPLEMENT)),
            90,
            110,
        ),
        ("employer", permille(&on(lines::EMPLOYER)), 235, 265),
    ] {
        assert!((from..=to).contains(&share), "{what}: {share} permille");
    }
}

#[test]
fn every_record_is_read_back_from_a_file_without_a_finding() {
    let mut plan_lines = PlanLines::new().line(lines::EMPLOYER, RateRule::Optional);
    for line in [
        lines::INDIVIDUAL,
        lines::SOLO,
        lines::MEDICARE_ADVANTAGE,
        lines::MEDICARE_SUPPLEMENT,
    ] {
        plan_lines = plan_lines.line(line, RateRule::Required);
    }
    let mut file = Vec::new();
    write_csv(&mut file, shape(5_000).records()).unwrap();
    let read = CsvReader::new(&file[..], &plan_lines).unwrap();
    for (entry, record) in read.zip(shape(5_000).records()) {
        let entry = entry.unwrap();
        assert_eq!(entry.findings, []);
        assert_eq!(entry.record, Some(record));
    }
}

#[test]
fn the_personas_come_first_with_the_particulars_that_are_promised() {
    let records: Vec<_> = shape(100).records().collect();
    let subscribers: Vec<_> = records.iter().filter(|r| r.is_subscriber()).collect();
    for (persona, record) in personas().iter().zip(subscribers) {
        assert_eq!(record.member_id.as_str(), persona.member_id);
        assert_eq!(record.birth_date, Some(persona.birth_date));
        assert_eq!(record.address.as_ref().unwrap().zip.as_str(), persona.zip);
        assert_eq!(record.email.as_ref().unwrap().as_str(), persona.email);
        assert_eq!(record.coverage.as_ref().unwrap().plan_line, persona.line);
    }
    let spoken: HashSet<_> = personas().iter().map(|p| p.language).collect();
    assert_eq!(spoken.len(), 2);
}

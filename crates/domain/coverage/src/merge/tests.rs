use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn segment(start: Date, end: Option<Date>, premium: i64) -> Segment {
    Segment {
        plan_line: "individual".to_owned(),
        policy: "P1".to_owned(),
        span: DateSpan::new(start, end),
        premium: Cents::new(premium),
        aptc: Cents::ZERO,
        penalty: Cents::ZERO,
    }
}

fn id(n: u64) -> CoverageId {
    CoverageId::from_parts(n, [0; 10])
}

/// Carries the changes out, as the store does.
fn carry_out(mut coverages: Vec<Coverage>, changes: Vec<CoverageChange>) -> Vec<Coverage> {
    for change in changes {
        match change {
            CoverageChange::Insert(segment) => {
                let new = id(1000 + u64::try_from(coverages.len()).unwrap());
                coverages.push(segment.with_id(new));
            }
            CoverageChange::Update { id, to } => {
                let at = coverages.iter().position(|c| c.id == id).unwrap();
                coverages[at] = to.with_id(id);
            }
            CoverageChange::End { id, end } => {
                let at = coverages.iter().position(|c| c.id == id).unwrap();
                coverages[at].span.end = Some(end);
            }
        }
    }
    coverages
}

/// The segments in force, in order: start, end, premium.
fn in_force(coverages: &[Coverage]) -> Vec<(Date, Option<Date>, i64)> {
    let mut spans: Vec<_> = coverages
        .iter()
        .filter(|c| !c.span.is_empty())
        .map(|c| (c.span.start, c.span.end, c.premium.get()))
        .collect();
    spans.sort();
    spans
}

fn jan1() -> Date {
    date(2026, 1, 1)
}

fn jun1() -> Date {
    date(2026, 6, 1)
}

fn oct1() -> Date {
    date(2026, 10, 1)
}

/// What is told, the segments there are, those of the roster, and what is in force after it.
type Told = (
    &'static str,
    Vec<Segment>,
    Vec<Segment>,
    Vec<(Date, Option<Date>, i64)>,
);

fn told() -> Vec<Told> {
    let open = || segment(jan1(), None, 100);
    let cut = || segment(jan1(), Some(jun1()), 100);
    let raised = || segment(jun1(), None, 120);
    vec![
        ("new", vec![], vec![open()], vec![(jan1(), None, 100)]),
        (
            "unchanged",
            vec![open()],
            vec![open()],
            vec![(jan1(), None, 100)],
        ),
        (
            "ended",
            vec![open()],
            vec![segment(jan1(), Some(oct1()), 100)],
            vec![(jan1(), Some(oct1()), 100)],
        ),
        (
            "another rate from June",
            vec![open()],
            vec![raised()],
            vec![(jan1(), Some(jun1()), 100), (jun1(), None, 120)],
        ),
        (
            "both segments told again",
            vec![cut(), raised()],
            vec![cut(), raised()],
            vec![(jan1(), Some(jun1()), 100), (jun1(), None, 120)],
        ),
        (
            "another rate from the first day on",
            vec![open()],
            vec![segment(jan1(), None, 90)],
            vec![(jan1(), None, 90)],
        ),
        (
            "ended with the first start and one rate",
            vec![cut(), raised()],
            vec![segment(jan1(), Some(oct1()), 130)],
            vec![(jan1(), Some(oct1()), 130)],
        ),
        (
            "cancelled",
            vec![open()],
            vec![segment(jan1(), Some(jan1()), 100)],
            vec![],
        ),
        (
            "overlapping in one file",
            vec![],
            vec![raised(), open()],
            vec![(jan1(), Some(jun1()), 100), (jun1(), None, 120)],
        ),
        (
            "two that begin on one day",
            vec![],
            vec![open(), segment(jan1(), None, 105)],
            vec![(jan1(), None, 105)],
        ),
        (
            "covered again after a gap",
            vec![cut()],
            vec![segment(oct1(), None, 140)],
            vec![(jan1(), Some(jun1()), 100), (oct1(), None, 140)],
        ),
    ]
}

#[test]
fn the_latest_word_of_the_roster_holds_from_its_first_day_on() {
    for (what, existing, incoming, expected) in told() {
        let existing: Vec<_> = (1..).zip(existing).map(|(n, s)| s.with_id(id(n))).collect();
        let after = carry_out(existing.clone(), merge_coverage(&existing, &incoming));
        assert_eq!(in_force(&after), expected, "{what}");
        assert_eq!(merge_coverage(&after, &incoming), [], "{what}, told again");
    }
}

#[test]
fn a_cancelled_segment_that_comes_back_is_taken_up_again() {
    let cancelled = vec![segment(jan1(), Some(jan1()), 100).with_id(id(1))];
    let changes = merge_coverage(&cancelled, &[segment(jan1(), None, 100)]);
    assert_eq!(
        changes,
        [CoverageChange::Update {
            id: id(1),
            to: segment(jan1(), None, 100)
        }]
    );
}

#[test]
fn a_policy_that_ends_takes_its_later_segments_along() {
    let existing = vec![
        segment(jan1(), Some(jun1()), 100).with_id(id(1)),
        segment(jun1(), None, 120).with_id(id(2)),
    ];
    for (end, expected) in [
        (
            oct1(),
            vec![(jan1(), Some(jun1()), 100), (jun1(), Some(oct1()), 120)],
        ),
        (
            date(2026, 4, 1),
            vec![(jan1(), Some(date(2026, 4, 1)), 100)],
        ),
        (jan1(), vec![]),
    ] {
        let after = carry_out(existing.clone(), end_policy(&existing, "P1", end));
        assert_eq!(in_force(&after), expected, "ended before {end}");
        assert_eq!(end_policy(&after, "P1", end), []);
    }
    assert_eq!(end_policy(&existing, "P2", jan1()), []);
}

#[test]
fn other_policies_are_left_alone() {
    let mut dental = segment(jan1(), None, 25).with_id(id(1));
    dental.policy = "D1".to_owned();
    let changes = merge_coverage(&[dental], &[segment(jan1(), None, 100)]);
    assert_eq!(
        changes,
        [CoverageChange::Insert(segment(jan1(), None, 100))]
    );
}

fn any_segments() -> impl Strategy<Value = Vec<Segment>> {
    let one =
        (0_i32..300, prop::option::of(0_i32..200), 1_i64..4).prop_map(|(from, days, rate)| {
            let day = |n: i32| jan1().checked_add(jiff::Span::new().days(n)).unwrap();
            segment(day(from), days.map(|d| day(from + d)), rate * 100)
        });
    prop::collection::vec(one, 0..5)
}

proptest! {
    #[test]
    fn any_rosters_one_after_the_other_leave_no_overlap_and_told_again_change_nothing(
        rosters in prop::collection::vec(any_segments(), 1..5),
    ) {
        let mut coverages = Vec::new();
        for roster in rosters {
            let changes = merge_coverage(&coverages, &roster);
            coverages = carry_out(coverages, changes);
            prop_assert_eq!(merge_coverage(&coverages, &roster), vec![]);
            let spans = in_force(&coverages);
            for pair in spans.windows(2) {
                prop_assert!(pair[0].1.is_some_and(|end| end <= pair[1].0), "{spans:?}");
            }
            // Every day the roster told about is covered at a rate it told.
            for told in roster.iter().filter(|s| !s.span.is_empty()) {
                let there = coverages.iter().find(|c| c.span.contains(told.span.start)).unwrap();
                prop_assert!(roster.iter().any(|s| s.premium == there.premium));
            }
        }
    }
}

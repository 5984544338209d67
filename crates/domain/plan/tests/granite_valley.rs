//! The second plan shares nothing with the first but the format, so nothing of the first is
//! compiled in.

use jiff::Timestamp;
use kernel::{BillingMonth, Channel, Language};
use memberpay_plan::{DueRule, HolidayRule, OpenState, Plan, due_date};

fn read(name: &str) -> Plan {
    let path = format!("{}/../../../plans/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the plan file is there");
    Plan::read(name, &text).expect("it has no problems")
}

#[test]
fn the_two_plans_differ_in_everything_a_plan_file_says() {
    let (first, second) = (read("connecticare"), read("granite-valley"));
    assert_eq!(second.default_language(), Language::Spanish);
    assert_ne!(first.default_language(), second.default_language());
    assert_ne!(first.time_zone, second.time_zone);
    assert_ne!(first.brand, second.brand);
    assert_ne!(first.scan_line, second.scan_line);
    assert_ne!(first.holidays, second.holidays);
    assert_ne!(first.tenders, second.tenders);
    assert_ne!(first.security, second.security);
    assert_ne!(first.payments, second.payments);
    for line in &first.lines {
        assert!(second.line(&line.id).is_none(), "{}", line.id);
    }
    let everything = format!("{second:?}");
    for word in [
        "ConnectiCare",
        "connecticare",
        "Connecticut",
        "800-333",
        "21849",
    ] {
        assert!(!everything.contains(word), "{word}");
    }
}

#[test]
fn its_channels_are_its_own() {
    let plan = read("granite-valley");
    let offered = |line: &str| -> Vec<Channel> {
        Channel::ALL
            .into_iter()
            .filter(|c| plan.line(line).unwrap().offers(*c))
            .collect()
    };
    use Channel::{Center, Deduction, Guest, Mail, Online, Phone};
    assert_eq!(offered("familia"), [Online, Guest, Phone, Center, Mail]);
    assert_eq!(offered("mayores"), [Online, Mail, Deduction]);
    assert!(
        plan.centers
            .as_ref()
            .unwrap()
            .list
            .iter()
            .all(|center| center.sample)
    );
    let centers = plan.centers.as_ref().unwrap();
    assert_eq!(centers.checks_good_for_months, 3);
    assert_eq!(centers.difference_limit, kernel::Cents::new(500));
    let taken = |id| centers.counter(id).map(|place| place.tenders);
    assert_eq!(taken("norte"), Some(None));
    assert_eq!(taken("sur"), Some(Some([kernel::Tender::Visa].as_slice())));
    assert_eq!(taken("este"), None);
}

#[test]
fn its_offices_and_phones_keep_mountain_time_and_their_own_holidays() {
    let plan = read("granite-valley");
    let state = |at: &str| {
        plan.phone("pagos")
            .unwrap()
            .state_at(at.parse::<Timestamp>().unwrap(), &plan)
    };
    // Friday, November 20, 2026, noon in Santa Fe: the lunch break.
    assert_eq!(
        state("2026-11-20T19:00:00Z"),
        OpenState::Closed {
            opens: Some("2026-11-20T13:00:00".parse().unwrap())
        }
    );
    // December 4, 2026 is a holiday here only; the week after it opens at half past seven.
    assert_eq!(
        state("2026-12-04T18:00:00Z"),
        OpenState::Closed {
            opens: Some("2026-12-07T07:30:00".parse().unwrap())
        }
    );
    assert!(matches!(plan.holidays.days[0].rule, HolidayRule::Once(_)));
    let south = &plan.centers.as_ref().unwrap().list[1];
    assert_eq!(
        south.state_at("2026-11-24T17:00:00Z".parse().unwrap(), &plan),
        OpenState::Open {
            until: "2026-11-24T15:00:00".parse().unwrap()
        }
    );
}

#[test]
fn its_invoices_are_due_by_its_own_rules() {
    let plan = read("granite-valley");
    let january = BillingMonth::parse("2027-01").unwrap();
    let due = |line: &str| {
        let rule = plan.line(line).unwrap().invoicing.unwrap();
        (rule.due, due_date(rule, january).to_string())
    };
    assert_eq!(
        due("familia"),
        (DueRule::DayOfMonth(10), "2027-01-10".to_owned())
    );
    assert_eq!(
        due("mayores"),
        (DueRule::DaysAfterIssue(30), "2027-01-06".to_owned())
    );
}

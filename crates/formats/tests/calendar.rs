//! Other people's software reads our calendars: the `icalendar` package of PyPI.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use jiff::civil::date;
use memberpay_formats::calendar::{Calendar, Event};

/// Prints what a reader makes of each event, a line each.
const READER: &str = r#"
import sys, icalendar
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
for event in calendar.walk("VEVENT"):
    alarm = event.walk("VALARM")[0]
    print("|".join([
        str(event["UID"]), str(int(event["SEQUENCE"])), event["DTSTART"].dt.isoformat(),
        event["DTEND"].dt.isoformat(), str(event["SUMMARY"]), str(event.get("DESCRIPTION", "")),
        event["DTSTAMP"].dt.isoformat(), str(alarm["TRIGGER"].dt.total_seconds()),
    ]))
"#;

#[test]
fn a_reader_of_other_people_finds_every_event_as_it_was_written() {
    let python = std::env::var("MEMBERPAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python)
        .args(["-c", "import icalendar"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has {
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
        let demanded = is("CI", "true") || is("MEMBERPAY_TEST_TOOLS", "1");
        assert!(!demanded, "icalendar is missing; pip install icalendar");
        eprintln!("not checked: icalendar is missing; pip install icalendar");
        return;
    }
    let event = |uid: &str, sequence, day, title: &str, description: &str| Event {
        uid: uid.to_owned(),
        sequence,
        changed_at: Timestamp::from_second(1_796_000_000).unwrap(),
        day,
        title: title.to_owned(),
        description: description.to_owned(),
    };
    let long = "Fecha límite de pago; plan de salud, año \\ 2026 ".repeat(4);
    let calendar = Calendar {
        name: "Due dates".to_owned(),
        language: "es",
        domain: "pay.example.com".to_owned(),
        events: vec![
            event("a1", 0, date(2028, 2, 29), "Health plan payment due", ""),
            event("b2", 3, date(2026, 12, 31), long.trim_end(), "Debe $86.40"),
        ],
    };
    let mut reader = Command::new(&python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    input.write_all(calendar.ics().as_bytes()).unwrap();
    drop(input);
    let output = reader.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let read = String::from_utf8(output.stdout).unwrap();
    let stamp = "2026-11-30T00:53:20+00:00";
    // Nine in the morning, three days before midnight of the day.
    let alarm = "-226800.0";
    let expected = [
        format!(
            "a1@pay.example.com|0|2028-02-29|2028-03-01|Health plan payment due||{stamp}|{alarm}"
        ),
        format!(
            "b2@pay.example.com|3|2026-12-31|2027-01-01|{}|Debe $86.40|{stamp}|{alarm}",
            long.trim_end()
        ),
    ];
    assert_eq!(read.lines().collect::<Vec<_>>(), expected);
}

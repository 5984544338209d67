use jiff::civil::date;
use kernel::{Cents, Language};

use super::*;

pub(super) const FAMILY: &str = include_str!("../../tests/data/exchange-family.edi");

pub(super) fn lines() -> PlanLines {
    PlanLines::new()
        .line("individual", RateRule::Required)
        .line("medicare-advantage", RateRule::Required)
        .line("employer", RateRule::Optional)
        .code("76962CT", "individual")
        .code("HMO", "employer")
}

pub(super) fn envelope() -> Envelope834 {
    Envelope834 {
        sender: "EXCHANGE".into(),
        receiver: "PLAN".into(),
        control_number: 35_515,
        created: date(2026, 11, 1).at(9, 30, 0, 0),
        sponsor: "Exchange".into(),
        sponsor_tax_id: "123456789".into(),
        payer: "Health Plan".into(),
        payer_tax_id: "987654321".into(),
        characters: CharacterSet::Utf8,
    }
}

pub(super) fn read_834(text: &str) -> Vec<Entry> {
    let lines = lines();
    Reader834::new(text.as_bytes(), &lines)
        .collect::<Result<_, _>>()
        .unwrap()
}

pub(super) fn read_csv(text: &str) -> Vec<Entry> {
    let lines = lines();
    CsvReader::new(text.as_bytes(), &lines)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// A changed copy of [`FAMILY`] that still counts right.
pub(super) fn family_with(from: &str, to: &str) -> String {
    assert!(FAMILY.contains(from), "{from}");
    let text = FAMILY.replacen(from, to, 1);
    let segments: Vec<&str> = text.split_inclusive('~').collect();
    let at = |id: &str| {
        segments
            .iter()
            .position(|s| s.trim().starts_with(id))
            .unwrap()
    };
    let count = at("SE*") - at("ST*") + 1;
    let se = segments[at("SE*")].trim().to_owned();
    text.replace(&se, &format!("SE*{count}*0001~"))
}

pub(super) fn only(record: &Entry) -> &EnrollmentRecord {
    assert_eq!(record.findings, [], "no findings");
    record.record.as_ref().unwrap()
}

#[test]
fn an_exchange_family_is_read_with_all_its_particulars() {
    let summary = check_834(FAMILY.as_bytes()).unwrap();
    assert_eq!((summary.members, summary.envelope.sets), (2, 1));
    let entries = read_834(FAMILY);
    let maria = only(&entries[0]);
    assert_eq!(maria.position, Position::Segment(7));
    assert_eq!(maria.maintenance, Maintenance::Add);
    assert!(maria.is_subscriber());
    assert_eq!(maria.member_id.as_str(), "20000000017");
    assert_eq!(maria.exchange_member_id.as_deref(), Some("0000883741"));
    assert_eq!(maria.exchange_policy_id.as_deref(), Some("666366"));
    assert_eq!(
        (maria.last_name.as_str(), maria.first_name.as_str()),
        ("PEÑA", "MARÍA")
    );
    assert_eq!(maria.birth_date, Some(date(1971, 11, 3)));
    assert_eq!(maria.phone.as_deref(), Some("8605550102"));
    assert_eq!(maria.language, Some(Language::Spanish));
    let home = maria.address.as_ref().unwrap();
    assert_eq!(
        (home.line_1.as_str(), home.zip.as_str()),
        ("12 ELM ST", "06032")
    );
    assert_eq!(maria.mailing_address.as_ref().unwrap().city, "AVON");
    let coverage = maria.coverage.as_ref().unwrap();
    assert_eq!(coverage.plan_line, "individual");
    assert_eq!(coverage.policy_number.as_deref(), Some("POL-4711"));

    let luis = only(&entries[2]);
    assert_eq!(luis.member_id.as_str(), "20000000025");
    assert_eq!(luis.subscriber_id, maria.member_id);
    let coverage = luis.coverage.as_ref().unwrap();
    assert_eq!(coverage.plan_code.as_deref(), Some("76962CT0110001-04"));
    assert_eq!(coverage.rate, None);
}

#[test]
fn amounts_that_change_during_the_year_part_the_coverage() {
    let entries = read_834(FAMILY);
    assert_eq!(entries.len(), 3);
    let rate_of = |entry: &Entry| {
        let coverage = only(entry).coverage.clone().unwrap();
        let rate = coverage.rate.unwrap();
        (
            coverage.first_day.unwrap(),
            coverage.last_day.unwrap(),
            [
                rate.premium,
                rate.aptc,
                rate.other_payers,
                rate.responsibility,
            ]
            .map(Cents::get),
        )
    };
    assert_eq!(
        rate_of(&entries[0]),
        (
            date(2027, 1, 1),
            date(2027, 3, 31),
            [80_831, 62_666, 18_165, 0]
        )
    );
    assert_eq!(
        rate_of(&entries[1]),
        (
            date(2027, 4, 1),
            date(2027, 12, 31),
            [80_831, 50_000, 18_165, 12_666]
        )
    );
}

/// What stands in the file, what is put in its place, the field that is found wrong, and a part of
/// what is said of it.
const WRONG_ELEMENTS: [(&str, &str, Field, &str); 15] = [
    (
        "INS*Y*18*021",
        "INS*Y*18*999",
        Field::Maintenance,
        "found \"999\"",
    ),
    (
        "HD*021**HLT*SILVER 1*ESP",
        "HD*032**HLT*SILVER 1",
        Field::CoverageMaintenance,
        "\"032\"",
    ),
    (
        "INS*Y*18*021",
        "INS*N*18*021",
        Field::IsSubscriber,
        "\"N\" with relationship",
    ),
    (
        "REF*ZZ*20000000017",
        "REF*ZZ*2000000001",
        Field::SubscriberId,
        "10 characters, expected 11",
    ),
    (
        "D8*19711103",
        "D8*19711303",
        Field::BirthDate,
        "\"19711303\"",
    ),
    ("DMG*D8*19711103*F~", "", Field::BirthDate, "found nothing"),
    (
        "N4*FARMINGTON*CT*060321234",
        "N4*FARMINGTON*CT*0603",
        Field::Zip,
        "\"0603\"",
    ),
    (
        "DTP*349*D8*20271231",
        "DTP*349*D8*20261231",
        Field::CoverageLast,
        "2027-01-01",
    ),
    (
        "REF*CE*76962CT0110001-04",
        "REF*CE*99999",
        Field::PlanLine,
        "individual",
    ),
    ("REF*9V*0.00", "REF*9V*0.01", Field::Responsibility, "$0.01"),
    ("REF*9X*808.31", "REF*9X*8O8.31", Field::Premium, "8O8.31"),
    (
        "REF*9V*626.66",
        "REF*9V*926.66",
        Field::Aptc,
        "at most the premium",
    ),
    (
        "N1*75*PRE AMT TOT",
        "N1*75*SOMETHING",
        Field::Premium,
        "found nothing",
    ),
    (
        "DTP*348*D8*20270101~",
        "",
        Field::CoverageFirst,
        "first day",
    ),
    (
        "NM1*IL*1*PEÑA*MARÍA",
        "NM1*IL*1**MARÍA",
        Field::LastName,
        "last name",
    ),
];

#[test]
fn each_wrong_element_becomes_a_finding_and_the_rest_is_kept() {
    for (from, to, field, says) in WRONG_ELEMENTS {
        let entries = read_834(&family_with(from, to));
        let rejected: Vec<&Finding> = entries
            .iter()
            .filter(|e| e.record.is_none())
            .flat_map(|e| &e.findings)
            .collect();
        let named = rejected
            .iter()
            .any(|f| f.field == field && f.to_string().contains(says));
        assert!(named, "{from} to {to}: {rejected:?}");
        let kept = entries.iter().any(|e| e.record.is_some());
        assert!(kept, "{from} to {to}: the others are kept");
    }
}

#[test]
fn a_bad_contact_is_left_out_and_the_record_kept() {
    for (from, to, field) in [
        ("maria@example.com", "maria(at)example.com", Field::Email),
        ("CP*8605550102", "CP*555-0102", Field::Phone),
        ("N4*AVON*CT*06001", "N4*AVON*CT*6001", Field::MailingZip),
        ("19711103*F", "19711103*Q", Field::Gender),
    ] {
        let entries = read_834(&family_with(from, to));
        assert!(entries[0].record.is_some(), "{from}");
        let finding = &entries[0].findings[0];
        assert_eq!(
            (finding.field, finding.effect),
            (field, Effect::FieldLeftOut)
        );
        assert_eq!(finding.member_last_four.as_deref(), Some("0017"));
    }
}

/// The examples that X12 publishes for the 834, and how many members each has.
const PUBLISHED: [(&str, &str, u64); 5] = [
    (
        "add",
        include_str!("../../tests/data/X220-add-subscriber-coverage.edi"),
        1,
    ),
    (
        "cancel",
        include_str!("../../tests/data/X220-cancel-a-dependent.edi"),
        1,
    ),
    (
        "change",
        include_str!("../../tests/data/X220-change-subscriber-information.edi"),
        1,
    ),
    (
        "enroll",
        include_str!("../../tests/data/X220-enroll-employee-in-managed-care-product.edi"),
        1,
    ),
    (
        "end",
        include_str!("../../tests/data/X220-terminate-eligibility-for-subscriber.edi"),
        1,
    ),
];

#[test]
fn the_published_examples_are_read_and_what_they_lack_is_said() {
    for (name, text, members) in PUBLISHED {
        assert_eq!(
            check_834(text.as_bytes()).unwrap().members,
            members,
            "{name}"
        );
        let entries = read_834(text);
        assert_eq!(entries.len(), 1, "{name}");
        let finding = entries[0]
            .findings
            .iter()
            .find(|f| f.expected == "11 digits")
            .unwrap();
        assert!(
            finding.found.contains("9 characters") || finding.found == "nothing",
            "{name}"
        );
        // With a member ID of 11 digits, what is enough for a record makes one.
        let text = text
            .replace("REF*0F*123456789~", "REF*0F*12345678901~")
            .replace("REF*0F*202443307~", "REF*0F*12345678901~")
            .replace(
                "*34*103229876~DMG*D8*19770816",
                "*ZZ*12345678902~DMG*D8*19770816",
            );
        let entry = &read_834(&text)[0];
        if name == "add" {
            // Dental is no plan line of this plan.
            assert_eq!(
                entry.findings[0].field,
                Field::PlanLine,
                "{:?}",
                entry.findings
            );
        } else {
            assert!(entry.record.is_some(), "{name}: {:?}", entry.findings);
        }
        let printed = format!("{entries:?}{entry:?}");
        assert!(
            !printed.contains("103229876"),
            "{name}: no social security number"
        );
    }
}

#[test]
fn former_names_and_birth_dates_do_not_replace_the_new_ones() {
    let text = include_str!("../../tests/data/X220-change-subscriber-information.edi")
        .replace("REF*0F*123456789~", "REF*0F*12345678901~");
    let record = read_834(&text).remove(0).record.unwrap();
    assert_eq!(record.birth_date, Some(date(1950, 4, 15)));
}

#[test]
fn amounts_for_two_coverages_are_not_guessed_apart() {
    let second = "HD*021**DEN*individual~DTP*348*D8*20270101~LS*2700~";
    let entries = read_834(&family_with("LS*2700~", second));
    assert_eq!(entries.len(), 2);
    assert!(entries[0].record.is_none() && entries[1].record.is_some());
    let found = entries[0].findings[0].to_string();
    assert!(
        found.contains("2 coverages") && found.contains("…0017"),
        "{found}"
    );
}

#[test]
fn each_coverage_of_a_member_becomes_a_record() {
    let text = include_str!("../../tests/data/X220-add-subscriber-coverage.edi")
        .replace("REF*0F*202443307~", "REF*0F*12345678901~")
        .replace(
            "HD*021**DEN~",
            "HD*024**HMO~DTP*349*D8*20020630~HD*021**HMO*employer~REF*1L*77~",
        )
        .replace("SE*12*", "SE*15*");
    let entries = read_834(&text);
    let [first, second] = &entries[..] else {
        panic!("two records: {entries:?}");
    };
    let (first, second) = (only(first), only(second));
    assert_eq!(first.maintenance, Maintenance::Change);
    let (ended, begun) = (
        first.coverage.as_ref().unwrap(),
        second.coverage.as_ref().unwrap(),
    );
    assert_eq!(ended.maintenance, Maintenance::Terminate);
    assert_eq!(
        (ended.first_day, ended.last_day),
        (None, Some(date(2002, 6, 30)))
    );
    assert_eq!(begun.maintenance, Maintenance::Add);
    assert_eq!(
        (begun.first_day, begun.last_day),
        (Some(date(2002, 7, 1)), None)
    );
    assert_eq!(
        (
            begun.policy_number.as_deref(),
            ended.policy_number.as_deref()
        ),
        (Some("77"), None)
    );
}

#[test]
fn a_cancelled_coverage_may_end_before_it_begins() {
    let cancel = "LX*10~N1*75*ADDL MAINT REASON~REF*17*CANCEL~LE*2700~";
    let text = family_with("LE*2700~", cancel).replacen("349*D8*20271231", "349*D8*20261231", 1);
    let entries = read_834(&text);
    assert!(only(&entries[0]).coverage.as_ref().unwrap().cancelled);
}

#[test]
fn another_transaction_set_is_refused() {
    for (from, to, says) in [
        ("ST*834*", "ST*820*", "ST01"),
        ("005010X220A1~\nST", "005010X218~\nST", "GS08"),
    ] {
        let text = FAMILY.replacen(from, to, 1);
        let error = check_834(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        let lines = lines();
        let mut reader = Reader834::new(text.as_bytes(), &lines);
        assert!(reader.any(|entry| entry.is_err()));
    }
}

pub(super) const HEADER: &str = "maintenance,relationship,member_id,subscriber_id,last_name,first_name,\
    birth_date,address_line_1,city,state,zip,plan_line,coverage_first_day,premium,aptc";
const ROW: &str = "add,self,2000 000 0017,20000000017,Peña,María,1971-11-03,\"12 Elm St, Apt 3\",\
    Avon,CT,06001,individual,2027-01-01,808.31,626.66";

#[test]
fn a_csv_with_byte_order_mark_and_either_line_end_is_read() {
    for end in ["\n", "\r\n"] {
        let text = format!("\u{feff}{HEADER}{end}{ROW}{end}{end}{ROW}");
        let entries = read_csv(&text);
        assert_eq!(entries.len(), 2);
        let record = only(&entries[0]);
        assert_eq!(record.position, Position::Line(2));
        assert_eq!(record.address.as_ref().unwrap().line_1, "12 Elm St, Apt 3");
        assert_eq!(only(&entries[1]).position, Position::Line(4));
        let rate = record.coverage.as_ref().unwrap().rate.unwrap();
        assert_eq!(rate.responsibility, Cents::new(18_165));
    }
}

#[test]
fn the_columns_may_stand_in_any_order_and_spelling() {
    let text = format!("{}\n{ROW}\n", HEADER.replace('_', " ").to_uppercase());
    only(&read_csv(&text)[0]);
}

#[test]
fn a_latin_1_name_is_read_like_a_utf_8_one() {
    let mut bytes = Vec::new();
    for c in format!("{HEADER}\n{ROW}\n").chars() {
        bytes.push(u8::try_from(u32::from(c)).unwrap());
    }
    let lines = lines();
    let mut reader = CsvReader::new(&bytes[..], &lines).unwrap();
    let entry = reader.next_entry().unwrap().unwrap();
    assert_eq!(only(&entry).last_name, "Peña");
}

#[test]
fn a_header_that_is_wrong_is_refused_with_a_suggestion() {
    let lines = lines();
    for (header, says) in [
        (
            HEADER.replace("premium", "premuim"),
            "did you mean \"premium\"",
        ),
        (
            HEADER.replace("birth_date", "dob"),
            "column 7: \"dob\" is not a column",
        ),
        (HEADER.replace("aptc", "zip"), "stands there twice"),
        (HEADER.replace(",zip", ""), "missing: zip"),
        (String::new(), "empty"),
    ] {
        let error = CsvReader::new(header.as_bytes(), &lines)
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_spoilt_row_costs_only_itself() {
    for (row, says) in [
        (ROW.replace("Apt 3\"", "Apt 3"), "quote that is not closed"),
        (ROW.replace("individual,", "individual,,"), "16 cells"),
        (ROW.replace(",626.66", ""), "14 cells"),
        (ROW.replace("1971-11-03", "11/03/1971"), "YYYY-MM-DD"),
        (ROW.replace("808.31", "8"), "at most the premium"),
        (ROW.replace("add,", "plus,"), "add, change, terminate"),
        (ROW.replace("Peña", "Pe\u{1}a"), "control characters"),
    ] {
        let entries = read_csv(&format!("{HEADER}\n{row}\n{ROW}\n"));
        assert_eq!(entries.len(), 2, "{row}");
        assert!(entries[0].record.is_none(), "{row}");
        let found = entries[0].findings[0].to_string();
        assert!(
            found.starts_with("line 2,") && found.contains(says),
            "{found}"
        );
        only(&entries[1]);
    }
}

#[test]
fn a_text_with_a_delimiter_is_not_written() {
    let mut record = read_834(FAMILY).remove(0).record.unwrap();
    record.last_name = "A*B".into();
    let error = write_834(Vec::new(), envelope(), [record]).unwrap_err();
    assert!(error.to_string().contains("last_name"));
}

#[test]
fn accents_can_be_taken_off_for_receivers_of_ascii() {
    let record = read_834(FAMILY).remove(0).record.unwrap();
    let mut envelope = envelope();
    envelope.characters = CharacterSet::Ascii;
    let mut file = Vec::new();
    write_834(&mut file, envelope, [record]).unwrap();
    assert!(file.is_ascii());
    assert!(
        String::from_utf8(file)
            .unwrap()
            .contains("*PENA*MARIA*JOSE")
    );
}

//! The people of the demonstration.

use std::path::Path;

use jiff::civil::Date;

/// Somebody whose premium is paid here.
#[derive(Debug, Clone)]
pub struct Person {
    pub member_id: String,
    pub first_name: String,
    pub last_name: String,
    pub birth_date: Date,
    pub zip: String,
    pub email: String,
    /// The plan line.
    pub line: String,
}

/// A person of the demonstration whom its pages know by name.
pub fn named(first_name: &str) -> Person {
    let persona = demo::roster::personas()
        .iter()
        .find(|persona| persona.first_name == first_name)
        .unwrap_or_else(|| panic!("the demonstration has no {first_name}"));
    Person {
        member_id: persona.member_id.to_owned(),
        first_name: persona.first_name.to_owned(),
        last_name: persona.last_name.to_owned(),
        birth_date: persona.birth_date,
        zip: persona.zip.to_owned(),
        email: persona.email.to_owned(),
        line: persona.line.to_owned(),
    }
}

/// The amount of money in the first `$1,234.56` of a text, in cents.
pub fn first_amount(text: &str) -> Option<i64> {
    let from = text.find('$')? + 1;
    let digits: String = text[from..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || ",.".contains(*c))
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// The demonstration's roster: everybody else.
pub fn roster(data: &Path) -> Vec<Person> {
    let file = data.join("demonstration-roster.csv");
    let mut reader = csv::Reader::from_path(&file).expect("the demonstration keeps its roster");
    let heads = reader.headers().expect("a roster has column names").clone();
    let at = |name: &str| {
        heads
            .iter()
            .position(|head| head == name)
            .unwrap_or_else(|| panic!("no column {name}: {heads:?}"))
    };
    let (id, first, last) = (at("member_id"), at("first_name"), at("last_name"));
    let (birth, zip, email) = (at("birth_date"), at("zip"), at("email"));
    let (role, line) = (at("relationship"), at("plan_line"));
    let mut people = Vec::new();
    for record in reader.records() {
        let record = record.expect("the roster can be read");
        if record[role] != *"self" {
            continue;
        }
        people.push(Person {
            member_id: record[id].to_owned(),
            first_name: record[first].to_owned(),
            last_name: record[last].to_owned(),
            birth_date: record[birth].parse().expect("a date of birth is a date"),
            zip: record[zip].chars().take(5).collect(),
            email: record[email].to_owned(),
            line: record[line].to_owned(),
        });
    }
    people
}

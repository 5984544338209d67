//! Values that are one string with a meaning: numbers to call, addresses, zones, hours, amounts.

use jiff::tz::TimeZone;
use kernel::{Cents, digits_of};

use super::{
    node::{Node, Table},
    source::quoted,
};
use crate::{Colour, Hours};

pub(super) const TIME_ZONE: &str = "an IANA time zone such as \"America/New_York\"";
const PHONE_NUMBER: &str = "a number of 10 digits such as 800-333-1733";
const HOURS: &str = "\"24/7\" or a list such as [\"Mon-Fri 08:00-20:00\", \"Sat 09:00-14:00\"]";

pub(super) fn time_zone(node: &Node<'_>) -> Option<TimeZone> {
    node.parsed(TIME_ZONE, |name| {
        // jiff takes names of any case; a file that is copied to other tools should have the real
        // one.
        TimeZone::get(name)
            .ok()
            .filter(|zone| zone.iana_name() == Some(name))
    })
}

/// Ten digits in any grouping. The area code and exchange of a North American number start with 2
/// to 9.
pub(super) fn phone_digits(table: &Table<'_>, name: &str) -> Option<String> {
    table
        .required(name, PHONE_NUMBER)?
        .parsed(PHONE_NUMBER, |typed| {
            let digits = digits_of(&typed.replace(['(', ')'], ""))?;
            let ten = match digits.len() {
                11 => digits.strip_prefix('1')?.to_owned(),
                _ => digits,
            };
            let starts = |at: usize| {
                ten.as_bytes()
                    .get(at)
                    .is_some_and(|digit| (b'2'..=b'9').contains(digit))
            };
            (ten.len() == 10 && starts(0) && starts(3)).then_some(ten)
        })
}

pub(super) fn tty(table: &Table<'_>) -> Option<String> {
    let expected = "\"711\" or a number of 10 digits";
    table.required("tty", expected)?.parsed(expected, |typed| {
        digits_of(typed).filter(|digits| digits == "711" || digits.len() == 10)
    })
}

pub(super) fn hours(table: &Table<'_>) -> Option<Hours> {
    let node = table.required("hours", HOURS)?;
    if node.as_str().is_some() {
        return node.parsed(HOURS, |text| (text == "24/7").then_some(Hours::Always));
    }
    let expected = "days and times such as \"Mon-Fri 08:00-20:00\"";
    let entries = node.all(HOURS, |entry| {
        entry.parsed(expected, |text| {
            Hours::is_entry(text).then(|| text.to_owned())
        })
    })?;
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let hours = Hours::weekly(&entries);
    if hours.is_none() {
        node.report_found(quoted(&entries.join(", ")), "hours that do not overlap");
    }
    hours
}

/// Whether hours stop on holidays; refused for hours that never stop.
pub(super) fn closed_on_holidays(table: &Table<'_>, hours: Option<&Hours>) -> Option<bool> {
    let closed = table.flag("closed_on_holidays")?;
    if closed && hours == Some(&Hours::Always) {
        let expected = "false, because the hours are \"24/7\"";
        if let Some(node) = table.optional("closed_on_holidays") {
            node.report(expected);
        }
        return None;
    }
    Some(closed)
}

pub(super) fn web_address(table: &Table<'_>, name: &str) -> Option<String> {
    let expected = "an address that starts with https://";
    table.required(name, expected)?.parsed(expected, |text| {
        let host = text.strip_prefix("https://")?;
        let fine = host.contains('.')
            && !text.contains(|c: char| c.is_whitespace() || "\"<>'".contains(c));
        fine.then(|| text.to_owned())
    })
}

pub(super) fn amount(table: &Table<'_>, name: &str) -> Option<Cents> {
    let expected = "an amount in dollars such as \"10000.00\"";
    table.required(name, expected)?.parsed(expected, |text| {
        Cents::parse(text).ok().filter(|cents| cents.is_positive())
    })
}

/// An amount that may be nothing.
pub(super) fn amount_or_nothing(node: &Node<'_>) -> Option<Cents> {
    let expected = "an amount in dollars such as \"0.00\"";
    node.parsed(expected, |text| {
        Cents::parse(text).ok().filter(|cents| !cents.is_negative())
    })
}

/// A colour that text in it, or white text on it, can be read in.
pub(super) fn colour(table: &Table<'_>, name: &str) -> Option<Colour> {
    let expected = "a colour such as \"#1a4f8b\"";
    let node = table.required(name, expected)?;
    let colour = node.parsed(expected, Colour::parse)?;
    let contrast = colour.contrast_with(Colour::WHITE);
    if contrast < Colour::LEAST_CONTRAST {
        node.report_found(
            format!(
                "\"{colour}\", a contrast of {}.{:02} to 1 with white",
                contrast / 100,
                contrast % 100
            ),
            "a darker colour, with a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)",
        );
        return None;
    }
    Some(colour)
}

/// A name for use in addresses and tables.
pub(super) fn id(node: &Node<'_>) -> Option<String> {
    node.parsed(
        "lower-case letters, digits and dashes, such as \"medicare-advantage\"",
        |text| is_id(text).then(|| text.to_owned()),
    )
}

pub(super) fn is_id(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len())
        && text.chars().all(fine)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The lines of a mailing address; the last one ends in a ZIP code.
pub(super) fn address_lines(table: &Table<'_>, name: &str) -> Option<Vec<String>> {
    let expected = "2 to 5 lines of an address, the last with city, state and ZIP code";
    let node = table.required(name, expected)?;
    let lines = node.all(expected, Node::string)?;
    let zip = lines.last().and_then(|last| last.rsplit(' ').next());
    let has_zip = zip.is_some_and(|zip| kernel::Zip::parse(zip).is_ok());
    if !(2..=5).contains(&lines.len()) || !has_zip {
        node.report_found(quoted(&lines.join(" / ")), expected);
        return None;
    }
    Some(lines)
}

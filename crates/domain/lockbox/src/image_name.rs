//! How the bank names the images of checks.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// How a bank names the image files of checks: text with places such as `{batch}` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Lockbox,
    Date,
    Batch,
    Envelope,
    Check,
    Image,
    Side,
}

const PLACES: [(&str, Place); 7] = [
    ("lockbox", Place::Lockbox),
    ("date", Place::Date),
    ("batch", Place::Batch),
    ("envelope", Place::Envelope),
    ("check", Place::Check),
    ("image", Place::Image),
    ("side", Place::Side),
];

/// What the name of an image says. Numbers are without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedImage {
    /// The lockbox, if the name has one.
    pub lockbox: Option<String>,
    /// The day of the deposit.
    pub deposited_on: Option<Date>,
    /// The batch.
    pub batch: Option<String>,
    /// The envelope.
    pub envelope: Option<String>,
    /// Which check of the envelope, from 1.
    pub check: Option<i64>,
    /// The bank's name for the image, as its lockbox file has it.
    pub image: Option<String>,
    /// Whether it is the back.
    pub back: bool,
}

/// Leading zeros do not count: a bank writes `001` in its file and `1` in the name, or the other
/// way round.
#[must_use]
pub fn without_zeros(text: &str) -> &str {
    let rest = text.trim_start_matches('0');
    if rest.is_empty() {
        &text[..text.len().min(1)]
    } else {
        rest
    }
}

impl ImageName {
    /// Reads a pattern such as `{batch}-{envelope}-{side}`. It has `{side}`, and either `{image}`
    /// or both `{batch}` and `{envelope}`; no place twice, and something between any two. `None`
    /// for anything else.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<ImageName> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let (_, place) = PLACES.iter().find(|(known, _)| *known == name)?;
            if text.is_empty() && !parts.is_empty() {
                return None;
            }
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            parts.push(Part::Place(*place));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let places: Vec<Place> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Place(place) => Some(*place),
                Part::Text(_) => None,
            })
            .collect();
        let once: BTreeSet<Place> = places.iter().copied().collect();
        let has = |place| once.contains(&place);
        let finds = has(Place::Image) || (has(Place::Batch) && has(Place::Envelope));
        let right = places.len() == once.len() && has(Place::Side) && finds;
        right.then_some(ImageName { parts })
    }

    /// Reads the name of a file without its ending. `None` if it is not of this pattern.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<NamedImage> {
        read(&self.parts, name, NamedImage::default())
    }
}

fn read(parts: &[Part], rest: &str, found: NamedImage) -> Option<NamedImage> {
    match parts {
        [] => rest.is_empty().then_some(found),
        [Part::Text(text), after @ ..] => read(after, rest.strip_prefix(text.as_str())?, found),
        [Part::Place(place), after @ ..] => {
            let ends = match after {
                [Part::Text(text), ..] => rest
                    .match_indices(text.as_str())
                    .map(|(at, _)| at)
                    .collect(),
                _ => vec![rest.len()],
            };
            ends.into_iter().find_map(|end| {
                let found = place.with(&rest[..end], found.clone())?;
                read(after, &rest[end..], found)
            })
        }
    }
}

impl Place {
    /// Adds what stands in this place, if it can stand there.
    fn with(self, text: &str, mut found: NamedImage) -> Option<NamedImage> {
        let alone = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.is_empty() || !(alone || self == Place::Image) {
            return None;
        }
        let number = || Some(without_zeros(text).to_owned());
        match self {
            Place::Lockbox => found.lockbox = number(),
            Place::Batch => found.batch = number(),
            Place::Envelope => found.envelope = number(),
            Place::Image => found.image = Some(text.to_owned()),
            Place::Check => found.check = Some(text.parse().ok().filter(|check| *check > 0)?),
            Place::Date => found.deposited_on = Some(Date::strptime("%Y%m%d", text).ok()?),
            Place::Side => {
                found.back = match text.to_ascii_lowercase().as_str() {
                    "front" | "f" => false,
                    "back" | "b" | "rear" | "r" => true,
                    _ => return None,
                }
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn named(batch: &str, envelope: &str, back: bool) -> NamedImage {
        NamedImage {
            batch: Some(batch.to_owned()),
            envelope: Some(envelope.to_owned()),
            back,
            ..NamedImage::default()
        }
    }

    #[test]
    fn names_are_read_as_the_pattern_says() {
        let usual = "{batch}-{envelope}-{side}";
        let long = "IMG_{lockbox}_{date}_{batch}.{envelope}.{check}{side}";
        let day = Some(date(2026, 11, 27));
        for (pattern, name, found) in [
            (usual, "001-12-front", Some(named("1", "12", false))),
            (usual, "1-0012-BACK", Some(named("1", "12", true))),
            (usual, "000-0-b", Some(named("0", "0", true))),
            (usual, "001-12-side", None),
            (usual, "001-12-2-front", None),
            (usual, "001--front", None),
            (usual, "001-12-front-", None),
            (usual, "../../x-1-front", None),
            (
                "{image}.{side}",
                "IMG.001/7.F",
                Some(NamedImage {
                    image: Some("IMG.001/7".to_owned()),
                    ..NamedImage::default()
                }),
            ),
            (
                "{lockbox}_{date}_{batch}.{envelope}.{check}-{side}",
                "0022222_20261127_001.3.2-r",
                Some(NamedImage {
                    lockbox: Some("22222".to_owned()),
                    deposited_on: day,
                    check: Some(2),
                    ..named("1", "3", true)
                }),
            ),
            (
                "{lockbox}_{date}_{batch}.{envelope}.{check}-{side}",
                "0022222_20261327_001.3.2-r",
                None,
            ),
            (long, "anything", None),
        ] {
            let read = ImageName::parse(pattern).and_then(|pattern| pattern.read(name));
            assert_eq!(read, found, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_must_find_a_check_and_its_side() {
        for (pattern, right) in [
            ("{batch}-{envelope}-{side}", true),
            ("{image}-{side}", true),
            ("scan {side} of {image}", true),
            ("{batch}-{envelope}", false),
            ("{envelope}-{side}", false),
            ("{batch}{envelope}-{side}", false),
            ("{batch}-{batch}-{envelope}-{side}", false),
            ("{batch}-{item}-{side}", false),
            ("{batch-{envelope}-{side}", false),
            ("", false),
        ] {
            assert_eq!(ImageName::parse(pattern).is_some(), right, "{pattern}");
        }
    }
}

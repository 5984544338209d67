//! Spanish as spoken in the United States and Latin America.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{BillingMonth, Language};

pub const UNITS: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];

const TENS: [&str; 7] = [
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "setenta",
    "ochenta",
    "noventa",
];

const HUNDREDS: [&str; 9] = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];

/// Whether a noun follows: "uno" becomes "un" before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Noun,
    Nothing,
}

fn below_hundred(n: usize, before: Before) -> String {
    match (n, before) {
        (1, Before::Noun) => return "un".to_owned(),
        (21, Before::Noun) => return "veintiún".to_owned(),
        _ => {}
    }
    if n < 30 {
        return UNITS[n].to_owned();
    }
    let tens = TENS[n / 10 - 3];
    match (n % 10, before) {
        (0, _) => tens.to_owned(),
        (1, Before::Noun) => format!("{tens} y un"),
        (unit, _) => format!("{tens} y {}", UNITS[unit]),
    }
}

fn below_thousand(n: usize, before: Before, words: &mut Vec<String>) {
    if n == 100 {
        words.push("cien".to_owned());
        return;
    }
    if n >= 100 {
        words.push(HUNDREDS[n / 100 - 1].to_owned());
    }
    if !n.is_multiple_of(100) {
        words.push(below_hundred(n % 100, before));
    }
}

/// `n` is below a thousand million.
fn count(n: u64, before: Before) -> Vec<String> {
    let n = usize::try_from(n).expect("checked by the caller");
    if n == 0 {
        return vec![UNITS[0].to_owned()];
    }
    let mut words = Vec::new();
    match n / 1_000_000 {
        0 => {}
        1 => words.push("un millón".to_owned()),
        millions => {
            below_thousand(millions, Before::Noun, &mut words);
            words.push("millones".to_owned());
        }
    }
    match n / 1000 % 1000 {
        0 => {}
        1 => words.push("mil".to_owned()),
        thousands => {
            below_thousand(thousands, Before::Noun, &mut words);
            words.push("mil".to_owned());
        }
    }
    below_thousand(n % 1000, before, &mut words);
    words
}

pub fn number(n: u64) -> Vec<String> {
    count(n, Before::Nothing)
}

pub fn money(dollars: u64, cents: u64) -> Vec<String> {
    let counted = |n: u64, one: &str, many: &str| {
        let mut words = if n > 999_999_999 {
            super::number(n, Language::Spanish).0
        } else {
            count(n, Before::Noun)
        };
        // A round number of millions takes "de" before what is counted.
        if n > 0 && n.is_multiple_of(1_000_000) && n <= 999_999_999 {
            words.push("de".to_owned());
        }
        words.push(if n == 1 { one } else { many }.to_owned());
        words
    };
    if cents == 0 {
        return counted(dollars, "dólar", "dólares");
    }
    let small = counted(cents, "centavo", "centavos");
    if dollars == 0 {
        return small;
    }
    let mut words = counted(dollars, "dólar", "dólares");
    words.push("con".to_owned());
    words.extend(small);
    words
}

pub fn date(day: Date) -> Vec<String> {
    let de = || "de".to_owned();
    let first = match day.day() {
        1 => "primero".to_owned(),
        n => below_hundred(usize::from(n.unsigned_abs()), Before::Nothing),
    };
    let mut words = vec![first, de(), month(day), de()];
    words.extend(number(u64::from(day.year().unsigned_abs())));
    words
}

fn month(day: Date) -> String {
    let full = kernel::month_in_words(BillingMonth::of(day), Language::Spanish);
    full.split(' ').next().unwrap_or_default().to_owned()
}

pub fn vocabulary() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = (0..100)
        .flat_map(|n| [Before::Noun, Before::Nothing].map(|b| below_hundred(n, b)))
        .collect();
    words.extend(HUNDREDS.map(str::to_owned));
    words.extend((1..=12).map(|m| month(Date::constant(2026, m, 1))));
    words.extend(
        [
            "cien",
            "mil",
            "un millón",
            "millones",
            "dólar",
            "dólares",
            "centavo",
            "centavos",
            "con",
            "de",
            "primero",
            "a su favor",
        ]
        .map(str::to_owned),
    );
    words
}

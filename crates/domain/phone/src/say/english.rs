//! English.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{BillingMonth, Language};

pub const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

fn below_hundred(n: usize) -> String {
    if n < 20 {
        return UNITS[n].to_owned();
    }
    let tens = TENS[n / 10 - 2];
    match n % 10 {
        0 => tens.to_owned(),
        unit => format!("{tens}-{}", UNITS[unit]),
    }
}

fn below_thousand(n: usize, words: &mut Vec<String>) {
    if n >= 100 {
        words.push(UNITS[n / 100].to_owned());
        words.push("hundred".to_owned());
    }
    if !n.is_multiple_of(100) {
        words.push(below_hundred(n % 100));
    }
}

/// `n` is below a thousand million.
pub fn number(n: u64) -> Vec<String> {
    let n = usize::try_from(n).expect("checked by the caller");
    if n == 0 {
        return vec![UNITS[0].to_owned()];
    }
    let mut words = Vec::new();
    for (part, name) in [
        (n / 1_000_000, Some("million")),
        (n / 1000 % 1000, Some("thousand")),
        (n % 1000, None),
    ] {
        if part > 0 {
            below_thousand(part, &mut words);
            words.extend(name.map(str::to_owned));
        }
    }
    words
}

pub fn money(dollars: u64, cents: u64) -> Vec<String> {
    let counted = |n: u64, one: &str, many: &str| {
        let mut words = super::number(n, Language::English).0;
        words.push(if n == 1 { one } else { many }.to_owned());
        words
    };
    if cents == 0 {
        return counted(dollars, "dollar", "dollars");
    }
    let small = counted(cents, "cent", "cents");
    if dollars == 0 {
        return small;
    }
    let mut words = counted(dollars, "dollar", "dollars");
    words.push("and".to_owned());
    words.extend(small);
    words
}

pub fn date(day: Date) -> Vec<String> {
    let mut words = vec![month(day), ordinal(usize::from(day.day().unsigned_abs()))];
    words.extend(year(usize::from(day.year().unsigned_abs())));
    words
}

fn month(day: Date) -> String {
    let full = kernel::month_in_words(BillingMonth::of(day), Language::English);
    full.split(' ').next().unwrap_or_default().to_owned()
}

fn ordinal(day: usize) -> String {
    match day {
        1..=20 => ORDINALS[day - 1].to_owned(),
        30 => "thirtieth".to_owned(),
        _ => format!("{}-{}", TENS[day / 10 - 2], ORDINALS[day % 10 - 1]),
    }
}

fn year(year: usize) -> Vec<String> {
    let (century, rest) = (year / 100, year % 100);
    match (century, rest) {
        (20, 0..=9) => number(u64::try_from(year).expect("a year is small")),
        (_, 0) => vec![below_hundred(century), "hundred".to_owned()],
        (_, 1..=9) => vec![
            below_hundred(century),
            "oh".to_owned(),
            UNITS[rest].to_owned(),
        ],
        _ => vec![below_hundred(century), below_hundred(rest)],
    }
}

pub fn vocabulary() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = (0..100).map(below_hundred).collect();
    words.extend((1..=31).map(ordinal));
    words.extend((1..=12).map(|m| month(Date::constant(2026, m, 1))));
    words.extend(
        [
            "hundred",
            "thousand",
            "million",
            "dollar",
            "dollars",
            "cent",
            "cents",
            "and",
            "oh",
            "in your favor",
        ]
        .map(str::to_owned),
    );
    words
}

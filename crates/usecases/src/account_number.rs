//! The number of an account as people see it.

/// All nine digits.
pub(crate) fn shown(number: i64) -> String {
    format!("{number:09}")
}

/// The last four digits, for lists and for people who may not see more.
pub(crate) fn last_four(number: i64) -> String {
    let number = shown(number);
    number[number.len() - 4..].to_owned()
}

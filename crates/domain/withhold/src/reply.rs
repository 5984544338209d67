//! What reply codes mean: a table, loaded and never compiled in.

use std::collections::BTreeMap;

/// The premium payment option in a reply: one character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PaymentOption {
    /// `D`: the member pays the plan.
    Direct,
    /// `S`: Social Security withholds.
    SocialSecurity,
    /// `R`: Railroad Retirement withholds.
    Railroad,
    /// `N`: there is no premium.
    NoPremium,
}

impl PaymentOption {
    /// Reads the character; `None` for any other, such as `O`, which is not in use.
    #[must_use]
    pub const fn from_code(code: char) -> Option<Self> {
        match code {
            'D' => Some(PaymentOption::Direct),
            'S' => Some(PaymentOption::SocialSecurity),
            'R' => Some(PaymentOption::Railroad),
            'N' => Some(PaymentOption::NoPremium),
            _ => None,
        }
    }
}

/// What a reply does to a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Meaning {
    /// CMS passed the request on to the agency.
    SentToAgency,
    /// The agency will withhold.
    Accepted,
    /// CMS or the agency will not withhold: the member pays the plan.
    Rejected,
    /// A deduction that was accepted or running ends: the member pays the plan.
    ChangedToDirect,
    /// Money that was withheld was given back by the agency.
    Refunded,
    /// Nothing changes.
    NoChange,
    /// A person has to read it, whatever the state.
    Person,
}

/// One row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplyRow {
    /// The code, three digits.
    pub code: u16,
    /// What it does.
    pub meaning: Meaning,
    /// Its title in words, for staff.
    pub title: String,
    /// Where that is written, or that it is not confirmed.
    pub source: String,
}

/// All codes that are known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReplyTable {
    rows: BTreeMap<u16, ReplyRow>,
}

impl ReplyTable {
    /// A table with these rows; of several with one code the last counts, so that an operator's
    /// rows follow the delivered ones.
    #[must_use]
    pub fn new(rows: impl IntoIterator<Item = ReplyRow>) -> Self {
        ReplyTable {
            rows: rows.into_iter().map(|row| (row.code, row)).collect(),
        }
    }

    /// What a code means.
    #[must_use]
    pub fn look_up(&self, code: u16) -> Reply<'_> {
        self.rows.get(&code).map_or(Reply::Unknown, Reply::Known)
    }
}

/// A code looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply<'t> {
    /// It is in the table.
    Known(&'t ReplyRow),
    /// It is not: the raw line goes to the work queue, and nothing changes.
    Unknown,
}

#[cfg(test)]
pub(crate) fn example() -> ReplyTable {
    let row = |code, meaning| ReplyRow {
        code,
        meaning,
        title: format!("reply {code}"),
        source: "test".to_owned(),
    };
    ReplyTable::new([
        row(120, Meaning::SentToAgency),
        row(144, Meaning::ChangedToDirect),
        row(170, Meaning::ChangedToDirect),
        row(185, Meaning::Accepted),
        row(186, Meaning::Rejected),
        row(191, Meaning::NoChange),
        row(213, Meaning::Person),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operators_row_replaces_the_delivered_one() {
        let row = |meaning| ReplyRow {
            code: 213,
            meaning,
            title: String::new(),
            source: String::new(),
        };
        let table = ReplyTable::new([row(Meaning::Person), row(Meaning::Rejected)]);
        let Reply::Known(found) = table.look_up(213) else {
            panic!("it is there")
        };
        assert_eq!(found.meaning, Meaning::Rejected);
        assert_eq!(table.look_up(214), Reply::Unknown);
    }

    #[test]
    fn payment_options_are_one_character() {
        for (code, option) in [
            ('D', Some(PaymentOption::Direct)),
            ('S', Some(PaymentOption::SocialSecurity)),
            ('R', Some(PaymentOption::Railroad)),
            ('N', Some(PaymentOption::NoPremium)),
            ('O', None),
            ('s', None),
        ] {
            assert_eq!(PaymentOption::from_code(code), option, "{code}");
        }
    }
}

//! What a member may say of themselves, and how that stands against the roster.
//!
//! The roster is where people come from, and it is told again every day. A phone number, an e-mail
//! address or a language that a member chose here would be lost with the next file; so what the
//! roster told is set aside, and the choice stands until the roster tells something *else* than
//! that. Then the sponsor knows something newer, and its word counts again.

use kernel::{Email, Language};

use crate::{MemberRow, Person, RosterPerson};

/// What a member may choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contacts {
    /// Ten digits.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<Email>,
    /// The language of pages and letters.
    pub language: Language,
}

impl Contacts {
    /// Those of a person.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        Contacts {
            phone: person.phone.clone(),
            email: person.email.clone(),
            language: person.language,
        }
    }
}

/// What the roster last told where the member chose otherwise; `None` where its word counts. An
/// empty text means that it told nothing.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct SetAside {
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language.
    pub language: Option<Language>,
}

impl SetAside {
    /// Weighs the member's choices against what a record tells: puts the choices that stand back
    /// into `to`, and gives what stays set aside.
    #[must_use]
    pub(crate) fn settle(&self, record: &RosterPerson, before: &Person, to: &mut Person) -> Self {
        let stands = |aside: &str, told: Option<&str>| {
            told.is_none_or(|told| told.eq_ignore_ascii_case(aside))
        };
        let mut kept = SetAside::default();
        if let Some(aside) = &self.phone
            && stands(aside, record.phone.as_deref())
        {
            kept.phone = Some(aside.clone());
            to.phone.clone_from(&before.phone);
        }
        if let Some(aside) = &self.email
            && stands(aside, record.email.as_ref().map(Email::as_str))
        {
            kept.email = Some(aside.clone());
            to.email.clone_from(&before.email);
        }
        if let Some(aside) = self.language
            && record.language.is_none_or(|told| told == aside)
        {
            kept.language = Some(aside);
            to.language = before.language;
        }
        kept
    }
}

impl MemberRow {
    /// The member with the contacts that they chose. Choosing what the roster says ends a choice.
    #[must_use]
    pub fn choosing(&self, chosen: &Contacts) -> MemberRow {
        let (mut next, before) = (self.clone(), &self.person);
        if chosen.phone != before.phone {
            let roster = self.set_aside.phone.clone();
            let roster = roster.unwrap_or_else(|| before.phone.clone().unwrap_or_default());
            let same = chosen.phone.as_deref().unwrap_or_default() == roster;
            next.set_aside.phone = (!same).then_some(roster);
            next.person.phone.clone_from(&chosen.phone);
        }
        let text = |email: &Option<Email>| email.as_ref().map(|e| e.as_str().to_owned());
        if text(&chosen.email) != text(&before.email) {
            let roster = self.set_aside.email.clone();
            let roster = roster.unwrap_or_else(|| text(&before.email).unwrap_or_default());
            let same = text(&chosen.email).unwrap_or_default() == roster;
            next.set_aside.email = (!same).then_some(roster);
            next.person.email.clone_from(&chosen.email);
        }
        if chosen.language != before.language {
            let roster = self.set_aside.language.unwrap_or(before.language);
            next.set_aside.language = (chosen.language != roster).then_some(roster);
            next.person.language = chosen.language;
        }
        next
    }
}

/// Reads a United States telephone number in any grouping, with or without the 1 before it. Area
/// code and exchange begin with 2 to 9 (North American Numbering Plan).
#[must_use]
pub fn read_phone(typed: &str) -> Option<String> {
    let separators = [' ', '-', '.', '(', ')', '/', '+', '\u{a0}'];
    if !typed
        .chars()
        .all(|c| c.is_ascii_digit() || separators.contains(&c))
    {
        return None;
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.strip_prefix('1') {
        Some(rest) if rest.len() == 10 => rest,
        _ => &digits,
    };
    let at = |place: usize| national.as_bytes().get(place).copied().unwrap_or_default();
    (national.len() == 10 && at(0) >= b'2' && at(3) >= b'2').then(|| national.to_owned())
}

/// Who keeps a member's name and address, so that a change there reaches us with the roster.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AddressSource {
    /// The plan itself.
    Plan,
    /// The exchange.
    Exchange,
    /// The exchange for those who bought there, else the plan.
    ExchangeOrPlan,
    /// The employer.
    Employer,
}

impl AddressSource {
    /// All of them.
    pub const ALL: [AddressSource; 4] = [
        AddressSource::Plan,
        AddressSource::Exchange,
        AddressSource::ExchangeOrPlan,
        AddressSource::Employer,
    ];

    /// The name in string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            AddressSource::Plan => "plan",
            AddressSource::Exchange => "exchange",
            AddressSource::ExchangeOrPlan => "exchange-or-plan",
            AddressSource::Employer => "employer",
        }
    }
}

/// Who keeps the address of members of a plan line. The exchange keeps that of those who enrolled
/// there (45 CFR 155.330(b)).
#[must_use]
pub const fn address_source(
    through_employer: bool,
    on_exchange: bool,
    direct: bool,
) -> AddressSource {
    match (through_employer, on_exchange, direct) {
        (true, _, _) => AddressSource::Employer,
        (false, true, true) => AddressSource::ExchangeOrPlan,
        (false, true, false) => AddressSource::Exchange,
        (false, false, _) => AddressSource::Plan,
    }
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;

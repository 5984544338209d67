//! What people agree to, word for word, with the version they saw.

use kernel::Language;

use crate::Text;

/// The texts a payer agrees to.
#[derive(Clone, Debug)]
pub struct ConsentTexts {
    /// The authorisation of one debit from a bank account. Nacha Operating Rules 2.3.2 (a consumer
    /// debit needs an authorisation that is readily identifiable and has clear terms) and 2.5.17
    /// (WEB). Marks: `{amount} {date} {bank} {last4} {phone}`.
    pub bank_once: ConsentText,
    /// What is read to a caller who pays once from a bank account: the date of the debit, the
    /// amount, the payer's name, the account, a telephone number for questions, the date of the
    /// authorisation, and that it is a single debit (Nacha Operating Rules 2.5.15, TEL).
    /// Marks: `{amount} {date} {name} {bank} {last4} {phone} {today}`.
    pub bank_phone: ConsentText,
    /// The statement above the button that charges a card once.
    /// Marks: `{amount} {date} {brand} {last4} {phone}`.
    pub card_once: ConsentText,
    /// The standing authorisation of debits from a bank account, of which the payer gets a copy
    /// (12 CFR 1005.10(b); Nacha Operating Rules 2.3.2).
    /// Marks: `{amount} {cap} {day} {start} {bank} {last4} {told} {phone}`.
    pub bank_recurring: ConsentText,
    /// The standing permission to charge a card.
    /// Marks: `{amount} {cap} {day} {start} {brand} {last4} {told} {phone}`.
    pub card_recurring: ConsentText,
    /// What stands for the marks of the two, by what the payer chose.
    pub recurring: RecurringTerms,
    /// What is disclosed before somebody agrees to documents in electronic form: the right to
    /// paper and to withdraw, how, what it covers, the address used, what device and software are
    /// needed, and that it costs nothing (E-SIGN Act, 15 USC 7001(c)(1)(B) and (C)). A `¶` begins
    /// a new paragraph. Marks: `{email} {phone}`.
    pub paperless: ConsentText,
}

/// The parts of a standing authorisation that depend on what was chosen. They are part of its
/// words: whoever changes one gives both texts a new version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecurringTerms {
    /// For `{amount}` while nothing is invoiced.
    pub amount: Text,
    /// For `{amount}` with what is due now: mark `{amount}`.
    pub amount_now: Text,
    /// For `{cap}` without a limit.
    pub no_cap: Text,
    /// For `{cap}`, if nothing above is ever drafted: mark `{cap}`.
    pub cap: Text,
    /// For `{cap}`, if more is drafted after a notice: mark `{cap}`.
    pub cap_told: Text,
    /// For `{day}`.
    pub on_due_date: Text,
    /// For `{day}`: mark `{day}`.
    pub on_day: Text,
    /// For `{told}`, if every differing amount is told beforehand.
    pub told_every_change: Text,
    /// For `{told}`, if only amounts outside a range are: marks `{least}` and `{most}`.
    pub told_outside: Text,
    /// For `{told}`, if only larger differences are: mark `{most}`.
    pub told_further: Text,
}

/// `text` with its marks replaced: `("amount", "$86.40")` replaces `{amount}`. One pass, so that a
/// value which itself looks like a mark is left alone.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(mark, after_mark)| {
            let (_, value) = values.iter().find(|(name, _)| *name == mark)?;
            Some((*value, after_mark))
        });
        if let Some((value, after_mark)) = value {
            filled.push_str(value);
            rest = after_mark;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// A text with marks such as `{amount}`, and the version that is stored with the payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsentText {
    /// The version, in each language, because a translation is corrected on its own.
    pub version: Text,
    /// The text with its marks.
    pub text: Text,
}

impl ConsentText {
    /// The text with its marks replaced: `("amount", "$86.40")` replaces `{amount}`.
    #[must_use]
    pub fn filled(&self, language: Language, values: &[(&str, &str)]) -> String {
        fill(self.text.in_language(language), values)
    }
}

/// The marks in a text, in order: `amount` for `{amount}`.
pub(crate) fn marks(text: &str) -> Vec<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|after| after.split_once('}').map(|(mark, _)| mark))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_replaced_once_and_values_are_not_read_as_marks() {
        let text = Text::new(vec![(
            Language::English,
            "Pay {amount} from {bank} {x}".into(),
        )]);
        let consent = ConsentText {
            version: Text::new(vec![(Language::English, "1".into())]).unwrap(),
            text: text.unwrap(),
        };
        assert_eq!(
            consent.filled(
                Language::English,
                &[("amount", "$86.40"), ("bank", "{amount} Bank")]
            ),
            "Pay $86.40 from {amount} Bank {x}"
        );
        assert_eq!(
            marks(consent.text.in_language(Language::English)),
            ["amount", "bank", "x"]
        );
    }
}

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
    /// The statement above the button that charges a card once.
    /// Marks: `{amount} {date} {brand} {last4} {phone}`.
    pub card_once: ConsentText,
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
        let text = self.text.in_language(language);
        let mut filled = String::with_capacity(text.len() + 64);
        let mut rest = text;
        // One pass, so that a value which itself looks like a mark is left alone.
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

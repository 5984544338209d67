//! How a notice is delivered.

use kernel::{Email, Language};

use crate::{NoticeKind, Recipient};

/// What is known about how somebody may be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Consents {
    /// The address for this notice: typed by the payer, of the sign-in, or on file.
    pub email: Option<Email>,
    /// The address before, if this notice is about its change.
    pub previous_email: Option<Email>,
    /// True if the subscriber agreed to documents in electronic form instead of paper (E-SIGN Act,
    /// 15 USC 7001(c)).
    pub paperless: bool,
}

/// One way a notice is delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// By e-mail.
    Email(Email),
    /// On paper, to the address on file.
    Paper,
}

/// How a notice is delivered; empty if it cannot be, which for a receipt means that only the page
/// and the payment history show it.
#[must_use]
pub fn deliveries(kind: NoticeKind, consents: &Consents) -> Vec<Delivery> {
    let by_email = consents.email.iter().cloned().map(Delivery::Email);
    match kind.recipient() {
        // An invoice is required to be delivered: on paper unless the subscriber agreed otherwise
        // and can be reached.
        Recipient::Subscriber if consents.paperless && consents.email.is_some() => {
            by_email.collect()
        }
        Recipient::Subscriber => by_email.chain([Delivery::Paper]).collect(),
        // Whoever had the sign-in before hears of the change too.
        Recipient::Login => {
            let previous = consents
                .previous_email
                .iter()
                .filter(|previous| Some(*previous) != consents.email.as_ref())
                .cloned()
                .map(Delivery::Email);
            by_email.chain(previous).collect()
        }
        Recipient::Payer | Recipient::AddressToProve => by_email.collect(),
    }
}

/// The language of a notice: the one the page was in when somebody asked for it, else the one the
/// member reads, else English.
#[must_use]
pub fn reading_language(page: Option<Language>, member: Option<Language>) -> Language {
    page.or(member).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(name: &str) -> Email {
        Email::parse(&format!("{name}@example.com")).unwrap()
    }

    #[test]
    fn deliveries_follow_the_recipient_and_the_consent() {
        let by_email = |name: &str| Delivery::Email(email(name));
        let none = Consents::default();
        let reachable = Consents {
            email: Some(email("new")),
            ..Consents::default()
        };
        let paperless = Consents {
            paperless: true,
            ..reachable.clone()
        };
        let moved = Consents {
            previous_email: Some(email("old")),
            ..reachable.clone()
        };
        let unmoved = Consents {
            previous_email: Some(email("NEW")),
            ..reachable.clone()
        };
        let lost = Consents {
            paperless: true,
            ..Consents::default()
        };
        use NoticeKind as K;
        for (kind, consents, expected) in [
            (K::InvoiceReady, &none, vec![Delivery::Paper]),
            (K::InvoiceReady, &lost, vec![Delivery::Paper]),
            (
                K::InvoiceReady,
                &reachable,
                vec![by_email("new"), Delivery::Paper],
            ),
            (K::InvoiceReady, &paperless, vec![by_email("new")]),
            (K::PaymentReceived, &none, vec![]),
            (K::PaymentReceived, &reachable, vec![by_email("new")]),
            (K::OneTimeCode, &moved, vec![by_email("new")]),
            (
                K::EmailChanged,
                &moved,
                vec![by_email("new"), by_email("old")],
            ),
            (K::EmailChanged, &unmoved, vec![by_email("new")]),
        ] {
            assert_eq!(
                deliveries(kind, consents),
                expected,
                "{kind:?} {consents:?}"
            );
        }
    }

    #[test]
    fn the_language_of_the_page_comes_before_that_of_the_member() {
        let (en, es) = (Language::English, Language::Spanish);
        assert_eq!(reading_language(Some(en), Some(es)), en);
        assert_eq!(reading_language(None, Some(es)), es);
        assert_eq!(reading_language(None, None), en);
    }
}

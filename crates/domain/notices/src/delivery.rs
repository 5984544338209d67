//! How a notice is delivered.

use kernel::Email;

use crate::{DocumentType, NoticeKind, Weight};

/// How a person wants documents of one type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Choice {
    /// On paper, to the address on file.
    Paper,
    /// An e-mail that it is there, and the document behind the sign-in. Needs the person's consent
    /// (E-SIGN Act, 15 USC 7001(c)).
    Electronic,
    /// Both.
    Both,
}

impl Choice {
    /// All of them, in the order pages show them.
    pub const ALL: [Choice; 3] = [Choice::Paper, Choice::Electronic, Choice::Both];

    /// The name in tables and in the plan file.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Choice::Paper => "paper",
            Choice::Electronic => "electronic",
            Choice::Both => "both",
        }
    }

    /// The choice with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// How somebody may be reached for documents of one type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// What was chosen for this type, or what the plan does where nothing was chosen.
    pub choice: Choice,
    /// True while the person's consent to electronic documents stands.
    pub consents: bool,
    /// The address that notices go to; `None` if none is known.
    pub email: Option<Email>,
    /// True while mail to that address comes back.
    pub bouncing: bool,
    /// True if reminders of this kind were turned off.
    pub turned_off: bool,
}

/// One way a notice is delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// By e-mail.
    Email(Email),
    /// On paper, to the address on file.
    Paper,
}

/// How documents of a type come, all things considered: what was chosen, whether the consent to
/// paperless stands, and whether mail arrives.
#[must_use]
pub fn effective(choice: Choice, consents: bool, reachable: bool) -> Choice {
    match choice {
        _ if !reachable => Choice::Paper,
        // Without consent a document that must be delivered must be on paper; e-mail may be added.
        Choice::Electronic if !consents => Choice::Both,
        chosen => chosen,
    }
}

/// How a notice is delivered. Empty for a courtesy that cannot or should not come by e-mail: it
/// stands in the person's documents all the same. `differs` is the fact of a coming draft of that
/// name, false for all else.
///
/// What is required is never lost: it goes on paper unless the person consented to do without and
/// can be reached.
#[must_use]
pub fn deliveries(kind: NoticeKind, differs: bool, reach: &Reach) -> Vec<Delivery> {
    let email = || reach.email.iter().cloned().map(Delivery::Email);
    let reachable = reach.email.is_some() && !reach.bouncing;
    match kind.weight_with(differs) {
        // Tried even where mail came back: nothing else is fast enough to protect a sign-in.
        Weight::SignIn | Weight::Payer => email().collect(),
        Weight::Chosen(_) => match effective(reach.choice, reach.consents, reachable) {
            Choice::Paper => vec![Delivery::Paper],
            Choice::Electronic => email().collect(),
            Choice::Both => email().chain([Delivery::Paper]).collect(),
        },
        Weight::Courtesy(_) => {
            let wanted = reach.choice != Choice::Paper && !reach.turned_off && reachable;
            email().filter(|_| wanted).collect()
        }
        Weight::BothWays => email()
            .filter(|_| reachable)
            .chain([Delivery::Paper])
            .collect(),
        Weight::OnPaper => vec![Delivery::Paper],
    }
}

/// The type of document whose choice decides about a kind, if one does.
#[must_use]
pub const fn decided_by(kind: NoticeKind) -> Option<DocumentType> {
    match kind.weight() {
        Weight::Chosen(document) | Weight::Courtesy(document) => Some(document),
        Weight::SignIn | Weight::Payer | Weight::BothWays | Weight::OnPaper => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(choice: Choice) -> Reach {
        Reach {
            choice,
            consents: true,
            email: Some(Email::parse("maria@example.com").unwrap()),
            bouncing: false,
            turned_off: false,
        }
    }

    /// `e` for e-mail, `p` for paper.
    fn ways(kind: NoticeKind, differs: bool, reach: &Reach) -> String {
        deliveries(kind, differs, reach)
            .iter()
            .map(|way| match way {
                Delivery::Email(_) => 'e',
                Delivery::Paper => 'p',
            })
            .collect()
    }

    #[test]
    fn codes_come_back_as_the_same_choice() {
        for choice in Choice::ALL {
            assert_eq!(Choice::from_code(choice.code()), Some(choice));
        }
        assert_eq!(Choice::from_code("fax"), None);
    }

    #[test]
    fn what_is_required_comes_as_chosen_and_on_paper_where_mail_does_not_arrive() {
        let invoice = NoticeKind::InvoiceReady;
        for (choice, expected) in [
            (Choice::Paper, "p"),
            (Choice::Electronic, "e"),
            (Choice::Both, "ep"),
        ] {
            let chosen = reach(choice);
            assert_eq!(ways(invoice, false, &chosen), expected, "{choice:?}");
            let withdrawn = Reach {
                consents: false,
                ..chosen.clone()
            };
            let on_paper = ways(invoice, false, &withdrawn);
            assert!(on_paper.contains('p'), "no consent, {choice:?}: {on_paper}");
            for lost in [
                Reach {
                    bouncing: true,
                    ..chosen.clone()
                },
                Reach {
                    email: None,
                    ..chosen.clone()
                },
            ] {
                assert_eq!(ways(invoice, false, &lost), "p", "{lost:?}");
            }
            let turned_off = Reach {
                turned_off: true,
                ..chosen
            };
            assert_eq!(ways(invoice, false, &turned_off), expected, "{choice:?}");
        }
    }

    #[test]
    fn what_protects_a_sign_in_goes_by_e_mail_whatever_was_chosen() {
        for kind in NoticeKind::ALL {
            if matches!(kind.weight(), Weight::SignIn | Weight::Payer) {
                for choice in Choice::ALL {
                    let bouncing = Reach {
                        bouncing: true,
                        consents: false,
                        ..reach(choice)
                    };
                    assert_eq!(ways(*kind, false, &bouncing), "e", "{kind:?} {choice:?}");
                }
            }
        }
    }

    #[test]
    fn a_courtesy_can_be_turned_off_and_is_never_printed() {
        let due = NoticeKind::DueSoon;
        assert_eq!(ways(due, false, &reach(Choice::Paper)), "");
        assert_eq!(ways(due, false, &reach(Choice::Both)), "e");
        let off = Reach {
            turned_off: true,
            ..reach(Choice::Electronic)
        };
        assert_eq!(ways(due, false, &off), "");
        let draft = NoticeKind::DraftComing;
        assert_eq!(ways(draft, false, &off), "", "like the last one");
        assert_eq!(ways(draft, true, &off), "e", "Regulation E asks for it");
        assert_eq!(ways(draft, true, &reach(Choice::Paper)), "p");
    }

    #[test]
    fn a_change_of_delivery_is_confirmed_both_ways_and_a_bounce_on_paper() {
        for choice in Choice::ALL {
            let reach = reach(choice);
            assert_eq!(ways(NoticeKind::DeliveryChanged, false, &reach), "ep");
            assert_eq!(ways(NoticeKind::EmailBounced, false, &reach), "p");
        }
        let lost = Reach {
            email: None,
            ..reach(Choice::Electronic)
        };
        assert_eq!(ways(NoticeKind::DeliveryChanged, false, &lost), "p");
    }
}

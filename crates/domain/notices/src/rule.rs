//! To whom a kind of notice goes, how, and what changes that.

use crate::{DocumentType, NoticeKind, Weight, falls_back_to_paper};

/// To whom a kind goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whom {
    /// The address that the payer typed.
    Payer,
    /// The address to be proved.
    ToBeProved,
    /// The address that the member typed.
    Invited,
    /// Whoever signs in with it.
    Login,
    /// The member.
    Member,
}

impl Whom {
    /// All of them.
    pub const ALL: [Whom; 5] = [
        Whom::Payer,
        Whom::ToBeProved,
        Whom::Invited,
        Whom::Login,
        Whom::Member,
    ];

    /// The name in string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Whom::Payer => "payer",
            Whom::ToBeProved => "to-be-proved",
            Whom::Invited => "invited",
            Whom::Login => "login",
            Whom::Member => "member",
        }
    }
}

/// How a kind goes out where everything arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// By e-mail.
    Email,
    /// As the person chose for documents of this type.
    Chosen(DocumentType),
    /// By e-mail to those who chose e-mail.
    EmailIfChosen,
    /// By e-mail and on paper.
    Both,
    /// On paper.
    Paper,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 7] = [
        Way::Email,
        Way::Chosen(DocumentType::Invoices),
        Way::Chosen(DocumentType::Notices),
        Way::Chosen(DocumentType::Letters),
        Way::EmailIfChosen,
        Way::Both,
        Way::Paper,
    ];

    /// The name in string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Way::Email => "email",
            Way::Chosen(DocumentType::Invoices) => "chosen-invoices",
            Way::Chosen(DocumentType::Notices) => "chosen-notices",
            Way::Chosen(DocumentType::Letters) => "chosen-letters",
            Way::EmailIfChosen => "email-if-chosen",
            Way::Both => "both",
            Way::Paper => "paper",
        }
    }
}

/// Whether something holds for the notices of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// For none.
    Never,
    /// For those of a draft that is like the last one.
    IfLikeLast,
    /// For all but those of a draft that is like the last one.
    UnlessLikeLast,
    /// For all.
    Always,
}

impl Holds {
    /// All of them.
    pub const ALL: [Holds; 4] = [
        Holds::Never,
        Holds::IfLikeLast,
        Holds::UnlessLikeLast,
        Holds::Always,
    ];

    /// The name in string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Holds::Never => "never",
            Holds::IfLikeLast => "if-like-last",
            Holds::UnlessLikeLast => "unless-like-last",
            Holds::Always => "always",
        }
    }
}

/// How the notices of a kind are delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// To whom.
    pub whom: Whom,
    /// How, where everything arrives.
    pub way: Way,
    /// Whether one click stops it (RFC 8058).
    pub stopped: Holds,
    /// Whether it goes on paper when e-mail does not arrive.
    pub paper_instead: Holds,
    /// True if its words name an amount.
    pub tells_an_amount: bool,
}

impl Rule {
    /// True if it can come by e-mail.
    #[must_use]
    pub fn by_email(&self) -> bool {
        self.way != Way::Paper
    }

    /// True if it can come on paper.
    #[must_use]
    pub fn on_paper(&self) -> bool {
        matches!(self.way, Way::Chosen(_) | Way::Both | Way::Paper)
            || self.paper_instead != Holds::Never
    }
}

/// How the notices of a kind are delivered.
#[must_use]
pub fn rule(kind: NoticeKind) -> Rule {
    let is_courtesy = |differs| matches!(kind.weight_with(differs), Weight::Courtesy(_));
    Rule {
        whom: whom(kind),
        way: way(kind),
        stopped: match (is_courtesy(false), is_courtesy(true)) {
            (true, true) => Holds::Always,
            (true, false) => Holds::IfLikeLast,
            _ => Holds::Never,
        },
        paper_instead: match (
            falls_back_to_paper(kind, false),
            falls_back_to_paper(kind, true),
        ) {
            (true, _) => Holds::Always,
            (false, true) => Holds::UnlessLikeLast,
            (false, false) => Holds::Never,
        },
        tells_an_amount: kind.facts().contains(&"cents"),
    }
}

fn whom(kind: NoticeKind) -> Whom {
    match (kind, kind.weight()) {
        (NoticeKind::DelegateInvited, _) => Whom::Invited,
        (NoticeKind::OneTimeCode, _) => Whom::ToBeProved,
        (_, Weight::Payer) => Whom::Payer,
        (_, Weight::SignIn) => Whom::Login,
        _ => Whom::Member,
    }
}

fn way(kind: NoticeKind) -> Way {
    match kind.weight() {
        Weight::SignIn | Weight::Payer => Way::Email,
        Weight::Chosen(document) => Way::Chosen(document),
        Weight::Courtesy(_) => Way::EmailIfChosen,
        Weight::BothWays => Way::Both,
        Weight::OnPaper => Way::Paper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_cannot_come_by_email_comes_on_paper_and_codes_differ() {
        for kind in NoticeKind::ALL {
            let rule = rule(*kind);
            assert!(rule.by_email() || rule.on_paper(), "{kind:?}");
        }
        let kinds = |found: fn(&Rule) -> bool| -> Vec<&str> {
            let all = NoticeKind::ALL
                .iter()
                .map(|kind| (kind.code(), rule(*kind)));
            all.filter(|(_, rule)| found(rule))
                .map(|(code, _)| code)
                .collect()
        };
        assert_eq!(kinds(|rule| !rule.by_email()), ["email-bounced"]);
        assert!(!kinds(Rule::on_paper).contains(&"payment-received"));
        assert!(kinds(Rule::on_paper).contains(&"password-changed"));
        let mut codes = Way::ALL.map(Way::code).to_vec();
        codes.dedup();
        assert_eq!(codes.len(), Way::ALL.len());
    }
}

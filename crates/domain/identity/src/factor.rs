//! Second factors: which there are, which suffices for what, and when somebody is asked again
//! (NIST SP 800-63B-4 sections 2.2 and 3.1; OWASP ASVS 5.0 V6.3.3, V7.5.1).

use jiff::{SignedDuration, Timestamp};

/// A kind of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorKind {
    /// A passkey: a key in a telephone, a computer or a security key, opened by a finger, a face
    /// or a PIN. It also signs in alone.
    Passkey,
    /// An authenticator app that shows six digits (RFC 6238).
    Authenticator,
    /// A code sent by e-mail.
    Email,
    /// A recovery code, printed or written down.
    Recovery,
}

impl FactorKind {
    /// All of them, the strongest first: the order in which they are offered.
    pub const ALL: [FactorKind; 4] = [
        FactorKind::Passkey,
        FactorKind::Authenticator,
        FactorKind::Email,
        FactorKind::Recovery,
    ];

    /// The name in tables, addresses and string catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            FactorKind::Passkey => "passkey",
            FactorKind::Authenticator => "authenticator",
            FactorKind::Email => "email",
            FactorKind::Recovery => "recovery",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<FactorKind> {
        FactorKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Who holds factors: the rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// A second factor is a member's own choice.
    Member,
    /// Staff must have one, and mail is none: whoever reads the mailbox is not who signs in
    /// (NIST SP 800-63B-4 section 3.1.3.1).
    Staff,
}

/// Which kinds a holder may set up.
#[must_use]
pub const fn may_set_up(holder: HolderKind, kind: FactorKind) -> bool {
    !matches!((holder, kind), (HolderKind::Staff, FactorKind::Email))
}

/// How somebody came in so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum First {
    /// With the password.
    Password,
    /// With a passkey that checked the person: something one has and something one is or knows.
    Passkey,
    /// With a code sent to the address on file, because the password is forgotten.
    MailedCode,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing more is asked.
    Enough,
    /// One of these, in the order in which they are offered.
    OneOf(Vec<FactorKind>),
    /// A second factor must be set up first; only that may be done.
    SetUp,
}

/// What is asked after the first step. `set_up` are the kinds set up, each once, recovery codes
/// among them while any is left; `remembered` says that this device gave a second factor lately.
#[must_use]
pub fn next(holder: HolderKind, first: First, set_up: &[FactorKind], remembered: bool) -> Next {
    let usable: Vec<FactorKind> = FactorKind::ALL
        .into_iter()
        .filter(|kind| set_up.contains(kind) && may_set_up(holder, *kind))
        // The mailbox was proved just now: the same thing twice is not two things.
        .filter(|kind| first != First::MailedCode || *kind != FactorKind::Email)
        .collect();
    let any = usable.iter().any(|kind| *kind != FactorKind::Recovery);
    match (first, any) {
        (First::Passkey, _) => Next::Enough,
        // A device is remembered for signing in, never for setting a new password.
        (First::Password, true) if remembered => Next::Enough,
        (_, true) => Next::OneOf(usable),
        (_, false) if holder == HolderKind::Staff => Next::SetUp,
        (_, false) => Next::Enough,
    }
}

/// True if taking `one` away leaves no factor but recovery codes, which then go too. `others` are
/// the kinds of the rest.
#[must_use]
pub fn leaves_none(others: &[FactorKind]) -> bool {
    others.iter().all(|kind| *kind == FactorKind::Recovery)
}

/// True if the last factor may be taken away: staff keep one.
#[must_use]
pub const fn may_be_without(holder: HolderKind) -> bool {
    matches!(holder, HolderKind::Member)
}

/// How long a password or passkey given is good for changing passwords, factors and addresses.
pub const PROOF_HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// True if somebody must give password or passkey again before such a change.
#[must_use]
pub fn asks_again(proved_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(proved_at) >= PROOF_HOLDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use FactorKind as K;

    #[test]
    fn a_kind_is_found_by_its_code() {
        for kind in K::ALL {
            assert_eq!(K::from_code(kind.code()), Some(kind));
        }
        assert_eq!(K::from_code("sms"), None);
    }

    fn asked(holder: HolderKind, first: First, set_up: &[K], remembered: bool) -> Vec<K> {
        match next(holder, first, set_up, remembered) {
            Next::Enough => Vec::new(),
            Next::OneOf(kinds) => kinds,
            Next::SetUp => panic!("a factor must be set up first"),
        }
    }

    #[test]
    fn a_member_is_asked_for_what_was_set_up_unless_the_device_is_remembered() {
        use First::{MailedCode, Passkey, Password};
        let all = [K::Recovery, K::Email, K::Authenticator, K::Passkey];
        for (first, set_up, remembered, expected) in [
            (Password, &[][..], false, &[][..]),
            (Password, &[K::Email], false, &[K::Email]),
            (Password, &[K::Email], true, &[]),
            (Password, &[K::Recovery], false, &[]),
            (Password, &all, false, &K::ALL),
            (Passkey, &all, false, &[]),
            // The mailbox was proved already, and a device is remembered for signing in only.
            (MailedCode, &[K::Email], false, &[]),
            (
                MailedCode,
                &all,
                true,
                &[K::Passkey, K::Authenticator, K::Recovery],
            ),
        ] {
            let found = asked(HolderKind::Member, first, set_up, remembered);
            assert_eq!(found, expected, "{first:?} {set_up:?} {remembered}");
        }
    }

    #[test]
    fn staff_must_have_a_factor_and_mail_is_none() {
        let staff = HolderKind::Staff;
        for set_up in [&[][..], &[K::Email], &[K::Email, K::Recovery]] {
            assert_eq!(
                next(staff, First::Password, set_up, true),
                Next::SetUp,
                "{set_up:?}"
            );
        }
        let both = [K::Authenticator, K::Email];
        assert_eq!(
            asked(staff, First::Password, &both, false),
            [K::Authenticator]
        );
        assert_eq!(asked(staff, First::Passkey, &[K::Passkey], false), []);
        assert!(!may_set_up(staff, K::Email) && may_set_up(staff, K::Passkey));
    }

    #[test]
    fn recovery_codes_alone_are_no_factor() {
        assert!(leaves_none(&[]) && leaves_none(&[K::Recovery]));
        assert!(!leaves_none(&[K::Recovery, K::Email]));
        assert!(may_be_without(HolderKind::Member) && !may_be_without(HolderKind::Staff));
    }

    #[test]
    fn a_proof_holds_ten_minutes() {
        let at = |s: i64| Timestamp::from_second(1_800_000_000 + s).unwrap();
        assert!(!asks_again(at(0), at(599)));
        assert!(asks_again(at(0), at(600)));
    }
}

//! What it means that a mail server would not take a message.

use crate::{NoticeKind, Weight};

/// Why a message did not arrive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Failure {
    /// The address does not exist or takes no mail any more: nothing sent there will arrive.
    Address,
    /// This message did not arrive: the mailbox was full, the mail was not wanted, or the server
    /// gave up trying. The next one may.
    Message,
}

/// What a server's answer or the status of a notification means. Status codes are those of RFC
/// 3463 (`5.1.1`); an answer without one is judged by its reply code (RFC 5321, section 4.2.3).
#[must_use]
pub fn failure(answer: &str) -> Failure {
    let words = || answer.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    if let Some(status) = words().find_map(status) {
        return match status {
            // Bad mailbox, bad system, bad syntax, moved, no null MX; disabled; no route to it.
            (1, 1 | 2 | 3 | 6 | 10) | (2, 1) | (4, 4) => Failure::Address,
            _ => Failure::Message,
        };
    }
    // "550 relay not permitted": our server does not know us, and says nothing of the address.
    if answer.to_ascii_lowercase().contains("relay") {
        return Failure::Message;
    }
    let code = words().find(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit()));
    match code {
        Some("550" | "551" | "553") => Failure::Address,
        _ => Failure::Message,
    }
}

/// Subject and detail of a permanent status code.
fn status(word: &str) -> Option<(u16, u16)> {
    let mut parts = word.trim_matches('.').split('.');
    let class = parts.next()?;
    let (subject, detail) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (class == "5" && parts.next().is_none()).then_some((subject, detail))
}

/// True if a notice that did not arrive by e-mail goes on paper instead. What holds a code is of no
/// use there, a receipt is on the payer's screen and in the history, and a courtesy is not worth a
/// stamp.
#[must_use]
pub const fn falls_back_to_paper(kind: NoticeKind, differs: bool) -> bool {
    match kind.weight_with(differs) {
        Weight::Payer | Weight::Courtesy(_) => false,
        Weight::SignIn => !matches!(
            kind,
            NoticeKind::OneTimeCode
                | NoticeKind::SignInCode
                | NoticeKind::PasswordResetCode
                | NoticeKind::DelegateInvited
                | NoticeKind::UserIdReminder
        ),
        Weight::Chosen(_) | Weight::BothWays | Weight::OnPaper => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_does_not_exist_is_given_up() {
        for (answer, expected) in [
            ("5.1.1", Failure::Address),
            ("5.1.10", Failure::Address),
            ("5.2.1", Failure::Address),
            ("5.4.4", Failure::Address),
            (
                "permanent error (550): 5.1.1 <a@b> no such user",
                Failure::Address,
            ),
            ("permanent error (550): no such user here", Failure::Address),
            ("553 mailbox name not allowed", Failure::Address),
            // Full, refused by policy, sender's fault, too large, not our turn.
            ("5.2.2", Failure::Message),
            (
                "permanent error (550): 5.7.1 looks like spam",
                Failure::Message,
            ),
            ("5.1.8", Failure::Message),
            ("552 5.3.4 too large", Failure::Message),
            ("535 5.7.8 authentication failed", Failure::Message),
            ("554 transaction failed", Failure::Message),
            (
                "permanent error (550): Relay not permitted",
                Failure::Message,
            ),
            ("4.4.1", Failure::Message),
            ("host 10.5.1.1 said 550 at 5.1.1.5", Failure::Address),
            ("", Failure::Message),
        ] {
            assert_eq!(failure(answer), expected, "{answer}");
        }
    }

    #[test]
    fn what_is_required_falls_back_to_paper_and_codes_do_not() {
        for kind in NoticeKind::ALL {
            if kind.holds_a_secret() {
                assert!(!falls_back_to_paper(*kind, true), "{kind:?}");
            }
            if matches!(kind.weight(), Weight::Chosen(_)) {
                assert!(falls_back_to_paper(*kind, true), "{kind:?}");
            }
        }
        assert!(!falls_back_to_paper(NoticeKind::DraftComing, false));
        assert!(!falls_back_to_paper(NoticeKind::DueSoon, true));
        assert!(falls_back_to_paper(NoticeKind::PasswordChanged, false));
        assert!(!falls_back_to_paper(NoticeKind::PaymentReceived, false));
    }
}

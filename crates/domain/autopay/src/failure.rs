//! What is done about a draft that failed.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Cents;

use crate::{AfterReturn, CardRetry, CardRetryRule, CardTries, ReturnCode, Whereby, card_retry};

/// What is done about a draft that failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Step {
    /// The day it is tried again; `None` for never by itself.
    pub again_on: Option<Date>,
    /// True if the mandate ends with it.
    pub ends_mandate: bool,
    /// True if nothing may be taken from the card or account any more.
    pub disables_method: bool,
}

/// What the processor says is over, whichever network the card is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LastWord {
    /// The card: lost, stolen, closed or suspected of fraud.
    Card,
    /// The cardholder's permission.
    Permission,
}

/// A card charge that was declined.
#[derive(Clone, Copy, Debug)]
pub struct CardDecline<'a> {
    /// The codes the processor gave: its own and the network's.
    pub codes: &'a [&'a str],
    /// What is over, by the processor's word.
    pub last_word: Option<LastWord>,
    /// True if the processor says that trying later can help.
    pub later_may_help: bool,
    /// How often card and amount were tried.
    pub tries: CardTries,
    /// When the draft was first declined.
    pub first_on: Date,
    /// The day of this decline.
    pub today: Date,
}

/// What follows from a declined card charge. `waits` are the days after the first decline on which
/// the plan tries again; without a rule of its network a card is never tried again. A card that is
/// over is not tried again in later months either: it is disabled.
#[must_use]
pub fn after_decline(
    decline: &CardDecline<'_>,
    rule: Option<&CardRetryRule>,
    waits: &[u8],
) -> Step {
    let of_code = |code: &&str| rule.map(|rule| card_retry(rule, code, decline.tries));
    let answers: Vec<CardRetry> = decline.codes.iter().filter_map(of_code).collect();
    if decline.last_word == Some(LastWord::Permission) || answers.contains(&CardRetry::Revoked) {
        return Step {
            ends_mandate: true,
            ..Step::default()
        };
    }
    if decline.last_word == Some(LastWord::Card) || answers.contains(&CardRetry::Never) {
        return Step {
            disables_method: true,
            ..Step::default()
        };
    }
    let refused = answers.contains(&CardRetry::LimitReached);
    if rule.is_none() || refused || !decline.later_may_help {
        return Step::default();
    }
    let on = waits
        .iter()
        .filter_map(|days| decline.first_on.checked_add(i64::from(*days).days()).ok())
        .find(|day| *day > decline.today);
    Step {
        again_on: on,
        ..Step::default()
    }
}

/// What follows from a returned bank debit. Where only a new authorisation allows another one, the
/// mandate is over, and with it the drafts of later months, which would ask for the same money.
#[must_use]
pub fn after_bank_return(after: AfterReturn) -> Step {
    let stopped = after == AfterReturn::Only(Whereby::NewAuthorisation);
    Step {
        again_on: match after {
            AfterReturn::Reinitiate { on, .. } => Some(on),
            _ => None,
        },
        ends_mandate: after.ends_mandate() || stopped,
        disables_method: after.ends_mandate(),
    }
}

/// The return code among the codes a processor gave, if there is one.
#[must_use]
pub fn return_code(codes: &[&str]) -> Option<ReturnCode> {
    codes.iter().find_map(|code| ReturnCode::parse(code).ok())
}

/// What a second try may take: never more than failed, never more than is open now. `None` if
/// nothing is open any more.
#[must_use]
pub fn second_try(failed: Cents, open: Cents) -> Option<Cents> {
    let cents = failed.min(open);
    cents.is_positive().then_some(cents)
}

/// The last day on which paying another way is safe: the due date or, once that is past,
/// `safe_days` after it, which is a grace period that every plan line gives. Never before `today`.
#[must_use]
pub fn pay_by(due_on: Date, today: Date, safe_days: u8) -> Date {
    if today <= due_on {
        return due_on;
    }
    let safe = due_on.checked_add(i64::from(safe_days).days());
    safe.map_or(today, |day| day.max(today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Calendar, ReturnedDraft, after_return};
    use jiff::civil::date;

    fn rule() -> CardRetryRule {
        let codes = |list: &[&str]| list.iter().map(|c| (*c).to_owned()).collect();
        CardRetryRule {
            final_codes: codes(&["41"]),
            revoking_codes: codes(&["R1"]),
            most_in_a_day: Some(1),
            most_in_30_days: 4,
        }
    }

    #[test]
    fn a_declined_card_is_tried_on_set_days_and_never_after_a_hard_decline() {
        let first_on = date(2026, 12, 1);
        let (third, seventh) = (Some(date(2026, 12, 4)), Some(date(2026, 12, 8)));
        for (codes, later, today, in_30_days, again) in [
            (&["insufficient_funds", "51"][..], true, first_on, 1, third),
            (&["51"], true, date(2026, 12, 4), 2, seventh),
            (&["51"], true, date(2026, 12, 8), 3, None),
            // The program stood still: the day that is past is passed over.
            (&["51"], true, date(2026, 12, 6), 2, seventh),
            (&["51"], true, first_on, 4, None),
            (&["lost_card", "41"], true, first_on, 1, None),
            (&["do_not_honor"], false, first_on, 1, None),
        ] {
            let decline = CardDecline {
                codes,
                last_word: None,
                later_may_help: later,
                tries: CardTries {
                    in_a_day: 1,
                    in_30_days,
                },
                first_on,
                today,
            };
            let step = after_decline(&decline, Some(&rule()), &[3, 7]);
            assert_eq!(step.again_on, again, "{codes:?} on {today}");
            assert!(!step.ends_mandate);
            assert_eq!(step.disables_method, codes.contains(&"41"), "{codes:?}");
            assert_eq!(after_decline(&decline, None, &[3, 7]), Step::default());
        }
    }

    #[test]
    fn the_processors_last_word_holds_without_a_code_of_the_network() {
        let decline = |last_word| CardDecline {
            codes: &["stolen_card"],
            last_word: Some(last_word),
            later_may_help: true,
            tries: CardTries {
                in_a_day: 1,
                in_30_days: 1,
            },
            first_on: date(2026, 12, 1),
            today: date(2026, 12, 1),
        };
        for rule in [None, Some(&rule())] {
            let card = after_decline(&decline(LastWord::Card), rule, &[3, 7]);
            assert!(card.disables_method && !card.ends_mandate && card.again_on.is_none());
            let permission = after_decline(&decline(LastWord::Permission), rule, &[3, 7]);
            assert!(permission.ends_mandate && permission.again_on.is_none());
        }
    }

    #[test]
    fn a_cardholder_who_takes_the_permission_back_ends_the_mandate() {
        let decline = CardDecline {
            codes: &["revocation_of_authorization", "R1"],
            last_word: None,
            later_may_help: true,
            tries: CardTries {
                in_a_day: 1,
                in_30_days: 1,
            },
            first_on: date(2026, 12, 1),
            today: date(2026, 12, 1),
        };
        let step = after_decline(&decline, Some(&rule()), &[3]);
        assert!(step.ends_mandate && step.again_on.is_none());
    }

    #[test]
    fn returns_lead_to_a_second_try_to_an_end_or_to_nothing() {
        let after = |code| {
            let returned = ReturnedDraft {
                code: ReturnCode::parse(code).unwrap(),
                first_settled_on: date(2026, 12, 1),
                returned_on: date(2026, 12, 3),
                reinitiations: 0,
                wait_business_days: 2,
            };
            after_bank_return(after_return(&returned, &Calendar::default()))
        };
        let monday = Some(date(2026, 12, 7));
        for (code, again_on, ends) in [
            ("R01", monday, false),
            ("R09", monday, false),
            ("R02", None, true),
            ("R07", None, true),
            ("R10", None, true),
            ("R29", None, true),
            ("R08", None, true),
            ("R11", None, false),
        ] {
            let step = after(code);
            assert_eq!(
                (step.again_on, step.ends_mandate),
                (again_on, ends),
                "{code}"
            );
            assert_eq!(step.disables_method, ends && code != "R08", "{code}");
        }
        assert_eq!(
            return_code(&["account_closed", "R02"]),
            ReturnCode::parse("R02").ok()
        );
        assert_eq!(return_code(&["51"]), None);
    }

    #[test]
    fn a_second_try_takes_what_is_open_and_no_more_than_failed() {
        for (failed, open, cents) in [
            (8640, 8640, Some(8640)),
            (8640, 4000, Some(4000)),
            (8640, 9000, Some(8640)),
            (8640, 0, None),
            (8640, -100, None),
        ] {
            let found = second_try(Cents::new(failed), Cents::new(open));
            assert_eq!(found, cents.map(Cents::new), "{failed} of {open}");
        }
    }

    #[test]
    fn the_safe_day_is_the_due_date_then_the_end_of_grace_then_today() {
        let due = date(2026, 12, 1);
        for (today, safe) in [
            (date(2026, 11, 20), due),
            (due, due),
            (date(2026, 12, 2), date(2026, 12, 11)),
            (date(2026, 12, 20), date(2026, 12, 20)),
        ] {
            assert_eq!(pay_by(due, today, 10), safe, "{today}");
        }
    }
}

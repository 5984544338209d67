//! From the menu to the confirmation number.

use kernel::{BankAccountNumber, Cents, RoutingNumber};
use payments::AmountChoice;

use super::{Call, Ending};
use crate::prompt::Argument;
use crate::states::State;
use crate::{
    BankKind, CaptureResult, PayRequest, PayResult, PayWith, Prompt, PromptId, Step, Turn,
};

impl Call {
    /// What an answer leads to once the caller is known; `None` if it is not one.
    pub(super) fn answer_about_payment(&mut self, keys: &str) -> Option<Turn> {
        match self.state.clone() {
            State::Menu => match keys {
                "1" if self.account.as_ref()?.phone_pay => Some(self.go(State::Amount)),
                "2" => Some(self.ask(Vec::new())),
                _ => None,
            },
            State::Amount => match keys {
                "1" => Some(self.amount(AmountChoice::TotalDue)),
                "2" => Some(self.amount(AmountChoice::PastDue)),
                "3" => Some(self.go(State::OtherAmount)),
                _ => None,
            },
            State::OtherAmount => {
                let cents = keys.parse().ok()?;
                Some(self.amount(AmountChoice::Other(Cents::new(cents))))
            }
            State::Repeated(cents) => match keys {
                "1" => Some(self.go(State::Method(cents))),
                "2" => Some(self.go(State::Menu)),
                _ => None,
            },
            State::Method(cents) => self.method(keys, cents),
            State::Routing(cents) => {
                let routing = RoutingNumber::parse(keys).ok()?;
                Some(self.go(State::AccountNumber(cents, routing)))
            }
            State::AccountNumber(cents, routing) => {
                let number = BankAccountNumber::parse(keys).ok()?;
                Some(self.go(State::AccountKind(cents, routing, number)))
            }
            State::AccountKind(cents, routing, number) => {
                let kind = match keys {
                    "1" => BankKind::Checking,
                    "2" => BankKind::Savings,
                    _ => return None,
                };
                let with = PayWith::Bank {
                    routing,
                    number,
                    kind,
                };
                Some(self.go(State::Review(cents, with)))
            }
            State::Review(cents, with) => match keys {
                "1" => Some(self.take(cents, with)),
                "2" => Some(self.go(State::Amount)),
                "3" => {
                    let say = vec![Prompt::plain(PromptId::NothingPaid)];
                    Some(self.go_saying(State::Menu, say))
                }
                _ => None,
            },
            State::Confirmed(number) => match keys {
                "1" => Some(self.go(State::Confirmed(number))),
                _ => Some(self.end(Ending::Goodbye, vec![Prompt::plain(PromptId::Goodbye)])),
            },
            _ => None,
        }
    }

    fn amount(&mut self, choice: AmountChoice) -> Turn {
        let Some(account) = &self.account else {
            return self.person(Vec::new());
        };
        match choice.resolve(account.balances, self.settings.limits) {
            Ok(cents) if account.recent.contains(&cents) => self.go(State::Repeated(cents)),
            Ok(cents) => self.go(State::Method(cents)),
            Err(_) => {
                let limits = self.settings.limits;
                let refused = Prompt::with(
                    PromptId::AmountRefused,
                    [Argument::Money(limits.least), Argument::Money(limits.most)],
                );
                self.miss(refused)
            }
        }
    }

    fn method(&mut self, keys: &str, cents: Cents) -> Option<Turn> {
        match keys {
            "1" if self.account.as_ref()?.saved.is_some() => {
                Some(self.go(State::Review(cents, PayWith::Saved)))
            }
            "2" if self.settings.bank_accounts => Some(self.go(State::Routing(cents))),
            "3" if self.settings.cards => {
                self.state = State::Capturing(cents);
                Some(Turn {
                    say: Vec::new(),
                    step: Step::CaptureCard,
                })
            }
            _ => None,
        }
    }

    /// The one place that asks for money. It is reached only from the review, by its key.
    fn take(&mut self, cents: Cents, with: PayWith) -> Turn {
        self.payments += 1;
        self.state = State::Paying(cents);
        Turn {
            say: vec![Prompt::plain(PromptId::OneMoment)],
            step: Step::TakePayment(PayRequest {
                sequence: self.payments,
                cents,
                with,
            }),
        }
    }

    pub(super) fn captured(&mut self, result: CaptureResult) -> Turn {
        let State::Capturing(cents) = self.state else {
            return self.ask(Vec::new());
        };
        match result {
            CaptureResult::Captured { token, last_four } => {
                let with = PayWith::Card { token, last_four };
                self.go(State::Review(cents, with))
            }
            CaptureResult::NotCaptured => {
                let say = vec![Prompt::plain(PromptId::CardNotTaken)];
                self.go_saying(State::Method(cents), say)
            }
        }
    }

    pub(super) fn paid(&mut self, result: PayResult) -> Turn {
        let State::Paying(cents) = self.state else {
            return self.ask(Vec::new());
        };
        match result {
            PayResult::Taken(number) => self.go(State::Confirmed(number)),
            PayResult::Unknown => {
                let say = vec![Prompt::plain(PromptId::NotKnown)];
                self.end(Ending::OutcomeUnknown, say)
            }
            PayResult::NotTaken => {
                let say = vec![Prompt::plain(PromptId::NotTaken)];
                if self.payments >= self.settings.most_tries {
                    return self.person(say);
                }
                self.go_saying(State::Method(cents), say)
            }
        }
    }
}

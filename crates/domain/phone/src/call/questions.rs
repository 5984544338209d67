//! What is said at each step.

use kernel::Cents;

use super::Call;
use crate::prompt::Argument;
use crate::states::State;
use crate::{Gather, PayWith, Prompt, PromptId, Step, Turn};

impl Call {
    /// The question of the step at hand, after `say`. While an answer is outstanding there is none.
    pub(super) fn ask(&self, mut say: Vec<Prompt>) -> Turn {
        let Some(kind) = self.state.gathers() else {
            return self.wait();
        };
        match &self.state {
            State::Method(_) => {
                let offered = self.methods();
                if offered.is_empty() {
                    say.push(Prompt::plain(PromptId::NoMethod));
                }
                say.extend(offered);
            }
            State::Menu => say.extend(self.balance()),
            State::Amount => say.extend(self.amounts()),
            State::Review(cents, with) => {
                say.push(self.review(*cents, with));
                say.push(Prompt::plain(PromptId::Confirm));
            }
            State::Repeated(cents) => {
                say.push(Prompt::with(PromptId::Repeated, [Argument::Money(*cents)]));
            }
            State::Confirmed(number) => {
                let spoken = || {
                    let digits = Argument::Digits(number.as_str().to_owned());
                    Prompt::with(PromptId::ConfirmationNumber, [digits])
                };
                say.extend([
                    Prompt::plain(PromptId::Taken),
                    spoken(),
                    Prompt::plain(PromptId::OnceMore),
                    spoken(),
                    Prompt::plain(PromptId::AfterPayment),
                ]);
            }
            other => say.extend(plain_question(other).map(Prompt::plain)),
        }
        Turn {
            say,
            step: Step::Gather(Gather {
                kind,
                silence_seconds: self.settings.silence(),
            }),
        }
    }

    fn balance(&self) -> Vec<Prompt> {
        let Some(account) = &self.account else {
            return Vec::new();
        };
        let due = account.balances.total_due;
        let mut say = Vec::new();
        if due.is_positive() {
            say.push(Prompt::with(PromptId::BalanceDue, [Argument::Money(due)]));
            say.extend(
                account
                    .due_on
                    .map(|day| Prompt::with(PromptId::DueOn, [Argument::Date(day)])),
            );
        } else if due.is_negative() {
            say.push(Prompt::with(PromptId::Credit, [Argument::Money(-due)]));
        } else {
            say.push(Prompt::plain(PromptId::NothingDue));
        }
        if account.balances.past_due.is_positive() {
            let late = Argument::Money(account.balances.past_due);
            say.push(Prompt::with(PromptId::PastDue, [late]));
        }
        say.extend(account.last_payment.map(|last| {
            let arguments = [Argument::Money(last.cents), Argument::Date(last.on)];
            Prompt::with(PromptId::LastPayment, arguments)
        }));
        if account.autopay {
            say.push(Prompt::plain(PromptId::AutopayOn));
        }
        say.push(Prompt::plain(if account.phone_pay {
            PromptId::Menu
        } else {
            PromptId::NoPhonePay
        }));
        say
    }

    fn amounts(&self) -> Vec<Prompt> {
        let balances = self
            .account
            .as_ref()
            .map(|account| account.balances)
            .unwrap_or_default();
        let offer = |id, cents: Cents| {
            cents
                .is_positive()
                .then(|| Prompt::with(id, [Argument::Money(cents)]))
        };
        let mut say = Vec::new();
        say.extend(offer(PromptId::PayTotal, balances.total_due));
        say.extend(offer(PromptId::PayPastDue, balances.past_due));
        say.push(Prompt::plain(PromptId::PayOther));
        say
    }

    fn methods(&self) -> Vec<Prompt> {
        let saved = self.account.as_ref().and_then(|a| a.saved.as_ref());
        let mut say = Vec::new();
        say.extend(saved.map(|method| {
            let digits = Argument::Digits(method.last_four.clone());
            Prompt::with(PromptId::UseSaved, [digits])
        }));
        if self.settings.bank_accounts {
            say.push(Prompt::plain(PromptId::UseBank));
        }
        if self.settings.cards {
            say.push(Prompt::plain(PromptId::UseCard));
        }
        say
    }

    fn review(&self, cents: Cents, with: &PayWith) -> Prompt {
        let saved = self.account.as_ref().and_then(|a| a.saved.as_ref());
        let (last_four, is_bank) = match with {
            PayWith::Bank { number, .. } => (number.last_four().to_owned(), true),
            PayWith::Card { last_four, .. } => (last_four.clone(), false),
            PayWith::Saved => saved.map_or((String::new(), false), |method| {
                (method.last_four.clone(), method.bank.is_some())
            }),
        };
        if !is_bank {
            let arguments = [Argument::Money(cents), Argument::Digits(last_four)];
            return Prompt::with(PromptId::ReviewCard, arguments);
        }
        let name = self.account.as_ref().map(|a| a.name.clone());
        Prompt::with(
            PromptId::ReviewBank,
            [
                Argument::Money(cents),
                Argument::Date(self.settings.debit_on),
                Argument::Name(name.unwrap_or_default()),
                Argument::Digits(last_four),
                Argument::Date(self.settings.today),
                Argument::Digits(self.settings.inquiry_phone.clone()),
            ],
        )
    }
}

/// The question of a step that is always asked in the same words.
const fn plain_question(state: &State) -> Option<PromptId> {
    match state {
        State::Language => Some(PromptId::Greeting),
        State::MemberId => Some(PromptId::AskMemberId),
        State::BirthDate(_) => Some(PromptId::AskBirthDate),
        State::Zip(..) => Some(PromptId::AskZip),
        State::OtherAmount => Some(PromptId::AskAmount),
        State::Routing(_) => Some(PromptId::AskRouting),
        State::AccountNumber(..) => Some(PromptId::AskAccountNumber),
        State::AccountKind(..) => Some(PromptId::AskAccountKind),
        _ => None,
    }
}

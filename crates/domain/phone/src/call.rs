//! A call: the state machine.

mod paying;
mod questions;

use std::fmt;

use jiff::civil::Date;
use kernel::{Language, MemberId, Zip};

use crate::prompt::Argument;
use crate::states::State;
use crate::{Account, Event, Found, Prompt, PromptId, Settings, Step, Turn};

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    /// The line said goodbye.
    Goodbye,
    /// The caller hung up. The answer to a payment that was under way still counts.
    HungUp {
        /// True if a payment was under way.
        paying: bool,
    },
    /// Put through to a person.
    Transferred,
    /// A person was asked for, and none was there.
    Closed,
    /// The outcome of the payment was not known.
    OutcomeUnknown,
}

/// A call. It is a value: feed it events with [`Call::on`].
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    settings: Settings,
    language: Language,
    state: State,
    account: Option<Account>,
    /// Wrong answers to the question at hand.
    misses: u8,
    /// Silences in a row.
    silences: u8,
    /// Failed identifications.
    strangers: u8,
    /// Payments asked for.
    payments: u8,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was keyed in is in the state, so only its name is shown.
        f.debug_struct("Call")
            .field("at", &self.state.name())
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// A new call, greeted.
    #[must_use]
    pub fn begin(settings: Settings) -> (Call, Turn) {
        let call = Call {
            settings,
            language: Language::English,
            state: State::Language,
            account: None,
            misses: 0,
            silences: 0,
            strangers: 0,
            payments: 0,
        };
        let turn = call.ask(Vec::new());
        (call, turn)
    }

    /// The language of the caller.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The name of the step it is at, for the live board.
    #[must_use]
    pub const fn at(&self) -> &'static str {
        self.state.name()
    }

    /// How it ended, once it has.
    #[must_use]
    pub const fn ending(&self) -> Option<Ending> {
        match self.state {
            State::Ended(ending) => Some(ending),
            _ => None,
        }
    }

    /// What to say and do after an event. An answer that nobody waits for changes nothing.
    #[must_use]
    pub fn on(mut self, event: Event) -> (Call, Turn) {
        let turn = match event {
            _ if self.ending().is_some() => Turn {
                say: Vec::new(),
                step: Step::HangUp,
            },
            Event::HungUp => {
                let paying = matches!(self.state, State::Paying(_));
                self.end(Ending::HungUp { paying }, Vec::new())
            }
            Event::Silence => self.silence(),
            Event::Keys(keys) => self.keys(keys.expose()),
            Event::Found(found) => self.found(found),
            Event::Captured(result) => self.captured(result),
            Event::Paid(result) => self.paid(result),
        };
        (self, turn)
    }

    fn go(&mut self, state: State) -> Turn {
        self.go_saying(state, Vec::new())
    }

    fn go_saying(&mut self, state: State, say: Vec<Prompt>) -> Turn {
        self.state = state;
        self.misses = 0;
        self.silences = 0;
        self.ask(say)
    }

    fn end(&mut self, ending: Ending, say: Vec<Prompt>) -> Turn {
        self.state = State::Ended(ending);
        let step = match ending {
            Ending::Transferred => Step::Transfer,
            _ => Step::HangUp,
        };
        Turn { say, step }
    }

    fn person(&mut self, mut say: Vec<Prompt>) -> Turn {
        if self.settings.person_available {
            say.push(Prompt::plain(PromptId::Transferring));
            self.end(Ending::Transferred, say)
        } else {
            say.push(Prompt::plain(PromptId::Closed));
            self.end(Ending::Closed, say)
        }
    }

    fn silence(&mut self) -> Turn {
        if self.state.gathers().is_none() {
            return self.wait();
        }
        self.silences += 1;
        let say = vec![Prompt::plain(PromptId::NothingHeard)];
        if self.silences >= self.settings.most_silences() {
            return self.person(say);
        }
        self.ask(say)
    }

    fn miss(&mut self, prompt: Prompt) -> Turn {
        self.misses += 1;
        if self.misses >= self.settings.most_tries {
            return self.person(vec![prompt]);
        }
        self.ask(vec![prompt])
    }

    fn wait(&self) -> Turn {
        Turn {
            say: Vec::new(),
            step: Step::Wait,
        }
    }

    fn keys(&mut self, keys: &str) -> Turn {
        if self.state.gathers().is_none() {
            return self.wait();
        }
        self.silences = 0;
        match keys {
            "*" => self.ask(Vec::new()),
            "0" => self.person(Vec::new()),
            _ => self
                .answer(keys)
                .unwrap_or_else(|| self.miss(Prompt::plain(PromptId::NotUnderstood))),
        }
    }

    /// What an answer leads to; `None` if it is not one.
    fn answer(&mut self, keys: &str) -> Option<Turn> {
        match self.state.clone() {
            State::Language => {
                self.language = match keys {
                    "1" => Language::English,
                    "2" => Language::Spanish,
                    _ => return None,
                };
                Some(self.go(State::MemberId))
            }
            State::MemberId => {
                let member_id = MemberId::parse(keys).ok()?;
                Some(self.go(State::BirthDate(member_id)))
            }
            State::BirthDate(member_id) => {
                let birth_date = read_birth_date(keys)?;
                Some(self.go(State::Zip(member_id, birth_date)))
            }
            State::Zip(member_id, birth_date) => {
                let zip = Zip::parse(keys).ok()?;
                self.state = State::LookingUp;
                Some(Turn {
                    say: vec![Prompt::plain(PromptId::OneMoment)],
                    step: Step::LookUp {
                        member_id,
                        birth_date,
                        zip,
                    },
                })
            }
            _ => self.answer_about_payment(keys),
        }
    }

    fn found(&mut self, found: Found) -> Turn {
        if self.state != State::LookingUp {
            return self.ask(Vec::new());
        }
        match found {
            Found::Account(account) => {
                let say = broken_off(&account);
                self.account = Some(*account);
                self.go_saying(State::Menu, say)
            }
            Found::Throttled => self.person(vec![Prompt::plain(PromptId::NoMatch)]),
            Found::Nobody => {
                self.strangers += 1;
                let say = vec![Prompt::plain(PromptId::NoMatch)];
                if self.strangers >= self.settings.most_tries {
                    return self.person(say);
                }
                self.go_saying(State::MemberId, say)
            }
        }
    }
}

fn broken_off(account: &Account) -> Vec<Prompt> {
    match &account.broken_off {
        None => Vec::new(),
        Some(None) => vec![Prompt::plain(PromptId::BrokenOffNotPaid)],
        Some(Some(number)) => vec![Prompt::with(
            PromptId::BrokenOffPaid,
            [Argument::Digits(number.as_str().to_owned())],
        )],
    }
}

/// Reads `MMDDYYYY`.
fn read_birth_date(keys: &str) -> Option<Date> {
    if keys.len() != 8 || !keys.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(
        keys[4..].parse().ok()?,
        keys[..2].parse().ok()?,
        keys[2..4].parse().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests;

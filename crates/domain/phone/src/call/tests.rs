use super::*;
use crate::{CaptureResult, LastPayment, Pace, PayRequest, PayResult, PayWith, Saved};
use jiff::civil::date;
use kernel::{Cents, Secret};
use payments::{AmountLimits, Balances, ConfirmationNumber};
use proptest::prelude::*;

fn settings() -> Settings {
    Settings {
        pace: Pace::Normal,
        most_tries: 3,
        silence_seconds: 8,
        person_available: true,
        cards: true,
        bank_accounts: true,
        limits: AmountLimits {
            least: Cents::new(100),
            most: Cents::new(500_000),
        },
        today: date(2026, 11, 24),
        debit_on: date(2026, 11, 25),
        inquiry_phone: "8605550100".to_owned(),
    }
}

fn account() -> Account {
    Account {
        name: "Maria Lopez".to_owned(),
        balances: Balances {
            total_due: Cents::new(8640),
            past_due: Cents::new(4000),
        },
        due_on: Some(date(2026, 12, 1)),
        last_payment: Some(LastPayment {
            cents: Cents::new(4640),
            on: date(2026, 10, 30),
        }),
        broken_off: None,
        recent: Vec::new(),
        autopay: false,
        phone_pay: true,
        saved: Some(Saved {
            last_four: "4242".to_owned(),
            bank: None,
        }),
    }
}

fn key(keys: &str) -> Event {
    Event::Keys(Secret::new(keys.to_owned()))
}

fn confirmation() -> ConfirmationNumber {
    ConfirmationNumber::from_series(123_456_789).unwrap()
}

/// Feeds events and gives the call and the last turn.
fn run(settings: Settings, events: impl IntoIterator<Item = Event>) -> (Call, Turn) {
    events
        .into_iter()
        .fold(Call::begin(settings), |(call, _), event| call.on(event))
}

fn identified(account: Account) -> Vec<Event> {
    let mut events: Vec<Event> = ["1", "12345678901", "02291952", "06032"].map(key).into();
    events.push(Event::Found(Found::Account(Box::new(account))));
    events
}

fn said(turn: &Turn) -> Vec<&'static str> {
    turn.say.iter().map(|prompt| prompt.id.code()).collect()
}

#[test]
fn a_caller_hears_the_balance_pays_and_hears_the_number_twice() {
    let mut events = identified(account());
    let (_, turn) = run(settings(), events.clone());
    assert_eq!(
        said(&turn),
        ["balance-due", "due-on", "past-due", "last-payment", "menu"]
    );
    events.extend(["1", "1", "1"].map(key));
    let (_, turn) = run(settings(), events.clone());
    assert_eq!(said(&turn), ["review-card", "confirm"]);
    events.push(key("1"));
    let (_, turn) = run(settings(), events.clone());
    let request = PayRequest {
        sequence: 1,
        cents: Cents::new(8640),
        with: PayWith::Saved,
    };
    assert_eq!(turn.step, Step::TakePayment(request));
    events.push(Event::Paid(PayResult::Taken(confirmation())));
    let (call, turn) = run(settings(), events.clone());
    assert_eq!(
        said(&turn),
        [
            "taken",
            "confirmation-number",
            "once-more",
            "confirmation-number",
            "after-payment"
        ]
    );
    let (call, turn) = call.on(key("2"));
    assert_eq!(said(&turn), ["goodbye"]);
    assert_eq!(call.ending(), Some(Ending::Goodbye));
}

#[test]
fn nacha_2_5_15_a_debit_by_phone_says_all_its_items_before_it_is_confirmed() {
    let mut events = identified(account());
    events.extend(["1", "3", "5000", "2", "021000021", "000123456789", "1"].map(key));
    let (call, turn) = run(settings(), events);
    assert_eq!(
        turn.say[0],
        Prompt::with(
            PromptId::ReviewBank,
            [
                Argument::Money(Cents::new(5000)),
                Argument::Date(date(2026, 11, 25)),
                Argument::Name("Maria Lopez".to_owned()),
                Argument::Digits("6789".to_owned()),
                Argument::Date(date(2026, 11, 24)),
                Argument::Digits("8605550100".to_owned()),
            ],
        )
    );
    assert_eq!(
        format!("{call:?}"),
        "Call { at: \"review\", language: English, .. }"
    );
}

#[test]
fn three_wrong_identifications_lead_to_a_person_with_one_answer_for_all() {
    let once = || {
        ["12345678901", "02291952", "06032"]
            .map(key)
            .into_iter()
            .chain([Event::Found(Found::Nobody)])
    };
    let (call, turn) = run(settings(), [key("2")].into_iter().chain(once()));
    assert_eq!(said(&turn), ["no-match", "ask-member-id"]);
    assert_eq!(call.language(), Language::Spanish);
    let three = || {
        [key("1")]
            .into_iter()
            .chain(once())
            .chain(once())
            .chain(once())
    };
    let (call, turn) = run(settings(), three());
    assert_eq!(said(&turn), ["no-match", "transferring"]);
    assert_eq!(call.ending(), Some(Ending::Transferred));
    let closed = Settings {
        person_available: false,
        ..settings()
    };
    let (call, turn) = run(closed, three());
    assert_eq!(said(&turn), ["no-match", "closed"]);
    assert_eq!(call.ending(), Some(Ending::Closed));
}

#[test]
fn stars_repeat_zero_asks_for_a_person_and_slow_callers_get_time() {
    let (_, first) = Call::begin(settings());
    let (_, again) = run(settings(), [key("*")]);
    assert_eq!(again, first);
    let (call, _) = run(settings(), [key("1"), key("0")]);
    assert_eq!(call.ending(), Some(Ending::Transferred));
    let silent = |pace, count| {
        let settings = Settings { pace, ..settings() };
        run(settings, vec![Event::Silence; count])
            .0
            .ending()
            .is_some()
    };
    assert!(!silent(Pace::Normal, 2));
    assert!(silent(Pace::Normal, 3));
    assert!(!silent(Pace::Slow, 8));
    assert!(silent(Pace::Slow, 9));
}

#[test]
fn a_line_without_phone_payment_says_so_and_takes_none() {
    let mut events = identified(Account {
        phone_pay: false,
        ..account()
    });
    let (_, turn) = run(settings(), events.clone());
    assert_eq!(turn.say.last().map(|p| p.id), Some(PromptId::NoPhonePay));
    events.push(key("1"));
    let (call, turn) = run(settings(), events);
    assert_eq!(call.at(), "menu");
    assert_eq!(said(&turn)[0], "not-understood");
}

#[test]
fn a_recent_equal_payment_is_pointed_out_first() {
    let mut events = identified(Account {
        recent: vec![Cents::new(8640)],
        ..account()
    });
    events.extend(["1", "1"].map(key));
    let (call, turn) = run(settings(), events);
    assert_eq!(said(&turn), ["repeated"]);
    assert_eq!(call.clone().on(key("2")).0.at(), "menu");
    assert_eq!(call.on(key("1")).0.at(), "method");
}

#[test]
fn the_next_call_says_what_became_of_one_that_broke_off() {
    let mut paying = identified(account());
    paying.extend(["1", "1", "1", "1"].map(key));
    paying.push(Event::HungUp);
    let (call, turn) = run(settings(), paying);
    assert_eq!(call.ending(), Some(Ending::HungUp { paying: true }));
    assert_eq!(turn.step, Step::HangUp);
    for (outcome, first) in [
        (Some(confirmation()), "broken-off-paid"),
        (None, "broken-off-not-paid"),
    ] {
        let next = Account {
            broken_off: Some(outcome),
            ..account()
        };
        let (_, turn) = run(settings(), identified(next));
        assert_eq!(said(&turn)[0], first);
    }
}

#[test]
fn an_unknown_outcome_ends_the_call_and_is_never_tried_again() {
    let mut events = identified(account());
    events.extend(["1", "1", "1", "1"].map(key));
    events.push(Event::Paid(PayResult::Unknown));
    let (call, turn) = run(settings(), events);
    assert_eq!(said(&turn), ["not-known"]);
    assert_eq!(call.ending(), Some(Ending::OutcomeUnknown));
}

/// A caller or a machine that does anything: sensible keys, nonsense, silence, hanging up, answers
/// that nobody asked for.
fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        20 => prop::sample::select(vec!["1", "2", "3"]).prop_map(key),
        3 => "[0-9*]{0,18}".prop_map(|k| key(&k)),
        2 => Just(Event::Silence),
        1 => Just(Event::HungUp),
        1 => Just(Event::Paid(PayResult::Taken(confirmation()))),
        1 => Just(Event::Found(Found::Nobody)),
        1 => Just(Event::Captured(CaptureResult::NotCaptured)),
    ]
}

fn any_answer(step: &Step, choice: u8) -> Option<Event> {
    let keys = match step {
        Step::LookUp { .. } if choice < 6 => {
            return Some(Event::Found(Found::Account(Box::new(account()))));
        }
        Step::LookUp { .. } => return Some(Event::Found(Found::Nobody)),
        Step::CaptureCard if choice < 6 => {
            let token = Secret::new("tok_1".to_owned());
            return Some(Event::Captured(CaptureResult::Captured {
                token,
                last_four: "1111".to_owned(),
            }));
        }
        Step::CaptureCard => return Some(Event::Captured(CaptureResult::NotCaptured)),
        Step::TakePayment(_) => {
            return Some(Event::Paid(match choice {
                0..=3 => PayResult::NotTaken,
                4 => PayResult::Unknown,
                _ => PayResult::Taken(confirmation()),
            }));
        }
        Step::Gather(gather) => match gather.kind {
            crate::GatherKind::Choice => return None,
            crate::GatherKind::MemberId => "12345678901",
            crate::GatherKind::BirthDate => "02291952",
            crate::GatherKind::Zip => "06032",
            crate::GatherKind::Amount => "5000",
            crate::GatherKind::Routing => "021000021",
            crate::GatherKind::AccountNumber => "000123456789",
        },
        Step::Wait | Step::Transfer | Step::HangUp => return None,
    };
    Some(key(keys))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    /// No payment without a spoken review and its key, never two that may both be taken, every one
    /// with its own number, and a taken one is always followed by its number, twice.
    #[test]
    fn no_payment_without_a_confirmation_and_never_two(
        script in proptest::collection::vec((any_event(), 0_u8..10, 0_u8..10), 1..60),
    ) {
        let (mut call, mut turn) = Call::begin(settings());
        let mut outstanding = false;
        let mut may_be_taken = 0;
        let mut sequences = Vec::new();
        for (random, choice, sensible) in script {
            let event = match any_answer(&turn.step, choice) {
                Some(answer) if sensible < 9 => answer,
                _ => random,
            };
            let reviewed = turn.say.iter().any(|p| matches!(p.id, PromptId::ReviewCard | PromptId::ReviewBank));
            let confirmed = reviewed && event == key("1");
            let taken = outstanding && matches!(event, Event::Paid(PayResult::Taken(_)));
            if outstanding && matches!(event, Event::Paid(PayResult::Taken(_) | PayResult::Unknown) | Event::HungUp) {
                may_be_taken += 1;
            }
            if matches!(event, Event::Paid(_) | Event::HungUp) {
                outstanding = false;
            }
            let (next, then) = call.on(event);
            if let Step::TakePayment(request) = &then.step {
                prop_assert!(confirmed, "asked for money without a confirmation");
                prop_assert!(!outstanding && may_be_taken == 0, "a second payment");
                prop_assert!(!sequences.contains(&request.sequence));
                sequences.push(request.sequence);
                outstanding = true;
            }
            if taken {
                let numbers = then.say.iter().filter(|p| p.id == PromptId::ConfirmationNumber).count();
                prop_assert_eq!(numbers, 2);
            }
            call = next;
            turn = then;
        }
        prop_assert!(may_be_taken <= 1);
        prop_assert!(sequences.len() <= 3);
    }
}

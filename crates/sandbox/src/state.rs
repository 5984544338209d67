//! All that the sandbox knows. It changes only through [`Change`]s, which are also what the journal
//! keeps, so that replaying the journal gives the same state.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::draw::Draw;
use crate::objects::{
    Answer, Dispute, Event, Intent, Method, Money, Payer, Refund, Session, Setup,
};

/// How many of the latest events can be listed.
const EVENTS_KEPT: usize = 10_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Change {
    Payer(Payer),
    Method(Method),
    Session(Session),
    Setup(Setup),
    Intent(Box<Intent>),
    Money(Money),
    Refund(Refund),
    Dispute(Dispute),
    Event(Event),
    Delivered(String),
    Answer(String, Answer),
}

/// What happens by itself at some time: first the time, then what it happens to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub at: i64,
    pub what: DueWhat,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DueWhat {
    Intent(String),
    Refund(String),
}

#[derive(Debug)]
pub(crate) struct State {
    pub draw: Draw,
    pub payers: HashMap<String, Payer>,
    pub methods: HashMap<String, Method>,
    pub sessions: HashMap<String, Session>,
    pub setups: HashMap<String, Setup>,
    pub intents: HashMap<String, Intent>,
    /// In the order in which they were made.
    pub intent_order: Vec<String>,
    pub by_attempt: HashMap<String, Vec<String>>,
    pub money: HashMap<String, Money>,
    pub refunds: HashMap<String, Refund>,
    pub disputes: HashMap<String, Dispute>,
    pub events: VecDeque<Event>,
    pub undelivered: HashMap<String, Event>,
    pub answers: HashMap<String, Answer>,
    pub due: BTreeSet<Due>,
}

impl State {
    pub(crate) fn new(draw: Draw) -> Self {
        State {
            draw,
            payers: HashMap::new(),
            methods: HashMap::new(),
            sessions: HashMap::new(),
            setups: HashMap::new(),
            intents: HashMap::new(),
            intent_order: Vec::new(),
            by_attempt: HashMap::new(),
            money: HashMap::new(),
            refunds: HashMap::new(),
            disputes: HashMap::new(),
            events: VecDeque::new(),
            undelivered: HashMap::new(),
            answers: HashMap::new(),
            due: BTreeSet::new(),
        }
    }

    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Payer(payer) => {
                self.payers.insert(payer.id.clone(), payer);
            }
            Change::Method(method) => {
                self.methods.insert(method.id.clone(), method);
            }
            Change::Session(session) => {
                self.sessions.insert(session.id.clone(), session);
            }
            Change::Setup(setup) => {
                self.setups.insert(setup.id.clone(), setup);
            }
            Change::Intent(intent) => self.apply_intent(*intent),
            Change::Money(money) => {
                self.money.insert(money.id.clone(), money);
            }
            Change::Refund(refund) => self.apply_refund(refund),
            Change::Dispute(dispute) => {
                self.disputes.insert(dispute.id.clone(), dispute);
            }
            Change::Event(event) => {
                if event.deliver {
                    self.undelivered.insert(event.id.clone(), event.clone());
                }
                if self.events.len() == EVENTS_KEPT {
                    self.events.pop_front();
                }
                self.events.push_back(event);
            }
            Change::Delivered(id) => {
                self.undelivered.remove(&id);
            }
            Change::Answer(key, answer) => {
                self.answers.insert(key, answer);
            }
        }
    }

    fn apply_intent(&mut self, intent: Intent) {
        let what = || DueWhat::Intent(intent.id.clone());
        match self.intents.get(&intent.id) {
            Some(old) => {
                if let Some((at, _)) = old.next {
                    self.due.remove(&Due { at, what: what() });
                }
            }
            None => {
                self.intent_order.push(intent.id.clone());
                if let Some(attempt) = intent.metadata.get("attempt_id") {
                    self.by_attempt
                        .entry(attempt.clone())
                        .or_default()
                        .push(intent.id.clone());
                }
            }
        }
        if let Some((at, _)) = intent.next {
            self.due.insert(Due { at, what: what() });
        }
        self.intents.insert(intent.id.clone(), intent);
    }

    fn apply_refund(&mut self, refund: Refund) {
        let what = || DueWhat::Refund(refund.id.clone());
        if let Some(at) = self.refunds.get(&refund.id).and_then(|old| old.settles_at) {
            self.due.remove(&Due { at, what: what() });
        }
        if let Some(at) = refund.settles_at {
            self.due.insert(Due { at, what: what() });
        }
        self.refunds.insert(refund.id.clone(), refund);
    }
}

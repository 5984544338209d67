//! The state behind its lock, the journal behind the state, and a request's unit of work.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

use crate::clock::now_millis;
use crate::draw::Draw;
use crate::journal::{Journal, Ticket};
use crate::objects::{Event, Intent, Money};
use crate::settings::{Faults, SandboxError, SandboxSettings};
use crate::state::{Change, State};

#[derive(Debug)]
pub(crate) struct Core {
    pub settings: SandboxSettings,
    pub origin: Url,
    inner: Mutex<Inner>,
    wiring: Mutex<Wiring>,
    deliveries: UnboundedSender<Event>,
}

/// What may be changed while the sandbox runs.
#[derive(Debug, Clone)]
pub(crate) struct Wiring {
    pub webhook_url: Option<Url>,
    pub parent_origin: Url,
    pub faults: Faults,
}

#[derive(Debug)]
struct Inner {
    state: State,
    journal: Option<Journal>,
    closed: bool,
}

impl Core {
    /// Gives back the queue of events to deliver too, with those left over from before.
    pub(crate) fn open(
        settings: SandboxSettings,
        origin: Url,
    ) -> Result<(Self, UnboundedReceiver<Event>), SandboxError> {
        let mut state = State::new(Draw::new(settings.seed));
        let journal = match &settings.persist_dir {
            None => None,
            Some(dir) => {
                let path = dir.join("sandbox.jsonl");
                let open = std::fs::create_dir_all(dir)
                    .and_then(|()| Journal::open(&path, &mut state))
                    .map_err(|cause| SandboxError::Journal { path, cause })?;
                Some(open)
            }
        };
        let (deliveries, to_deliver) = unbounded_channel();
        for event in state.undelivered.values() {
            let _ = deliveries.send(event.clone());
        }
        let wiring = Wiring {
            webhook_url: settings.webhook_url.clone(),
            parent_origin: settings.parent_origin.clone(),
            faults: settings.faults,
        };
        let core = Core {
            settings,
            origin,
            inner: Mutex::new(Inner {
                state,
                journal,
                closed: false,
            }),
            wiring: Mutex::new(wiring),
            deliveries,
        };
        Ok((core, to_deliver))
    }

    pub(crate) fn wiring(&self) -> MutexGuard<'_, Wiring> {
        self.wiring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state. `None` once the sandbox is closed.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> Option<T> {
        let inner = self.lock();
        (!inner.closed).then(|| look(&inner.state))
    }

    /// Does one unit of work. Its changes reach the journal as one line; the ticket says when.
    /// `None` once the sandbox is closed.
    pub(crate) fn work<T>(&self, work: impl FnOnce(&mut Work<'_>) -> T) -> Option<(T, Ticket)> {
        let deliver = self.wiring().webhook_url.is_some();
        let mut inner = self.lock();
        if inner.closed {
            return None;
        }
        let Inner { state, journal, .. } = &mut *inner;
        let millis = now_millis();
        let mut unit = Work {
            state,
            origin: &self.origin,
            millis,
            deliver,
            keep: journal.is_some(),
            changes: Vec::new(),
            events: Vec::new(),
        };
        let done = work(&mut unit);
        let Work {
            changes, events, ..
        } = unit;
        let ticket = match journal {
            Some(journal) => journal.write(state.draw.count, changes),
            None => Ticket::nothing_to_wait_for(),
        };
        drop(inner);
        for event in events {
            let _ = self.deliveries.send(event);
        }
        Some((done, ticket))
    }

    pub(crate) fn close(&self) {
        let journal = {
            let mut inner = self.lock();
            inner.closed = true;
            inner.journal.take()
        };
        if let Some(journal) = journal {
            journal.close();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A request that panicked has changed the state in whole objects only.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request's view of the state, and what it changes.
pub(crate) struct Work<'a> {
    pub state: &'a mut State,
    pub origin: &'a Url,
    /// Now, in milliseconds since 1970.
    pub millis: i64,
    deliver: bool,
    keep: bool,
    changes: Vec<Change>,
    events: Vec<Event>,
}

impl Work<'_> {
    /// Now, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.millis.div_euclid(1000)
    }

    pub(crate) fn name(&mut self, prefix: &str) -> String {
        self.state.draw.name(prefix)
    }

    pub(crate) fn put(&mut self, change: Change) {
        if self.keep {
            self.changes.push(change.clone());
        }
        self.state.apply(change);
    }

    pub(crate) fn emit(&mut self, kind: &str, object: &Value) {
        let id = self.name("evt_");
        let body = json!({
            "id": id, "object": "event", "type": kind, "created": self.now(),
            "livemode": false, "api_version": crate::api::API_VERSION,
            "data": { "object": object },
        });
        let event = Event {
            id,
            kind: kind.to_owned(),
            body: body.to_string(),
            deliver: self.deliver,
        };
        if event.deliver {
            self.events.push(event.clone());
        }
        self.put(Change::Event(event));
    }

    pub(crate) fn put_intent(&mut self, intent: Intent) {
        self.put(Change::Intent(Box::new(intent)));
    }

    /// Emits an event about a payment intent as it stands.
    pub(crate) fn emit_intent(&mut self, kind: &str, id: &str) {
        if let Some(intent) = self.state.intents.get(id) {
            let object = intent.to_json(self.origin);
            self.emit(kind, &object);
        }
    }

    /// Emits an event about a charge as it stands.
    pub(crate) fn emit_money(&mut self, kind: &str, id: &str) {
        if let Some(object) = self
            .state
            .money
            .get(id)
            .and_then(|money| self.money_json(money))
        {
            self.emit(kind, &object);
        }
    }

    pub(crate) fn money_json(&self, money: &Money) -> Option<Value> {
        let intent = self.state.intents.get(&money.intent)?;
        let method = intent
            .method
            .as_ref()
            .and_then(|id| self.state.methods.get(id));
        Some(money.to_json(intent, method))
    }
}

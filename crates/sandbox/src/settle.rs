//! What happens by itself: bank debits settle or return, refunds arrive, disputes are opened.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::now_millis;
use crate::core::{Core, Work};
use crate::instruments::Behaviour;
use crate::objects::{Dispute, Failure, Intent, Step};
use crate::state::{Change, DueWhat};

const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(core: Arc<Core>) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let due = core.read(|state| state.due.first().is_some_and(|due| due.at <= now_millis()));
        match due {
            Some(true) => settle(&core, now_millis()),
            Some(false) => {}
            None => return,
        }
    }
}

/// Does everything that is due by `until` (milliseconds since 1970), and what that makes due.
pub(crate) fn settle(core: &Core, until: i64) {
    let delay = i64::try_from(core.settings.settlement_delay.as_millis()).unwrap_or(i64::MAX / 4);
    // The ticket is not waited for: nobody was promised anything yet.
    let _ = core.work(|work| {
        while let Some(due) = work
            .state
            .due
            .first()
            .filter(|due| due.at <= until)
            .cloned()
        {
            work.state.due.remove(&due);
            match due.what {
                DueWhat::Intent(id) => settle_intent(work, &id, delay),
                DueWhat::Refund(id) => settle_refund(work, &id),
            }
        }
    });
}

fn settle_intent(work: &mut Work<'_>, id: &str, delay: i64) {
    let Some(mut intent) = work.state.intents.get(id).cloned() else {
        return;
    };
    let Some((_, step)) = intent.next.take() else {
        return;
    };
    let behaviour = intent
        .method
        .as_ref()
        .and_then(|method| work.state.methods.get(method))
        .map_or(Behaviour::Succeed, crate::objects::Method::behaviour);
    match step {
        Step::Settle => {
            "succeeded".clone_into(&mut intent.status);
            if behaviour == Behaviour::Dispute {
                intent.next = Some((work.millis.saturating_add(delay), Step::Dispute));
            }
            finish(work, intent, None);
        }
        Step::Return => {
            let Behaviour::Fail(code, return_code) = behaviour else {
                return;
            };
            "requires_payment_method".clone_into(&mut intent.status);
            let failure = Failure {
                code: code.to_owned(),
                decline_code: None,
                network_code: Some(return_code.to_owned()),
                message: format!("The bank returned the debit ({return_code})."),
            };
            finish(work, intent, Some(failure));
        }
        Step::Dispute => {
            work.put_intent(intent);
            open_dispute(work, id);
        }
    }
}

fn finish(work: &mut Work<'_>, mut intent: Intent, failure: Option<Failure>) {
    let failed = failure.is_some();
    intent.failure.clone_from(&failure);
    let (id, money_id) = (intent.id.clone(), intent.charge.clone().unwrap_or_default());
    work.put_intent(intent);
    if let Some(mut money) = work.state.money.get(&money_id).cloned() {
        if failed { "failed" } else { "succeeded" }.clone_into(&mut money.status);
        money.failure = failure;
        work.put(Change::Money(money));
    }
    if failed {
        work.emit_money("charge.failed", &money_id);
        work.emit_intent("payment_intent.payment_failed", &id);
    } else {
        work.emit_money("charge.succeeded", &money_id);
        work.emit_intent("payment_intent.succeeded", &id);
    }
}

/// Takes the money of a charge back. A bank's return after settlement is a dispute that is lost
/// from the start; a card's can still be answered.
pub(crate) fn open_dispute(work: &mut Work<'_>, intent_id: &str) {
    let Some(intent) = work.state.intents.get(intent_id) else {
        return;
    };
    let bank = intent.bank;
    let Some(money) = intent
        .charge
        .as_ref()
        .and_then(|id| work.state.money.get(id))
    else {
        return;
    };
    let mut money = money.clone();
    money.disputed = true;
    let dispute = Dispute {
        id: work.name("dp_"),
        created: work.now(),
        amount: money.amount - money.refunded,
        status: if bank { "lost" } else { "needs_response" }.to_owned(),
        reason: if bank {
            "debit_not_authorized"
        } else {
            "fraudulent"
        }
        .to_owned(),
        intent: intent_id.to_owned(),
        money: money.id.clone(),
    };
    let object = dispute.to_json();
    work.put(Change::Money(money));
    work.put(Change::Dispute(dispute));
    work.emit("charge.dispute.created", &object);
    if bank {
        work.emit("charge.dispute.closed", &object);
    }
}

fn settle_refund(work: &mut Work<'_>, id: &str) {
    let Some(mut refund) = work.state.refunds.get(id).cloned() else {
        return;
    };
    refund.settles_at = None;
    "succeeded".clone_into(&mut refund.status);
    let object = refund.to_json();
    work.put(Change::Refund(refund));
    work.emit("refund.updated", &object);
}

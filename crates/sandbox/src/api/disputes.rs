//! Disputes, and the list of events.

use serde_json::{Value, json};

use super::lists::read_limit;
use super::{Answered, ApiError, Params};
use crate::core::Work;
use crate::objects::Dispute;
use crate::state::Change;

pub(super) fn list(work: &Work<'_>, params: &Params) -> Answered {
    params.only(&["limit", "payment_intent", "charge"])?;
    let limit = read_limit(params)?;
    let (intent, money) = (params.get("payment_intent"), params.get("charge"));
    let mut found: Vec<&Dispute> = work
        .state
        .disputes
        .values()
        .filter(|d| intent.is_none_or(|id| d.intent == id) && money.is_none_or(|id| d.money == id))
        .collect();
    found.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
    let data: Vec<Value> = found
        .iter()
        .take(limit)
        .map(|dispute| dispute.to_json())
        .collect();
    Ok(json!({
        "object": "list", "url": "/v1/disputes", "has_more": found.len() > limit, "data": data,
    }))
}

pub(super) fn retrieve(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    Ok(find(work, id)?.to_json())
}

/// Evidence that says `winning_evidence` wins, anything else loses, as in Stripe's test mode.
pub(super) fn answer(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["evidence[uncategorized_text]", "submit"])?;
    let evidence = params.need("evidence[uncategorized_text]")?;
    decide(
        work,
        id,
        if evidence == "winning_evidence" {
            "won"
        } else {
            "lost"
        },
    )
}

pub(super) fn close(work: &mut Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    decide(work, id, "lost")
}

fn decide(work: &mut Work<'_>, id: &str, status: &str) -> Answered {
    let mut dispute = find(work, id)?.clone();
    if dispute.status != "needs_response" {
        return Err(ApiError::new(400, "", "This dispute is already closed."));
    }
    status.clone_into(&mut dispute.status);
    if status == "won"
        && let Some(mut money) = work.state.money.get(&dispute.money).cloned()
    {
        money.disputed = false;
        work.put(Change::Money(money));
    }
    let object = dispute.to_json();
    work.put(Change::Dispute(dispute));
    work.emit("charge.dispute.closed", &object);
    Ok(object)
}

fn find<'a>(work: &'a Work<'_>, id: &str) -> Result<&'a Dispute, ApiError> {
    work.state
        .disputes
        .get(id)
        .ok_or_else(|| ApiError::no_such("dispute", id, "id"))
}

pub(super) fn list_events(work: &Work<'_>, params: &Params) -> Answered {
    params.only(&["limit", "starting_after", "type"])?;
    let limit = read_limit(params)?;
    let kind = params.get("type");
    let mut newest_first = work.state.events.iter().rev();
    if let Some(after) = params.get("starting_after") {
        newest_first
            .find(|event| event.id == after)
            .ok_or_else(|| ApiError::no_such("event", after, "starting_after"))?;
    }
    let mut matching = newest_first.filter(|event| kind.is_none_or(|kind| event.kind == kind));
    let data: Vec<Value> = matching
        .by_ref()
        .take(limit)
        .map(|event| parsed(&event.body))
        .collect();
    let has_more = matching.next().is_some();
    Ok(json!({ "object": "list", "url": "/v1/events", "has_more": has_more, "data": data }))
}

pub(super) fn retrieve_event(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&[])?;
    let event = work.state.events.iter().find(|event| event.id == id);
    event
        .map(|event| parsed(&event.body))
        .ok_or_else(|| ApiError::no_such("event", id, "id"))
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("the body of an event was written from JSON")
}

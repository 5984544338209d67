//! Finding payment intents and charges.

use serde_json::{Value, json};

use super::intents::{find, intent_json};
use super::{Answered, ApiError, Params};
use crate::core::Work;

pub(super) fn list(work: &Work<'_>, params: &Params) -> Answered {
    params.only(&[
        "limit",
        "starting_after",
        "created[gte]",
        "created[lte]",
        "customer",
        "expand[]",
    ])?;
    let with_money = params.expands(&["data.latest_charge"], "data.latest_charge")?;
    let limit = read_limit(params)?;
    let from = params.number("created[gte]")?.unwrap_or(i64::MIN);
    let to = params.number("created[lte]")?.unwrap_or(i64::MAX);
    let payer = params.get("customer");
    let mut newest_first = work.state.intent_order.iter().rev();
    if let Some(after) = params.get("starting_after") {
        find(work, after)?;
        newest_first.find(|id| *id == after);
    }
    let mut matching = newest_first.filter(|id| {
        work.state.intents.get(*id).is_some_and(|intent| {
            (from..=to).contains(&intent.created)
                && (payer.is_none() || intent.payer.as_deref() == payer)
        })
    });
    let data: Vec<Value> = matching
        .by_ref()
        .take(limit)
        .map(|id| intent_json(work, id, with_money))
        .collect();
    let has_more = matching.next().is_some();
    Ok(
        json!({ "object": "list", "url": "/v1/payment_intents", "has_more": has_more, "data": data }),
    )
}

pub(super) fn read_limit(params: &Params) -> Result<usize, ApiError> {
    match params.number("limit")? {
        None => Ok(10),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(10)),
        Some(_) => Err(ApiError::of(
            "limit",
            "parameter_invalid_integer",
            "limit must be 1 to 100",
        )),
    }
}

/// The one query that memberpay asks: `metadata['attempt_id']:'…'`. Stripe needs up to a minute to
/// find a new intent this way; the sandbox does not.
pub(super) fn search(work: &Work<'_>, params: &Params) -> Answered {
    params.only(&["query", "limit", "expand[]"])?;
    let with_money = params.expands(&["data.latest_charge"], "data.latest_charge")?;
    let limit = read_limit(params)?;
    let attempt = params
        .need("query")?
        .strip_prefix("metadata['attempt_id']:'")
        .and_then(|rest| rest.strip_suffix('\''))
        .filter(|id| !id.contains('\''))
        .ok_or_else(|| {
            ApiError::of(
                "query",
                "",
                "The sandbox searches for metadata['attempt_id']:'…' only.",
            )
        })?;
    let found = work
        .state
        .by_attempt
        .get(attempt)
        .map_or(&[][..], Vec::as_slice);
    let data: Vec<Value> = found
        .iter()
        .take(limit)
        .map(|id| intent_json(work, id, with_money))
        .collect();
    Ok(json!({
        "object": "search_result", "url": "/v1/payment_intents/search",
        "has_more": found.len() > limit, "next_page": null, "data": data,
    }))
}

pub(super) fn retrieve_money(work: &Work<'_>, params: &Params, id: &str) -> Answered {
    params.only(&["expand[]"])?;
    let money = work
        .state
        .money
        .get(id)
        .ok_or_else(|| ApiError::no_such("charge", id, "id"))?;
    Ok(json!(work.money_json(money)))
}

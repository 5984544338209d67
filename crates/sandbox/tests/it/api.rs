//! The API past the client: errors, parameters, lists.

use gateways::card::{Gateway, IdempotencyKey};

use crate::stand::{KEY, Stand, charge_of, done, fresh_attempt, settings};

#[tokio::test]
async fn requests_without_the_key_or_about_nothing_are_refused() {
    let stand = Stand::new().await;
    for key in [None, Some("sk_test_other"), Some("")] {
        let mut request = stand.http.get(stand.at("v1/events"));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        assert_eq!(request.send().await.unwrap().status(), 401, "{key:?}");
    }
    for path in [
        "v1/payment_intents/pi_none",
        "v1/charges/ch_none",
        "v1/refunds/re_none",
        "v1/disputes/dp_none",
        "v1/events/evt_none",
        "v1/customers/cus_none",
        "v1/payment_methods/pm_none",
        "v1/checkout/sessions/cs_none",
        "v1/nothing_of_the_kind",
    ] {
        let (status, body) = stand.get(path).await;
        assert_eq!(
            (status, &body["error"]["type"]),
            (404, &"invalid_request_error".into()),
            "{path}"
        );
    }
    let page = stand
        .http
        .get(stand.at("no/such/page"))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 404);
}

#[tokio::test]
async fn parameters_that_are_unknown_missing_or_wrong_are_refused_by_name() {
    let stand = Stand::new().await;
    let card = stand.card("4242424242424242").await;
    let method = card.reference.as_str();
    let good = [
        ("amount", "100"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", method),
        ("payment_method_types[]", "card"),
    ];
    assert_eq!(stand.api("v1/payment_intents", &good, None).await.0, 200);
    for (index, value, param, code) in [
        (0, "", "amount", "parameter_invalid_integer"),
        (0, "49", "amount", "amount_too_small"),
        (0, "100000000", "amount", "amount_too_large"),
        (0, "1e3", "amount", "parameter_invalid_integer"),
        (1, "eur", "currency", ""),
        (3, "pm_none", "payment_method", "resource_missing"),
        (4, "us_bank_account", "payment_method", ""),
    ] {
        let mut form = good;
        form[index].1 = value;
        let (status, body) = stand.api("v1/payment_intents", &form, None).await;
        let error = &body["error"];
        assert_eq!(
            (status, error["param"].as_str()),
            (400, Some(param)),
            "{body}"
        );
        assert_eq!(error["code"].as_str().unwrap_or(""), code, "{body}");
    }
    let mut more = good.to_vec();
    more.push(("capture_metod", "manual"));
    let (status, body) = stand.api("v1/payment_intents", &more, None).await;
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (400, Some("parameter_unknown"))
    );
    let (_, body) = stand
        .api(
            "v1/payment_methods",
            &[("type", "card"), ("card[number]", "4242424242424242")],
            None,
        )
        .await;
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("unsafe"),
        "{body}"
    );
}

#[tokio::test]
async fn error_answers_are_replayed_for_ever_too() {
    let stand = Stand::new().await;
    let card = stand.card("4000000000009995").await;
    let form = [
        ("amount", "100"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", card.reference.as_str()),
        ("payment_method_types[]", "card"),
    ];
    let first = stand.api("v1/payment_intents", &form, Some("key-1")).await;
    assert_eq!(first.0, 402);
    assert_eq!(first.1["error"]["decline_code"], "insufficient_funds");
    assert_eq!(
        first.1["error"]["payment_intent"]["status"],
        "requires_payment_method"
    );
    // The order of parameters makes no difference; their values do.
    let mut turned = form;
    turned.reverse();
    assert_eq!(
        stand
            .api("v1/payment_intents", &turned, Some("key-1"))
            .await,
        first
    );
    turned[4].1 = "101";
    let (status, body) = stand
        .api("v1/payment_intents", &turned, Some("key-1"))
        .await;
    assert_eq!(
        (status, body["error"]["type"].as_str()),
        (400, Some("idempotency_error"))
    );
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let stand = Stand::new().await;
    let card = stand.card("4242424242424242").await;
    let mut names = Vec::new();
    for cents in 100..105 {
        let attempt = fresh_attempt();
        let request = charge_of(attempt, cents, &card);
        names.push(
            done(
                stand
                    .gateway
                    .charge(&request, &IdempotencyKey::of(attempt))
                    .await,
            )
            .reference,
        );
    }
    names.reverse();
    let (_, first) = stand.get("v1/payment_intents?limit=3").await;
    assert_eq!(first["has_more"], true);
    let last = first["data"][2]["id"].as_str().unwrap();
    let (_, rest) = stand
        .get(&format!("v1/payment_intents?limit=3&starting_after={last}"))
        .await;
    assert_eq!(rest["has_more"], false);
    let listed: Vec<&str> = [&first, &rest]
        .iter()
        .flat_map(|page| page["data"].as_array().unwrap())
        .map(|intent| intent["id"].as_str().unwrap())
        .collect();
    let expected: Vec<&str> = names
        .iter()
        .map(gateways::card::ChargeRef::as_str)
        .collect();
    assert_eq!(listed, expected);
    let (_, events) = stand.get("v1/events?type=payment_intent.succeeded").await;
    assert_eq!(events["data"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_dispute_is_won_with_evidence_and_lost_without() {
    let stand = Stand::new().await;
    for (path, form, status) in [
        (
            "",
            &[("evidence[uncategorized_text]", "winning_evidence")][..],
            "won",
        ),
        ("", &[("evidence[uncategorized_text]", "none")][..], "lost"),
        ("/close", &[][..], "lost"),
    ] {
        let card = stand.card("4000000000000259").await;
        let attempt = fresh_attempt();
        let request = charge_of(attempt, 5_000, &card);
        let charge = done(
            stand
                .gateway
                .charge(&request, &IdempotencyKey::of(attempt))
                .await,
        );
        let (_, list) = stand
            .get(&format!("v1/disputes?payment_intent={}", charge.reference))
            .await;
        let id = list["data"][0]["id"].as_str().unwrap();
        let (code, dispute) = stand
            .api(&format!("v1/disputes/{id}{path}"), form, None)
            .await;
        assert_eq!((code, dispute["status"].as_str()), (200, Some(status)));
        assert_eq!(
            stand
                .api(&format!("v1/disputes/{id}/close"), &[], None)
                .await
                .0,
            400
        );
    }
}

#[tokio::test]
async fn a_sandbox_takes_no_key_of_real_money() {
    let mut settings = settings();
    settings.secret_key = KEY.replace("test", "live");
    assert!(sandbox::Sandbox::start(settings).await.is_err());
}

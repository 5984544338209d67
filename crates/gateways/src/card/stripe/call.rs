//! One request and what its answer means. Nothing here knows what was asked.

use std::fmt;

use kernel::Secret;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::super::{Decline, IdempotencyKey, NetError, Outcome, RequestError};
use super::form::Form;
use super::objects::ErrorBody;
use super::{API_VERSION, StripeSettings, StripeSettingsError};
use crate::wire::http_client;

pub(super) struct Caller {
    http: Client,
    origin: Url,
    secret_key: Secret,
}

impl Caller {
    pub(super) fn new(settings: &StripeSettings) -> Result<Self, StripeSettingsError> {
        let key = settings.secret_key.expose();
        if !["sk_test_", "sk_live_", "rk_"]
            .iter()
            .any(|start| key.starts_with(start))
            || !key.chars().all(|c| c.is_ascii_graphic())
        {
            return Err(StripeSettingsError::Key);
        }
        let origin = settings.origin.clone();
        if !matches!(origin.scheme(), "http" | "https") || origin.host().is_none() {
            return Err(StripeSettingsError::Origin(origin));
        }
        if origin.scheme() == "http" && !crate::wire::is_this_machine(&origin) {
            return Err(StripeSettingsError::InClear(origin));
        }
        let http = http_client(&origin, settings.connect_within, settings.answer_within)?;
        Ok(Caller {
            http,
            origin,
            secret_key: settings.secret_key.clone(),
        })
    }

    /// `path` is ours or made of the processor's own names, which have no slash in them.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: Option<&IdempotencyKey>,
    ) -> Outcome<T> {
        let segments: Vec<&str> = path.split('/').collect();
        let mut request = self
            .http
            .post(self.address(&segments))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.encoded());
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key.as_str());
        }
        self.send(request).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Outcome<T> {
        let mut address = self.address(path);
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        self.send(self.http.get(address)).await
    }

    fn address(&self, segments: &[&str]) -> Url {
        let mut address = self.origin.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        address
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Outcome<T> {
        let bearer = format!("Bearer {}", self.secret_key.expose());
        let mut bearer = HeaderValue::try_from(bearer)
            .expect("the key was checked for graphic characters when it was read");
        bearer.set_sensitive(true);
        let request = request
            .header(AUTHORIZATION, bearer)
            .header("Stripe-Version", API_VERSION);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return outcome_of_failure(&error),
        };
        let status = response.status();
        match response.bytes().await {
            Ok(body) => outcome_of_answer(status, &body),
            Err(error) => outcome_of_failure(&error),
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("origin", &self.origin.as_str())
            .finish_non_exhaustive()
    }
}

/// A refused connection or an unknown host is the only failure after which it is certain that the
/// processor has seen nothing.
fn outcome_of_failure<T>(error: &reqwest::Error) -> Outcome<T> {
    if error.is_connect() && !error.is_timeout() {
        Outcome::NotSent(NetError::Connect(causes(error)))
    } else if error.is_builder() {
        // Never left this process.
        Outcome::NotSent(NetError::Connect(causes(error)))
    } else if error.is_timeout() {
        Outcome::Unknown(NetError::TimedOut)
    } else {
        Outcome::Unknown(NetError::Broke(causes(error)))
    }
}

/// The chain of causes without the address, which may carry names.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() {
        "no cause given".to_owned()
    } else {
        text
    }
}

fn outcome_of_answer<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Outcome<T> {
    if status.is_success() {
        return match serde_json::from_slice(body) {
            Ok(object) => Outcome::Ok(object),
            Err(error) => Outcome::Unknown(NetError::NotUnderstood(error.to_string())),
        };
    }
    let Ok(ErrorBody { error }) = serde_json::from_slice::<ErrorBody>(body) else {
        return Outcome::Unknown(NetError::Status(status.as_u16()));
    };
    let certain = (400..=404).contains(&status.as_u16());
    if !certain {
        // 409: another request with this key is under way. 429: asked too often; the same request
        // with the same key settles it. 5xx: anything may have happened.
        return Outcome::Unknown(NetError::Status(status.as_u16()));
    }
    if error.kind == "card_error" {
        return Outcome::Declined(Decline::from_codes(
            error.code.as_deref().unwrap_or("card_declined"),
            error.decline_code.as_deref(),
            error.network_decline_code.as_deref(),
        ));
    }
    Outcome::Invalid(RequestError {
        status: status.as_u16(),
        code: error.code.unwrap_or(error.kind),
        parameter: error.param,
        message: error.message.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::DeclineReason;
    use super::super::objects::Named;
    use super::*;

    fn answer(status: u16, body: &str) -> Outcome<Named> {
        outcome_of_answer(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn an_answer_of_success_that_cannot_be_read_is_unknown() {
        for body in ["", "{", "[]", "<html>", r#"{"object":"payment_intent"}"#] {
            assert!(
                matches!(
                    answer(200, body),
                    Outcome::Unknown(NetError::NotUnderstood(_))
                ),
                "{body}"
            );
        }
        assert!(matches!(
            answer(200, r#"{"id":"x","field_of_2031":{}}"#),
            Outcome::Ok(_)
        ));
    }

    #[test]
    fn trouble_at_the_processor_and_redirects_are_unknown() {
        let told = r#"{"error":{"type":"api_error"}}"#;
        for status in [301, 302, 409, 429, 500, 502, 503, 504] {
            for body in ["", told] {
                let outcome = answer(status, body);
                assert_eq!(outcome, Outcome::Unknown(NetError::Status(status)));
            }
        }
        // A proxy in between may say anything; only the processor's own words are believed.
        assert_eq!(
            answer(404, "<html>"),
            Outcome::Unknown(NetError::Status(404))
        );
    }

    #[test]
    fn a_card_error_is_a_decline_and_any_other_refusal_is_ours() {
        let body = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}}"#;
        let Outcome::Declined(decline) = answer(402, body) else {
            panic!("not a decline")
        };
        assert_eq!(decline.reason, DeclineReason::InsufficientFunds);
        let body =
            r#"{"error":{"type":"idempotency_error","message":"Keys for idempotent requests"}}"#;
        let Outcome::Invalid(error) = answer(400, body) else {
            panic!("not invalid")
        };
        assert_eq!(error.code, "idempotency_error");
    }

    #[test]
    fn a_key_does_not_travel_in_clear_over_a_network() {
        let settings = |origin: &str, key: &str| {
            StripeSettings::new(
                Url::parse(origin).unwrap(),
                Secret::new(key.to_owned()),
                Vec::new(),
            )
        };
        assert!(Caller::new(&settings("http://127.0.0.1:1/", "sk_test_x")).is_ok());
        assert!(matches!(
            Caller::new(&settings("http://processor.example.com/", "sk_test_x")),
            Err(StripeSettingsError::InClear(_))
        ));
        assert!(matches!(
            Caller::new(&settings("https://api.stripe.com/", "pk_test_x")),
            Err(StripeSettingsError::Key)
        ));
    }

    #[test]
    fn names_of_the_processor_cannot_change_the_path() {
        let settings = StripeSettings::new(
            Url::parse("https://api.stripe.com/").unwrap(),
            Secret::new("sk_test_x".to_owned()),
            Vec::new(),
        );
        let caller = Caller::new(&settings).unwrap();
        let address = caller.address(&["v1", "payment_intents", "pi_1/../../x?y#z"]);
        assert_eq!(
            address.path(),
            "/v1/payment_intents/pi_1%2F..%2F..%2Fx%3Fy%23z"
        );
    }
}

//! The parameters of a request: a form whose keys have brackets. Unknown ones are refused, so that
//! a client that works here does not rely on anything that is not there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::objects::{Failure, Metadata};

/// An error in Stripe's form.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub status: u16,
    pub kind: &'static str,
    pub code: String,
    pub message: String,
    pub param: Option<String>,
    pub decline: Option<Box<(Failure, Value)>>,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &str, message: &str) -> Self {
        ApiError {
            status,
            kind: "invalid_request_error",
            code: code.to_owned(),
            message: message.to_owned(),
            param: None,
            decline: None,
        }
    }

    pub(crate) fn of(param: &str, code: &str, message: &str) -> Self {
        ApiError {
            param: Some(param.to_owned()),
            ..Self::new(400, code, message)
        }
    }

    pub(crate) fn missing(param: &str) -> Self {
        Self::of(
            param,
            "parameter_missing",
            &format!("Missing required param: {param}."),
        )
    }

    pub(crate) fn no_such(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        let status = if param == "id" { 404 } else { 400 };
        ApiError {
            status,
            ..Self::of(param, "resource_missing", &message)
        }
    }

    pub(crate) fn declined(failure: Failure, intent: Value) -> Self {
        let (code, message) = (failure.code.clone(), failure.message.clone());
        ApiError {
            kind: "card_error",
            decline: Some(Box::new((failure, intent))),
            ..Self::new(402, &code, &message)
        }
    }

    pub(crate) fn key_used_otherwise() -> Self {
        ApiError {
            kind: "idempotency_error",
            ..Self::new(
                400,
                "",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        if !self.code.is_empty() {
            error["code"] = json!(self.code);
        }
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        if let Some(decline) = &self.decline {
            let (failure, intent) = &**decline;
            error["decline_code"] = json!(failure.decline_code);
            error["network_decline_code"] = json!(failure.network_code);
            error["payment_intent"] = intent.clone();
        }
        json!({ "error": error })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn read(form: &[u8]) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form)
            .map_err(|_| ApiError::new(400, "", "The body is not a form that can be read."))?;
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|(key, value)| (without_indexes(&key), value))
            .collect();
        let mut seen = std::collections::HashSet::new();
        for (key, _) in &pairs {
            if !key.ends_with("[]") && !seen.insert(key.as_str()) {
                return Err(ApiError::of(
                    key,
                    "parameter_invalid",
                    "This parameter is given twice.",
                ));
            }
        }
        Ok(Params(pairs))
    }

    /// Refuses every parameter that is not in the list. `metadata[*]` stands for any one name.
    pub(crate) fn only(&self, allowed: &[&str]) -> Result<(), ApiError> {
        for (key, _) in &self.0 {
            let known = allowed
                .iter()
                .any(|pattern| match pattern.strip_suffix("[*]") {
                    Some(start) => key
                        .strip_prefix(start)
                        .and_then(|rest| rest.strip_prefix('['))
                        .and_then(|rest| rest.strip_suffix(']'))
                        .is_some_and(|name| !name.is_empty() && !name.contains(['[', ']'])),
                    None => key == pattern,
                });
            if !known {
                let message = format!("Received unknown parameter: {key}");
                return Err(ApiError::of(key, "parameter_unknown", &message));
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn need(&self, key: &str) -> Result<&str, ApiError> {
        self.get(key)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::missing(key))
    }

    pub(crate) fn owned(&self, key: &str) -> Option<String> {
        self.get(key)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.get(key) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            ApiError::of(
                key,
                "parameter_invalid_integer",
                &format!("Invalid integer: {text}"),
            )
        })
    }

    pub(crate) fn flag(&self, key: &str) -> Result<bool, ApiError> {
        match self.get(key) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(ApiError::of(
                key,
                "",
                "Invalid boolean: must be true or false",
            )),
        }
    }

    pub(crate) fn metadata(&self) -> Result<Metadata, ApiError> {
        let mut metadata = BTreeMap::new();
        for (key, value) in &self.0 {
            let name = key
                .strip_prefix("metadata[")
                .and_then(|rest| rest.strip_suffix(']'));
            if let Some(name) = name {
                if name.len() > 40 || value.len() > 500 {
                    return Err(ApiError::of(
                        key,
                        "",
                        "Metadata has keys of at most 40 and values of at most 500 characters.",
                    ));
                }
                metadata.insert(name.to_owned(), value.clone());
            }
        }
        if metadata.len() > 50 {
            return Err(ApiError::of(
                "metadata",
                "",
                "Metadata can have at most 50 keys.",
            ));
        }
        Ok(metadata)
    }

    /// Refuses to expand what cannot be expanded, and says whether `what` was asked for.
    pub(crate) fn expands(&self, possible: &[&str], what: &str) -> Result<bool, ApiError> {
        for asked in self.all("expand[]") {
            if !possible.contains(&asked) {
                let message = format!("This property cannot be expanded ({asked}).");
                return Err(ApiError::of("expand", "", &message));
            }
        }
        Ok(self.all("expand[]").any(|asked| asked == what))
    }

    pub(crate) fn sorted(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = self
            .0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        pairs.sort_unstable();
        pairs
    }
}

/// `expand[0]` is another way to write `expand[]`.
fn without_indexes(key: &str) -> String {
    match key.split_once('[') {
        Some((start, rest)) => {
            let index = rest.strip_suffix(']');
            if index.is_some_and(|i| !i.is_empty() && i.bytes().all(|b| b.is_ascii_digit())) {
                format!("{start}[]")
            } else {
                key.to_owned()
            }
        }
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parameters_are_refused_by_name() {
        let params = Params::read(b"amount=5&metadata%5Ba%5D=1&expand[0]=x").unwrap();
        assert!(params.only(&["amount", "metadata[*]", "expand[]"]).is_ok());
        let error = params.only(&["amount", "expand[]"]).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.param.as_deref()),
            ("parameter_unknown", Some("metadata[a]"))
        );
        assert!(
            Params::read(b"metadata[a][b]=1")
                .unwrap()
                .only(&["metadata[*]"])
                .is_err()
        );
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        assert!(Params::read(b"amount=5&amount=6").is_err());
        assert!(Params::read(b"expand[]=a&expand[]=b").is_ok());
    }
}

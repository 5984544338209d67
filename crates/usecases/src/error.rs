//! What a use case answers when it does not do what was asked. Six variants, for ever.

use store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// There is no such thing, or none that this actor may know of.
    #[error("not found")]
    NotFound,
    /// The actor may not do this.
    #[error("not allowed")]
    NotAllowed,
    /// A rule says no; the refusal says which, and what to do.
    #[error("{0}")]
    Refused(Refusal),
    /// Somebody else changed it at the same time, or the same key came with another request.
    #[error("this was changed at the same time: {0}")]
    Conflict(&'static str),
    /// The database or another machine does not answer; trying again later is safe.
    #[error("a service does not answer; try again shortly")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A mistake of ours or a damaged database.
    #[error("something is broken on our side")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A rule that says no. The web shows `refusal-<code>` from the string catalogue with `facts`
/// filled in, beside the field if one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, as the string catalogues know it.
    pub code: &'static str,
    /// The field of the form it is about, if one.
    pub field: Option<&'static str>,
    /// What the sentence needs: numbers, dates and amounts already written out.
    pub facts: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal about the whole request.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Refusal {
            code,
            field: None,
            facts: Vec::new(),
        }
    }

    /// A refusal about one field.
    #[must_use]
    pub fn of(field: &'static str, code: &'static str) -> Self {
        Refusal {
            code,
            field: Some(field),
            facts: Vec::new(),
        }
    }

    /// With a fact for the sentence.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers, amounts and errors are handed over as they are made"
    )]
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)?;
        for (name, value) in &self.facts {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> Self {
        UseCaseError::Refused(refusal)
    }
}

impl From<StoreError> for UseCaseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => UseCaseError::Unavailable(Box::new(error)),
            StoreError::Conflict { .. } => UseCaseError::Conflict("a row exists already"),
            _ => UseCaseError::Broken(Box::new(error)),
        }
    }
}

impl UseCaseError {
    /// A fault that only a programmer can mend.
    pub fn broken(what: impl Into<String>) -> Self {
        UseCaseError::Broken(what.into().into())
    }
}

//! What can go wrong between a use case and the database.

/// A database fault, sorted by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is too busy. Try again later.
    #[error("the database does not answer; try again shortly")]
    Unavailable(#[source] sqlx::Error),
    /// A unique constraint refused the row: somebody else was first.
    #[error("this exists already ({constraint})")]
    Conflict {
        /// The constraint, or what the engine said of it.
        constraint: String,
    },
    /// A row that must be there is not.
    #[error("{what} is missing")]
    Missing {
        /// What was looked for.
        what: &'static str,
    },
    /// A stored value does not mean anything: the database was changed by hand or is damaged.
    #[error("the database holds a value that cannot be: {what}")]
    Inconsistent {
        /// Which value.
        what: String,
    },
    /// The statement itself was refused; a mistake of ours.
    #[error("the database refused a statement")]
    Statement(#[source] sqlx::Error),
    /// The address of the database cannot be read.
    #[error(
        "the database address is not understood: {reason}; expected sqlite:PATH or postgres://…"
    )]
    Address {
        /// What is wrong with it, without any password in it.
        reason: String,
    },
    /// The schema is newer than this program, or was changed under it.
    #[error("{0}")]
    Schema(String),
}

impl StoreError {
    /// True when a unique constraint said that the row exists already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Conflict { .. })
    }

    pub(crate) fn inconsistent(what: impl Into<String>) -> Self {
        StoreError::Inconsistent { what: what.into() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => StoreError::Conflict {
                constraint: db.constraint().unwrap_or(db.message()).to_owned(),
            },
            sqlx::Error::Database(db) if is_passing(db.code().as_deref()) => {
                StoreError::Unavailable(error)
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error),
            sqlx::Error::RowNotFound => StoreError::Missing { what: "the row" },
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::inconsistent(error.to_string())
            }
            _ => StoreError::Statement(error),
        }
    }
}

/// Codes that say "later", not "never": SQLite busy, locked, read-only, I/O, full, cannot open;
/// PostgreSQL connection faults, shutdown, too many connections, disk full.
fn is_passing(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if let Ok(number) = code.parse::<i64>()
        && code.len() < 5
    {
        return matches!(number & 0xFF, 5 | 6 | 8 | 10 | 13 | 14);
    }
    code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")
}

/// Serialization failure and deadlock: the transaction may simply be run again.
pub(crate) fn is_retryable(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(db)
        if matches!(db.code().as_deref(), Some("40001" | "40P01")))
}

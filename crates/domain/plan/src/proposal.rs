//! A plan file with one value changed, checked as a whole.

use std::collections::BTreeMap;

use crate::{Difference, Plan, PlanProblem, Value, Written};

/// The tables of the plan file in which one value can be changed on its own. What payers agree to
/// is not among them: its version changes with its words.
const TABLES: [&str; 8] = [
    "lines[",
    "notices[",
    "tenders.",
    "payments.",
    "paperless.",
    "autopay.",
    "lockbox.",
    "security.",
];

/// A plan file with one value changed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What stands there now.
    pub was: Value,
    /// The whole file with the change.
    pub written: Written,
    /// The lines that differ.
    pub differences: Vec<Difference>,
    /// The plan that the file says, or everything that is wrong with it.
    pub read: Result<Box<Plan>, Vec<PlanProblem>>,
}

impl Written {
    /// The values that may be changed on their own, by key. Ids may not: what is stored names them.
    #[must_use]
    pub fn changeable(&self) -> BTreeMap<String, Value> {
        let mut values = self.values();
        values.retain(|key, _| {
            TABLES.iter().any(|table| key.starts_with(table)) && !key.ends_with(".id")
        });
        values
    }

    /// This file with `value` at `key`, read and checked. `None` if no value of that kind may be
    /// changed there.
    #[must_use]
    pub fn propose(&self, key: &str, value: &Value) -> Option<Proposal> {
        let was = self.changeable().remove(key)?;
        let written = self.with(key, value)?;
        Some(Proposal {
            was,
            differences: self.differences(&written),
            read: Plan::read(&written.file, &written.text).map(Box::new),
            written,
        })
    }
}

//! What is wrong with a plan file, and where.

use std::fmt;

/// One thing wrong with a plan file.
///
/// Reads as `plans/x.toml:41:9: phones.help.number: found "800-333", expected a number of 10 digits
/// such as 800-333-1733`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PlanProblem {
    /// The file, as it was named by whoever asked.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The dotted key with indexes from 0, such as `lines[2].channels.phone.phone`. Empty if the
    /// file is not TOML.
    pub key: String,
    /// What is there.
    pub found: String,
    /// What should be there.
    pub expected: String,
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "found {}, expected {}", self.found, self.expected)
    }
}

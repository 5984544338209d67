//! Many rows in one statement.
//!
//! A statement names its rows as `{rows}` with columns `c1`, `c2`, …:
//! `INSERT INTO t (a, b) SELECT c1, c2 FROM {rows} WHERE true` or
//! `UPDATE t SET a = v.c2 FROM {rows} WHERE t.id = v.c1`.
//! PostgreSQL gets them as arrays through `UNNEST`, SQLite as a list of `VALUES`.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::value::Value;

/// The kind of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// Whole number.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Id.
    Id,
    /// Day.
    Day,
    /// Instant.
    Instant,
}

/// Rows held by column, ready to be sent.
#[derive(Debug, Clone)]
pub struct Rows {
    pub(super) columns: Vec<ColumnOf>,
    count: usize,
}

#[derive(Debug, Clone)]
pub(super) enum ColumnOf {
    Bool(Vec<Option<bool>>),
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Id(Vec<Option<Uuid>>),
    Day(Vec<Option<Date>>),
    Instant(Vec<Option<Timestamp>>),
}

impl Rows {
    /// No rows yet, of the given kinds.
    #[must_use]
    pub fn new(kinds: &[Kind]) -> Self {
        let columns = kinds
            .iter()
            .map(|kind| match kind {
                Kind::Bool => ColumnOf::Bool(Vec::new()),
                Kind::Int => ColumnOf::Int(Vec::new()),
                Kind::Text => ColumnOf::Text(Vec::new()),
                Kind::Bytes => ColumnOf::Bytes(Vec::new()),
                Kind::Id => ColumnOf::Id(Vec::new()),
                Kind::Day => ColumnOf::Day(Vec::new()),
                Kind::Instant => ColumnOf::Instant(Vec::new()),
            })
            .collect();
        Rows { columns, count: 0 }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If the row has other kinds than the table was made with: a mistake in our own code.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        assert_eq!(N, self.columns.len(), "a row has one value for each column");
        for (column, value) in self.columns.iter_mut().zip(row) {
            match (column, value) {
                (ColumnOf::Bool(v), Value::Bool(x)) => v.push(x),
                (ColumnOf::Int(v), Value::Int(x)) => v.push(x),
                (ColumnOf::Text(v), Value::Text(x)) => v.push(x),
                (ColumnOf::Bytes(v), Value::Bytes(x)) => v.push(x),
                (ColumnOf::Id(v), Value::Id(x)) => v.push(x),
                (ColumnOf::Day(v), Value::Day(x)) => v.push(x),
                (ColumnOf::Instant(v), Value::Instant(x)) => v.push(x),
                (column, value) => panic!("a column of {column:?} cannot hold {value:?}"),
            }
        }
        self.count += 1;
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The parameters of `size` rows from row `at` on, row by row.
    pub(super) fn sqlite_args(&self, at: usize, size: usize) -> Vec<Value> {
        let width = self.columns.len();
        (at..at + size)
            .flat_map(|row| (0..width).map(move |column| self.value(row, column)))
            .collect()
    }

    fn value(&self, row: usize, column: usize) -> Value {
        match &self.columns[column] {
            ColumnOf::Bool(v) => Value::Bool(v[row]),
            ColumnOf::Int(v) => Value::Int(v[row]),
            ColumnOf::Text(v) => Value::Text(v[row].clone()),
            ColumnOf::Bytes(v) => Value::Bytes(v[row].clone()),
            ColumnOf::Id(v) => Value::Id(v[row]),
            ColumnOf::Day(v) => Value::Day(v[row]),
            ColumnOf::Instant(v) => Value::Instant(v[row]),
        }
    }

    pub(super) fn postgres_text(&self, template: &str) -> String {
        let mut list = String::from("UNNEST(");
        let mut names = String::new();
        for (i, column) in self.columns.iter().enumerate() {
            let (comma, n) = (if i > 0 { ", " } else { "" }, i + 1);
            let kind = match column {
                ColumnOf::Bool(_) => "boolean",
                ColumnOf::Int(_) => "bigint",
                ColumnOf::Text(_) => "text",
                ColumnOf::Bytes(_) => "bytea",
                ColumnOf::Id(_) => "uuid",
                ColumnOf::Day(_) => "date",
                ColumnOf::Instant(_) => "timestamptz",
            };
            let _ = write!(list, "{comma}${n}::{kind}[]");
            let _ = write!(names, "{comma}c{n}");
        }
        template.replace("{rows}", &format!("{list}) AS v({names})"))
    }

    pub(super) fn sqlite_text(&self, template: &str, rows: usize) -> String {
        let width = self.columns.len();
        let names: Vec<String> = (1..=width).map(|n| format!("column{n} AS c{n}")).collect();
        let tuple = format!("({})", vec!["?"; width].join(","));
        let values = vec![tuple.as_str(); rows].join(",");
        let list = format!("(SELECT {} FROM (VALUES {values})) AS v", names.join(", "));
        template.replace("{rows}", &list)
    }

    /// How many rows to put in SQLite statements, largest first: few sizes, so that the prepared
    /// statements are used again, within the engine's 32,766 parameters.
    pub(super) fn sqlite_sizes(&self) -> [usize; 3] {
        let most = (32_766 / self.columns.len().max(1)).min(256);
        [most, most.min(16), 1]
    }
}

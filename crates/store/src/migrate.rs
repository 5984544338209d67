//! Brings a database to the schema of this program: numbered steps, forward only, each once.
//!
//! A step is written once for both engines. The words `ID`, `DAY`, `INSTANT` and `BYTES` stand for
//! the engine's own types; lines between `@only sqlite` or `@only postgres` and `@end` are for one.

use sha2::{Digest, Sha256};

use crate::sql::{Store, Tx};
use crate::{StoreError, args};

struct Step {
    number: i64,
    name: &'static str,
    text: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal),+ $(,)?) => {
        &[$(Step {
            number: $number,
            name: $name,
            text: include_str!(concat!("../migrations/", $name, ".sql")),
        }),+]
    };
}

const STEPS: &[Step] = steps![
    1 "0001_accounts",
    2 "0002_ledger",
    3 "0003_payments",
    4 "0004_identity",
    5 "0005_methods",
    6 "0006_autopay",
    7 "0007_notices",
    8 "0008_documents",
    9 "0009_factors",
    10 "0010_staff",
    11 "0011_contact",
    12 "0012_letter_folders",
    13 "0013_left_out",
    14 "0014_lockbox",
    15 "0015_suspense",
    16 "0016_centers",
    17 "0017_returned_checks",
    18 "0018_help_links",
    19 "0019_late_invoices",
    20 "0020_empty_envelopes",
    21 "0021_refunds",
    22 "0022_batches",
    23 "0023_check_images",
    24 "0024_pulled_files",
];

impl Store {
    /// Brings the database to this program's schema. Safe to call from several processes at once;
    /// a step that was interrupted is run again.
    ///
    /// # Errors
    /// [`StoreError::Schema`] if the database is newer than the program, or a step that it already
    /// has was changed afterwards.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.write(|tx| Box::pin(begin(tx))).await?;
        for step in STEPS {
            self.write(move |tx| Box::pin(take(tx, step))).await?;
        }
        Ok(())
    }
}

async fn begin(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.is_postgres() {
        lock(tx).await?;
    }
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT NOT NULL PRIMARY KEY, \
         name TEXT NOT NULL, digest TEXT NOT NULL)",
        args![],
    )
    .await?;
    let newest = tx
        .first("SELECT MAX(number) FROM schema_steps", args![])
        .await?;
    let newest: Option<i64> = match newest {
        Some(mut row) => row.read_optional()?,
        None => None,
    };
    let ours = STEPS.last().map_or(0, |step| step.number);
    match newest {
        Some(newest) if newest > ours => Err(StoreError::Schema(format!(
            "the database is at schema step {newest}, this program knows {ours}; run a newer memberpay"
        ))),
        _ => Ok(()),
    }
}

/// One process migrates at a time; the others wait for its commit.
async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    tx.script("SELECT pg_advisory_xact_lock(7305808869229538913)".to_owned())
        .await
}

async fn take(tx: &mut Tx, step: &'static Step) -> Result<(), StoreError> {
    if tx.is_postgres() {
        lock(tx).await?;
    }
    let digest = hex::encode(Sha256::digest(step.text));
    let had = tx
        .first(
            "SELECT digest FROM schema_steps WHERE number = $1",
            args![step.number],
        )
        .await?;
    if let Some(mut row) = had {
        let had: String = row.read()?;
        if had != digest {
            return Err(StoreError::Schema(format!(
                "schema step {} was changed after this database took it; restore the released file",
                step.name
            )));
        }
        return Ok(());
    }
    let text = for_engine(step.text, tx.is_postgres());
    tx.script(text).await?;
    tx.execute(
        "INSERT INTO schema_steps (number, name, digest) VALUES ($1, $2, $3)",
        args![step.number, step.name, digest],
    )
    .await?;
    Ok(())
}

fn for_engine(text: &str, postgres: bool) -> String {
    let types = if postgres {
        [
            ("ID", "uuid"),
            ("DAY", "date"),
            ("INSTANT", "timestamptz"),
            ("BYTES", "bytea"),
        ]
    } else {
        [
            ("ID", "BLOB"),
            ("DAY", "TEXT"),
            ("INSTANT", "INTEGER"),
            ("BYTES", "BLOB"),
        ]
    };
    let mut out = String::with_capacity(text.len());
    let mut kept = true;
    for line in text.lines() {
        match line.trim() {
            "@only sqlite" => kept = !postgres,
            "@only postgres" => kept = postgres,
            "@end" => kept = true,
            _ if kept => {
                out.push_str(&column_for_engine(line, &types));
                out.push('\n');
            }
            _ => {}
        }
    }
    out
}

/// A column is indented and written `name TYPE …`: its second word is the type.
fn column_for_engine(line: &str, types: &[(&str, &str)]) -> String {
    let Some(column) = line.strip_prefix("    ") else {
        return line.to_owned();
    };
    let mut words: Vec<&str> = column.split(' ').collect();
    if let Some(kind) = words.get_mut(1) {
        let bare = kind.trim_end_matches(',');
        if let Some((word, native)) = types.iter().find(|(word, _)| *word == bare) {
            let comma = if kind.len() > word.len() { "," } else { "" };
            return format!("    {} {native}{comma}{}", words[0], rest_of(&words));
        }
    }
    line.to_owned()
}

fn rest_of(words: &[&str]) -> String {
    words[2..].iter().map(|word| format!(" {word}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_word_becomes_the_engines_own() {
        let text = "CREATE TABLE t (\n    id ID NOT NULL,\n    paid_on DAY,\n    PRIMARY KEY (id)\n);\n\
                    @only sqlite\nX;\n@end\n@only postgres\nY;\n@end";
        let sqlite = for_engine(text, false);
        assert!(
            sqlite.contains("    id BLOB NOT NULL,\n    paid_on TEXT,"),
            "{sqlite}"
        );
        assert!(sqlite.contains("X;") && !sqlite.contains("Y;"));
        let postgres = for_engine(text, true);
        assert!(
            postgres.contains("    id uuid NOT NULL,\n    paid_on date,"),
            "{postgres}"
        );
        assert!(postgres.contains("Y;") && !postgres.contains("X;"));
    }
}

//! Prepares every SQL statement of this crate on both databases: a text that one of them does not
//! understand, or a column that is not there, fails here and not in front of a member.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::{Path, PathBuf};

use memberpay_store as store;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use store::Store;
use store::sql::{Kind, Rows};

/// Where databases may be made, unless `MEMBERPAY_TEST_POSTGRES` says otherwise.
const DEFAULT_SERVER: &str = "postgres://memberpay:memberpay@127.0.0.1:5432/postgres";

/// A statement as it stands in the source.
#[derive(Debug)]
struct Statement {
    place: String,
    text: String,
    /// The kinds of its `{rows}`, if it has them.
    kinds: Option<Vec<Kind>>,
}

/// The files whose statements the nightly run of autopay is made of.
const NIGHTLY: [&str; 6] = [
    "autopay_drafts.rs",
    "autopay_facts.rs",
    "autopay_runs.rs",
    "autopay_watch.rs",
    "mandates.rs",
    "nightly.rs",
];
/// What a statement of the night may read whole: tables with a few rows for each night, the list of
/// findings, the indexes that hold only what waits, and once a night that of the mandates in force.
/// While the tables are empty, PostgreSQL takes another index of those for as good as their key.
const READ_WHOLE: [&str; 10] = [
    "mandates_one_active",
    "mandates_by_method",
    "autopay_runs",
    "autopay_forecasts",
    "autopay_sendings",
    "nightly_jobs",
    "autopay_watch",
    "autopay_drafts_due",
    "autopay_drafts_again",
    "attempts_prepared",
];

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    on_sqlite("statements", prepare_all).await;
}

#[tokio::test]
async fn no_statement_of_the_night_reads_a_whole_table_on_sqlite() {
    on_sqlite("night", look_at_plans).await;
}

#[tokio::test]
async fn every_statement_prepares_on_postgresql() {
    on_postgresql("statements", prepare_all).await;
}

#[tokio::test]
async fn no_statement_of_the_night_reads_a_whole_table_on_postgresql() {
    on_postgresql("night", look_at_plans).await;
}

async fn on_sqlite<F: Future<Output = ()>>(name: &str, look: impl FnOnce(String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{name}.sqlite"));
    look(format!("sqlite:{}", path.display())).await;
}

async fn on_postgresql<F>(name: &str, look: impl FnOnce(String) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let server =
        std::env::var("MEMBERPAY_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_SERVER.to_owned());
    let mut admin = PgConnection::connect(&server)
        .await
        .unwrap_or_else(|error| {
            panic!("no PostgreSQL at MEMBERPAY_TEST_POSTGRES ({error}); ./test starts one")
        });
    let name = format!("memberpay_{name}_{}", std::process::id());
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(drop.clone()))
        .execute(&mut admin)
        .await
        .unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address names a database");
    let address = format!("{base}/{name}");
    let done = tokio::spawn(look(address)).await;
    sqlx::query(AssertSqlSafe(drop))
        .execute(&mut admin)
        .await
        .unwrap();
    done.unwrap();
}

/// Every table that grows with the accounts is reached through an index, on conditions.
async fn look_at_plans(address: String) {
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let mut read_whole = Vec::new();
    // The list that staff open is no part of the night.
    let nightly = |one: &&Statement| {
        NIGHTLY.iter().any(|file| one.place.starts_with(file)) && !one.text.contains("CASE WHEN w.")
    };
    let mut looked_at = 0;
    for statement in statements().iter().filter(nightly) {
        let rows = statement.kinds.as_deref().map(Rows::new);
        let mut tx = store.read().await.unwrap();
        let plan = tx.plan_of(&statement.text, rows.as_ref()).await;
        let plan = plan.unwrap_or_else(|error| panic!("{}: {error:?}", statement.place));
        looked_at += 1;
        let whole = if store.is_postgres() {
            whole_on_postgresql(&plan)
        } else {
            whole_on_sqlite(&plan)
        };
        // Of given rows only those are looked up, whatever the index holds.
        let of_rows = |line: &String| statement.kinds.is_some() && line.contains("mandates_");
        let through_mandates = plan.iter().filter(|line| line.contains("SCAN m"));
        let through_mandates = through_mandates.filter(|line| of_rows(line)).cloned();
        for line in whole.into_iter().chain(through_mandates) {
            read_whole.push(format!("{}: {line}\n  {}", statement.place, statement.text));
        }
    }
    store.close().await;
    assert!(looked_at > 40, "only {looked_at} statements were looked at");
    assert!(
        read_whole.is_empty(),
        "read whole:\n{}",
        read_whole.join("\n")
    );
}

fn whole_on_sqlite(plan: &[String]) -> Vec<String> {
    let may = |line: &&String| {
        // The rows of the statement itself, and what it has just made of others.
        [
            "SCAN v",
            "SCAN waiting",
            "SCAN CONSTANT ROW",
            "-ROW VALUES CLAUSE",
            "SCAN (subquery",
        ]
        .iter()
        .any(|name| line.contains(name))
            || READ_WHOLE.iter().any(|name| line.contains(name))
    };
    let whole = plan.iter().filter(|line| line.starts_with("SCAN "));
    whole.filter(|line| !may(line)).cloned().collect()
}

/// With `enable_seqscan = off` a table is only read whole if no index serves; an index without a
/// condition is the whole table again.
fn whole_on_postgresql(plan: &[String]) -> Vec<String> {
    let may = |line: &&String| READ_WHOLE.iter().any(|name| line.contains(name));
    let next_has_condition = |at: usize| {
        let after = plan[at + 1..]
            .iter()
            .take_while(|line| !line.contains("->"));
        after.into_iter().any(|line| line.contains("Index Cond"))
    };
    plan.iter()
        .enumerate()
        .filter(|(at, line)| {
            line.contains("Seq Scan on")
                || line.contains("Index") && line.contains(" Scan ") && !next_has_condition(*at)
        })
        .map(|(_, line)| line)
        .filter(|line| !may(line))
        .cloned()
        .collect()
}

async fn prepare_all(address: String) {
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let statements = statements();
    assert!(
        statements.len() > 80,
        "only {} statements were found",
        statements.len()
    );
    let mut refused = Vec::new();
    for statement in &statements {
        // Its own functions are called on PostgreSQL only.
        if statement.text.contains("pg_") && !store.is_postgres() {
            continue;
        }
        let mut tx = store.read().await.unwrap();
        let prepared = match &statement.kinds {
            Some(kinds) => tx.prepare_rows(&statement.text, &Rows::new(kinds)).await,
            None => tx.prepare(&statement.text).await,
        };
        if let Err(error) = prepared {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            refused.push(format!(
                "{}: {}\n  {}",
                statement.place,
                cause.unwrap_or_default(),
                statement.text
            ));
        }
    }
    store.close().await;
    assert!(
        refused.is_empty(),
        "{} refused:\n{}",
        refused.len(),
        refused.join("\n")
    );
}

fn statements() -> Vec<Statement> {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    files.sort();
    files.iter().flat_map(|file| statements_of(file)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // The seam itself holds templates in its comments and no statement.
            if !path.ends_with("sql") {
                collect(&path, into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            // The bare limit of posting has tables of its own, made when it is measured.
            && !path.ends_with("bare.rs")
        {
            into.push(path);
        }
    }
}

fn statements_of(file: &Path) -> Vec<Statement> {
    let source = std::fs::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let lists = lists_of_kinds(&source);
    let mut found = Vec::new();
    for (at, text) in literals(&source) {
        let verb = text.split_whitespace().next().unwrap_or_default();
        if !["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb) {
            continue;
        }
        let line = source[..at].matches('\n').count() + 1;
        let place = format!("{name}:{line}");
        let kinds = text.contains("{rows}").then(|| {
            let width = width(&text);
            // The kinds stand before the statement, or for a batch of several in its constructor.
            let fits = lists.iter().filter(|(_, kinds)| kinds.len() == width);
            let before = fits.clone().rfind(|(place, _)| *place < at);
            // Or the statement leaves the last columns of a wider list alone.
            let wider = || lists.iter().find(|(_, kinds)| kinds.len() > width);
            let list = before.or_else(|| fits.clone().next()).or_else(wider);
            list.unwrap_or_else(|| panic!("{place}: no list of {width} kinds"))
                .1
                .clone()
        });
        found.push(Statement { place, text, kinds });
    }
    found
}

/// The highest N of the columns cN that a template names.
fn width(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter_map(|word| word.strip_prefix('c')?.parse().ok())
        .max()
        .unwrap_or(1)
}

/// Every `[Kind::…, …]` of a source file, with its place.
fn lists_of_kinds(source: &str) -> Vec<(usize, Vec<Kind>)> {
    let mut lists = Vec::new();
    for (at, _) in source.match_indices('[') {
        let inner = &source[at + 1..];
        let inner = &inner[..inner.find(']').unwrap_or(0)];
        if !inner.trim_start().starts_with("Kind::") {
            continue;
        }
        let kinds = inner
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(|word| match word.trim_start_matches("Kind::") {
                "Bool" => Kind::Bool,
                "Int" => Kind::Int,
                "Text" => Kind::Text,
                "Bytes" => Kind::Bytes,
                "Id" => Kind::Id,
                "Day" => Kind::Day,
                "Instant" => Kind::Instant,
                other => panic!("a kind of column that this test does not know: {other}"),
            });
        lists.push((at, kinds.collect()));
    }
    lists
}

/// The string literals of a source file with their places, joined where a backslash ends a line.
fn literals(source: &str) -> Vec<(usize, String)> {
    let bytes = source.as_bytes();
    let (mut at, mut found) = (0, Vec::new());
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += source[at..].find('\n').unwrap_or(source.len() - at);
            }
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 3,
            b'"' => {
                let (text, end) = literal(source, at + 1);
                found.push((at, text));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

fn literal(source: &str, begin: usize) -> (String, usize) {
    let mut text = String::new();
    let mut rest = source[begin..].char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return (text, begin + at + 1),
            '\\' => match rest.next() {
                Some((_, '\n')) => {
                    while rest.as_str().starts_with(char::is_whitespace) {
                        rest.next();
                    }
                }
                Some((_, escaped)) => text.push(escaped),
                None => break,
            },
            c => text.push(c),
        }
    }
    panic!("a string literal is not closed")
}

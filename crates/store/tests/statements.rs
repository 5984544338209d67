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

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statements.sqlite");
    prepare_all(&format!("sqlite:{}", path.display())).await;
}

#[tokio::test]
async fn every_statement_prepares_on_postgresql() {
    let server =
        std::env::var("MEMBERPAY_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_SERVER.to_owned());
    let mut admin = PgConnection::connect(&server)
        .await
        .unwrap_or_else(|error| {
            panic!("no PostgreSQL at MEMBERPAY_TEST_POSTGRES ({error}); ./test starts one")
        });
    let name = format!("memberpay_statements_{}", std::process::id());
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
    let done = tokio::spawn(async move { prepare_all(&address).await }).await;
    sqlx::query(AssertSqlSafe(drop))
        .execute(&mut admin)
        .await
        .unwrap();
    done.unwrap();
}

async fn prepare_all(address: &str) {
    let store = Store::open(address).await.unwrap();
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

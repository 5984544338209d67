//! A fresh database of each engine, gone after the test.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Where tests may make databases, unless `MEMBERPAY_TEST_POSTGRES` says otherwise.
const DEFAULT_SERVER: &str = "postgres://memberpay:memberpay@127.0.0.1:5432/postgres";

/// The engines that everything runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in a directory of the test's own.
    Sqlite,
    /// A database made for the test on the server of `MEMBERPAY_TEST_POSTGRES`.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

    /// Makes a fresh database.
    ///
    /// # Panics
    /// If it cannot be made: a test that runs on one engine only would prove nothing about the
    /// other.
    pub(crate) async fn make(self) -> Database {
        match self {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary directory can be made");
                let path = folder.path().join("test.sqlite");
                Database {
                    address: format!("sqlite:{}", path.display()),
                    kept: Kept::Folder(folder),
                }
            }
            Engine::Postgres => {
                let server = server();
                let name = format!("memberpay_test_{}", Uuid::from_bytes(random()).simple());
                command(&server, format!("CREATE DATABASE {name}")).await;
                Database {
                    address: address_of(&server, &name),
                    kept: Kept::Server { server, name },
                }
            }
        }
    }
}

/// A database that lasts as long as the test.
#[derive(Debug)]
pub(crate) struct Database {
    /// How a store opens it.
    pub address: String,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Folder(TempDir),
    Server { server: String, name: String },
}

impl Database {
    pub async fn remove(self) {
        match self.kept {
            Kept::Folder(folder) => drop(folder),
            Kept::Server { server, name } => {
                drop_database(&server, &name).await;
            }
        }
    }
}

fn random() -> [u8; 16] {
    use gateways::Chance as _;
    let mut bytes = [0; 16];
    gateways::SystemChance.fill(&mut bytes);
    bytes
}

fn server() -> String {
    std::env::var("MEMBERPAY_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_SERVER.to_owned())
}

/// The address of another database on the same server.
fn address_of(server: &str, database: &str) -> String {
    let (address, options) = match server.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (server, String::new()),
    };
    let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
    format!("{host}/{database}{options}")
}

/// Drops a database. The server may just then be cleaning it up by itself, which a test's role
/// cannot stop; it is done in a moment.
async fn drop_database(server: &str, name: &str) {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    for _ in 0..40 {
        if let Ok(mut connection) = PgConnection::connect(server).await {
            let dropped = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
                .execute(&mut connection)
                .await;
            let _ = connection.close().await;
            if dropped.is_ok() {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    command(server, sql).await;
}

async fn command(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap_or_else(|error| {
        panic!("start PostgreSQL and set MEMBERPAY_TEST_POSTGRES to a role that may create databases: {error}")
    });
    sqlx::raw_sql(AssertSqlSafe(sql.clone()))
        .execute(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let _ = connection.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_another_database_keeps_its_server_and_options() {
        assert_eq!(
            address_of("postgres://a:b@h:1/postgres", "t"),
            "postgres://a:b@h:1/t"
        );
        assert_eq!(
            address_of("postgres://a@h/postgres?sslmode=disable", "t"),
            "postgres://a@h/t?sslmode=disable"
        );
    }
}

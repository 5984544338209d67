//! A PostgreSQL database that lasts as long as a test.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Where tests may make databases, unless `MEMBERPAY_TEST_POSTGRES` says otherwise.
const DEFAULT_SERVER: &str = "postgres://memberpay:memberpay@127.0.0.1:5432/postgres";

/// A database of its own on the server for tests.
pub struct Database {
    /// How a program opens it.
    pub url: String,
    name: String,
}

impl Database {
    /// Makes an empty database. `None` if there is no server and that is allowed here.
    pub async fn make(purpose: &str) -> Option<Self> {
        let server = server();
        let Ok(mut connection) = PgConnection::connect(&server).await else {
            super::tools::not_checked(
                "PostgreSQL",
                "start it and set MEMBERPAY_TEST_POSTGRES to a role that may create databases",
            );
            return None;
        };
        let name = format!("memberpay_{purpose}_{}", std::process::id());
        for sql in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name}"),
        ] {
            run(&mut connection, &sql).await;
        }
        let host = server
            .rsplit_once('/')
            .map_or(server.as_str(), |(host, _)| host);
        Some(Database {
            url: format!("{host}/{name}"),
            name,
        })
    }

    /// Makes another database with the same rows. Nobody may be connected to this one.
    pub async fn copy(&self, purpose: &str) -> Self {
        let name = format!("memberpay_{purpose}_{}", std::process::id());
        let mut connection = PgConnection::connect(&server())
            .await
            .expect("the server that made this one answers");
        for sql in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE {}", self.name),
        ] {
            run(&mut connection, &sql).await;
        }
        let host = server();
        let host = host
            .rsplit_once('/')
            .map_or(host.as_str(), |(host, _)| host);
        Database {
            url: format!("{host}/{name}"),
            name,
        }
    }

    /// Drops the database, whoever is connected to it.
    pub async fn drop(self) {
        if let Ok(mut connection) = PgConnection::connect(&server()).await {
            run(
                &mut connection,
                &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
            )
            .await;
        }
    }
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn server() -> String {
    std::env::var("MEMBERPAY_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT_SERVER.to_owned())
}

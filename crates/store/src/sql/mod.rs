//! The seam between the two databases: the only place that names their drivers.
//!
//! Statements are written once, with `$1` parameters, in the part of SQL that SQLite and PostgreSQL
//! share. [`Value`] and [`Column`] give days, instants and ids their native form in each.

mod postgres;
mod rows;
mod sqlite;
mod value;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};

pub use rows::{Kind, Rows};
pub use value::{Column, Row, Value};

use crate::StoreError;
use rows::ColumnOf;
use value::{PgDay, PgInstant};

/// A future in a box, as a unit of work returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The parameters of a statement: `args![account, month, cents]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}

/// A connection to the database. `&mut Tx` inside [`Store::write`] is the proof that a transaction
/// is open; one from [`Store::read`] only reads.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    retryable: bool,
}

#[derive(Debug)]
enum Conn {
    SqliteWriter(Box<SqliteConnection>),
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

type SqliteQuery<'q> = sqlx::query::Query<'q, Sqlite, <Sqlite as sqlx::Database>::Arguments>;
type PgQuery<'q> = sqlx::query::Query<'q, Postgres, <Postgres as sqlx::Database>::Arguments>;

macro_rules! on_connection {
    ($tx:expr, $sql:expr, $args:expr, |$q:ident, $c:ident| $body:expr) => {{
        let result = match &mut $tx.conn {
            Conn::SqliteWriter(conn) => {
                let $q = bind_sqlite(sqlx::query(AssertSqlSafe($sql)), $args);
                let $c = &mut **conn;
                $body
            }
            Conn::Sqlite(conn) => {
                let $q = bind_sqlite(sqlx::query(AssertSqlSafe($sql)), $args);
                let $c = &mut **conn;
                $body
            }
            Conn::Postgres(conn) => {
                let $q = bind_postgres(sqlx::query(AssertSqlSafe($sql)), $args);
                let $c = &mut **conn;
                $body
            }
        };
        result.map_err(|error| $tx.note(error))
    }};
}

impl Tx {
    fn new(conn: Conn) -> Self {
        Tx {
            conn,
            retryable: false,
        }
    }

    /// True on PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.conn, Conn::Postgres(_))
    }

    fn note(&mut self, error: sqlx::Error) -> StoreError {
        self.retryable |= crate::error::is_retryable(&error);
        StoreError::from(error)
    }

    /// Runs a statement; the number of rows it touched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn execute(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.run(self.text(sql), args).await
    }

    /// The statement in the words of this engine. `{for update}` at the end of a `SELECT` locks its
    /// rows until the transaction ends, `{skip locked}` also passes over rows that are locked. In
    /// SQLite both are nothing: there is one writer. `{random id}` is a new id for every row, of
    /// the database's own making.
    fn text(&self, sql: &str) -> String {
        let (lock, skip, id) = match self.conn {
            Conn::Postgres(_) => ("FOR UPDATE", "FOR UPDATE SKIP LOCKED", "gen_random_uuid()"),
            _ => ("", "", "randomblob(16)"),
        };
        if sql.contains('{') {
            sql.replace("{for update}", lock)
                .replace("{skip locked}", skip)
                .replace("{random id}", id)
        } else {
            sql.to_owned()
        }
    }

    async fn run(&mut self, sql: String, args: Vec<Value>) -> Result<u64, StoreError> {
        on_connection!(self, sql, args, |q, c| q
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.run_all(self.text(sql), args).await
    }

    /// The first row of an answer, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        let sql = self.text(sql);
        on_connection!(self, sql, args, |q, c| q
            .fetch_optional(c)
            .await
            .map(|row| row.map(Row::from)))
    }

    /// The one row of an answer.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    pub async fn one(
        &mut self,
        what: &'static str,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Row, StoreError> {
        self.first(sql, args)
            .await?
            .ok_or(StoreError::Missing { what })
    }

    /// Runs a statement over many rows (see [`Rows`]); the number of rows it touched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn execute_rows(
        &mut self,
        template: &'static str,
        rows: &Rows,
    ) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        match &mut self.conn {
            Conn::Postgres(conn) => {
                let sql = rows.postgres_text(template);
                let query = bind_arrays(sqlx::query(AssertSqlSafe(sql)), rows);
                let done = query.execute(&mut **conn).await;
                done.map(|done| done.rows_affected())
                    .map_err(|error| self.note(error))
            }
            _ => self.execute_rows_sqlite(template, rows).await,
        }
    }

    /// All rows of an answer to a question about many rows (see [`Rows`]):
    /// `SELECT t.a FROM {rows} JOIN t ON t.id = v.c1`. In no particular order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_rows(
        &mut self,
        template: &'static str,
        rows: &Rows,
    ) -> Result<Vec<Row>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let template = self.text(template);
        if let Conn::Postgres(conn) = &mut self.conn {
            let sql = rows.postgres_text(&template);
            let query = bind_arrays(sqlx::query(AssertSqlSafe(sql)), rows);
            let found = query
                .fetch_all(&mut **conn)
                .await
                .map_err(|error| self.note(error))?;
            return Ok(found.into_iter().map(Row::from).collect());
        }
        let (mut at, mut found) = (0, Vec::new());
        for size in rows.sqlite_sizes() {
            let sql = rows.sqlite_text(&template, size);
            while rows.len() - at >= size {
                found.extend(
                    self.run_all(sql.clone(), rows.sqlite_args(at, size))
                        .await?,
                );
                at += size;
            }
        }
        Ok(found)
    }

    async fn run_all(&mut self, sql: String, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        on_connection!(self, sql, args, |q, c| q
            .fetch_all(c)
            .await
            .map(|rows| rows.into_iter().map(Row::from).collect()))
    }

    async fn execute_rows_sqlite(
        &mut self,
        template: &str,
        rows: &Rows,
    ) -> Result<u64, StoreError> {
        let (mut at, mut touched) = (0, 0);
        for size in rows.sqlite_sizes() {
            let sql = rows.sqlite_text(template, size);
            while rows.len() - at >= size {
                touched += self.run(sql.clone(), rows.sqlite_args(at, size)).await?;
                at += size;
            }
        }
        Ok(touched)
    }

    /// Runs statements without parameters, such as a migration.
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        let result = match &mut self.conn {
            Conn::SqliteWriter(conn) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut **conn)
                .await
                .map(drop),
            Conn::Sqlite(conn) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut **conn)
                .await
                .map(drop),
            Conn::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut **conn)
                .await
                .map(drop),
        };
        result.map_err(|error| self.note(error))
    }

    /// As [`Tx::prepare`], for a statement over many rows.
    ///
    /// # Errors
    /// [`StoreError::Statement`] with what the database says of it.
    pub async fn prepare_rows(&mut self, template: &str, rows: &Rows) -> Result<(), StoreError> {
        let sql = if self.is_postgres() {
            rows.postgres_text(template)
        } else {
            rows.sqlite_text(template, 1)
        };
        self.prepare(&sql).await
    }

    /// How the database would carry out a statement, line by line, if it uses an index wherever
    /// one serves: for the test that no nightly statement reads a whole table.
    ///
    /// # Errors
    /// [`StoreError::Statement`] with what the database says of it.
    pub async fn plan_of(
        &mut self,
        template: &str,
        rows: Option<&Rows>,
    ) -> Result<Vec<String>, StoreError> {
        if !self.is_postgres() {
            let sql = rows.map_or(template.to_owned(), |rows| {
                rows.sqlite_text(template, rows.sqlite_sizes()[0])
            });
            let sql = self.text(&format!("EXPLAIN QUERY PLAN {sql}"));
            let found = self.run_all(sql, Vec::new()).await?;
            return found
                .into_iter()
                .map(|mut row| {
                    let _: [i64; 3] = [row.read()?, row.read()?, row.read()?];
                    row.read()
                })
                .collect();
        }
        let sql = rows.map_or(template.to_owned(), |rows| rows.postgres_text(template));
        let sql = self.text(&sql);
        let most = (1..100)
            .take_while(|n| sql.contains(&format!("${n}")))
            .count();
        let nulls = vec!["NULL"; most].join(", ");
        let given = if most == 0 {
            String::new()
        } else {
            format!("({nulls})")
        };
        self.script(format!(
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
             SET plan_cache_mode = force_generic_plan; PREPARE looked_at AS {sql}"
        ))
        .await?;
        let explain = format!("EXPLAIN EXECUTE looked_at{given}");
        let found = self.run_all(explain, Vec::new()).await?;
        self.script(
            "DEALLOCATE looked_at; RESET enable_seqscan; RESET enable_hashjoin; \
             RESET enable_mergejoin; RESET plan_cache_mode"
                .to_owned(),
        )
        .await?;
        found.into_iter().map(|mut row| row.read()).collect()
    }

    /// Prepares a statement without running it, for the test that prepares them all.
    ///
    /// # Errors
    /// [`StoreError::Statement`] with what the database says of it.
    pub async fn prepare(&mut self, sql: &str) -> Result<(), StoreError> {
        use sqlx::Executor as _;
        let sql = sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(self.text(sql)));
        let result = match &mut self.conn {
            Conn::SqliteWriter(conn) => (&mut **conn).prepare(sql).await.map(drop),
            Conn::Sqlite(conn) => (&mut **conn).prepare(sql).await.map(drop),
            Conn::Postgres(conn) => (&mut **conn).prepare(sql).await.map(drop),
        };
        result.map_err(|error| self.note(error))
    }
}

fn bind_sqlite(mut query: SqliteQuery<'_>, args: Vec<Value>) -> SqliteQuery<'_> {
    for arg in args {
        query = match arg {
            Value::Bool(x) => query.bind(x),
            Value::Int(x) => query.bind(x),
            Value::Text(x) => query.bind(x),
            Value::Bytes(x) => query.bind(x),
            Value::Id(x) => query.bind(x),
            Value::Day(x) => query.bind(x.map(|day| day.to_string())),
            Value::Instant(x) => query.bind(x.map(jiff::Timestamp::as_microsecond)),
        };
    }
    query
}

fn bind_postgres(mut query: PgQuery<'_>, args: Vec<Value>) -> PgQuery<'_> {
    for arg in args {
        query = match arg {
            Value::Bool(x) => query.bind(x),
            Value::Int(x) => query.bind(x),
            Value::Text(x) => query.bind(x),
            Value::Bytes(x) => query.bind(x),
            Value::Id(x) => query.bind(x),
            Value::Day(x) => query.bind(x.map(PgDay)),
            Value::Instant(x) => query.bind(x.map(PgInstant)),
        };
    }
    query
}

fn bind_arrays<'q>(mut query: PgQuery<'q>, rows: &Rows) -> PgQuery<'q> {
    for column in &rows.columns {
        query = match column {
            ColumnOf::Bool(v) => query.bind(v.clone()),
            ColumnOf::Int(v) => query.bind(v.clone()),
            ColumnOf::Text(v) => query.bind(v.clone()),
            ColumnOf::Bytes(v) => query.bind(v.clone()),
            ColumnOf::Id(v) => query.bind(v.clone()),
            ColumnOf::Day(v) => query.bind(v.iter().map(|x| x.map(PgDay)).collect::<Vec<_>>()),
            ColumnOf::Instant(v) => {
                query.bind(v.iter().map(|x| x.map(PgInstant)).collect::<Vec<_>>())
            }
        };
    }
    query
}

/// A reader in the middle of a snapshot. Given up there, it must not go back to the pool with it.
struct Snapshot {
    tx: Tx,
    ended: bool,
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        match &mut self.tx.conn {
            Conn::Sqlite(conn) if !self.ended => conn.close_on_drop(),
            Conn::Postgres(conn) if !self.ended => conn.close_on_drop(),
            _ => {}
        }
    }
}

/// The database. Cheap to clone; all clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<Engine>,
    blocks: Arc<crate::series::Blocks>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens `sqlite:PATH` (made if missing) or `postgres://…`. Does not migrate.
    ///
    /// # Errors
    /// [`StoreError::Address`] if the address is neither; [`StoreError::Unavailable`] if nothing
    /// answers there.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_as(url, true).await
    }

    /// As [`Store::open`], but an SQLite database does not wait for the disk: what was acknowledged
    /// is lost when the machine stops. For tests that write for a simulated year, and for nothing
    /// else. PostgreSQL takes the like in its address: `?options=-csynchronous_commit%3Doff`.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_without_waiting_for_the_disk(url: &str) -> Result<Self, StoreError> {
        Self::open_as(url, false).await
    }

    async fn open_as(url: &str, durable: bool) -> Result<Self, StoreError> {
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            Engine::Sqlite(sqlite::Sqlite::open(path, durable).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::Postgres::open(url).await?)
        } else {
            let scheme = url.split(':').next().unwrap_or_default().to_owned();
            return Err(StoreError::Address {
                reason: format!("it begins with \"{scheme}:\""),
            });
        };
        Ok(Store {
            engine: Arc::new(engine),
            blocks: Arc::default(),
        })
    }

    pub(crate) fn blocks(&self) -> &crate::series::Blocks {
        &self.blocks
    }

    /// True on PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(*self.engine, Engine::Postgres(_))
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Tx, StoreError> {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.reader().await,
            Engine::Postgres(engine) => engine.connection().await,
        }
    }

    /// Asks several questions of one and the same state of the database, whatever others write
    /// meanwhile.
    ///
    /// # Errors
    /// What the questions return, or [`StoreError`] from the connection.
    pub async fn snapshot<T, E, F>(&self, questions: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
        T: Send,
        E: From<StoreError> + Send,
    {
        let mut snapshot = Snapshot {
            tx: self.read().await?,
            ended: false,
        };
        let begin = match snapshot.tx.conn {
            Conn::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            _ => "BEGIN",
        };
        snapshot.tx.script(begin.to_owned()).await?;
        let answer = questions(&mut snapshot.tx).await;
        snapshot.tx.script("ROLLBACK".to_owned()).await?;
        snapshot.ended = true;
        answer
    }

    /// Runs a unit of work in a transaction and commits it. What it changed is on disk when this
    /// returns `Ok`; if it returns an error, nothing was changed. Once begun, it finishes even if
    /// the caller goes away. It may be run again from the start after a serialization failure, so
    /// it must not do anything but read and write through its `Tx`.
    ///
    /// # Errors
    /// What the unit returns, or [`StoreError`] from beginning or committing.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.write(unit).await,
            Engine::Postgres(engine) => engine.write(unit).await,
        }
    }

    /// Closes all connections, after the work in hand.
    pub async fn close(&self) {
        match &*self.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }
}

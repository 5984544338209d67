//! PostgreSQL: a pool, `READ COMMITTED`, and a second try after a deadlock.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{BoxFuture, Conn, Tx};
use crate::StoreError;

/// How often a unit of work is run again after a serialization failure or deadlock.
const MOST_TRIES: u32 = 6;

#[derive(Debug)]
pub(super) struct Postgres {
    pool: PgPool,
}

impl Postgres {
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions =
            url.parse()
                .map_err(|error: sqlx::Error| StoreError::Address {
                    reason: error.to_string(),
                })?;
        let pool = PgPoolOptions::new()
            .max_connections(24)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.application_name("memberpay"))
            .await?;
        Ok(Postgres { pool })
    }

    pub async fn connection(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(Conn::Postgres(self.pool.acquire().await?)))
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        // In a task of its own: a caller that goes away must not leave a transaction half way.
        let work = tokio::spawn(async move {
            let mut tries = 0;
            loop {
                tries += 1;
                let conn = pool.acquire().await.map_err(StoreError::from)?;
                let mut tx = Tx::new(Conn::Postgres(conn));
                let result = run_once(&mut tx, &unit).await;
                if result.is_err() && tx.retryable && tries < MOST_TRIES {
                    tracing::debug!(tries, "running a unit of work again");
                    tokio::time::sleep(Duration::from_millis(3 << tries)).await;
                    continue;
                }
                return result;
            }
        });
        work.await
            .map_err(|_| StoreError::inconsistent("a unit of work panicked"))?
    }
}

async fn run_once<T, E, F>(tx: &mut Tx, unit: &F) -> Result<T, E>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<StoreError>,
{
    tx.script("BEGIN".to_owned()).await?;
    match unit(tx).await {
        Ok(value) => match tx.script("COMMIT".to_owned()).await {
            Ok(()) => Ok(value),
            Err(error) => {
                forget(tx).await;
                Err(error.into())
            }
        },
        Err(error) => {
            if tx.script("ROLLBACK".to_owned()).await.is_err() {
                forget(tx).await;
            }
            Err(error)
        }
    }
}

/// Closes a connection whose state is not known, so that nobody gets it from the pool.
async fn forget(tx: &mut Tx) {
    if let Conn::Postgres(conn) = &mut tx.conn {
        conn.close_on_drop();
    }
}

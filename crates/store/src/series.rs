//! Number series: confirmation numbers, account numbers.

use std::collections::HashMap;

use tokio::sync::Mutex;

use crate::sql::Store;
use crate::{StoreError, Tx, args};

/// How many numbers a process takes from the table at once. A stopped process leaves a gap of at
/// most as many; a number is never given twice.
const BLOCK: i64 = 200;

/// The numbers that this process has taken and not yet given out, by series.
#[derive(Debug, Default)]
pub(crate) struct Blocks(Mutex<HashMap<&'static str, (i64, i64)>>);

/// Takes `count` numbers of a series; the first of them. Series begin at 1.
///
/// # Errors
/// [`StoreError`].
pub async fn take_block(tx: &mut Tx, series: &'static str, count: i64) -> Result<i64, StoreError> {
    let mut row = tx
        .one(
            "a number series",
            "INSERT INTO number_series (name, next_number) VALUES ($1, 1 + $2) \
             ON CONFLICT (name) DO UPDATE SET next_number = number_series.next_number + $2 \
             RETURNING next_number",
            args![series, count],
        )
        .await?;
    Ok(row.read::<i64>()? - count)
}

impl Store {
    /// The first of `count` numbers of a series, set aside for the caller at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_numbers(&self, series: &'static str, count: i64) -> Result<i64, StoreError> {
        self.write(move |tx| Box::pin(take_block(tx, series, count)))
            .await
    }

    /// The next number of a series. One row would be the busiest of the database if every payment
    /// took its number from it, so a process takes blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_number(&self, series: &'static str) -> Result<i64, StoreError> {
        let mut blocks = self.blocks().0.lock().await;
        if let Some((next, end)) = blocks.get_mut(series)
            && *next < *end
        {
            *next += 1;
            return Ok(*next - 1);
        }
        let first = self
            .write(move |tx| Box::pin(take_block(tx, series, BLOCK)))
            .await?;
        blocks.insert(series, (first + 1, first + BLOCK));
        Ok(first)
    }
}

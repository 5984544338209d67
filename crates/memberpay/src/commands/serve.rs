//! `memberpay serve` and `memberpay migrate`.

use std::sync::Arc;

use crate::settings::Settings;
use crate::{server, wiring};

/// Serves pages and runs the jobs.
///
/// # Errors
/// What of the settings cannot be used, or that the server failed.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let gateway = Arc::new(wiring::processor(settings)?);
    let ctx = wiring::context(settings, gateway, wiring::vault(settings)?).await?;
    let listener = server::listen(settings).await?;
    tracing::info!(address = %settings.listen, plan = %ctx.plan.organisation.name, "serving");
    server::run(ctx, settings, listener, String::new()).await
}

/// Brings the database to this program's schema.
///
/// # Errors
/// If nothing answers there, or its schema is newer.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let store = wiring::open_store(settings).await?;
    store.close().await;
    println!("the database has this program's schema");
    Ok(())
}

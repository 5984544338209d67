//! The web server: listens, serves, and stops without dropping a request.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use usecases::Ctx;

use crate::settings::Settings;

/// How long requests in hand may take after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// Listens at the address of the settings.
///
/// # Errors
/// If the address is taken.
pub async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; is another memberpay running? set MEMBERPAY_LISTEN",
            settings.listen
        )
    })
}

/// Serves pages and runs the jobs until the process is told to stop.
///
/// # Errors
/// If the server fails.
pub async fn run(
    ctx: Ctx,
    settings: &Settings,
    listener: TcpListener,
    demo_note: String,
) -> anyhow::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let jobs = tokio::spawn(crate::jobs::run(ctx.clone(), stopping.clone()));
    let nights = tokio::spawn(crate::jobs::nights(ctx.clone(), stopping.clone()));
    let files = tokio::spawn(crate::jobs::files(ctx.clone(), stopping.clone()));
    let pulls = tokio::spawn(crate::jobs::pulls(ctx.clone(), stopping.clone()));
    let pages = web::WebSettings {
        trusted_proxies: settings.trusted_proxies.clone(),
        partners: settings
            .partners
            .iter()
            .map(|(name, key)| web::machine::payments::Partner::new(name, key.expose()))
            .collect(),
        styleguide: !demo_note.is_empty(),
        demo_note,
        ..web::WebSettings::default()
    };
    let state = web::AppState::new(ctx.clone(), pages)?;
    let app = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let mut waiting = stopping.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = waiting.wait_for(|stop| *stop).await;
    });
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping; requests in hand are finished first");
        let _ = stop.send(true);
    });
    let mut stopped = stopping.clone();
    tokio::select! {
        result = server => result?,
        () = async {
            let _ = stopped.wait_for(|stop| *stop).await;
            tokio::time::sleep(DRAIN).await;
        } => tracing::warn!("some requests were cut off after {} seconds", DRAIN.as_secs()),
    }
    let _ = jobs.await;
    let _ = nights.await;
    let _ = files.await;
    let _ = pulls.await;
    ctx.store.close().await;
    Ok(())
}

async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut int)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

//! The sandbox processor: a small stateful server that speaks the subset of Stripe's HTTP API which
//! memberpay uses, and serves hosted card fields on its own origin.
//!
//! It moves no money. It exists so that the demonstration, the tests and every new installation run
//! the real client code from the first day, against a processor that declines, hangs, settles late,
//! returns, loses answers and repeats webhooks on request. It keeps no card number: only which test
//! card was used, its brand and its last four digits.
//!
//! - [`Sandbox::start`] runs one inside any process;
//! - `api` is the processor's API, `pages` what people see, `webhooks` what is posted to the
//!   merchant;
//! - `state` is all that is known, `journal` how it survives a kill.
#![deny(missing_docs)]

mod api;
mod clock;
mod core;
mod draw;
mod instruments;
mod journal;
mod objects;
mod pages;
mod settings;
mod settle;
mod state;
mod webhooks;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{any, get};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub use instruments::{
    TEST_BANK_ROUTING, TestBankAccount, TestCard, test_bank_accounts, test_cards,
};
pub use settings::{Faults, SandboxError, SandboxSettings};

use self::core::Core;

/// The largest request that is read, in bytes.
const LARGEST_REQUEST: usize = 64 * 1024;

/// The sandbox processor.
#[derive(Debug)]
pub struct Sandbox;

/// A sandbox that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct RunningSandbox {
    /// Its origin: the address of the API, of the hosted fields and of the pages to look at.
    pub url: Url,
    core: Arc<Core>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Opens the port, reads what was kept, and serves.
    ///
    /// # Errors
    /// [`SandboxError`] if the port is taken, the settings cannot work, or what was kept cannot be
    /// read.
    pub async fn start(settings: SandboxSettings) -> Result<RunningSandbox, SandboxError> {
        settings.check()?;
        // Webhooks may go to https; an error means that the process has chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener =
            TcpListener::bind(settings.addr)
                .await
                .map_err(|cause| SandboxError::Listen {
                    addr: settings.addr,
                    cause,
                })?;
        let addr = listener
            .local_addr()
            .map_err(|cause| SandboxError::Listen {
                addr: settings.addr,
                cause,
            })?;
        let url = origin_of(addr, settings.public_url.as_ref());
        let thinks = settings.thinks;
        let (core, to_deliver) = Core::open(settings, url.clone())?;
        let core = Arc::new(core);
        let mut app = router(Arc::clone(&core));
        if let Some((least, most)) = thinks {
            app = app.layer(axum::middleware::from_fn(move |request, next| {
                think(least, most, request, next)
            }));
        }
        let listener = listener.tap_io(|stream| {
            // Small answers must not wait for more to send.
            let _ = stream.set_nodelay(true);
        });
        let serve = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the sandbox processor has stopped");
            }
        });
        let tasks = vec![
            serve,
            tokio::spawn(settle::run(Arc::clone(&core))),
            tokio::spawn(webhooks::run(Arc::clone(&core), to_deliver)),
        ];
        Ok(RunningSandbox { url, core, tasks })
    }
}

/// Lets a new charge wait as a real processor would.
async fn think(least: Duration, most: Duration, request: Request, next: Next) -> Response {
    if request.method() == Method::POST && request.uri().path() == "/v1/payment_intents" {
        let mut draw = [0; 2];
        // Without randomness the wait is the least one.
        let _ = getrandom::fill(&mut draw);
        let extra = most.saturating_sub(least) * u32::from(u16::from_le_bytes(draw)) / 65_536;
        tokio::time::sleep(least + extra).await;
    }
    next.run(request).await
}

impl RunningSandbox {
    /// Where webhooks go from now on; `None` for nowhere.
    pub fn set_webhook_url(&self, url: Option<Url>) {
        self.core.wiring().webhook_url = url;
    }

    /// Which origin may show the card fields in a frame, and get the payer back.
    pub fn set_parent_origin(&self, origin: Url) {
        self.core.wiring().parent_origin = origin;
    }

    /// How often things go wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.core.wiring().faults = faults;
    }

    /// Enters a test card into the fields of a session, as its holder would; `expiry` is like
    /// `12/27`. False if there is no such session or the card is refused. For a demonstration that
    /// begins with cards saved.
    pub async fn enter_card(&self, session: &str, number: &str, expiry: &str) -> bool {
        pages::enter_card(&self.core, session, number, expiry).await
    }

    /// Settles or returns everything that is on its way, without waiting for its time.
    pub fn settle_now(&self) {
        settle::settle(&self.core, i64::MAX);
    }

    /// Stops serving and finishes writing.
    pub fn stop(mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
        }
        self.core.close();
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.shut();
    }
}

fn origin_of(addr: SocketAddr, public: Option<&Url>) -> Url {
    public.cloned().unwrap_or_else(|| {
        Url::parse(&format!("http://{addr}/")).expect("a socket address is the host of an address")
    })
}

fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(api::handle))
        .route(
            "/pay/fields/{session}",
            get(pages::fields::frame).post(pages::fields::frame_post),
        )
        .route(
            "/pay/hosted/{session}",
            get(pages::fields::hosted).post(pages::fields::hosted_post),
        )
        .route(
            "/pay/confirm/{charge}",
            get(pages::confirm::show).post(pages::confirm::decide),
        )
        .route("/pay/{asset}", get(pages::asset))
        .route("/sandbox/ledger", get(pages::ledger))
        .route("/sandbox/settle", axum::routing::post(pages::settle))
        .route("/sandbox/mail", get(pages::mail::list))
        .route("/sandbox/mail/{file}", get(pages::mail::show))
        .route("/sandbox/mail/{file}/html", get(pages::mail::html))
        .route("/sandbox/mail/{file}/{part}", get(pages::mail::attachment))
        .route("/", get(pages::index))
        .fallback(pages::missing)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(core)
}

//! What every handler works with.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use usecases::Ctx;

use crate::assets::Assets;
use crate::machine::payments::Partner;
use crate::templates::Engine;

/// What every handler works with. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases' world.
    pub ctx: Ctx,
    /// What the operator set about pages.
    pub settings: Arc<WebSettings>,
    /// The templates.
    pub engine: Arc<Engine>,
    /// Style sheet, script, colours.
    pub assets: Arc<Assets>,
}

/// What the operator set about pages.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Proxies whose `X-Forwarded-For` is believed. From anybody else it is ignored.
    pub trusted_proxies: Vec<IpAddr>,
    /// True shows `/styleguide`: for the demonstration and while developing.
    pub styleguide: bool,
    /// Templates are read from here instead, for every page anew: while developing.
    pub templates: Option<PathBuf>,
    /// How long a payer waits for the outcome before the waiting page is shown: 1 to 20 s.
    pub patience: Duration,
    /// Systems that may take payments through `/api/v1/payments`.
    pub partners: Vec<Partner>,
    /// Where the demonstration says who can sign in; empty outside it.
    pub demo_note: String,
}

impl Default for WebSettings {
    fn default() -> Self {
        WebSettings {
            trusted_proxies: Vec::new(),
            styleguide: false,
            templates: None,
            patience: Duration::from_secs(8),
            partners: Vec::new(),
            demo_note: String::new(),
        }
    }
}

impl AppState {
    /// Puts the pages of `ctx.plan` together.
    ///
    /// # Errors
    /// A template that cannot be read, with its line.
    pub fn new(ctx: Ctx, settings: WebSettings) -> Result<Self, minijinja::Error> {
        let engine = Engine::new(settings.templates.clone())?;
        let assets = Assets::new(&ctx.plan.brand);
        Ok(AppState {
            ctx,
            settings: Arc::new(settings),
            engine: Arc::new(engine),
            assets: Arc::new(assets),
        })
    }

    /// True if members reach this installation over https.
    #[must_use]
    pub fn https(&self) -> bool {
        self.ctx.settings.public_url.starts_with("https://")
    }
}

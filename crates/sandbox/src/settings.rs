//! What a sandbox is told when it starts.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Where to listen. Port 0 takes any free one.
    pub addr: SocketAddr,
    /// Its origin as browsers and merchants see it, if not that of `addr`.
    pub public_url: Option<Url>,
    /// The secret key of the API; must begin with `sk_test_`.
    pub secret_key: String,
    /// The secret that webhooks are signed with.
    pub webhook_secret: String,
    /// Where webhooks go.
    pub webhook_url: Option<Url>,
    /// The origin that may show the card fields in a frame and gets the payer back.
    pub parent_origin: Url,
    /// How long a bank debit and a bank refund are on their way.
    pub settlement_delay: Duration,
    /// How long an answer is withheld when it is withheld.
    pub withhold_for: Duration,
    /// Where to keep what happened, so that it survives a restart. `None` keeps it in memory.
    pub persist_dir: Option<PathBuf>,
    /// The folder with the demo's mail, shown at `/sandbox/mail`.
    pub mail_dir: Option<PathBuf>,
    /// What names and faults are drawn from; the same seed gives the same run. `None` draws one.
    pub seed: Option<u64>,
    /// How long a new charge takes, at least and at most: what a real processor needs. `None`
    /// answers at once.
    pub thinks: Option<(Duration, Duration)>,
    /// How often things go wrong.
    pub faults: Faults,
}

/// How many requests in a thousand that move money go wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Answered 500 before anything was done. Nothing is kept of the request, so that the same key
    /// may succeed later.
    pub refuse: u16,
    /// Carried out, and the answer withheld for `withhold_for`.
    pub withhold: u16,
    /// Carried out, and the connection dropped.
    pub drop: u16,
    /// Carried out, and answered 500. The 500 is the answer of that key for ever; only a look-up
    /// tells the truth.
    pub error: u16,
    /// Webhooks in a thousand that are sent twice.
    pub webhook_twice: u16,
    /// Webhooks in a thousand that are never sent.
    pub webhook_never: u16,
    /// Webhooks come up to this many milliseconds late, and so out of order.
    pub webhook_late_ms: u32,
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port cannot be opened.
    #[error("the sandbox cannot listen on {addr}; is another one running there? ({cause})")]
    Listen {
        /// Where.
        addr: SocketAddr,
        /// Why not.
        cause: io::Error,
    },
    /// A key of real money.
    #[error(
        "the sandbox's secret key must begin with sk_test_, so that it is never taken for a real one"
    )]
    Key,
    /// The faults add up to more than everything.
    #[error("the faults of the sandbox add up to {0} in a thousand; at most 1000 can go wrong")]
    Faults(u32),
    /// What was kept cannot be read or written.
    #[error("the sandbox cannot use {path}; move it away to begin anew ({cause})")]
    Journal {
        /// Which file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
}

impl SandboxSettings {
    /// Settings for a sandbox on this machine that keeps nothing: any free port, two seconds until
    /// a bank debit settles, answers withheld for a minute.
    #[must_use]
    pub fn local(secret_key: &str, webhook_secret: &str, parent_origin: Url) -> Self {
        SandboxSettings {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            secret_key: secret_key.to_owned(),
            webhook_secret: webhook_secret.to_owned(),
            webhook_url: None,
            parent_origin,
            settlement_delay: Duration::from_secs(2),
            withhold_for: Duration::from_secs(60),
            persist_dir: None,
            mail_dir: None,
            seed: None,
            thinks: None,
            faults: Faults::default(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        if !self.secret_key.starts_with("sk_test_") {
            return Err(SandboxError::Key);
        }
        let Faults {
            refuse,
            withhold,
            drop,
            error,
            ..
        } = self.faults;
        let sum = [refuse, withhold, drop, error]
            .into_iter()
            .map(u32::from)
            .sum();
        if sum > 1000 {
            Err(SandboxError::Faults(sum))
        } else {
            Ok(())
        }
    }
}

//! What every client over HTTPS shares: one TLS provider, bounded waiting, no redirects.

use std::sync::Once;
use std::time::Duration;

use url::{Host, Url};

/// Chooses *ring* as the one TLS implementation of the process. Safe to call more than once; the
/// clients of this crate call it themselves.
pub fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the program has chosen a provider before us, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A client for one origin. It follows no redirect (a redirect would carry the key elsewhere), and
/// speaks to this machine without a proxy.
pub(crate) fn http_client(
    origin: &Url,
    connect_within: Duration,
    answer_within: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    install_tls();
    let builder = reqwest::Client::builder()
        .connect_timeout(connect_within)
        .timeout(answer_within)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("memberpay/", env!("CARGO_PKG_VERSION")));
    if is_this_machine(origin) {
        builder.no_proxy().build()
    } else {
        builder.build()
    }
}

pub(crate) fn is_this_machine(origin: &Url) -> bool {
    match origin.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_this_machine() {
        for (origin, is) in [
            ("http://127.0.0.1:8081", true),
            ("http://[::1]:8081", true),
            ("http://localhost/", true),
            ("https://api.stripe.com/", false),
            ("https://127.0.0.1.example.com/", false),
        ] {
            assert_eq!(
                is_this_machine(&Url::parse(origin).unwrap()),
                is,
                "{origin}"
            );
        }
    }
}

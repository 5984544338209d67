//! Devices: which one somebody signs in from, in words, and for how long one is remembered.

use jiff::{SignedDuration, Timestamp};

/// How long a device that gave a second factor is not asked for one again, if its owner wishes.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a device is known, counted from the last sign-in on it: a sign-in from one that is not
/// known is told by mail.
pub const KNOWN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What is kept of a device for one sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// When somebody last signed in on it.
    pub seen_at: Timestamp,
    /// When it stops being remembered, if it is.
    pub remembered_until: Option<Timestamp>,
}

impl Device {
    /// True if it is known at `now`.
    #[must_use]
    pub fn is_known(self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) < KNOWN
    }

    /// True if it need not give a second factor at `now`.
    #[must_use]
    pub fn is_remembered(self, now: Timestamp) -> bool {
        self.remembered_until.is_some_and(|until| now < until)
    }
}

/// What a browser is called and what it runs on; each empty if it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BrowserName {
    /// `Firefox`.
    pub browser: &'static str,
    /// `Windows`.
    pub system: &'static str,
}

/// Reads what a browser calls itself, its `User-Agent`. Good enough to be recognised by its owner,
/// and for nothing else: a browser may say what it likes.
#[must_use]
pub fn browser_name(user_agent: &str) -> BrowserName {
    let find = |marks: &[(&'static str, &'static str)]| {
        marks
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map_or("", |(_, name)| *name)
    };
    BrowserName {
        // The order matters: nearly all of them say Safari, most say Chrome.
        browser: find(&[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser", "Samsung Internet"),
            ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"),
            ("Chrome", "Chrome"),
            ("Chromium", "Chromium"),
            ("Safari", "Safari"),
        ]),
        system: find(&[
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("Windows", "Windows"),
            ("CrOS", "ChromeOS"),
            ("Mac OS X", "Mac"),
            ("Linux", "Linux"),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_what_their_owners_call_them() {
        for (user_agent, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/130.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
            ("curl/8.0", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(
                browser_name(user_agent),
                BrowserName { browser, system },
                "{user_agent}"
            );
        }
    }

    #[test]
    fn a_device_is_remembered_until_its_day_and_known_for_a_year() {
        let at = |days: i64| Timestamp::from_second(1_800_000_000 + days * 86_400).unwrap();
        let device = Device {
            seen_at: at(0),
            remembered_until: Some(at(30)),
        };
        assert!(device.is_remembered(at(29)) && !device.is_remembered(at(30)));
        assert!(device.is_known(at(364)) && !device.is_known(at(365)));
        let forgotten = Device {
            remembered_until: None,
            ..device
        };
        assert!(!forgotten.is_remembered(at(0)));
    }
}

//! The menu of a signed-in member: the same links in the same order on every page. Help is in the
//! head of the page, for everybody.

use serde::Serialize;

use crate::words::Words;

/// A link of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MenuLink {
    href: &'static str,
    name: String,
    /// `page` on that page itself, `true` on a page below it, empty elsewhere.
    current: &'static str,
}

/// The menu as it stands on the page at `path`.
#[must_use]
pub fn menu(words: &Words<'_>, path: &str) -> Vec<MenuLink> {
    let here = section(path);
    let link = |href: &'static str, name: String| MenuLink {
        href,
        name,
        current: match path == href {
            true => "page",
            false if here == href => "true",
            false => "",
        },
    };
    vec![
        link("/account", words.say("menu-account", &[])),
        link("/account/pay", words.say("menu-pay", &[])),
        link("/account/autopay", words.say("menu-autopay", &[])),
        link("/account/methods", words.say("menu-methods", &[])),
        link("/account/documents", words.say("menu-documents", &[])),
        link("/account/paperless", words.say("menu-paperless", &[])),
        link("/account/id-card", words.say("menu-id-card", &[])),
        link("/account/contact", words.say("menu-contact", &[])),
        link("/account/security", words.say("menu-security", &[])),
        link("/account/delegates", words.say("menu-delegates", &[])),
    ]
}

/// The link of the menu that a page belongs to. Pages of one account have its id between.
fn section(path: &str) -> &'static str {
    let mut parts = path.trim_start_matches('/').split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    let of_account = parts.next().unwrap_or_default();
    match (first, of_account) {
        ("contact", _) => "/account/contact",
        ("security", _) => "/account/security",
        ("methods", _) => "/account/methods",
        ("documents", _) => "/account/documents",
        ("id-card", _) | (_, "id-card") => "/account/id-card",
        ("paperless", _) => "/account/paperless",
        ("delegates", _) | (_, "delegates") => "/account/delegates",
        ("pay", _) | (_, "pay") => "/account/pay",
        ("autopay", _) | (_, "autopay") => "/account/autopay",
        _ => "/account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_a_member_belongs_to_one_link() {
        for (path, link) in [
            ("/account", "/account"),
            ("/account/9f/invoices/7a", "/account"),
            ("/account/9f/payments", "/account"),
            ("/account/9f/pay/2c/amount", "/account/pay"),
            ("/account/pay", "/account/pay"),
            ("/account/9f/autopay/2c/review", "/account/autopay"),
            ("/account/contact/email", "/account/contact"),
            ("/account/security/password", "/account/security"),
            ("/account/methods/9f/name", "/account/methods"),
            ("/account/paperless/proof", "/account/paperless"),
            ("/account/delegates", "/account/delegates"),
            ("/account/9f/delegates/new", "/account/delegates"),
            ("/account/documents/calendar", "/account/documents"),
            ("/account/id-card", "/account/id-card"),
            ("/account/9f/id-card/7a", "/account/id-card"),
        ] {
            assert_eq!(section(path), link, "{path}");
        }
    }
}

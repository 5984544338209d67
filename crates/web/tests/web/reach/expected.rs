//! What each address holds. A new address without a line here fails the tests.

use identity::Right;
use memberpay_web::routes::Audience;

/// Whose is what an address shows or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Nothing about anybody, or what its visitor just said.
    Nothing,
    /// What belongs to whoever is signed in, without a name in the address.
    Own,
    /// A thing of whoever is signed in, by its name.
    Thing,
    /// The account in the address, for who has this right on it.
    Account(Right),
    /// The account in the address, for somebody who was given a right on it.
    Given,
    /// A half-finished form of the account in the address, in the session that began it.
    AccountForm,
    /// A half-finished form, in the session that began it.
    Form,
    /// What a secret in the address opens.
    Secret,
    /// Where staff come in.
    StaffDoor,
    /// What staff see.
    Staff,
    /// Another program's.
    Machine,
}

use Holds::{
    Account, AccountForm, Form, Given, Machine, Nothing, Own, Secret, Staff, StaffDoor, Thing,
};
use Right::{Manage, Pay, View};

/// Whether the line and what the route declares go together.
pub fn goes_with(holds: Holds, audience: Audience) -> bool {
    match holds {
        Own | Thing | Account(_) | Given | AccountForm => audience == Audience::Member,
        Nothing => matches!(
            audience,
            Audience::Public | Audience::Visitor | Audience::Development
        ),
        Form => audience == Audience::Visitor,
        Secret => matches!(
            audience,
            Audience::Visitor | Audience::Machine | Audience::StaffDoor
        ),
        StaffDoor => audience == Audience::StaffDoor,
        Staff => matches!(audience, Audience::Staff(_)),
        Machine => audience == Audience::Machine,
    }
}

/// Every address.
pub const EXPECTED: &[(&str, Holds)] = &[
    ("/", Nothing),
    ("/pay/{line}", Nothing),
    ("/help", Nothing),
    ("/language", Nothing),
    ("/guest", Nothing),
    ("/.well-known/change-password", Nothing),
    ("/assets/{name}", Nothing),
    ("/bank", Nothing),
    ("/styleguide", Nothing),
    ("/guest/identify", Nothing),
    ("/guest/{errand}/identify", Form),
    ("/guest/{errand}/account", Form),
    ("/guest/{errand}/amount", Form),
    ("/guest/{errand}/method", Form),
    ("/guest/{errand}/card", Form),
    ("/guest/{errand}/card/return", Form),
    ("/guest/{errand}/bank", Form),
    ("/guest/{errand}/review", Form),
    ("/guest/{errand}/sending", Form),
    ("/guest/{errand}/status", Form),
    ("/guest/{errand}/receipt", Form),
    ("/guest/{errand}/receipt.pdf", Form),
    ("/guest/{errand}/sent", Form),
    ("/guest/{errand}/again", Form),
    ("/sign-in", Nothing),
    ("/sign-out", Nothing),
    ("/signed-out", Nothing),
    ("/session/extend", Nothing),
    ("/session/left", Nothing),
    ("/sign-in/passkey", Nothing),
    ("/sign-in/{errand}/second", Form),
    ("/forgot", Nothing),
    ("/forgot/{errand}", Form),
    ("/forgot/{errand}/code", Form),
    ("/forgot/{errand}/second", Form),
    ("/register", Nothing),
    ("/register/{errand}/email", Form),
    ("/register/{errand}/code", Form),
    ("/register/{errand}/password", Form),
    ("/account", Own),
    ("/account/{account}/invoices", Account(View)),
    ("/account/{account}/invoices/{invoice}", Account(View)),
    (
        "/account/{account}/invoices/{invoice}/invoice.pdf",
        Account(View),
    ),
    ("/account/{account}/payments", Account(View)),
    ("/account/{account}/payments.csv", Account(View)),
    ("/account/{account}/payments/{payment}", Account(View)),
    (
        "/account/{account}/payments/{payment}/receipt.pdf",
        Account(View),
    ),
    ("/account/pay", Own),
    ("/account/autopay", Own),
    ("/account/help", Own),
    ("/account/contact", Own),
    ("/account/contact/phone", Own),
    ("/account/contact/reading", Own),
    ("/account/contact/email", Own),
    ("/account/contact/email/{errand}", Thing),
    ("/account/security", Own),
    ("/account/security/confirm", Own),
    ("/account/security/password", Own),
    ("/account/security/passkey", Own),
    ("/account/security/authenticator", Own),
    ("/account/security/authenticator/{errand}", Thing),
    ("/account/security/authenticator/{errand}/code.svg", Thing),
    ("/account/security/email", Own),
    ("/account/security/recovery", Own),
    ("/account/security/recovery/{errand}", Thing),
    ("/account/security/factors/{factor}/remove", Thing),
    ("/account/security/devices/forget", Own),
    ("/account/security/sessions/end", Own),
    ("/account/security/sessions/end-others", Own),
    ("/account/methods", Own),
    ("/account/methods/card", Own),
    ("/account/methods/card/{errand}", Thing),
    ("/account/methods/card/{errand}/return", Thing),
    ("/account/methods/bank", Own),
    ("/account/methods/{method}/deposits", Thing),
    ("/account/methods/{method}/name", Thing),
    ("/account/methods/{method}/default", Thing),
    ("/account/methods/{method}/validate", Thing),
    ("/account/methods/{method}/remove", Thing),
    ("/account/paperless", Own),
    ("/account/paperless/agree", Own),
    ("/account/paperless/agree/{errand}", Thing),
    ("/account/paperless/agree/{errand}/sample.pdf", Thing),
    ("/account/paperless/withdraw", Own),
    ("/account/paperless/reminders", Own),
    ("/account/paperless/send-proof", Own),
    ("/account/paperless/proof", Own),
    ("/unsubscribe/{token}", Secret),
    ("/account/{account}/autopay", Account(Manage)),
    (
        "/account/{account}/autopay/authorisation.pdf",
        Account(Manage),
    ),
    ("/account/{account}/autopay/choose", Account(Manage)),
    ("/account/{account}/autopay/{errand}/review", AccountForm),
    ("/account/{account}/autopay/skip", Account(Manage)),
    ("/account/{account}/autopay/unskip", Account(Manage)),
    ("/account/{account}/autopay/stop", Account(Manage)),
    ("/account/{account}/pay", Account(Pay)),
    ("/account/{account}/pay/{errand}/amount", AccountForm),
    ("/account/{account}/pay/{errand}/method", AccountForm),
    ("/account/{account}/pay/{errand}/card", AccountForm),
    ("/account/{account}/pay/{errand}/card/return", AccountForm),
    ("/account/{account}/pay/{errand}/bank", AccountForm),
    ("/account/{account}/pay/{errand}/review", AccountForm),
    ("/account/{account}/pay/{errand}/sending", AccountForm),
    ("/account/{account}/pay/{errand}/status", AccountForm),
    ("/account/{account}/pay/{errand}/receipt", AccountForm),
    ("/account/{account}/pay/{errand}/receipt.pdf", AccountForm),
    ("/account/{account}/pay/{errand}/sent", AccountForm),
    ("/account/{account}/pay/{errand}/again", AccountForm),
    ("/account/documents", Own),
    ("/account/documents/kept/{document}/document.pdf", Thing),
    ("/account/documents/{year}/payments.pdf", Own),
    ("/account/documents/calendar", Own),
    ("/account/documents/due-dates.ics", Own),
    (
        "/account/{account}/invoices/{invoice}/due-date.ics",
        Account(View),
    ),
    ("/account/id-card", Own),
    ("/account/{account}/id-card.pdf", Account(Manage)),
    (
        "/account/{account}/id-card/{person}/card.pdf",
        Account(Manage),
    ),
    ("/account/{account}/id-card/{person}", Account(Manage)),
    ("/calendar/{token}", Secret),
    ("/webhooks/card", Machine),
    ("/api/v1/payments", Machine),
    ("/api/v1/payments/{account}/{payment}", Machine),
    ("/health", Machine),
    ("/ready", Machine),
    ("/account/delegates", Own),
    ("/account/{account}/delegates", Account(Manage)),
    ("/account/{account}/delegates/new", Account(Manage)),
    (
        "/account/{account}/delegates/{delegation}/end",
        Account(Manage),
    ),
    ("/account/{account}/give-back", Given),
    ("/delegate/{token}", Secret),
    ("/delegate/{token}/register", Secret),
    ("/staff/sign-in", StaffDoor),
    ("/staff/sign-in/second", StaffDoor),
    ("/staff/sign-in/provider", StaffDoor),
    ("/staff/sign-in/return", StaffDoor),
    ("/staff/sign-out", StaffDoor),
    ("/staff/set-up/{token}", Secret),
    ("/staff/set-up/{token}/{errand}", Secret),
    ("/staff", Staff),
    ("/staff/end-others", Staff),
    ("/staff/find", Staff),
    ("/staff/accounts/{account}", Staff),
    (
        "/staff/accounts/{account}/invoices/{invoice}/invoice.pdf",
        Staff,
    ),
    (
        "/staff/accounts/{account}/payments/{payment}/receipt.pdf",
        Staff,
    ),
    ("/staff/accounts/{account}/pay", Staff),
    ("/staff/accounts/{account}/pay/{errand}", Staff),
    ("/staff/accounts/{account}/payments/{payment}", Staff),
    ("/staff/accounts/{account}/documents/{document}", Staff),
    ("/staff/autopay", Staff),
    ("/staff/autopay/release", Staff),
    ("/staff/center", Staff),
    ("/staff/center/open", Staff),
    ("/staff/center/find", Staff),
    ("/staff/center/accounts/{account}", Staff),
    ("/staff/center/accounts/{account}/coupon.pdf", Staff),
    ("/staff/center/accounts/{account}/link", Staff),
    ("/help-to-pay/{token}", Secret),
    ("/staff/center/accounts/{account}/check", Staff),
    ("/staff/center/accounts/{account}/payments/{payment}", Staff),
    (
        "/staff/center/accounts/{account}/payments/{payment}/receipt.pdf",
        Staff,
    ),
    ("/staff/center/drawers/{drawer}", Staff),
    ("/staff/center/drawers/{drawer}/count", Staff),
    ("/staff/center/drawers/{drawer}/close", Staff),
    ("/staff/center/drawers/{drawer}/slip.pdf", Staff),
    ("/staff/received", Staff),
    ("/staff/received.csv", Staff),
    ("/staff/dashboard", Staff),
    ("/staff/late", Staff),
    ("/staff/people", Staff),
    ("/staff/people/new", Staff),
    ("/staff/people/{staff}", Staff),
    ("/staff/settings", Staff),
    ("/staff/settings/lines/{line}", Staff),
    ("/staff/settings/lines/{line}/invoice.pdf", Staff),
    ("/staff/settings/notices", Staff),
    ("/staff/settings/notices/{notice}", Staff),
    ("/staff/settings/notices/{notice}/mail.html", Staff),
    ("/staff/settings/notices/{notice}/letter.pdf", Staff),
    ("/staff/suspense", Staff),
    ("/staff/returned-checks", Staff),
    ("/staff/batches", Staff),
    ("/staff/batches/{file}", Staff),
    ("/staff/refunds", Staff),
    ("/staff/refunds/decide", Staff),
    ("/staff/accounts/{account}/payments/{payment}/refund", Staff),
    (
        "/staff/accounts/{account}/invoices/{invoice}/write-off",
        Staff,
    ),
    ("/staff/empty-envelopes", Staff),
    ("/staff/suspense/{file}/{item}", Staff),
    ("/staff/suspense/{file}/{item}/apply", Staff),
    ("/staff/suspense/{file}/{item}/hold", Staff),
    ("/staff/suspense/{file}/{item}/return", Staff),
    ("/staff/suspense/{file}/{item}/decide", Staff),
    ("/staff/suspense/{file}/{item}/owner", Staff),
    ("/staff/suspense/{file}/{item}/add", Staff),
    ("/staff/suspense/{file}/{item}/close", Staff),
];

/// What an address holds.
///
/// # Panics
/// If it has no line: say who may reach it.
pub fn of(path: &str) -> Holds {
    let line = EXPECTED.iter().find(|(of, _)| *of == path);
    line.unwrap_or_else(|| panic!("who may reach {path}? Give it a line in EXPECTED"))
        .1
}

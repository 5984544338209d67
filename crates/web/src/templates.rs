//! The template engine: every page embedded in the program, undefined values refused, everything
//! escaped.

use std::path::{Path, PathBuf};

use kernel::Language;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use crate::catalogue::Catalogue;

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// Every template: its name and its text.
        pub const ALL: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../templates/", $name)))),+];
    };
}

embedded!(
    "layout.html",
    "macros.html",
    "error.html",
    "styleguide.html",
    "public/plans.html",
    "public/pay.html",
    "public/help.html",
    "public/language.html",
    "guest/start.html",
    "guest/identify.html",
    "guest/accounts.html",
    "pay/amount.html",
    "pay/amount_fields.html",
    "pay/method.html",
    "pay/card.html",
    "pay/bank.html",
    "pay/bank_check.html",
    "pay/bank_fields.html",
    "pay/review.html",
    "pay/sending.html",
    "pay/outcome.html",
    "pay/sent.html",
    "member/sign_in.html",
    "member/signed_out.html",
    "member/forgot.html",
    "member/forgot_code.html",
    "member/forgot_found.html",
    "member/second.html",
    "member/passkey.html",
    "member/confirm.html",
    "member/security.html",
    "member/security_password.html",
    "member/authenticator.html",
    "member/new_passkey.html",
    "member/email_codes.html",
    "member/recovery.html",
    "member/remove_factor.html",
    "member/register_find.html",
    "member/register_email.html",
    "member/register_code.html",
    "member/register_password.html",
    "delegate/invited.html",
    "delegate/register.html",
    "member/delegates.html",
    "member/delegate_new.html",
    "staff/sign_in.html",
    "staff/second.html",
    "staff/set_up.html",
    "staff/authenticator.html",
    "staff/home.html",
    "staff/autopay.html",
    "staff/center.html",
    "staff/find.html",
    "staff/found.html",
    "staff/account.html",
    "staff/account_why.html",
    "staff/late.html",
    "staff/returned_checks.html",
    "staff/refunds.html",
    "staff/batches.html",
    "staff/batch.html",
    "staff/give_back.html",
    "staff/empty_envelopes.html",
    "staff/phone_caller.html",
    "staff/phone_refused.html",
    "staff/phone_say.html",
    "staff/phone_paid.html",
    "staff/center_member.html",
    "staff/center_link.html",
    "guest/helped.html",
    "staff/center_check.html",
    "staff/center_received.html",
    "staff/center_drawer.html",
    "staff/received.html",
    "staff/dashboard.html",
    "staff/settings.html",
    "staff/settings_line.html",
    "staff/settings_change.html",
    "staff/settings_changed.html",
    "staff/settings_notices.html",
    "staff/settings_notice.html",
    "staff/people.html",
    "staff/person_new.html",
    "staff/person.html",
    "staff/suspense.html",
    "staff/suspense_one.html",
    "member/home.html",
    "member/invoices.html",
    "member/invoice.html",
    "member/history.html",
    "member/choose.html",
    "member/documents.html",
    "member/calendar.html",
    "member/id_card.html",
    "member/id_card_order.html",
    "member/help.html",
    "member/contact.html",
    "member/contact_phone.html",
    "member/contact_reading.html",
    "member/contact_email.html",
    "member/contact_code.html",
    "member/paperless.html",
    "member/paperless_agree.html",
    "member/paperless_proof.html",
    "member/unsubscribe.html",
    "member/methods.html",
    "member/method_card.html",
    "member/method_bank.html",
    "member/method_deposits.html",
    "member/method_name.html",
    "member/method_remove.html",
    "autopay/overview.html",
    "autopay/choose.html",
    "autopay/review.html",
    "autopay/stop.html",
);

/// Renders templates in every language.
pub struct Engine {
    english: Environment<'static>,
    spanish: Environment<'static>,
    /// While developing: templates are read from here each time instead.
    folder: Option<PathBuf>,
}

impl Engine {
    /// With the templates of the program, or with those in `folder`, read anew for every page.
    ///
    /// # Errors
    /// A template that cannot be read, with its line.
    pub fn new(folder: Option<PathBuf>) -> Result<Self, Error> {
        Ok(Engine {
            english: environment(Language::English, None)?,
            spanish: environment(Language::Spanish, None)?,
            folder,
        })
    }

    /// Renders `template` with what its page holds.
    ///
    /// # Errors
    /// A value or a sentence that the template wants and does not get.
    pub fn render<P: Serialize, F: Serialize>(
        &self,
        language: Language,
        template: &str,
        frame: &F,
        page: &P,
    ) -> Result<String, Error> {
        let values = context! {
            frame => Value::from(Serde(frame)),
            page => Value::from(Serde(page)),
        };
        if let Some(folder) = &self.folder {
            return environment(language, Some(folder))?
                .get_template(template)?
                .render(values);
        }
        let environment = match language {
            Language::English => &self.english,
            Language::Spanish => &self.spanish,
        };
        environment.get_template(template)?.render(values)
    }
}

fn environment(language: Language, folder: Option<&Path>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_function("t", move |key: String, values: Kwargs| {
        sentence(language, &key, &values)
    });
    for (name, text) in ALL {
        match folder.and_then(|folder| std::fs::read_to_string(folder.join(name)).ok()) {
            Some(text) => environment.add_template_owned(*name, text)?,
            None => environment.add_template(name, text)?,
        }
    }
    Ok(environment)
}

fn sentence(language: Language, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut written = Vec::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        written.push((name, value.to_string()));
    }
    let values: Vec<(&str, &str)> = written
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Catalogue::of(language)
        .sentence(key, &values)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

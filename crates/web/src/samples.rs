//! Every page in every way it can look, rendered: what the tests read and people look at.

use plan::Plan;

use crate::assets::Assets;
use crate::autopay;
use crate::error::ErrorPage;
use crate::guest::{accounts::AccountsPage, identify::IdentifyPage, start::StartPage};
use crate::member::help as help_of_member;
use crate::member::{calendar, documents, id_card};
use crate::member::{choose, contact, history, home, invoices, methods, register, sign_in};
use crate::member::{confirm, factors, forgot, passkey, second, security};
use crate::member::{paperless, unsubscribe};
use crate::page::{Frame, Page};
use crate::pay::{amount, bank, card, method, outcome, review, sending};
use crate::public::{help, pay, plans};
use crate::styleguide::StyleguidePage;
use crate::templates::Engine;
use crate::words::Words;

/// A rendered page.
pub struct Sample {
    /// The template and the number of the sample: `pay/amount.html 2`.
    pub name: String,
    /// The template.
    pub template: &'static str,
    /// The page.
    pub html: String,
}

/// Renders every sample of every page in one language.
///
/// # Errors
/// The first page that cannot be rendered.
pub fn render_all(engine: &Engine, words: &Words<'_>) -> Result<Vec<Sample>, minijinja::Error> {
    let mut all = Rendered {
        engine,
        words,
        samples: Vec::new(),
    };
    pages_of_everybody(&mut all)?;
    pages_of_signing_in(&mut all)?;
    pages_of_members(&mut all)?;
    pages_of_staff(&mut all)?;
    Ok(all.samples)
}

struct Rendered<'a> {
    engine: &'a Engine,
    words: &'a Words<'a>,
    samples: Vec<Sample>,
}

macro_rules! pages {
    ($all:expr, $($page:ty),+ $(,)?) => {
        $(render::<$page>($all.engine, $all.words, &mut $all.samples)?;)+
    };
}

/// Pages that need no sign-in: the plan, help, and paying.
fn pages_of_everybody(all: &mut Rendered<'_>) -> Result<(), minijinja::Error> {
    pages!(
        all,
        ErrorPage,
        StyleguidePage,
        plans::PlansPage,
        pay::PayPage,
        help::HelpPage,
        help::LanguagePage,
        StartPage,
        IdentifyPage,
        AccountsPage,
        amount::AmountPage,
        method::MethodPage,
        card::CardPage,
        bank::BankPage,
        review::ReviewPage,
        sending::SendingPage,
        outcome::OutcomePage,
        outcome::SentPage,
    );
    Ok(())
}

/// Signing in, registering, and what protects the sign-in.
fn pages_of_signing_in(all: &mut Rendered<'_>) -> Result<(), minijinja::Error> {
    pages!(
        all,
        sign_in::SignInPage,
        sign_in::SignedOutPage,
        forgot::ForgotPage,
        forgot::ForgotCodePage,
        forgot::FoundPage,
        second::SecondPage,
        passkey::PasskeyPage,
        confirm::ConfirmPage,
        security::SecurityPage,
        security::PasswordPage,
        factors::AuthenticatorPage,
        factors::NewPasskeyPage,
        factors::EmailCodesPage,
        factors::RecoveryPage,
        factors::RemovePage,
        register::FindPage,
        register::EmailPage,
        register::CodePage,
        register::PasswordPage,
    );
    Ok(())
}

/// Pages of members and their delegates.
fn pages_of_members(all: &mut Rendered<'_>) -> Result<(), minijinja::Error> {
    pages!(
        all,
        home::HomePage,
        crate::member::delegates::DelegatesPage,
        crate::member::delegates::InvitePage,
        crate::delegate::InvitedPage,
        crate::delegate::RegisterPage,
        invoices::InvoicesPage,
        invoices::InvoicePage,
        history::HistoryPage,
        choose::ChoosePage,
        documents::DocumentsPage,
        calendar::CalendarPage,
        id_card::IdCardPage,
        id_card::OrderPage,
        help_of_member::MemberHelpPage,
        contact::ContactPage,
        contact::PhonePage,
        contact::ReadingPage,
        contact::EmailPage,
        contact::EmailCodePage,
        paperless::PaperlessPage,
        paperless::AgreePage,
        paperless::ProofPage,
        unsubscribe::UnsubscribePage,
        methods::MethodsPage,
        methods::card::SaveCardPage,
        methods::bank::SaveBankPage,
        methods::bank::DepositsPage,
        methods::one::NamePage,
        methods::one::RemovePage,
        autopay::overview::AutopayPage,
        autopay::choose::ChoosePage,
        autopay::review::ReviewPage,
        autopay::stop::StopPage,
    );
    Ok(())
}

/// Pages of staff.
fn pages_of_staff(all: &mut Rendered<'_>) -> Result<(), minijinja::Error> {
    pages!(
        all,
        crate::staff::sign_in::StaffSignInPage,
        crate::staff::sign_in::SecondPage,
        crate::staff::set_up::SetUpPage,
        crate::staff::set_up::StaffAppPage,
        crate::staff::home::StaffHomePage,
        crate::staff::autopay::WatchPage,
        crate::staff::center::CounterPage,
        crate::staff::find::FindPage,
        crate::staff::find::FoundPage,
        crate::staff::account::AccountPage,
        crate::staff::late::LatePage,
        crate::staff::returned_checks::ReturnedChecksPage,
        crate::staff::refunds::RefundsPage,
        crate::staff::batches::BatchesPage,
        crate::staff::batches::BatchPage,
        crate::staff::refunds::ask::AskPage,
        crate::staff::empty_envelopes::EmptyEnvelopesPage,
        crate::staff::account::WhyPage,
        crate::staff::account::phone::CallerPage,
        crate::staff::account::phone::RefusedPage,
        crate::staff::account::phone::SayPage,
        crate::staff::account::phone::PaidPage,
        crate::staff::center::member::ServePage,
        crate::staff::center::link::LinkPage,
        crate::staff::center::link::HelpedPage,
        crate::staff::center::check::CheckPage,
        crate::staff::center::check::ReceivedPage,
        crate::staff::center::drawer::DrawerPage,
        crate::staff::received::ReceivedPage,
        crate::staff::dashboard::DashboardPage,
        crate::staff::settings::SettingsPage,
        crate::staff::settings::LinePage,
        crate::staff::settings::change::ChangePage,
        crate::staff::settings::change::ChangedPage,
        crate::staff::settings::notices::NoticesPage,
        crate::staff::settings::notices::NoticePage,
        crate::staff::people::PeoplePage,
        crate::staff::people::NewPersonPage,
        crate::staff::people::PersonPage,
        crate::staff::suspense::SuspensePage,
    );
    Ok(())
}

fn render<P: Page>(
    engine: &Engine,
    words: &Words<'_>,
    samples: &mut Vec<Sample>,
) -> Result<(), minijinja::Error> {
    for (number, page) in P::samples(words).iter().enumerate() {
        let frame = Frame::sample(words.plan, &Assets::new(&words.plan.brand), words, page);
        let html = engine.render(words.language, P::TEMPLATE, &frame, page)?;
        let name = format!("{} {}", P::TEMPLATE, number + 1);
        samples.push(Sample {
            name,
            template: P::TEMPLATE,
            html,
        });
    }
    Ok(())
}

/// The plan that samples show if none is given: for tests and the example.
///
/// # Errors
/// Every problem of the plan file, one in a line.
pub fn plan_of(name: &str, text: &str) -> Result<Plan, String> {
    Plan::read(name, text).map_err(|problems| {
        problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

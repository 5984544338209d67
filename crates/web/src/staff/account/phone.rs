//! Somebody calls to pay: staff key a bank account and read the words of the authorisation aloud.

mod sample;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, Cents, Email, ErrandId, Language, PaymentId};
use serde::{Deserialize, Serialize};
use usecases::payments::{self, Method, PaymentView};
use usecases::staff::phone::{self, Caller, PhonePayment};
use usecases::staff::{Reason, account};
use usecases::{UseCaseError, errands};

use super::{account_of, href};
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::guest::identify::read_email;
use crate::page::show;
use crate::pay::amount::chosen;
use crate::pay::bank;
use crate::pay::card::method_words;
use crate::pay::errand::{KeptMethod, OwedView};
use crate::pay::review::RepeatView;
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

/// The kind of the errand.
const KIND: &str = "pay-by-phone";

/// A payment that a caller was not read the words of yet. Holds no account number, only the
/// processor's word for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PhoneErrand {
    account: String,
    cents: i64,
    method: KeptMethod,
    payer_name: String,
    payer_email: String,
    spanish: bool,
    recorded: bool,
}

impl PhoneErrand {
    fn language(&self) -> Language {
        match self.spanish {
            true => Language::Spanish,
            false => Language::English,
        }
    }
}

/// What the caller says.
#[derive(Serialize)]
pub struct CallerPage {
    name: String,
    back: String,
    owed: OwedView,
    most: String,
    partial: bool,
    form: FormView,
}

/// What is read to the caller.
#[derive(Serialize)]
pub struct SayPage {
    name: String,
    back: String,
    lang: &'static str,
    amount: String,
    method: String,
    payer: String,
    email: String,
    recorded: bool,
    words: String,
    repeat: Option<RepeatView>,
    form: FormView,
}

/// What came of it, to be told to the caller.
#[derive(Serialize)]
pub struct PaidPage {
    amount: String,
    status: String,
    text: String,
    confirmation: String,
    method: String,
    payer: String,
    email: String,
    /// The receipt; empty while there is none.
    pdf: String,
    back: String,
    waits: bool,
}

fn base(account: AccountId) -> String {
    format!("/staff/accounts/{account}/pay")
}

impl CallerPage {
    fn new(words: &Words<'_>, caller: &Caller, form: &FormState) -> Self {
        CallerPage {
            name: caller.name.clone(),
            back: href(caller.payable.account, Reason::MemberAsked),
            owed: OwedView::new(&caller.payable, words),
            most: caller.payable.most.to_string(),
            partial: caller.payable.partial_allowed,
            form: form.view(words),
        }
    }
}

/// The page.
///
/// # Errors
/// If the role takes no payments, there is no such account, or the database does not answer.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
) -> Result<Response, Problem> {
    let account = account_of(&account)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    let caller = match phone::caller(&app.ctx, &visit.actor(), account).await {
        Ok(caller) => caller,
        Err(UseCaseError::Refused(refusal)) => {
            let mut form = FormState::default();
            form.refused(&refusal, "choice");
            let page = RefusedPage {
                back: href(account, Reason::MemberAsked),
                form: form.view(&words),
            };
            return Ok(show(&app, &visit, StatusCode::OK, &page));
        }
        Err(error) => return Err(error.into()),
    };
    let form = match left_by_post(&app, &visit).await? {
        Some(form) => form,
        None => {
            let spoken = caller.language.tag();
            FormState::filled(&[("payer_email", &caller.email), ("spoken", spoken)])
        }
    };
    let page = CallerPage::new(&words, &caller, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Why nothing can be paid by telephone.
#[derive(Serialize)]
pub struct RefusedPage {
    back: String,
    form: FormView,
}

/// What was said: checked, the bank account handed to the processor and forgotten.
///
/// # Errors
/// As [`get`].
pub async fn post(
    State(app): State<AppState>,
    visit: Visit,
    Path(account): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = account_of(&account)?;
    let (ctx, actor) = (&app.ctx, visit.actor());
    let caller = phone::caller(ctx, &actor, account).await?;
    let (entry, mut form) = bank::read(&sent);
    form.join(sent.keep(&["choice", "amount", "payer_email", "spoken"]));
    let cents = match chosen(&sent, &caller.payable)? {
        Ok(cents) => Some(cents),
        Err(wrong) => {
            form.join(wrong);
            None
        }
    };
    let email = email_of(&sent, &mut form);
    let recorded = sent.ticked("recorded");
    if form.is_right()
        && let Err(error) = phone::need_proof(email.as_ref(), recorded)
    {
        form.refused(&refusal_of(error)?, "payer_email");
    }
    if let (Some(entry), Some(cents), true) = (entry, cents, form.is_right()) {
        let line = &caller.payable.plan_line;
        match payments::bank_method(ctx, &actor, line, &entry, "").await {
            Ok(method) => {
                let errand = PhoneErrand {
                    account: account.to_string(),
                    cents: cents.get(),
                    method: method.into(),
                    payer_name: entry.holder,
                    payer_email: email.map(|email| email.to_string()).unwrap_or_default(),
                    spanish: sent.get("spoken") == Language::Spanish.tag(),
                    recorded,
                };
                let session = visit.need_session()?;
                let id = errands::create(ctx, session, KIND, &errand).await?;
                return Ok(see_other(&format!("{}/{id}", base(account))));
            }
            Err(error) => {
                let mut refusal = refusal_of(error)?;
                refusal.field = Some("account");
                form.refused(&refusal, "account");
            }
        }
    }
    back_with_mistakes(&app, visit.need_session()?, &base(account), &form).await
}

fn email_of(sent: &Sent, form: &mut FormState) -> Option<Email> {
    match sent.get("payer_email").is_empty() {
        true => None,
        false => read_email(sent, "payer_email", form),
    }
}

/// A payment that was keyed, as it is kept.
struct Kept {
    account: AccountId,
    id: ErrandId,
    body: PhoneErrand,
    method: Method,
    payment: Option<PaymentId>,
}

async fn kept(app: &AppState, visit: &Visit, account: &str, id: &str) -> Result<Kept, Problem> {
    let (account, session) = (account_of(account)?, visit.need_session()?);
    let id = ErrandId::parse(id).ok_or_else(Problem::not_found)?;
    let found = errands::load::<PhoneErrand>(&app.ctx, session, KIND, id).await?;
    let found = found.ok_or_else(Problem::errand_gone)?;
    if found.body.account != account.to_string() {
        return Err(Problem::not_found());
    }
    Ok(Kept {
        account,
        id,
        method: found
            .body
            .method
            .method()
            .ok_or_else(Problem::bad_request)?,
        payment: PaymentId::parse(&found.outcome),
        body: found.body,
    })
}

fn paid_at(account: AccountId, payment: PaymentId) -> Response {
    see_other(&format!("/staff/accounts/{account}/payments/{payment}"))
}

/// The words to read aloud.
///
/// # Errors
/// As [`get`]; and if the payment was left alone for too long.
pub async fn say(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, errand)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let kept = kept(&app, &visit, &account, &errand).await?;
    if let Some(payment) = kept.payment {
        return Ok(paid_at(kept.account, payment));
    }
    let (ctx, body) = (&app.ctx, &kept.body);
    let caller = phone::caller(ctx, &visit.actor(), kept.account).await?;
    let words = Words::new(visit.language, &ctx.plan);
    let cents = Cents::new(body.cents);
    let line = &caller.payable.plan_line;
    let said = phone::words(
        ctx,
        body.language(),
        line,
        cents,
        &kept.method,
        &body.payer_name,
    );
    let recent = payments::recent_same(ctx, kept.account, cents).await?;
    let page = SayPage {
        name: caller.name,
        back: base(kept.account),
        lang: body.language().tag(),
        amount: cents.to_string(),
        method: method_words(&words, &kept.method),
        payer: body.payer_name.clone(),
        email: body.payer_email.clone(),
        recorded: body.recorded,
        words: said.text,
        repeat: recent.map(|recent| RepeatView::new(&words, &recent)),
        form: left_by_post(&app, &visit)
            .await?
            .unwrap_or_default()
            .view(&words),
    };
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// The caller agreed: the payment is taken. Sent twice, it is taken once.
///
/// # Errors
/// As [`say`].
pub async fn pay(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, errand)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let kept = kept(&app, &visit, &account, &errand).await?;
    if let Some(payment) = kept.payment {
        return Ok(paid_at(kept.account, payment));
    }
    let cents = Cents::new(kept.body.cents);
    let mut form = FormState::default();
    if !sent.ticked("agreed") {
        form.mistake("agreed", "phone-not-agreed");
    }
    let recent = payments::recent_same(&app.ctx, kept.account, cents).await?;
    if recent.is_some() && !sent.ticked("repeat") {
        form.mistake("repeat", "repeat-missing");
    }
    if form.is_right() {
        let payment = PhonePayment {
            account: kept.account,
            key: kept.id.to_string(),
            cents,
            method: kept.method,
            language: kept.body.language(),
            payer_email: Email::parse(&kept.body.payer_email).ok(),
            payer_name: kept.body.payer_name,
            recorded: kept.body.recorded,
        };
        match phone::pay(&app.ctx, &visit.actor(), payment).await {
            Ok(payment) => {
                let session = visit.need_session()?;
                errands::conclude(&app.ctx, session, kept.id, &payment.to_string()).await?;
                return Ok(paid_at(kept.account, payment));
            }
            Err(error) => form.refused(&refusal_of(error)?, "agreed"),
        }
    }
    let here = format!("{}/{}", base(kept.account), kept.id);
    back_with_mistakes(&app, visit.need_session()?, &here, &form).await
}

impl PaidPage {
    fn new(words: &Words<'_>, view: &PaymentView) -> Self {
        let code = view.status.code();
        let here = format!("/staff/accounts/{}/payments/{}", view.account, view.payment);
        PaidPage {
            amount: view.cents.to_string(),
            status: words.say(&format!("status-{code}"), &[]),
            text: words.say(&format!("outcome-{code}-text"), &[]),
            confirmation: view.confirmation.clone(),
            method: crate::pay::card::ending_in(
                words,
                view.tender,
                &view.bank_name,
                &view.last_four,
            ),
            payer: view.payer_name.clone(),
            email: view.payer_email_masked.clone(),
            pdf: match view.status.has_receipt() {
                true => format!("{here}/receipt.pdf"),
                false => String::new(),
            },
            back: href(view.account, Reason::MemberAsked),
            waits: payments::is_under_way(view.status),
        }
    }
}

/// What came of a payment.
///
/// # Errors
/// Not found if there is no such payment.
pub async fn paid(
    State(app): State<AppState>,
    visit: Visit,
    Path((account, payment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let ids = AccountId::parse(&account).zip(PaymentId::parse(&payment));
    let (id, payment) = ids.ok_or_else(Problem::not_found)?;
    let view = account::payment(&app.ctx, &visit.actor(), id, payment).await?;
    let words = Words::new(visit.language, &app.ctx.plan);
    Ok(show(
        &app,
        &visit,
        StatusCode::OK,
        &PaidPage::new(&words, &view),
    ))
}

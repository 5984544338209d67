//! Refunds and write-offs that wait, and the latest that are over; and the decision about each.

pub mod ask;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kernel::{AccountId, RefundId, WriteOffId};
use payments::RefundStatus;
use serde::Serialize;
use usecases::refunds::{self as giving_back, Instead, RefundLine, Refunds};
use usecases::staff::Reason;
use usecases::write_offs::{self as giving_up, WriteOffLine, WriteOffs};
use usecases::{Actor, Ctx, UseCaseError};

use super::account;
use crate::error::Problem;
use crate::form::{FormState, FormView, Sent, back_with_mistakes, left_by_post, refusal_of};
use crate::page::{Page, show};
use crate::state::AppState;
use crate::visit::{Visit, see_other};
use crate::words::Words;

const HERE: &str = "/staff/refunds";

/// The page.
#[derive(Serialize)]
pub struct RefundsPage {
    open: Vec<Line>,
    over: Vec<Line>,
    form: FormView,
}

#[derive(Serialize)]
struct Line {
    /// `refund` or `write-off`.
    kind: &'static str,
    id: String,
    account: String,
    href: String,
    account_last_four: String,
    asked_at: String,
    what: String,
    amount: String,
    reason: String,
    asked_by: String,
    decided_by: String,
    status: String,
    acts: Vec<Act>,
}

#[derive(Serialize)]
struct Act {
    code: &'static str,
    name: String,
}

/// Who looks, as far as the page depends on it.
#[derive(Debug, Clone, Copy)]
struct Looks {
    decides: bool,
    supervises: bool,
}

fn acts(words: &Words<'_>, codes: &[&'static str]) -> Vec<Act> {
    let act = |code: &&'static str| Act {
        code,
        name: words.say(&format!("refund-act-{code}"), &[]),
    };
    codes.iter().map(act).collect()
}

fn refund_line(words: &Words<'_>, one: &RefundLine, looks: Looks) -> Line {
    let mut codes = Vec::new();
    if one.may_release {
        codes.push("release");
    }
    if looks.decides && one.status == RefundStatus::Asked {
        codes.push("refuse");
    }
    let waits = matches!(one.status, RefundStatus::Failed | RefundStatus::Unknown);
    if looks.supervises && one.needs_person && waits {
        codes.extend(Instead::ALL.map(Instead::code));
    }
    let way = match one.by_check {
        true => words.say("refund-of-by-check", &[("number", &one.confirmation)]),
        false => words.say("refund-of", &[("number", &one.confirmation)]),
    };
    Line {
        kind: "refund",
        id: one.refund.to_string(),
        account: one.account.to_string(),
        href: account::href(one.account, Reason::Queue),
        account_last_four: one.account_last_four.clone(),
        asked_at: words.instant(one.asked_at),
        what: format!("{way}, {}", one.payer_name),
        amount: one.cents.to_string(),
        reason: words.say(&format!("refund-reason-{}", one.reason), &[]),
        asked_by: one.asked_by.clone(),
        decided_by: one.decided_by.clone(),
        status: words.say(&format!("refund-status-{}", one.status.code()), &[]),
        acts: acts(words, &codes),
    }
}

fn write_off_line(words: &Words<'_>, one: &WriteOffLine, looks: Looks) -> Line {
    let mut codes = Vec::new();
    if one.may_release {
        codes.push("release");
    }
    if looks.decides && one.status == "asked" {
        codes.push("refuse");
    }
    Line {
        kind: "write-off",
        id: one.write_off.to_string(),
        account: one.account.to_string(),
        href: account::href(one.account, Reason::Queue),
        account_last_four: one.account_last_four.clone(),
        asked_at: words.instant(one.asked_at),
        what: words.say("write-off-title", &[]),
        amount: one.cents.to_string(),
        reason: words.say(&format!("write-off-reason-{}", one.reason), &[]),
        asked_by: one.asked_by.clone(),
        decided_by: one.decided_by.clone(),
        status: words.say(&format!("write-off-status-{}", one.status), &[]),
        acts: acts(words, &codes),
    }
}

impl RefundsPage {
    fn new(
        words: &Words<'_>,
        (refunds, write_offs): (&Refunds, &WriteOffs),
        looks: Looks,
        form: &FormState,
    ) -> Self {
        let lines = |refunds: &[RefundLine], write_offs: &[WriteOffLine]| {
            let given_back = refunds.iter().map(|one| refund_line(words, one, looks));
            let given_up = write_offs
                .iter()
                .map(|one| write_off_line(words, one, looks));
            given_back.chain(given_up).collect()
        };
        RefundsPage {
            open: lines(&refunds.open, &write_offs.open),
            over: lines(&refunds.over, &write_offs.over),
            form: form.view(words),
        }
    }
}

impl Page for RefundsPage {
    const TEMPLATE: &'static str = "staff/refunds.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let refund = |status, needs_person| RefundLine {
            account: AccountId::from_parts(1, [1; 10]),
            account_last_four: "0017".to_owned(),
            refund: RefundId::from_parts(1, [1; 10]),
            payment: kernel::PaymentId::from_parts(1, [1; 10]),
            confirmation: "12345-67890".to_owned(),
            payer_name: "\"><img src=x onerror=alert(1)>".to_owned(),
            cents: kernel::Cents::new(31_000),
            by_check: needs_person,
            reason: "paid-twice".to_owned(),
            status,
            asked_by: "Ana Diaz".to_owned(),
            asked_at: jiff::Timestamp::UNIX_EPOCH,
            decided_by: String::new(),
            needs_person,
            may_release: status == RefundStatus::Asked,
        };
        let write_off = |status: &str| WriteOffLine {
            account: AccountId::from_parts(1, [1; 10]),
            account_last_four: "0017".to_owned(),
            write_off: WriteOffId::from_parts(1, [1; 10]),
            cents: kernel::Cents::new(1_200),
            reason: "small-balance".to_owned(),
            status: status.to_owned(),
            asked_by: "Ana Diaz".to_owned(),
            asked_at: jiff::Timestamp::UNIX_EPOCH,
            decided_by: "Joe Kim".to_owned(),
            may_release: status == "asked",
        };
        let refunds = Refunds {
            open: vec![
                refund(RefundStatus::Asked, false),
                refund(RefundStatus::Failed, true),
                refund(RefundStatus::Pending, false),
            ],
            over: RefundStatus::ALL
                .into_iter()
                .filter(|status| status.is_over())
                .map(|status| refund(status, false))
                .collect(),
        };
        let write_offs = WriteOffs {
            open: vec![write_off("asked")],
            over: vec![write_off("done"), write_off("refused")],
        };
        let looks = |both| Looks {
            decides: both,
            supervises: both,
        };
        let mut form = FormState::default();
        form.mistake("act", "second-person");
        let none = (&Refunds::default(), &WriteOffs::default());
        vec![
            Self::new(words, (&refunds, &write_offs), looks(true), &form),
            Self::new(
                words,
                (&refunds, &write_offs),
                looks(false),
                &FormState::default(),
            ),
            Self::new(words, none, looks(true), &FormState::default()),
        ]
    }
}

/// The page.
///
/// # Errors
/// If the role does not see refunds, or the database does not answer.
pub async fn list(State(app): State<AppState>, visit: Visit) -> Result<Response, Problem> {
    let actor = visit.actor();
    let refunds = giving_back::refunds(&app.ctx, &actor).await?;
    let write_offs = giving_up::write_offs(&app.ctx, &actor).await?;
    let role = visit.staff.as_ref().map(|member| member.role);
    let supervises = role == Some(identity::Role::Supervisor);
    let looks = Looks {
        decides: supervises || role == Some(identity::Role::Billing),
        supervises,
    };
    let form = left_by_post(&app, &visit).await?.unwrap_or_default();
    let words = Words::new(visit.language, &app.ctx.plan);
    let page = RefundsPage::new(&words, (&refunds, &write_offs), looks, &form);
    Ok(show(&app, &visit, StatusCode::OK, &page))
}

/// Decides about a refund or a write-off.
///
/// # Errors
/// If the role may not, there is no such thing, or the database does not answer.
pub async fn decide(
    State(app): State<AppState>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let account = AccountId::parse(sent.get("of")).ok_or_else(Problem::not_found)?;
    match decided(&app.ctx, &visit.actor(), account, &sent).await? {
        Ok(()) => Ok(see_other(HERE)),
        Err(error) => {
            let mut form = FormState::default();
            form.refused(&refusal_of(error)?, "act");
            back_with_mistakes(&app, visit.need_session()?, HERE, &form).await
        }
    }
}

async fn decided(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    sent: &Sent,
) -> Result<Result<(), UseCaseError>, Problem> {
    let (id, act) = (sent.get("id"), sent.get("act"));
    if sent.get("kind") == "write-off" {
        let id = WriteOffId::parse(id).ok_or_else(Problem::not_found)?;
        return Ok(match act {
            "release" => giving_up::release(ctx, actor, account, id).await,
            "refuse" => giving_up::refuse(ctx, actor, account, id).await,
            _ => return Err(Problem::bad_request()),
        });
    }
    let id = RefundId::parse(id).ok_or_else(Problem::not_found)?;
    Ok(match (act, Instead::from_code(act)) {
        ("release", _) => giving_back::release(ctx, actor, account, id).await,
        ("refuse", _) => giving_back::refuse(ctx, actor, account, id).await,
        (_, Some(instead)) => giving_back::settle(ctx, actor, (account, id), instead).await,
        _ => return Err(Problem::bad_request()),
    })
}

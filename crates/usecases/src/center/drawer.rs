//! The drawer of an associate: opened at a center, counted, closed for good.

use center::{CloseRefusal, DrawerState, may_close};
use identity::Role;
use kernel::{Cents, DrawerId, StaffId};
use store::Tx;
use store::centers::{DrawerCheckRow, DrawerRow};

use super::{LOOK, SERVE, rules, staff_of};
use crate::audit::{self, Event};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// A drawer and what is in it.
#[derive(Debug, Clone)]
pub struct DrawerView {
    /// The drawer.
    pub drawer: DrawerRow,
    /// Whose it is, by name.
    pub associate: String,
    /// Its checks, in the order in which they were taken.
    pub checks: Vec<DrawerCheckRow>,
}

/// A drawer that was counted and waits to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The drawer.
    pub drawer: DrawerId,
    /// The center, by its id in the plan file.
    pub center: String,
    /// Whose it is, by name.
    pub associate: String,
}

/// Opens a drawer at a center of the plan.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the plan file lists no such center. Refusal: `drawer-open` if the
/// associate has one already.
pub async fn open_drawer(ctx: &Ctx, actor: &Actor, center: &str) -> Result<DrawerId, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    rules::counter(ctx, center)?;
    let row = DrawerRow {
        id: ctx.id(),
        center: center.to_owned(),
        associate,
        state: DrawerState::Open.code().to_owned(),
        opened_at: ctx.now(),
        expected: Cents::ZERO,
        counted: None,
        counted_at: None,
        explanation: String::new(),
        closed_at: None,
        closed_by: None,
        slip_number: None,
    };
    let id = row.id;
    let (owned, actor) = (ctx.clone(), actor.clone());
    let opened = ctx.store.write(move |tx| {
        let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
        Box::pin(async move {
            store::centers::open(tx, &row).await?;
            let detail = format!("center={}", row.center);
            note(tx, &ctx, &actor, "drawer-opened", row.id, &detail).await
        })
    });
    match opened.await {
        Err(UseCaseError::Conflict(_)) => Err(Refusal::new("drawer-open").into()),
        other => other.map(|()| id),
    }
}

/// The associate's own drawer that is not closed, if there is one.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for everybody who serves nobody.
pub async fn current(ctx: &Ctx, actor: &Actor) -> Result<Option<DrawerView>, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    let mut tx = ctx.store.read().await?;
    match store::centers::of_associate(&mut tx, associate).await? {
        Some(drawer) => Ok(Some(with_checks(&mut tx, drawer).await?)),
        None => Ok(None),
    }
}

/// A drawer and its checks: to its associate, to supervisors and to auditors.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is none, or none for this actor.
pub async fn view(ctx: &Ctx, actor: &Actor, id: DrawerId) -> Result<DrawerView, UseCaseError> {
    let (staff, role) = staff_of(actor, &LOOK)?;
    let mut tx = ctx.store.read().await?;
    let drawer = store::centers::by_id(&mut tx, id).await?;
    let drawer = drawer
        .filter(|drawer| drawer.associate == staff || sees_all(role))
        .ok_or(UseCaseError::NotFound)?;
    with_checks(&mut tx, drawer).await
}

async fn with_checks(tx: &mut Tx, drawer: DrawerRow) -> Result<DrawerView, UseCaseError> {
    let checks = store::centers::checks(tx, drawer.id).await?;
    let associate = store::staff::by_id(tx, drawer.associate).await?;
    Ok(DrawerView {
        drawer,
        associate: associate.map(|row| row.name).unwrap_or_default(),
        checks,
    })
}

/// The drawers that were counted and are not closed: for supervisors.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for everybody else.
pub async fn counted(ctx: &Ctx, actor: &Actor) -> Result<Vec<Counted>, UseCaseError> {
    staff_of(actor, &[Role::Supervisor])?;
    let rows = store::centers::counted(&mut ctx.store.read().await?).await?;
    let view = |(drawer, center, associate)| Counted {
        drawer,
        center,
        associate,
    };
    Ok(rows.into_iter().map(view).collect())
}

fn sees_all(role: Role) -> bool {
    matches!(role, Role::Billing | Role::Supervisor | Role::Auditor)
}

/// Writes down what the associate counted and, if it differs, why. From then on nothing goes in; it
/// may be counted again until it is closed.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not the associate's own. Refusals: `drawer-closed`;
/// `drawer-unexplained` about `explanation`; `drawer-count-negative` about `counted`.
pub async fn count(
    ctx: &Ctx,
    actor: &Actor,
    id: DrawerId,
    counted: Cents,
    explanation: &str,
) -> Result<Cents, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    if counted.is_negative() {
        return Err(Refusal::of("counted", "drawer-count-negative").into());
    }
    let (owned, actor) = (ctx.clone(), actor.clone());
    let explanation: String = explanation.trim().chars().take(500).collect();
    ctx.store
        .write(move |tx| {
            let (ctx, actor, explanation) = (owned.clone(), actor.clone(), explanation.clone());
            Box::pin(async move {
                let mut drawer = locked(tx, id).await?;
                if drawer.associate != associate {
                    return Err(UseCaseError::NotFound);
                }
                if !state_of(&drawer)?.may_be_counted() {
                    return Err(Refusal::new("drawer-closed").into());
                }
                let difference = center::difference_of(drawer.expected, counted);
                if !difference.is_zero() && explanation.is_empty() {
                    return Err(unexplained(difference));
                }
                drawer.state = DrawerState::Counted.code().to_owned();
                drawer.counted = Some(counted);
                drawer.counted_at = Some(ctx.now());
                drawer.explanation = explanation;
                store::centers::save(tx, &drawer).await?;
                let detail = format!("counted={} difference={}", counted.get(), difference.get());
                note(tx, &ctx, &actor, "drawer-counted", id, &detail).await?;
                Ok(difference)
            })
        })
        .await
}

/// Closes a counted drawer and numbers its deposit slip. A difference above the plan's limit is
/// confirmed by a supervisor who is not its associate; otherwise the associate closes it.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is neither the actor's own nor is the actor a supervisor.
/// Refusals: `drawer-not-counted`, `drawer-closed`, `drawer-unexplained`, `drawer-unconfirmed`.
pub async fn close(ctx: &Ctx, actor: &Actor, id: DrawerId) -> Result<i64, UseCaseError> {
    let (staff, role) = staff_of(actor, &SERVE)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                let mut drawer = locked(tx, id).await?;
                let supervisor = (role == Role::Supervisor).then_some(staff);
                if drawer.associate != staff && supervisor.is_none() {
                    return Err(UseCaseError::NotFound);
                }
                let limit = rules::centers(&ctx)?.difference_limit;
                may_be_closed(&drawer, supervisor, limit)?;
                let slip = store::series::take_block(tx, "deposit-slip", 1).await?;
                drawer.state = DrawerState::Closed.code().to_owned();
                drawer.closed_at = Some(ctx.now());
                drawer.closed_by = Some(staff);
                drawer.slip_number = Some(slip);
                store::centers::save(tx, &drawer).await?;
                let detail = format!("slip={slip} cents={}", drawer.expected.get());
                note(tx, &ctx, &actor, "drawer-closed", id, &detail).await?;
                Ok(slip)
            })
        })
        .await
}

fn may_be_closed(
    drawer: &DrawerRow,
    supervisor: Option<StaffId>,
    limit: Cents,
) -> Result<(), UseCaseError> {
    let counted = match (state_of(drawer)?, drawer.counted) {
        (DrawerState::Counted, Some(counted)) => counted,
        (DrawerState::Closed, _) => return Err(Refusal::new("drawer-closed").into()),
        _ => return Err(Refusal::new("drawer-not-counted").into()),
    };
    let counted = center::Counted {
        associate: drawer.associate,
        expected: drawer.expected,
        counted,
        explanation: &drawer.explanation,
    };
    may_close(&counted, supervisor, limit).map_err(|refusal| match refusal {
        CloseRefusal::Unexplained(difference) => unexplained(difference),
        CloseRefusal::Unconfirmed(limit) => Refusal::new("drawer-unconfirmed")
            .with("limit", limit)
            .into(),
    })
}

fn unexplained(difference: Cents) -> UseCaseError {
    Refusal::of("explanation", "drawer-unexplained")
        .with("difference", difference)
        .into()
}

async fn locked(tx: &mut Tx, id: DrawerId) -> Result<DrawerRow, UseCaseError> {
    let drawer = store::centers::lock(tx, id).await?;
    drawer.ok_or(UseCaseError::NotFound)
}

pub(super) fn state_of(drawer: &DrawerRow) -> Result<DrawerState, UseCaseError> {
    DrawerState::from_code(&drawer.state)
        .ok_or_else(|| UseCaseError::broken("a drawer in an unknown state"))
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    drawer: DrawerId,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = drawer.to_string();
    let event = Event {
        action,
        account: None,
        subject: &subject,
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

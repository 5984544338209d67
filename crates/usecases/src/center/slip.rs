//! The deposit slip of a closed drawer.

use ::center::{DrawerState, MicrLine};
use documents::{DepositSlip, SlipCheck};
use kernel::{DrawerId, Language};
use store::centers::DrawerCheckRow;

use super::check::micr_context;
use super::drawer::{state_of, view};
use super::rules;
use crate::{Actor, Ctx, UseCaseError};

/// The deposit slip of a closed drawer as a tagged PDF, its checks listed with their banks.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such drawer for this actor, or it is not closed.
pub async fn slip_pdf(
    ctx: &Ctx,
    actor: &Actor,
    id: DrawerId,
    language: Language,
) -> Result<Vec<u8>, UseCaseError> {
    let view = view(ctx, actor, id).await?;
    let drawer = &view.drawer;
    let (DrawerState::Closed, Some(number), Some(closed_at), Some(counted)) = (
        state_of(drawer)?,
        drawer.slip_number,
        drawer.closed_at,
        drawer.counted,
    ) else {
        return Err(UseCaseError::NotFound);
    };
    let place = rules::counter(ctx, &drawer.center)?;
    let checks: Result<Vec<SlipCheck>, UseCaseError> =
        view.checks.iter().map(|row| slip_check(ctx, row)).collect();
    let slip = DepositSlip {
        language,
        organisation: ctx.plan.organisation.name.clone(),
        center: place.name.in_language(language).to_owned(),
        address: place.address.to_vec(),
        number: number.to_string(),
        day: ctx.day_of(closed_at),
        associate: view.associate.clone(),
        checks: checks?,
        expected: drawer.expected,
        counted,
        explanation: drawer.explanation.clone(),
    };
    let renderer = ctx.renderer.clone();
    let pdf = tokio::task::spawn_blocking(move || renderer.deposit_slip(&slip))
        .await
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let subject = id.to_string();
    crate::documents::read_by(ctx, actor, None, &subject, "deposit-slip".to_owned()).await?;
    Ok(pdf.bytes)
}

/// Banks list checks by the routing number of the bank they are drawn on.
fn slip_check(ctx: &Ctx, row: &DrawerCheckRow) -> Result<SlipCheck, UseCaseError> {
    let opened = ctx.vault.open(&micr_context(row.account), &row.micr);
    let opened = opened.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let line = std::str::from_utf8(&opened)
        .ok()
        .and_then(|line| MicrLine::parse(line).ok())
        .ok_or_else(|| UseCaseError::broken("a check with a line that cannot be read"))?;
    Ok(SlipCheck {
        routing: line.routing.as_str().to_owned(),
        number: row.check_number.clone(),
        amount: row.cents,
    })
}

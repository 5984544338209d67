//! Autopay of the demonstration's people: one from a bank account, one from a card that expires
//! soon, one whose premium has risen above her limit, and the others without.

use std::future::Future;
use std::pin::Pin;

use jiff::civil::Date;
use kernel::{BankAccountNumber, BillingMonth, Cents, MethodId, RoutingNumber};
use usecases::autopay::{self, Cap, Choice, DraftDay, OverCap};
use usecases::payments::BankEntry;
use usecases::{Actor, Ctx, UseCaseError, methods};

use crate::Persona;
use crate::plant::{PlantError, account_of, full_name, known};

/// What the demonstration's browser is called in its evidence.
const USER_AGENT: &str = "demonstration";
/// The processor's test card that always works.
const TEST_CARD: &str = "4242424242424242";
/// A limit below the premium of the member who has one: she set it when the premium was lower.
const OLD_LIMIT: Cents = Cents::new(70_000);

/// Whoever types cards into the processor's fields: the demonstration has no browser of its own.
pub trait CardDesk: Sync {
    /// Enters a test card, with an expiry such as `12/27`. False if it was refused.
    fn enter<'a>(
        &'a self,
        session: &'a str,
        number: &'a str,
        expiry: &'a str,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
}

/// Sets autopay up for those who have it.
pub(crate) async fn set_up(
    ctx: &Ctx,
    actor: &Actor,
    persona: &Persona,
    cards: &dyn CardDesk,
) -> Result<(), PlantError> {
    let (method, cap) = match persona.member_id {
        "10000000001" => (bank(ctx, actor, persona).await?, None),
        "10000000002" => (card(ctx, actor, persona, cards).await?, None),
        "10000000004" => {
            let cap = Cap {
                most: OLD_LIMIT,
                over: OverCap::Never,
            };
            (bank(ctx, actor, persona).await?, Some(cap))
        }
        _ => return Ok(()),
    };
    let Some(account) = account_of(ctx, persona).await? else {
        return Ok(());
    };
    let view = autopay::view(ctx, actor, account).await?;
    let choice = Choice {
        method,
        day: DraftDay::DueDate,
        cap,
        agreed: None,
        start: view.first_start,
    };
    let language = persona.language;
    let words = autopay::proposal(ctx, actor, account, &choice, language).await?;
    let shown = autopay::Shown {
        language,
        version: &words.version,
        user_agent: USER_AGENT,
    };
    autopay::set_up(ctx, actor, account, choice, shown).await?;
    Ok(())
}

async fn bank(ctx: &Ctx, actor: &Actor, persona: &Persona) -> Result<MethodId, PlantError> {
    let entry = BankEntry {
        routing: known(RoutingNumber::parse("110000000").ok()),
        number: known(BankAccountNumber::parse("000123456789").ok()),
        savings: false,
        holder: full_name(persona),
    };
    Ok(methods::add_bank(ctx, actor, &entry, USER_AGENT)
        .await?
        .method)
}

async fn card(
    ctx: &Ctx,
    actor: &Actor,
    persona: &Persona,
    cards: &dyn CardDesk,
) -> Result<MethodId, PlantError> {
    let back = format!("{}/account/methods", ctx.settings.public_url);
    let fields = methods::add_card_start(ctx, actor, persona.language, &back).await?;
    let expiry = expiry_after(ctx.today());
    if !cards.enter(&fields.session, TEST_CARD, &expiry).await {
        return Err(refused("the processor refused the demonstration's card"));
    }
    let added = methods::add_card_finish(ctx, actor, &fields.session).await?;
    let added = added.ok_or_else(|| refused("the demonstration's card was not kept"))?;
    Ok(added.method)
}

/// The end of next month, as it is printed on a card: soon enough to be warned of.
fn expiry_after(today: Date) -> String {
    let month = BillingMonth::of(today).next();
    format!("{:02}/{:02}", month.month(), month.year().rem_euclid(100))
}

fn refused(why: &str) -> PlantError {
    PlantError::UseCase(UseCaseError::broken(why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_card_that_expires_soon_is_good_for_one_more_month() {
        assert_eq!(expiry_after(date(2026, 11, 23)), "12/26");
        assert_eq!(expiry_after(date(2026, 12, 1)), "01/27");
    }
}

//! What a payment is made with: card fields at the processor, bank details handed to it.

use gateways::card::{
    BankAccountKind, BankDetails, IdempotencyKey, Instrument, Outcome, SessionRef, SetupRequest,
};
use gateways::chance::Draw as _;
use jiff::civil::Date;
use kernel::{Cents, Channel, Language, RoutingNumber, Tender, day_in_words};
use plan::WayToPay;
use url::Url;

use super::{Authorisation, BankEntry, CardFields, Method};
use crate::{Ctx, Refusal, UseCaseError};

/// Opens the processor's card fields for a payer of this plan line.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the processor does not answer.
pub async fn card_fields(
    ctx: &Ctx,
    plan_line: &str,
    language: Language,
    return_url: &str,
) -> Result<CardFields, UseCaseError> {
    let back = Url::parse(return_url)
        .map_err(|error| UseCaseError::broken(format!("the return address is no URL: {error}")))?;
    let request = SetupRequest {
        our_reference: ctx.chance.token(12),
        accepted: accepted(ctx, plan_line, Channel::Online)
            .into_iter()
            .filter(|t| t.is_card())
            .collect(),
        language,
        return_url: back.clone(),
        cancel_url: back,
        payer: None,
    };
    let setup = usable(ctx.gateway.client_setup(&request).await)?;
    Ok(CardFields {
        session: setup.session_ref.as_str().to_owned(),
        frame_url: setup.frame_url.map(|url| url.to_string()),
        hosted_url: setup.hosted_url.to_string(),
    })
}

/// The card that was entered in a session of the processor's fields; `None` while there is none.
///
/// # Errors
/// A refusal about the field `card` if the plan does not take this brand.
pub async fn card_method(
    ctx: &Ctx,
    plan_line: &str,
    session: &str,
) -> Result<Option<Method>, UseCaseError> {
    match ctx.gateway.setup_result(&SessionRef::new(session)).await {
        Outcome::Ok(None) | Outcome::Pending(_) => Ok(None),
        Outcome::Ok(Some(instrument)) => method_of(ctx, plan_line, instrument).map(Some),
        Outcome::Declined(decline) => Err(Refusal::of("card", "card-declined")
            .with("reason", decline.reason.for_member().code())
            .into()),
        other => usable(other).map(|_| None),
    }
}

/// Hands bank details to the processor.
///
/// # Errors
/// A refusal about the field `account` if the processor does not take them.
pub async fn bank_method(
    ctx: &Ctx,
    plan_line: &str,
    entry: &BankEntry,
) -> Result<Method, UseCaseError> {
    let details = BankDetails {
        routing: entry.routing.clone(),
        account: entry.number.clone(),
        kind: if entry.savings {
            BankAccountKind::Savings
        } else {
            BankAccountKind::Checking
        },
        holder_name: entry.holder.clone(),
        payer: None,
    };
    let key = IdempotencyKey::new(ctx.chance.token(24));
    match ctx.gateway.store_bank_account(&details, &key).await {
        Outcome::Declined(_) | Outcome::Invalid(_) => {
            Err(Refusal::of("number", "bank-refused").into())
        }
        outcome => {
            let mut method = method_of(ctx, plan_line, usable(outcome)?)?;
            if let Some(name) = bank_name(ctx, &entry.routing) {
                name.clone_into(&mut method.bank_name);
            }
            Ok(method)
        }
    }
}

/// The name of the bank with this routing number, if we know it.
#[must_use]
pub fn bank_name<'a>(ctx: &'a Ctx, routing: &RoutingNumber) -> Option<&'a str> {
    ctx.banks.name_of(routing)
}

/// The words the payer agrees to before a payment is taken.
#[must_use]
pub fn authorisation(
    ctx: &Ctx,
    language: Language,
    plan_line: &str,
    cents: Cents,
    method: &Method,
) -> Authorisation {
    let text = if method.tender.is_card() {
        &ctx.plan.texts.card_once
    } else {
        &ctx.plan.texts.bank_once
    };
    let on: Date = ctx.today();
    let phone = ctx.plan.line(plan_line).map_or_else(
        || ctx.plan.help.phone.number(),
        |line| line.representatives.number(),
    );
    let bank = if method.bank_name.is_empty() {
        &ctx.plan.organisation.name
    } else {
        &method.bank_name
    };
    let values = [
        ("amount", cents.to_string()),
        ("date", day_in_words(on, language)),
        ("bank", bank.clone()),
        ("brand", brand_name(method.tender).to_owned()),
        ("last4", method.last_four.clone()),
        ("phone", phone),
    ];
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Authorisation {
        version: text.version.in_language(language).to_owned(),
        text: text.filled(language, &values),
    }
}

/// The name of a card brand, which is the same in every language.
pub(crate) fn brand_name(tender: Tender) -> &'static str {
    match tender {
        Tender::Visa => "Visa",
        Tender::Mastercard => "Mastercard",
        Tender::Discover => "Discover",
        Tender::Check | Tender::BankAccount | Tender::BenefitDeduction => "",
    }
}

/// The tenders that a plan line takes in a channel, by the plan file.
pub(super) fn accepted(ctx: &Ctx, plan_line: &str, channel: Channel) -> Vec<Tender> {
    let Some(line) = ctx.plan.line(plan_line) else {
        return Vec::new();
    };
    match line.channel(channel) {
        WayToPay::NotOffered(_) => Vec::new(),
        WayToPay::Center(center) => center.tenders.clone(),
        _ => ctx.plan.tenders.accepted.clone(),
    }
}

fn method_of(ctx: &Ctx, plan_line: &str, instrument: Instrument) -> Result<Method, UseCaseError> {
    let brand = instrument
        .brand
        .map(|brand| brand.to_string())
        .unwrap_or_default();
    let taken = accepted(ctx, plan_line, Channel::Online);
    let tender = instrument
        .tender
        .filter(|tender| taken.contains(tender))
        .ok_or_else(|| Refusal::of("card", "card-brand-refused").with("brand", brand))?;
    Ok(Method {
        reference: instrument.reference.as_str().to_owned(),
        tender,
        last_four: instrument.last_four,
        bank_name: instrument.bank_name.unwrap_or_default(),
        expires: instrument
            .expiry
            .map(|expiry| expiry.to_string())
            .unwrap_or_default(),
        fingerprint: instrument.fingerprint.unwrap_or_default(),
        payer_reference: String::new(),
        network_reference: instrument.network_reference.unwrap_or_default(),
    })
}

/// What a call to the processor gave, or that it cannot be reached just now. For calls that move no
/// money, so that trying again is safe.
fn usable<T>(outcome: Outcome<T>) -> Result<T, UseCaseError> {
    match outcome {
        Outcome::Ok(value) | Outcome::Pending(value) => Ok(value),
        Outcome::Declined(decline) => Err(Refusal::new("card-declined")
            .with("reason", decline.reason.for_member().code())
            .into()),
        Outcome::ActionRequired(_) => {
            Err(UseCaseError::broken("the processor wants an action here"))
        }
        Outcome::Invalid(error) => Err(UseCaseError::Broken(Box::new(error))),
        Outcome::NotSent(error) | Outcome::Unknown(error) => {
            Err(UseCaseError::Unavailable(Box::new(error)))
        }
    }
}

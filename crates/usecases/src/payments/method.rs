//! What a payment is made with: card fields at the processor, bank details handed to it.

use gateways::card::{
    BankAccountKind, BankDetails, BankValidation, IdempotencyKey, Instrument, MandateAcceptance,
    Outcome, PayerRef, SessionRef, SetupRequest, ValidationRequest, ValidationState,
};
use gateways::chance::Draw as _;
use jiff::civil::Date;
use kernel::{Cents, Channel, Language, RoutingNumber, Tender, day_in_words};
use plan::{ConsentText, WayToPay};
use url::Url;

use super::{Authorisation, BankEntry, CardFields, Method};
use crate::{Actor, Ctx, Refusal, UseCaseError};

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
    let taken = accepted(ctx, plan_line, Channel::Online);
    open_fields(ctx, &taken, language, return_url, None).await
}

/// Opens the processor's card fields, for one payment or for a payer whose card is kept.
pub(crate) async fn open_fields(
    ctx: &Ctx,
    taken: &[Tender],
    language: Language,
    return_url: &str,
    payer: Option<PayerRef>,
) -> Result<CardFields, UseCaseError> {
    let back = Url::parse(return_url)
        .map_err(|error| UseCaseError::broken(format!("the return address is no URL: {error}")))?;
    let request = SetupRequest {
        our_reference: ctx.chance.token(12),
        accepted: taken.iter().copied().filter(|t| t.is_card()).collect(),
        language,
        return_url: back.clone(),
        cancel_url: back,
        payer,
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
    let taken = accepted(ctx, plan_line, Channel::Online);
    match entered(ctx, session).await? {
        Some(instrument) => method_of(&taken, &instrument).map(Some),
        None => Ok(None),
    }
}

/// The card in a session, whatever its brand.
pub(crate) async fn entered(ctx: &Ctx, session: &str) -> Result<Option<Instrument>, UseCaseError> {
    match ctx.gateway.setup_result(&SessionRef::new(session)).await {
        Outcome::Ok(None) | Outcome::Pending(_) => Ok(None),
        Outcome::Ok(Some(instrument)) => Ok(Some(instrument)),
        Outcome::Declined(decline) => Err(Refusal::of("card", "card-declined")
            .with("reason", decline.reason.for_member().code())
            .into()),
        other => usable(other).map(|_| None),
    }
}

/// Hands bank details to the processor and has the account validated, as must be before its first
/// debit. Where the bank wants small deposits to be looked up first, this payment cannot be made
/// with it today.
///
/// # Errors
/// Refusals about the field `number`: `bank-refused` if the processor or the bank does not take the
/// account, `bank-needs-deposits` with the way out.
pub async fn bank_method(
    ctx: &Ctx,
    actor: &Actor,
    plan_line: &str,
    entry: &BankEntry,
    user_agent: &str,
) -> Result<Method, UseCaseError> {
    let taken = accepted(ctx, plan_line, Channel::Online);
    let instrument = hand_over(ctx, entry).await?;
    let method = method_of(&taken, &instrument)?;
    let request = ValidationRequest {
        instrument: instrument.reference,
        payer: None,
        acceptance: acceptance_of(ctx, actor, user_agent),
    };
    let key = IdempotencyKey::new(ctx.chance.token(24));
    match validate(ctx, &request, &key).await?.state {
        ValidationState::Validated => Ok(method),
        // An account that this person has paid from before needs no deposits.
        ValidationState::AwaitingDeposits { .. }
            if paid_from_before(ctx, actor, &method.fingerprint).await? =>
        {
            Ok(method)
        }
        ValidationState::AwaitingDeposits { .. } => {
            Err(Refusal::of("number", "bank-needs-deposits").into())
        }
        ValidationState::Refused { .. } => Err(Refusal::of("number", "bank-refused").into()),
    }
}

/// True if a debit that this member made online from the account has settled.
pub(crate) async fn paid_from_before(
    ctx: &Ctx,
    actor: &Actor,
    fingerprint: &str,
) -> Result<bool, UseCaseError> {
    let Some(person) = actor.person() else {
        return Ok(false);
    };
    let mut tx = ctx.store.read().await?;
    Ok(store::methods::debit_settled(&mut tx, person, fingerprint).await?)
}

/// From where the payer agreed: nowhere, if they told somebody on the staff.
pub(crate) fn evidence_address(actor: &Actor) -> &str {
    match actor {
        Actor::Staff { .. } => "",
        _ => actor.address(),
    }
}

/// How somebody agreed just now that the bank is asked.
pub(crate) fn acceptance_of(ctx: &Ctx, actor: &Actor, user_agent: &str) -> MandateAcceptance {
    let at = ctx.now();
    match evidence_address(actor) {
        "" => MandateAcceptance::Offline { at },
        address => MandateAcceptance::Online {
            at,
            ip: address.to_owned(),
            // A processor takes no empty name for what the payer agreed with.
            user_agent: match user_agent {
                "" => "not said".to_owned(),
                named => named.chars().take(200).collect(),
            },
        },
    }
}

/// Has an account validated: what the processor says of it.
pub(crate) async fn validate(
    ctx: &Ctx,
    request: &ValidationRequest,
    key: &IdempotencyKey,
) -> Result<BankValidation, UseCaseError> {
    match ctx.gateway.begin_bank_validation(request, key).await {
        Outcome::Declined(_) | Outcome::Invalid(_) => {
            Err(Refusal::of("number", "bank-refused").into())
        }
        outcome => usable(outcome),
    }
}

/// Hands bank details to the processor.
pub(crate) async fn hand_over(ctx: &Ctx, entry: &BankEntry) -> Result<Instrument, UseCaseError> {
    let details = BankDetails {
        routing: entry.routing.clone(),
        account: entry.number.clone(),
        kind: if entry.savings {
            BankAccountKind::Savings
        } else {
            BankAccountKind::Checking
        },
        holder_name: entry.holder.clone(),
    };
    let key = IdempotencyKey::new(ctx.chance.token(24));
    match ctx.gateway.store_bank_account(&details, &key).await {
        Outcome::Declined(_) | Outcome::Invalid(_) => {
            Err(Refusal::of("number", "bank-refused").into())
        }
        outcome => {
            let mut instrument = usable(outcome)?;
            if let Some(name) = bank_name(ctx, &entry.routing) {
                instrument.bank_name = Some(name.to_owned());
            }
            Ok(instrument)
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
    filled(ctx, (text, language), plan_line, cents, method, "")
}

/// The words of a text that somebody agrees to, about a payment that is made today.
pub(crate) fn filled(
    ctx: &Ctx,
    (text, language): (&ConsentText, Language),
    plan_line: &str,
    cents: Cents,
    method: &Method,
    payer_name: &str,
) -> Authorisation {
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
        ("today", day_in_words(on, language)),
        ("name", payer_name.to_owned()),
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

/// The tenders that a plan line takes of members who sign in.
pub(crate) fn taken_online(ctx: &Ctx, plan_line: &str) -> Vec<Tender> {
    accepted(ctx, plan_line, Channel::Online)
}

/// The tenders that a plan line takes in a channel, by the plan file.
pub(crate) fn accepted(ctx: &Ctx, plan_line: &str, channel: Channel) -> Vec<Tender> {
    let Some(line) = ctx.plan.line(plan_line) else {
        return Vec::new();
    };
    match line.channel(channel) {
        WayToPay::NotOffered(_) => Vec::new(),
        WayToPay::Center(center) => center.tenders.clone(),
        _ => ctx.plan.tenders.accepted.clone(),
    }
}

/// What an instrument is in our words, if the plan takes it.
pub(crate) fn tender_of(taken: &[Tender], instrument: &Instrument) -> Result<Tender, UseCaseError> {
    let brand = instrument
        .brand
        .map(|brand| brand.to_string())
        .unwrap_or_default();
    instrument
        .tender
        .filter(|tender| taken.contains(tender))
        .ok_or_else(|| {
            Refusal::of("card", "card-brand-refused")
                .with("brand", brand)
                .into()
        })
}

fn method_of(taken: &[Tender], instrument: &Instrument) -> Result<Method, UseCaseError> {
    Ok(Method {
        reference: instrument.reference.as_str().to_owned(),
        tender: tender_of(taken, instrument)?,
        last_four: instrument.last_four.clone(),
        bank_name: instrument.bank_name.clone().unwrap_or_default(),
        expires: instrument
            .expiry
            .map(|expiry| expiry.to_string())
            .unwrap_or_default(),
        fingerprint: instrument.fingerprint.clone().unwrap_or_default(),
        payer_reference: String::new(),
        network_reference: instrument.network_reference.clone().unwrap_or_default(),
    })
}

/// What a call to the processor gave, or that it cannot be reached just now. For calls that move no
/// money, so that trying again is safe.
pub(crate) fn usable<T>(outcome: Outcome<T>) -> Result<T, UseCaseError> {
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

//! Member ID cards: on the screen, on paper, and from the card printer.

mod printer;

use ::documents::{IdCardFace, IdCards};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, CardRequestId, Language, MemberId, PersonId};
pub use members::{CardReason, CardState};
use notices::NoticeKind;
use plan::{IdCardRule, Line};
use store::Tx;
use store::accounts::{AccountRow, PersonRow};
use store::card_requests::CardRequestRow;

pub use printer::{ExportReport, MailedFinding, MailedReport, export, mailed};

use crate::access::{self, Right};
use crate::audit::{self, Event};
use crate::notices::{Notice, To, facts, tell};
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number};

/// The cards of an account.
#[derive(Debug, Clone)]
pub struct AccountCards {
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub account_number: String,
    /// The plan line, by its id in the plan file, which says how its cards are had.
    pub plan_line: String,
    /// Who is covered, the subscriber first. Empty where cards are had by phone.
    pub cards: Vec<CardView>,
}

/// One member's card.
#[derive(Debug, Clone)]
pub struct CardView {
    /// Whose card.
    pub person: PersonId,
    /// First and last name.
    pub name: String,
    /// Member ID.
    pub member_id: MemberId,
    /// The subscriber's name, on the card of another member.
    pub subscriber: Option<String>,
    /// The first day of coverage, if it has not come yet.
    pub covered_from: Option<Date>,
    /// The newest request for a card by mail.
    pub request: Option<CardRequest>,
}

/// A request for a card by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRequest {
    /// Why.
    pub reason: CardReason,
    /// How far it is.
    pub state: CardState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it went to the printer.
    pub printed_at: Option<Timestamp>,
    /// When it was mailed.
    pub mailed_on: Option<Date>,
}

/// The cards of the member who is signed in, by account.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn view(ctx: &Ctx, actor: &Actor) -> Result<Vec<AccountCards>, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_id(&mut tx, person)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let mut all = Vec::new();
    for account in store::accounts::of_subscriber(&mut tx, &person.member_id).await? {
        let self_service = self_service_line(ctx, &account).is_ok();
        let cards = if self_service {
            cards_of(ctx, &mut tx, &account).await?
        } else {
            Vec::new()
        };
        all.push(AccountCards {
            account: account.id,
            account_number: account_number::shown(account.number),
            plan_line: account.plan_line,
            cards,
        });
    }
    Ok(all)
}

/// The line of an account, if its members have their cards here.
fn self_service_line<'a>(ctx: &'a Ctx, account: &AccountRow) -> Result<&'a Line, UseCaseError> {
    let line = ctx.plan.line(&account.plan_line);
    let line = line.ok_or_else(|| UseCaseError::broken("the account's plan line is gone"))?;
    match line.id_card.rule {
        IdCardRule::SelfService => Ok(line),
        IdCardRule::ByPhone(_) => Err(Refusal::new("id-card-by-phone").into()),
    }
}

async fn cards_of(
    ctx: &Ctx,
    tx: &mut Tx,
    account: &AccountRow,
) -> Result<Vec<CardView>, UseCaseError> {
    let requests = store::card_requests::of_account(tx, account.id).await?;
    let covered = covered(ctx, tx, account).await?;
    let subscriber = store::accounts::person_by_id(tx, account.subscriber)
        .await?
        .ok_or_else(|| UseCaseError::broken("an account has no subscriber"))?;
    let mut cards = Vec::with_capacity(covered.len());
    for (person, first_day) in covered {
        let newest = requests.iter().find(|request| request.person == person.id);
        cards.push(CardView {
            name: person.full_name(),
            subscriber: (person.id != subscriber.id).then(|| subscriber.full_name()),
            covered_from: Some(first_day).filter(|day| *day > ctx.today()),
            request: newest.map(request_of).transpose()?,
            member_id: person.member_id,
            person: person.id,
        });
    }
    Ok(cards)
}

/// Who is covered in an account today or later, with their first day, the subscriber first.
async fn covered(
    ctx: &Ctx,
    tx: &mut Tx,
    account: &AccountRow,
) -> Result<Vec<(PersonRow, Date)>, UseCaseError> {
    let today = ctx.today();
    let rows = store::coverage::covered(tx, &[account.id]).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        if row.last_day.is_some_and(|day| day < today) {
            continue;
        }
        if let Some(person) = store::accounts::person_by_id(tx, row.person).await? {
            people.push((person, row.first_day));
        }
    }
    people.sort_by(|(a, _), (b, _)| {
        let order = |p: &PersonRow| (p.id != account.subscriber, p.birth_date);
        order(a).cmp(&order(b))
    });
    Ok(people)
}

fn request_of(row: &CardRequestRow) -> Result<CardRequest, UseCaseError> {
    let reason = CardReason::from_code(&row.reason);
    let state = CardState::from_code(&row.state);
    let (reason, state) = reason
        .zip(state)
        .ok_or_else(|| UseCaseError::broken("a card request with unknown words"))?;
    Ok(CardRequest {
        reason,
        state,
        requested_at: row.requested_at,
        printed_at: row.printed_at,
        mailed_on: row.mailed_on,
    })
}

/// The cards of an account as a page to print, cut out and fold; one member's, or all. Reading it
/// is noted in the audit trail.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the account is not this member's or the person is not covered in
/// it; a refusal `id-card-by-phone` where the plan line has its cards by phone.
pub async fn pdf(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    person: Option<PersonId>,
    language: Language,
) -> Result<Vec<u8>, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = access::account(&mut tx, ctx, actor, account, Right::Manage).await?;
    let line = self_service_line(ctx, &row)?;
    let mut cards = cards_of(ctx, &mut tx, &row).await?;
    drop(tx);
    cards.retain(|card| person.is_none_or(|person| person == card.person));
    if cards.is_empty() {
        return Err(UseCaseError::NotFound);
    }
    let plan = &*ctx.plan;
    let sheet = IdCards {
        language,
        organisation: plan.organisation.name.clone(),
        website: plan
            .organisation
            .website
            .trim_start_matches("https://")
            .to_owned(),
        colour: plan.brand.primary_dark.to_string(),
        made_on: ctx.today(),
        cards: cards
            .iter()
            .map(|card| face(ctx, line, card, language))
            .collect(),
    };
    let renderer = ctx.renderer.clone();
    let made = crate::documents::laid_out(move || renderer.id_cards(&sheet)).await?;
    let (subject, kind) = (account.to_string(), "id-card".to_owned());
    crate::documents::read_by(ctx, actor, Some(account), &subject, kind).await?;
    Ok(made.bytes)
}

/// What a card says on paper: the member's own, and what the plan file puts on cards of the line.
fn face(ctx: &Ctx, line: &Line, card: &CardView, language: Language) -> IdCardFace {
    let face = &line.id_card.face;
    let said = |text: &plan::Text| text.in_language(language).to_owned();
    let group = match language {
        Language::English => "Group",
        Language::Spanish => "Grupo",
    };
    let facts = [
        (group, &face.group_number),
        ("Rx BIN", &face.rx_bin),
        ("Rx PCN", &face.rx_pcn),
        ("Rx Grp", &face.rx_group),
    ];
    let phones = match face.phones.as_slice() {
        [] => std::slice::from_ref(&line.representatives),
        phones => phones,
    };
    IdCardFace {
        name: card.name.clone(),
        member_id: card.member_id.clone(),
        subscriber: card.subscriber.clone(),
        product: said(face.product.as_ref().unwrap_or(&line.name)),
        facts: facts
            .into_iter()
            .filter_map(|(label, value)| Some((label.to_owned(), value.clone()?)))
            .collect(),
        copays: face.copays.iter().map(said).collect(),
        phones: phones
            .iter()
            .map(|phone| {
                let number = format!("{} (TTY: {})", phone.number(), phone.tty_number());
                (said(&phone.purpose), number)
            })
            .collect(),
        back: face.back.iter().map(said).collect(),
        payer_id: face.payer_id.clone(),
        address: crate::documents::return_address(&ctx.plan),
    }
}

/// Asks for a card by mail. One at a time for each member: the next when this one is on its way.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the account is not this member's or the person is not covered in
/// it; refusals `id-card-by-phone`, and `id-card-open` on the field `reason`.
pub async fn request(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    person: PersonId,
    reason: CardReason,
) -> Result<CardRequestId, UseCaseError> {
    let number = ctx.store.next_number("card-request").await?;
    let (own, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (own.clone(), actor.clone());
            Box::pin(async move {
                let owner = access::account(tx, &ctx, &actor, account, Right::Manage).await?;
                self_service_line(&ctx, &owner)?;
                let covered = covered(&ctx, tx, &owner).await?;
                if covered.iter().all(|(covered, _)| covered.id != person) {
                    return Err(UseCaseError::NotFound);
                }
                let row = CardRequestRow {
                    account,
                    id: ctx.id(),
                    person,
                    number,
                    reason: reason.code().to_owned(),
                    state: CardState::Requested.code().to_owned(),
                    requested_at: ctx.now(),
                    batch: None,
                    printed_at: None,
                    mailed_on: None,
                };
                store::card_requests::insert(tx, &row)
                    .await
                    .map_err(|error| match error.is_conflict() {
                        true => Refusal::of("reason", "id-card-open").into(),
                        false => UseCaseError::from(error),
                    })?;
                let detail = format!("reason={}", row.reason);
                let event = Event {
                    action: "id-card-requested",
                    account: Some(account),
                    subject: &row.id.to_string(),
                    detail: &detail,
                };
                audit::record(tx, &ctx, &actor, event).await?;
                let to = To::Subscriber(owner.subscriber);
                let kind = NoticeKind::IdCardRequested;
                tell(
                    tx,
                    &ctx,
                    Notice::new(kind, to, Some(account), facts::none()),
                )
                .await?;
                Ok(row.id)
            })
        })
        .await
}

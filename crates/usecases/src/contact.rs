//! What a member sees and changes of themselves: phone, e-mail, language and large print.
//!
//! Name and address come from the roster and are changed where they are kept. What is changed here
//! stands against the roster by the rule of [`members::SetAside`].

pub use ::members::AddressSource;
use ::members::{Contacts, MemberRow, address_source};
use kernel::{Email, Language, PersonId};
use plan::{BoughtThrough, Line, Market};
use store::Tx;

use crate::audit::Event;
use crate::notices::{self, Notice, NoticeKind, To, facts};
use crate::sessions::Session;
use crate::{Actor, Ctx, Refusal, UseCaseError, audit};

/// A member's own page about themselves.
#[derive(Debug, Clone)]
pub struct ContactView {
    /// First and last name.
    pub name: String,
    /// The member ID, grouped as on the card; empty for somebody who is no member of the plan and
    /// only helps one.
    pub member_id: String,
    /// The postal address, in lines; empty if the roster has none.
    pub address: Vec<String>,
    /// Ten digits; empty if there is none.
    pub phone: String,
    /// Where codes and notices go; empty if there is none.
    pub email: String,
    /// The language of pages and letters.
    pub language: Language,
    /// True if letters and invoices are printed large.
    pub large_print: bool,
    /// Who keeps name and address, for each plan line of the member, oldest account first.
    pub kept_by: Vec<KeptBy>,
}

/// Who keeps name and address of members of a plan line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBy {
    /// The plan line, by its id in the plan file.
    pub plan_line: String,
    /// Who.
    pub source: AddressSource,
}

/// What a member sees of themselves.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn view(ctx: &Ctx, actor: &Actor) -> Result<ContactView, UseCaseError> {
    let id = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_id(&mut tx, id).await?;
    let person = person.ok_or(UseCaseError::NotFound)?;
    let row = one(store::roster::persons(&mut tx, std::slice::from_ref(&person.member_id)).await?)?;
    let login = store::logins::of_person(&mut tx, id).await?;
    let subscriber = &person.subscriber_member_id;
    let accounts = store::accounts::of_subscriber(&mut tx, subscriber).await?;
    Ok(ContactView {
        name: row.person.full_name(),
        member_id: match &row.person.member_id {
            own if own.is_stand_in() => String::new(),
            own => own.grouped(),
        },
        address: row.person.address.as_ref().map_or(Vec::new(), lines),
        phone: row.person.phone.clone().unwrap_or_default(),
        email: match (login, &row.person.email) {
            (Some(login), _) => login.email,
            (None, Some(email)) => email.as_str().to_owned(),
            (None, None) => String::new(),
        },
        language: row.person.language,
        large_print: person.large_print,
        kept_by: accounts
            .iter()
            .filter_map(|account| ctx.plan.line(&account.plan_line))
            .map(kept_by)
            .collect(),
    })
}

fn one(rows: Vec<MemberRow>) -> Result<MemberRow, UseCaseError> {
    rows.into_iter().next().ok_or(UseCaseError::NotFound)
}

fn lines(address: &::members::Address) -> Vec<String> {
    let town = format!(
        "{}, {} {}",
        address.city,
        address.state,
        address.zip.as_str()
    );
    [address.line_1.clone(), address.line_2.clone(), town]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

fn kept_by(line: &Line) -> KeptBy {
    let through = |wanted: fn(&BoughtThrough) -> bool| line.bought_through.iter().any(wanted);
    KeptBy {
        plan_line: line.id.clone(),
        source: address_source(
            line.market == Market::EmployerGroup,
            through(|place| matches!(place, BoughtThrough::Exchange(_))),
            through(|place| matches!(place, BoughtThrough::Direct)),
        ),
    }
}

/// Sets the phone number, or takes it away if nothing was typed.
///
/// # Errors
/// Refusal `phone` about the field `phone` if it is not a telephone number.
pub async fn change_phone(ctx: &Ctx, actor: &Actor, typed: &str) -> Result<(), UseCaseError> {
    let phone = match typed.trim() {
        "" => None,
        typed => match ::members::read_phone(typed) {
            Some(phone) => Some(phone),
            None => return Err(Refusal::of("phone", "phone").into()),
        },
    };
    let changed = Changed {
        phone: Some(phone),
        ..Changed::default()
    };
    save(ctx, actor, changed).await
}

/// Sets the language of pages and letters.
///
/// # Errors
/// Refusal `language` about the field `language` if the plan does not speak it.
pub async fn change_language(
    ctx: &Ctx,
    actor: &Actor,
    language: Language,
) -> Result<(), UseCaseError> {
    if !ctx.plan.languages.contains(&language) {
        return Err(Refusal::of("language", "language").into());
    }
    let changed = Changed {
        language: Some(language),
        ..Changed::default()
    };
    save(ctx, actor, changed).await
}

/// Sets whether letters and invoices are printed large.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is signed in.
pub async fn change_large_print(ctx: &Ctx, actor: &Actor, large: bool) -> Result<(), UseCaseError> {
    let changed = Changed {
        large_print: Some(large),
        ..Changed::default()
    };
    save(ctx, actor, changed).await
}

/// What is to be changed; `None` stays.
#[derive(Debug, Clone, Default)]
struct Changed {
    phone: Option<Option<String>>,
    language: Option<Language>,
    large_print: Option<bool>,
}

async fn save(ctx: &Ctx, actor: &Actor, changed: Changed) -> Result<(), UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, changed) = (owned.clone(), actor.clone(), changed.clone());
            Box::pin(async move { save_in(tx, &ctx, &actor, person, &changed).await })
        })
        .await
}

async fn save_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    id: PersonId,
    changed: &Changed,
) -> Result<(), UseCaseError> {
    let row = one(store::roster::lock_persons(tx, &[id]).await?)?;
    let before = Contacts::of(&row.person);
    let next = row.choosing(&Contacts {
        phone: changed.phone.clone().unwrap_or(before.phone.clone()),
        language: changed.language.unwrap_or(before.language),
        email: before.email.clone(),
    });
    let now = ctx.now();
    if next != row {
        store::roster::update_persons(tx, std::slice::from_ref(&next), now).await?;
    }
    if next.person.phone != before.phone {
        note(tx, ctx, actor, id, "field=phone").await?;
    }
    if let Some(language) = changed.language {
        store::contacts::set_login_language(tx, id, language).await?;
        if language != before.language {
            let detail = format!("field=language to={}", language.tag());
            note(tx, ctx, actor, id, &detail).await?;
        }
    }
    let person = store::accounts::person_by_id(tx, id).await?;
    if let Some(large) = changed.large_print
        && person.is_some_and(|person| person.large_print != large)
    {
        store::contacts::set_large_print(tx, id, large, now).await?;
        let detail = format!("field=large-print to={large}");
        note(tx, ctx, actor, id, &detail).await?;
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = person.to_string();
    let event = Event {
        action: "contact-changed",
        account: None,
        subject: &subject,
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// Mails a code to a new address, to prove that it is the member's.
///
/// # Errors
/// Refusals `prove-again` if password or passkey were last given too long ago, `email-same` about
/// the field `email`, `too-many-tries`.
pub async fn send_email_code(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    email: &Email,
    language: Language,
) -> Result<(), UseCaseError> {
    let person = proved(ctx, actor, session)?;
    if view(ctx, actor).await?.email == email.as_str() {
        return Err(Refusal::of("email", "email-same").into());
    }
    crate::identity::send_code(ctx, actor, person, email, language).await
}

/// Puts a new address in the place of the old one, for the person and the sign-in, if the code that
/// was mailed to it is given back. Both addresses are told.
///
/// # Errors
/// Refusals `prove-again` as of [`send_email_code`]; about the field `code` as of
/// [`crate::identity::check_code`].
pub async fn change_email(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    email: &Email,
    code: &str,
) -> Result<(), UseCaseError> {
    let person = proved(ctx, actor, session)?;
    crate::identity::check_code(ctx, actor, person, email, code).await?;
    let (owned, actor, email) = (ctx.clone(), actor.clone(), email.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, email) = (owned.clone(), actor.clone(), email.clone());
            Box::pin(async move { put_email(tx, &ctx, &actor, person, &email).await })
        })
        .await
}

/// The person who is signed in and gave password or passkey a moment ago: whoever sits down at an
/// open page must not turn the codes of somebody else to themselves (OWASP ASVS 5.0 V7.5.1).
fn proved(ctx: &Ctx, actor: &Actor, session: &Session) -> Result<PersonId, UseCaseError> {
    let person = actor.person().ok_or(UseCaseError::NotAllowed)?;
    if session.person != Some(person) {
        return Err(UseCaseError::NotAllowed);
    }
    if session.asks_again(ctx.now()) {
        return Err(Refusal::new("prove-again").into());
    }
    Ok(person)
}

async fn put_email(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    id: PersonId,
    email: &Email,
) -> Result<(), UseCaseError> {
    let row = one(store::roster::lock_persons(tx, &[id]).await?)?;
    let login = store::logins::of_person(tx, id).await?;
    let before = login.map_or_else(|| text(row.person.email.as_ref()), |login| login.email);
    let next = row.choosing(&Contacts {
        email: Some(email.clone()),
        ..Contacts::of(&row.person)
    });
    store::roster::update_persons(tx, std::slice::from_ref(&next), ctx.now()).await?;
    store::contacts::set_login_email(tx, id, email.as_str()).await?;
    for address in [before, text(Some(email))]
        .into_iter()
        .filter(|a| !a.is_empty())
    {
        let to = To::Address {
            email: address,
            language: row.person.language,
        };
        let facts = facts::At { at: ctx.now() }.value();
        notices::tell(
            tx,
            ctx,
            Notice::new(NoticeKind::EmailChanged, to, None, facts),
        )
        .await?;
    }
    note(tx, ctx, actor, id, "field=email").await
}

fn text(email: Option<&Email>) -> String {
    email
        .map(|email| email.as_str().to_owned())
        .unwrap_or_default()
}

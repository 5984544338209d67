//! Registration and sign-in.
//!
//! Every mismatch gets the same answer after the same work, so that neither words nor time tell
//! whether a member or a user ID exists.

use gateways::chance::Draw as _;
use identity::guest::{MemberFacts, matches_without_names};
use identity::{OneTimeCode, UserId};
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::{Email, Language, LoginId, MemberId, PersonId, Secret, Zip};
use sha2::{Digest, Sha256};
use store::accounts::PersonRow;
use store::codes::CodeRow;
use store::logins::LoginRow;
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::audit::Event;
use crate::notices::{self, Notice, NoticeKind, To, facts};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit, passwords};

mod codes;
pub mod devices;
pub mod factors;
pub mod forgot;
mod holder;
pub mod passkeys;
pub mod security;
mod sign_in;
mod told;

pub use holder::{Holder, Owner, owner, passkeys_of};
pub use sign_in::{
    HalfOpen, Opened, SignedIn, half_open, mail_second_code, second_step, sign_in,
    sign_in_with_passkey, sign_out,
};

/// What codes of registration are kept under.
const REGISTRATION: &str = "registration";
/// For how long a code that was typed right lets the registration be finished.
const PROOF_MINUTES: i64 = 30;

/// A member who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationFound {
    /// The person, to be kept where the browser cannot change it.
    pub person: PersonId,
}

/// Finds the member who wants to register. A member who is registered already gets the answer of a
/// stranger; the address of the sign-in is told of the attempt.
///
/// # Errors
/// Refusals `register-not-found`, `too-many-tries`.
pub async fn find_member(
    ctx: &Ctx,
    actor: &Actor,
    member_id: &MemberId,
    birth_date: Date,
    zip: &Zip,
) -> Result<RegistrationFound, UseCaseError> {
    let counted = throttle::check_and_count(
        ctx,
        Purpose::Registration,
        actor.address(),
        member_id.as_str(),
    )
    .await?;
    let mut tx = ctx.store.read().await?;
    let person = store::accounts::person_by_member_id(&mut tx, member_id).await?;
    // Asked for nobody too, so that a stranger takes as long as a member.
    let id = person
        .as_ref()
        .map_or(PersonId::from_uuid(Uuid::nil()), |person| person.id);
    let login = store::logins::of_person(&mut tx, id).await?;
    drop(tx);
    let known = person.as_ref().and_then(member_facts);
    let same = matches_without_names(member_id, zip, birth_date, known.as_ref());
    if same && login.is_none() {
        throttle::forgive(ctx, counted).await?;
        note_look_up(ctx, actor, Some(id), None).await?;
        return Ok(RegistrationFound { person: id });
    }
    let told = if same { login } else { None };
    let recipient = told
        .as_ref()
        .map_or(member_id.as_str(), |login| &login.email);
    let may_mail = throttle::check_and_count(ctx, Purpose::MailTo, "", recipient)
        .await
        .is_ok();
    let subject = person.filter(|_| same).map(|person| person.id);
    note_look_up(ctx, actor, subject, told.filter(|_| may_mail)).await?;
    Err(Refusal::new("register-not-found").into())
}

fn member_facts(person: &PersonRow) -> Option<MemberFacts> {
    Some(MemberFacts {
        member_id: person.member_id.clone(),
        zip: person.zip5()?,
        birth_date: person.birth_date,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
    })
}

async fn note_look_up(
    ctx: &Ctx,
    actor: &Actor,
    found: Option<PersonId>,
    tell: Option<LoginRow>,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, tell) = (owned.clone(), actor.clone(), tell.clone());
            Box::pin(async move {
                let subject = found.map(|person| person.to_string()).unwrap_or_default();
                let event = event("registration-looked-up", &subject);
                audit::record(tx, &ctx, &actor, event).await?;
                let Some(login) = tell else { return Ok(()) };
                let to = To::Login(login.id);
                let notice = Notice::new(NoticeKind::AlreadyRegistered, to, None, facts::none());
                notices::tell(tx, &ctx, notice).await.map(drop)
            })
        })
        .await
}

/// Mails a code to the address that the person wants to register with. It takes the place of an
/// earlier one.
///
/// # Errors
/// Refusal `too-many-tries`.
pub async fn send_code(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    email: &Email,
    language: Language,
) -> Result<(), UseCaseError> {
    let whom = person.to_string();
    throttle::check_and_count(ctx, Purpose::SendCode, actor.address(), &whom).await?;
    throttle::check_and_count(ctx, Purpose::MailTo, "", &email.folded()).await?;
    let mut random = [0; 8];
    ctx.chance.fill(&mut random);
    let code = OneTimeCode::from_random(random);
    let (now, minutes) = (ctx.now(), ctx.plan.security.code_minutes);
    let id = ctx.chance.id::<kernel::AuditId>(now).uuid();
    let subject = code_subject(person, email);
    let row = CodeRow {
        id,
        purpose: REGISTRATION.to_owned(),
        code_hash: code_hash(id, &subject, &code),
        subject,
        created_at: now,
        expires_at: now + SignedDuration::from_mins(i64::from(minutes)),
    };
    let facts = facts::Code {
        code: code.expose().to_owned(),
        minutes,
    };
    let email = email.as_str().to_owned();
    let to = To::Address { email, language };
    let notice = Notice::new(NoticeKind::OneTimeCode, to, None, facts.value());
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, row) = (owned.clone(), actor.clone(), row.clone());
            let (notice, whom) = (notice.clone(), whom.clone());
            Box::pin(async move {
                store::codes::replace(tx, &row).await?;
                audit::record(tx, &ctx, &actor, event("code-sent", &whom)).await?;
                notices::tell(tx, &ctx, notice).await.map(drop)
            })
        })
        .await
}

/// Checks a code. It is good once.
///
/// # Errors
/// Refusals about the field `code`: `code-wrong` with the tries `left`, `code-expired` when it is
/// not good any more for whatever reason.
pub async fn check_code(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    email: &Email,
    code: &str,
) -> Result<(), UseCaseError> {
    let (subject, whom) = (code_subject(person, email), person.to_string());
    codes::check(ctx, actor, REGISTRATION, &subject, &whom, code).await
}

/// Makes the sign-in of a person whose e-mail address was proved with a code in the last 30
/// minutes.
///
/// # Errors
/// Refusals: field `user_id`: `user-id-shape`, `user-id-taken`; field `password`: `password-short`
/// with `min`, `password-long` with `max`, `password-common`, `password-context`; `too-many-tries`;
/// `code-expired` if the address was not proved; `register-not-found` if the person is registered.
#[expect(
    clippy::too_many_arguments,
    reason = "each is one answer of the registration form"
)]
pub async fn create_login(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    email: &Email,
    user_id: &str,
    password: &Secret,
    language: Language,
) -> Result<LoginId, UseCaseError> {
    throttle::check_and_count(ctx, Purpose::ChooseUserId, "", &person.to_string()).await?;
    let member = proved(ctx, actor, person, email).await?;
    let user_id = UserId::parse(user_id).map_err(|_| Refusal::of("user_id", "user-id-shape"))?;
    let password = passwords::normalised(password);
    let about = known_of(&member, email.as_str(), user_id.as_str());
    passwords::check_new(ctx, &password, &about)?;
    let mut tx = ctx.store.read().await?;
    if store::logins::find(&mut tx, &user_id.folded())
        .await?
        .is_some()
    {
        return Err(Refusal::of("user_id", "user-id-taken").into());
    }
    drop(tx);
    let row = LoginRow {
        id: ctx.id(),
        person,
        user_id: user_id.as_str().to_owned(),
        folded_user_id: user_id.folded(),
        password_hash: ctx.hashers.hash(&*ctx.chance, &password).await?,
        email: email.as_str().to_owned(),
        language,
        created_at: ctx.now(),
        password_changed_at: ctx.now(),
    };
    let (id, owned, actor) = (row.id, ctx.clone(), actor.clone());
    let subject = code_subject(person, email);
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (row, subject) = (row.clone(), subject.clone());
            Box::pin(async move { insert_login(tx, &ctx, &actor, &row, &subject).await })
        })
        .await?;
    Ok(id)
}

/// The person, if the address was proved for them and they are not registered. The operator at the
/// terminal vouches for an address.
async fn proved(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    email: &Email,
) -> Result<PersonRow, UseCaseError> {
    let since = ctx.now() - SignedDuration::from_mins(PROOF_MINUTES);
    let subject = code_subject(person, email);
    let mut tx = ctx.store.read().await?;
    let member = store::accounts::person_by_id(&mut tx, person).await?;
    let member = member.ok_or(UseCaseError::NotFound)?;
    if store::logins::of_person(&mut tx, person).await?.is_some() {
        return Err(Refusal::new("register-not-found").into());
    }
    let vouched = matches!(actor, Actor::Operator);
    if !vouched && !store::codes::was_used(&mut tx, REGISTRATION, &subject, since).await? {
        return Err(Refusal::new("code-expired").into());
    }
    Ok(member)
}

/// What is known of a member and their sign-in, and may not stand in their password.
fn known_of<'a>(member: &'a PersonRow, email: &'a str, user_id: &'a str) -> [&'a str; 5] {
    let (first, last) = (member.first_name.as_str(), member.last_name.as_str());
    [first, last, member.member_id.as_str(), email, user_id]
}

async fn insert_login(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    row: &LoginRow,
    code_subject: &str,
) -> Result<(), UseCaseError> {
    store::logins::insert(tx, row)
        .await
        .map_err(|error| match &error {
            StoreError::Conflict { constraint } if constraint.contains("folded_user_id") => {
                Refusal::of("user_id", "user-id-taken").into()
            }
            StoreError::Conflict { .. } => Refusal::new("register-not-found").into(),
            _ => UseCaseError::from(error),
        })?;
    // The proof is good for one sign-in.
    store::codes::remove(tx, REGISTRATION, code_subject).await?;
    let subject = row.id.to_string();
    let detail = format!("person={}", row.person);
    let event = Event {
        detail: &detail,
        ..event("registered", &subject)
    };
    audit::record(tx, ctx, actor, event)
        .await
        .map_err(Into::into)
}

/// A code is for one person at one address.
fn code_subject(person: PersonId, email: &Email) -> String {
    format!("{person}:{}", hex::encode(Sha256::digest(email.folded())))
}

fn code_hash(id: Uuid, subject: &str, code: &OneTimeCode) -> [u8; 32] {
    Sha256::digest(format!("{id}\n{subject}\n{}", code.expose())).into()
}

fn event<'a>(action: &'static str, subject: &'a str) -> Event<'a> {
    Event {
        action,
        account: None,
        subject,
        detail: "",
    }
}

//! Second factors: setting them up, listing them, taking them away, and proving one.
//!
//! Members and staff use the same. What is asked when is decided in `identity::factor`.

use gateways::chance::Draw as _;
use hmac::{Hmac, Mac as _};
use identity::authenticator;
use identity::factor::{self, may_be_without, may_set_up};
use identity::{FactorKind, OneTimeCode, RecoveryCode};
use jiff::{SignedDuration, Timestamp};
use kernel::{FactorId, Secret};
use sha1::Sha1;
use store::Tx;
use store::codes::CodeRow;
use store::factors::{FactorRow, RecoveryRow};

use super::told::{self, CodeFor};
use super::{Holder, Owner, code_hash, event};
use crate::audit::Event;
use crate::sessions::Session;
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, audit};

/// What codes of the second step are kept under.
const SECOND: &str = "second-factor";

/// A factor that is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorView {
    /// Its id.
    pub id: FactorId,
    /// Which kind.
    pub kind: FactorKind,
    /// What the browser called itself in which it was set up.
    pub device: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// All factors of a holder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors {
    /// Those set up, oldest first.
    pub list: Vec<FactorView>,
    /// How many recovery codes are left.
    pub recovery_left: u32,
    /// When the recovery codes were made.
    pub recovery_made_at: Option<Timestamp>,
}

impl Factors {
    /// The kinds, each once, recovery codes among them while any is left: what
    /// `identity::factor::next` wants to know.
    #[must_use]
    pub fn kinds(&self) -> Vec<FactorKind> {
        let has = |kind: FactorKind| match kind {
            FactorKind::Recovery => self.recovery_left > 0,
            other => self.list.iter().any(|factor| factor.kind == other),
        };
        FactorKind::ALL.into_iter().filter(|k| has(*k)).collect()
    }

    /// True if at least one is set up, recovery codes aside.
    #[must_use]
    pub fn any(&self) -> bool {
        !self.list.is_empty()
    }
}

/// The factors of a holder.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn list(ctx: &Ctx, holder: Holder) -> Result<Factors, UseCaseError> {
    list_in(&mut ctx.store.read().await?, holder).await
}

pub(crate) async fn list_in(tx: &mut Tx, holder: Holder) -> Result<Factors, UseCaseError> {
    let rows = store::factors::of_holder(tx, holder.key()).await?;
    let codes = store::factors::recovery(tx, holder.key()).await?;
    let left = codes.iter().filter(|code| code.used_at.is_none()).count();
    Ok(Factors {
        list: rows.iter().filter_map(view).collect(),
        recovery_left: u32::try_from(left).unwrap_or(0),
        recovery_made_at: codes.first().map(|code| code.created_at),
    })
}

fn view(row: &FactorRow) -> Option<FactorView> {
    Some(FactorView {
        id: row.id,
        kind: FactorKind::from_code(&row.kind)?,
        device: row.device.clone(),
        created_at: row.created_at,
        used_at: row.used_at,
    })
}

/// What somebody sets an authenticator app up with. Not stored until a code of it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorOffer {
    /// The shared secret as people type it.
    pub secret: String,
    /// The same as the address in the QR code.
    pub address: String,
}

/// Draws the secret of a new authenticator app: in hexadecimal, for the caller to keep where the
/// browser cannot change it until [`add_authenticator`].
#[must_use]
pub fn draw_authenticator(ctx: &Ctx) -> Secret {
    let mut secret = [0; authenticator::SECRET_BYTES];
    ctx.chance.fill(&mut secret);
    Secret::new(hex::encode(secret))
}

/// What is shown of a drawn secret.
///
/// # Errors
/// [`UseCaseError::Broken`] if it is not one.
pub fn authenticator_offer(
    ctx: &Ctx,
    owner: &Owner,
    secret: &Secret,
) -> Result<AuthenticatorOffer, UseCaseError> {
    let bytes = secret_bytes(secret)?;
    let plan = &ctx.plan.organisation.short_name;
    Ok(AuthenticatorOffer {
        secret: authenticator::base32(&bytes),
        address: authenticator::address(plan, &owner.user_id, &bytes),
    })
}

/// The QR code of a drawn secret, as an SVG picture.
///
/// # Errors
/// [`UseCaseError::Broken`] if the secret is not one.
pub fn authenticator_picture(
    ctx: &Ctx,
    owner: &Owner,
    secret: &Secret,
) -> Result<String, UseCaseError> {
    let offer = authenticator_offer(ctx, owner, secret)?;
    documents::qr_picture(&offer.address).map_err(|e| UseCaseError::Broken(Box::new(e)))
}

/// Sets an authenticator app up, if it shows the right digits. It takes the place of an earlier
/// one.
///
/// # Errors
/// Refusals about the field `code`: `second-code-wrong`; `too-many-tries`.
pub async fn add_authenticator(
    ctx: &Ctx,
    actor: &Actor,
    owner: &Owner,
    secret: &Secret,
    typed: &str,
    device: &str,
) -> Result<(), UseCaseError> {
    let counted = count(ctx, actor, owner.holder).await?;
    let bytes = secret_bytes(secret)?;
    let step = step_of(&bytes, typed, None, ctx.now());
    let step = step.ok_or_else(|| Refusal::of("code", "second-code-wrong"))?;
    let row = FactorRow {
        last_step: Some(step),
        ..new_row(ctx, owner.holder, FactorKind::Authenticator, device)
    };
    let row = FactorRow {
        secret: ctx.vault.seal(&sealed_as(row.id), &bytes),
        ..row
    };
    add(ctx, actor, owner, row).await?;
    throttle::forgive(ctx, counted).await
}

/// Sets up codes by e-mail, to an address that was proved: that of the sign-in.
///
/// # Errors
/// Refusals about the field `code`: `code-wrong` with `left`, `code-expired`.
pub async fn add_email(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    owner: &Owner,
    typed: &str,
    device: &str,
) -> Result<(), UseCaseError> {
    check_mailed(ctx, actor, session, owner, typed).await?;
    let row = new_row(ctx, owner.holder, FactorKind::Email, device);
    add(ctx, actor, owner, row).await
}

pub(super) fn new_row(ctx: &Ctx, holder: Holder, kind: FactorKind, device: &str) -> FactorRow {
    let key = holder.key();
    FactorRow {
        id: ctx.id(),
        holder_id: key.id,
        holder_kind: key.kind.to_owned(),
        kind: kind.code().to_owned(),
        device: device.to_owned(),
        secret: String::new(),
        credential_id: None,
        last_step: None,
        created_at: ctx.now(),
        used_at: None,
    }
}

/// Adds a factor in a unit of work of its own, and tells. Of an app and of mail there is one.
pub(super) async fn add(
    ctx: &Ctx,
    actor: &Actor,
    owner: &Owner,
    row: FactorRow,
) -> Result<(), UseCaseError> {
    let kind = FactorKind::from_code(&row.kind).ok_or(UseCaseError::NotFound)?;
    if !may_set_up(owner.holder.kind(), kind) {
        return Err(UseCaseError::NotAllowed);
    }
    let (owned, actor, owner) = (ctx.clone(), actor.clone(), owner.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (owner, row) = (owner.clone(), row.clone());
            Box::pin(async move {
                let key = owner.holder.key();
                if kind != FactorKind::Passkey {
                    for old in store::factors::of_holder(tx, key).await? {
                        if old.kind == row.kind {
                            store::factors::remove(tx, key, old.id).await?;
                        }
                    }
                }
                store::factors::insert(tx, &row).await?;
                // Whoever set a factor up wants to be asked for it.
                store::devices::forget_all(tx, key).await?;
                note(tx, &ctx, &actor, "factor-added", owner.holder, kind).await?;
                told::factor_added(tx, &ctx, &owner, kind).await
            })
        })
        .await
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    holder: Holder,
    kind: FactorKind,
) -> Result<(), UseCaseError> {
    let subject = holder.uuid().to_string();
    let detail = format!("kind={}", kind.code());
    let event = Event {
        detail: &detail,
        ..event(action, &subject)
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

/// Takes a factor away. With the last one the recovery codes go too.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the holder has no such factor; refusal `last-factor` if it is the
/// last one of a holder who must have one.
pub async fn remove(
    ctx: &Ctx,
    actor: &Actor,
    owner: &Owner,
    id: FactorId,
) -> Result<(), UseCaseError> {
    let (owned, actor, owner) = (ctx.clone(), actor.clone(), owner.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, owner) = (owned.clone(), actor.clone(), owner.clone());
            Box::pin(async move {
                let key = owner.holder.key();
                let all = list_in(tx, owner.holder).await?.list;
                let one = all.iter().find(|factor| factor.id == id);
                let kind = one.ok_or(UseCaseError::NotFound)?.kind;
                let others: Vec<FactorKind> = all
                    .iter()
                    .filter(|factor| factor.id != id)
                    .map(|factor| factor.kind)
                    .collect();
                if factor::leaves_none(&others) {
                    if !may_be_without(owner.holder.kind()) {
                        return Err(Refusal::new("last-factor").into());
                    }
                    store::factors::replace_recovery(tx, key, &[]).await?;
                }
                store::factors::remove(tx, key, id).await?;
                note(tx, &ctx, &actor, "factor-removed", owner.holder, kind).await?;
                told::factor_removed(tx, &ctx, &owner, kind).await
            })
        })
        .await
}

/// Makes ten new recovery codes in the place of all old ones. They can be shown this once.
///
/// # Errors
/// Refusal `recovery-needs-factor` without any factor to recover.
pub async fn make_recovery(
    ctx: &Ctx,
    actor: &Actor,
    owner: &Owner,
) -> Result<Vec<RecoveryCode>, UseCaseError> {
    if !list(ctx, owner.holder).await?.any() {
        return Err(Refusal::new("recovery-needs-factor").into());
    }
    let mut salt = [0; 32];
    ctx.chance.fill(&mut salt);
    let (mut codes, mut rows) = (Vec::new(), Vec::new());
    while codes.len() < identity::recovery::COUNT {
        let mut random = [0; 20];
        ctx.chance.fill(&mut random);
        let code = RecoveryCode::from_random(&random);
        rows.push(RecoveryRow {
            code_hash: ctx.hashers.derive(code.expose(), salt).await?,
            salt,
            created_at: ctx.now(),
            used_at: None,
        });
        codes.push(code);
    }
    let (owned, actor, holder) = (ctx.clone(), actor.clone(), owner.holder);
    ctx.store
        .write::<(), UseCaseError, _>(move |tx| {
            let (ctx, actor, rows) = (owned.clone(), actor.clone(), rows.clone());
            Box::pin(async move {
                store::factors::replace_recovery(tx, holder.key(), &rows).await?;
                let kind = FactorKind::Recovery;
                note(tx, &ctx, &actor, "recovery-codes-made", holder, kind).await
            })
        })
        .await?;
    Ok(codes)
}

/// A second factor that somebody gives.
#[derive(Debug, Clone)]
pub enum Given {
    /// The digits of an authenticator app.
    Authenticator(String),
    /// The code that was mailed.
    Email(String),
    /// A recovery code.
    Recovery(String),
    /// A passkey's answer in the ceremony of this errand.
    Passkey {
        /// The ceremony, from [`super::passkeys::begin_asking`].
        ceremony: kernel::ErrandId,
        /// What the browser answered.
        answer: String,
    },
}

/// Proves a second factor of `owner`. Tries are counted for the holder and the address, whatever
/// the kind; a right one clears them.
///
/// # Errors
/// Refusals about the field `code`: `second-code-wrong`, `code-wrong` with `left`, `code-expired`,
/// `recovery-code-wrong`; `passkey-wrong`; `too-many-tries` with `minutes`.
pub async fn prove(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    owner: &Owner,
    given: &Given,
) -> Result<FactorKind, UseCaseError> {
    let counted = count(ctx, actor, owner.holder).await?;
    let kind = match given {
        Given::Authenticator(typed) => {
            use_authenticator(ctx, owner, typed).await?;
            FactorKind::Authenticator
        }
        Given::Email(typed) => {
            let set_up = list(ctx, owner.holder).await?.kinds();
            if !set_up.contains(&FactorKind::Email) {
                return Err(Refusal::of("code", "code-expired").into());
            }
            check_mailed(ctx, actor, session, owner, typed).await?;
            FactorKind::Email
        }
        Given::Recovery(typed) => {
            use_recovery(ctx, actor, owner, typed).await?;
            FactorKind::Recovery
        }
        Given::Passkey { ceremony, answer } => {
            let holder = super::passkeys::finish_asking(ctx, session, *ceremony, answer).await?;
            if holder != owner.holder {
                return Err(Refusal::new("passkey-wrong").into());
            }
            FactorKind::Passkey
        }
    };
    throttle::forgive(ctx, counted).await?;
    Ok(kind)
}

pub(super) async fn count(
    ctx: &Ctx,
    actor: &Actor,
    holder: Holder,
) -> Result<throttle::Counted, UseCaseError> {
    let whom = holder.uuid().to_string();
    throttle::check_and_count(ctx, Purpose::SecondFactor, actor.address(), &whom).await
}

async fn use_authenticator(ctx: &Ctx, owner: &Owner, typed: &str) -> Result<(), UseCaseError> {
    let wrong = || UseCaseError::from(Refusal::of("code", "second-code-wrong"));
    let key = owner.holder.key();
    let rows = store::factors::of_holder(&mut ctx.store.read().await?, key).await?;
    let row = rows
        .into_iter()
        .find(|row| row.kind == FactorKind::Authenticator.code())
        .ok_or_else(wrong)?;
    let secret = ctx
        .vault
        .open(&sealed_as(row.id), &row.secret)
        .map_err(|e| UseCaseError::Broken(Box::new(e)))?;
    let now = ctx.now();
    let step = step_of(&secret, typed, row.last_step, now).ok_or_else(wrong)?;
    let used = ctx
        .store
        .write::<bool, store::StoreError, _>(move |tx| {
            Box::pin(async move { store::factors::use_step(tx, row.id, step, now).await })
        })
        .await?;
    if used { Ok(()) } else { Err(wrong()) }
}

async fn use_recovery(
    ctx: &Ctx,
    actor: &Actor,
    owner: &Owner,
    typed: &str,
) -> Result<(), UseCaseError> {
    let wrong = || UseCaseError::from(Refusal::of("code", "recovery-code-wrong"));
    let code = RecoveryCode::parse(typed).ok_or_else(wrong)?;
    let key = owner.holder.key();
    let rows = store::factors::recovery(&mut ctx.store.read().await?, key).await?;
    let salt = rows.first().map(|row| row.salt).ok_or_else(wrong)?;
    let hash = ctx.hashers.derive(code.expose(), salt).await?;
    let (owned, actor, owner) = (ctx.clone(), actor.clone(), owner.clone());
    let used = ctx
        .store
        .write::<bool, UseCaseError, _>(move |tx| {
            let (ctx, actor, owner) = (owned.clone(), actor.clone(), owner.clone());
            Box::pin(async move {
                if !store::factors::use_recovery(tx, key, &hash, ctx.now()).await? {
                    return Ok(false);
                }
                let left = list_in(tx, owner.holder).await?.recovery_left;
                let kind = FactorKind::Recovery;
                note(tx, &ctx, &actor, "recovery-code-used", owner.holder, kind).await?;
                told::recovery_used(tx, &ctx, &owner, left).await?;
                Ok(true)
            })
        })
        .await?;
    if used { Ok(()) } else { Err(wrong()) }
}

/// Mails a code for the second step of this session. It takes the place of an earlier one.
///
/// # Errors
/// Refusal `too-many-tries` with `minutes`.
pub async fn mail_code(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    owner: &Owner,
) -> Result<(), UseCaseError> {
    let whom = owner.holder.uuid().to_string();
    throttle::check_and_count(ctx, Purpose::SendCode, actor.address(), &whom).await?;
    let mut random = [0; 8];
    ctx.chance.fill(&mut random);
    let code = OneTimeCode::from_random(random);
    let (now, minutes) = (ctx.now(), ctx.plan.security.code_minutes);
    let id = ctx.chance.id::<kernel::AuditId>(now).uuid();
    let subject = mailed_to(owner.holder, session);
    let row = CodeRow {
        id,
        purpose: SECOND.to_owned(),
        code_hash: code_hash(id, &subject, &code),
        subject,
        created_at: now,
        expires_at: now + SignedDuration::from_mins(i64::from(minutes)),
    };
    let (owned, actor, owner) = (ctx.clone(), actor.clone(), owner.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, owner) = (owned.clone(), actor.clone(), owner.clone());
            let (row, code) = (row.clone(), code.clone());
            Box::pin(async move {
                store::codes::replace(tx, &row).await?;
                note(
                    tx,
                    &ctx,
                    &actor,
                    "code-sent",
                    owner.holder,
                    FactorKind::Email,
                )
                .await?;
                let what_for = CodeFor::SigningIn;
                told::code(tx, &ctx, &owner, what_for, code.expose(), minutes).await
            })
        })
        .await
}

async fn check_mailed(
    ctx: &Ctx,
    actor: &Actor,
    session: &Session,
    owner: &Owner,
    typed: &str,
) -> Result<(), UseCaseError> {
    let subject = mailed_to(owner.holder, session);
    let whom = owner.holder.uuid().to_string();
    super::codes::check(ctx, actor, SECOND, &subject, &whom, typed).await
}

/// A code is for one holder in one session.
fn mailed_to(holder: Holder, session: &Session) -> String {
    format!("{}:{}", holder.uuid(), hex::encode(session.token_hash))
}

fn sealed_as(id: FactorId) -> String {
    format!("authenticator:{id}")
}

fn secret_bytes(secret: &Secret) -> Result<Vec<u8>, UseCaseError> {
    hex::decode(secret.expose())
        .ok()
        .filter(|bytes| bytes.len() == authenticator::SECRET_BYTES)
        .ok_or_else(|| UseCaseError::broken("the secret of an authenticator app is not one"))
}

fn step_of(secret: &[u8], typed: &str, last_step: Option<i64>, now: Timestamp) -> Option<i64> {
    let typed = authenticator::read(typed)?;
    let last_used = last_step.and_then(|step| u64::try_from(step).ok());
    let step = authenticator::accepted(&typed, last_used, now, &|step| digits(secret, step))?;
    i64::try_from(step).ok()
}

/// What an app with this secret shows in a step.
#[must_use]
pub fn digits(secret: &[u8], step: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    authenticator::digits(&mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_those_of_rfc_6238() {
        // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = authenticator::step_at(Timestamp::from_second(second).unwrap());
            assert_eq!(digits(b"12345678901234567890", step), expected, "{second}");
        }
    }
}

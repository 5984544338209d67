//! Browser sessions: of members who signed in, and of visitors who have not.
//!
//! The cookie holds 256 random bits; the database holds their SHA-256, so that a stolen table opens
//! no session. A session ends when its idle time or its absolute time is over, when somebody signs
//! out, or when it is rotated: then a new one takes its place and the old cookie is worth nothing.

use gateways::chance::Draw as _;
use jiff::{SignedDuration, Timestamp};
use kernel::{Language, LoginId, PersonId};
use sha2::{Digest, Sha256};
use store::sessions::SessionRow;
use store::{StoreError, Tx};

use crate::{Ctx, UseCaseError, errands};

/// How long a session lasts at most, whatever happens. NIST SP 800-63B-4 section 2.2.3 allows 24
/// hours at AAL2; a working day is enough to pay a premium.
pub const LONGEST_HOURS: i64 = 12;
/// How long the session of somebody not signed in lasts without a request: as long as what was
/// filled in is kept, so that a visitor who looks for the ID card finds the form again.
pub const VISITOR_IDLE_MINUTES: i64 = errands::KEPT_MINUTES;

/// Requests that follow each other within this time are noted once.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// How long ended sessions stay in the table, for a look at what happened.
const KEPT_AFTER: SignedDuration = SignedDuration::from_hours(24);
const TOKEN_BYTES: usize = 32;
const MOST_DEVICE_CHARACTERS: usize = 200;

/// A session that is good now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's value; names the session in the database.
    pub token_hash: [u8; 32],
    /// Who signed in, if somebody did.
    pub login: Option<LoginId>,
    /// The person that sign-in belongs to.
    pub person: Option<PersonId>,
    /// What every form carries.
    pub csrf_token: String,
    /// The language of pages.
    pub language: Language,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// When it ends without another request; never after `expires_at`.
    pub idle_until: Timestamp,
    /// What the browser calls itself.
    pub device: String,
    /// When somebody signed in.
    pub signed_in_at: Option<Timestamp>,
    /// When password or passkey was last given.
    pub proved_at: Option<Timestamp>,
}

impl Session {
    /// True if password or passkey must be given again before something about the sign-in itself
    /// is changed (OWASP ASVS 5.0 V7.5.1).
    #[must_use]
    pub fn asks_again(&self, now: Timestamp) -> bool {
        self.proved_at
            .is_none_or(|proved_at| identity::factor::asks_again(proved_at, now))
    }
}

/// The session of a cookie; `None` if it is unknown, was ended, or ran out. A request counts as
/// use.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn find(ctx: &Ctx, token: &str) -> Result<Option<Session>, UseCaseError> {
    let (Some(session), seen_at) = look(ctx, token).await? else {
        return Ok(None);
    };
    if ctx.now() - seen_at < NOTED_EVERY {
        return Ok(Some(session));
    }
    extend(ctx, &session)
        .await
        .map(Some)
        .or_else(|error| match error {
            UseCaseError::NotFound => Ok(None),
            other => Err(other),
        })
}

/// As [`find`], but does not count as use: for pages that ask by themselves, such as the one that
/// waits for a payment, and for the question how much idle time is left.
///
/// # Errors
/// As [`find`].
pub async fn peek(ctx: &Ctx, token: &str) -> Result<Option<Session>, UseCaseError> {
    Ok(look(ctx, token).await?.0)
}

async fn look(ctx: &Ctx, token: &str) -> Result<(Option<Session>, Timestamp), UseCaseError> {
    let now = ctx.now();
    let row = store::sessions::find(&mut ctx.store.read().await?, &hash(token)).await?;
    Ok(match row {
        Some(row) if idle_until(ctx, &row) > now => {
            let seen_at = row.seen_at;
            (Some(of_row(ctx, row)), seen_at)
        }
        _ => (None, now),
    })
}

/// What the forms of a member's session carried that ran out of idle time less than a day ago and
/// that nobody ended; `None` for every other cookie. A form that carries it came from our own page
/// and may be kept until its owner has signed in again.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn lapsed(ctx: &Ctx, token: &str) -> Result<Option<String>, UseCaseError> {
    let now = ctx.now();
    let row = store::sessions::find(&mut ctx.store.read().await?, &hash(token)).await?;
    Ok(row
        .filter(|row| row.login.is_some() && idle_until(ctx, row) <= now)
        .filter(|row| now - row.seen_at < KEPT_AFTER)
        .map(|row| row.csrf_token))
}

/// Begins the session of a visitor: the cookie's value and the session. `device` is what the
/// browser calls itself.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn start(
    ctx: &Ctx,
    language: Language,
    device: &str,
) -> Result<(String, Session), UseCaseError> {
    let (token, row) = fresh(ctx, language, device);
    let session = of_row(ctx, row.clone());
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let row = row.clone();
            Box::pin(async move { store::sessions::insert(tx, &row).await })
        })
        .await?;
    Ok((token, session))
}

/// Puts a new session in the place of this one, with a new cookie and a new form token.
/// Half-finished forms move along; who signed in and the absolute end stay.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the session was ended meanwhile.
pub async fn rotate(ctx: &Ctx, session: &Session) -> Result<(String, Session), UseCaseError> {
    let (token, mut row) = fresh(ctx, session.language, &session.device);
    row.login = session.login;
    row.person = session.person;
    row.expires_at = session.expires_at;
    row.signed_in_at = session.signed_in_at;
    row.proved_at = session.proved_at;
    let new = of_row(ctx, row.clone());
    let (ctx2, old) = (ctx.clone(), session.token_hash);
    ctx.store
        .write(move |tx| {
            let (ctx, row) = (ctx2.clone(), row.clone());
            Box::pin(async move { replace(tx, &ctx, &old, &row, &[]).await })
        })
        .await?;
    Ok((token, new))
}

/// In the running transaction: ends `old`, begins `new`, moves the half-finished forms of `old` and
/// of `also` over to it.
pub(crate) async fn replace(
    tx: &mut Tx,
    ctx: &Ctx,
    old: &[u8; 32],
    new: &SessionRow,
    also: &[[u8; 32]],
) -> Result<(), UseCaseError> {
    if !store::sessions::end(tx, old, ctx.now()).await? {
        return Err(UseCaseError::NotFound);
    }
    store::sessions::insert(tx, new).await?;
    for from in std::iter::once(old).chain(also) {
        errands::move_all(tx, ctx, from, &new.token_hash).await?;
    }
    Ok(())
}

/// Changes the language of the session's pages.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn set_language(
    ctx: &Ctx,
    session: &Session,
    language: Language,
) -> Result<(), UseCaseError> {
    let hash = session.token_hash;
    ctx.store
        .write(move |tx| {
            Box::pin(async move { store::sessions::set_language(tx, &hash, language).await })
        })
        .await
        .map_err(|error: StoreError| error.into())
}

/// Starts the idle time anew, at the wish of the person: "Stay signed in". The absolute end stays.
///
/// # Errors
/// [`UseCaseError::NotFound`] if the session has ended or run out meanwhile.
pub async fn extend(ctx: &Ctx, session: &Session) -> Result<Session, UseCaseError> {
    let (now, hash) = (ctx.now(), session.token_hash);
    if session.idle_until <= now {
        return Err(UseCaseError::NotFound);
    }
    let there = ctx
        .store
        .write::<bool, StoreError, _>(move |tx| {
            Box::pin(async move {
                store::sessions::touch(tx, &hash, now).await?;
                // Not touched if another request was just noted: what matters is that it is there.
                Ok(store::sessions::find(tx, &hash).await?.is_some())
            })
        })
        .await?;
    if !there {
        return Err(UseCaseError::NotFound);
    }
    let idle_until = limit(ctx, session.login, now).min(session.expires_at);
    Ok(Session {
        idle_until,
        ..session.clone()
    })
}

/// Ends the session and forgets its half-finished forms.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn end(ctx: &Ctx, session: &Session) -> Result<(), UseCaseError> {
    let (now, hash) = (ctx.now(), session.token_hash);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                store::errands::remove_of_session(tx, &hash).await?;
                store::sessions::end(tx, &hash, now).await.map(drop)
            })
        })
        .await
        .map_err(|error: StoreError| error.into())
}

/// What was cleaned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Sessions that ended or ran out a day ago or more.
    pub sessions: u64,
    /// Half-finished forms that expired.
    pub errands: u64,
    /// Codes sent a day ago or more.
    pub codes: u64,
    /// Tries that count no more.
    pub tries: u64,
    /// Devices on which nobody signed in for a year.
    pub devices: u64,
}

/// Cleans away what has run out: sessions, half-finished forms, codes, counted tries. Safe to run
/// at any time, in several processes.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn prune(ctx: &Ctx) -> Result<Pruned, UseCaseError> {
    let now = ctx.now();
    let (day_ago, unknown) = (now - KEPT_AFTER, now - identity::device::KNOWN);
    ctx.store
        .write::<Pruned, StoreError, _>(move |tx| {
            Box::pin(async move {
                Ok(Pruned {
                    sessions: store::sessions::prune(tx, day_ago).await?
                        + crate::staff::sessions::prune(tx, day_ago).await?,
                    errands: store::errands::prune(tx, now).await?,
                    codes: store::codes::prune(tx, day_ago).await?,
                    tries: store::throttles::prune(tx, day_ago).await?,
                    devices: store::devices::prune(tx, unknown).await?,
                })
            })
        })
        .await
        .map_err(Into::into)
}

/// A fresh visitor's session, not stored yet, and its cookie's value.
pub(crate) fn fresh(ctx: &Ctx, language: Language, device: &str) -> (String, SessionRow) {
    let now = ctx.now();
    let token = ctx.chance.token(TOKEN_BYTES);
    let row = SessionRow {
        token_hash: hash(&token),
        login: None,
        person: None,
        csrf_token: ctx.chance.token(TOKEN_BYTES),
        language,
        created_at: now,
        seen_at: now,
        expires_at: now + SignedDuration::from_hours(LONGEST_HOURS),
        device: device
            .chars()
            .filter(|c| !c.is_control())
            .take(MOST_DEVICE_CHARACTERS)
            .collect(),
        signed_in_at: None,
        proved_at: None,
    };
    (token, row)
}

pub(crate) fn of_row(ctx: &Ctx, row: SessionRow) -> Session {
    let idle_until = idle_until(ctx, &row);
    Session {
        token_hash: row.token_hash,
        login: row.login,
        person: row.person,
        csrf_token: row.csrf_token,
        language: row.language,
        expires_at: row.expires_at,
        idle_until,
        device: row.device,
        signed_in_at: row.signed_in_at,
        proved_at: row.proved_at,
    }
}

fn idle_until(ctx: &Ctx, row: &SessionRow) -> Timestamp {
    limit(ctx, row.login, row.seen_at).min(row.expires_at)
}

fn limit(ctx: &Ctx, login: Option<LoginId>, seen_at: Timestamp) -> Timestamp {
    let minutes = match login {
        Some(_) => i64::from(ctx.plan.security.idle_minutes),
        None => VISITOR_IDLE_MINUTES,
    };
    seen_at + SignedDuration::from_mins(minutes)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

//! Accepting an invitation: with one's own sign-in, or with one made for it.

use gateways::chance::Draw as _;
use identity::delegation::INVITATION_TRIES;
use identity::{DelegationKind, Right, UserId};
use jiff::civil::Date;
use kernel::{AccountId, Email, Language, LoginId, PersonId, Secret, Zip};
use store::logins::LoginRow;
use store::{StoreError, Tx};

use super::{Invitation, TOKEN_BYTES, hash, new_outsider, note, subscriber};
use crate::notices::{self, Notice, NoticeKind, To, facts};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, passwords};

/// An invitation, as the invited person sees it before accepting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Who invites: a first name and no more.
    pub inviter: String,
    /// The right.
    pub right: Right,
    /// Until when; `None` until it is taken back.
    pub last_day: Option<Date>,
    /// Where the invitation went, for the sign-in that is made for it.
    pub email: String,
    /// The language of the invitation.
    pub language: Language,
}

/// A sign-in for somebody who is no member.
#[derive(Debug, Clone)]
pub struct NewLogin {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The user ID they choose.
    pub user_id: String,
    /// The password they choose.
    pub password: Secret,
    /// The language of pages and mail.
    pub language: Language,
}

/// The invitation of a link.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it was accepted, taken back, or is older than a week.
pub async fn invited(ctx: &Ctx, token: &str) -> Result<Invited, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let row = store::delegations::by_token(&mut tx, &hash(token)).await?;
    let row = row
        .filter(|row| row.invited_until > ctx.now() && row.tries < INVITATION_TRIES)
        .ok_or(UseCaseError::NotFound)?;
    let owner = store::accounts::by_id(&mut tx, row.account).await?;
    let owner = owner.ok_or(UseCaseError::NotFound)?;
    Ok(Invited {
        inviter: subscriber(&mut tx, &owner).await?.first_name,
        right: access::delegation_of(&row)?.right,
        last_day: row.last_day,
        email: row.email,
        language: row.language,
    })
}

/// Accepts an invitation for who is signed in: the account they may help with now.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] if nobody is; [`UseCaseError::NotFound`] as [`invited`]. Refusals:
/// field `zip`: `delegate-zip` with the tries `left`; `delegate-void` after the last of them;
/// `delegate-own` for the member's own sign-in; `delegate-has-rights`.
pub async fn accept(
    ctx: &Ctx,
    actor: &Actor,
    token: &str,
    zip: &Zip,
) -> Result<AccountId, UseCaseError> {
    let Actor::Member { login, person, .. } = actor else {
        return Err(UseCaseError::NotAllowed);
    };
    invited(ctx, token).await?;
    answer(ctx, token, zip).await?;
    let (owned, actor, token, login, person) =
        (ctx.clone(), actor.clone(), hash(token), *login, *person);
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move { take_rights(tx, &ctx, &actor, &token, login, person).await })
        })
        .await
}

/// Gives somebody who signs in already a right, without an invitation: for demonstrations and
/// trials, where nobody reads mail.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but the operator; refusals as [`super::invite`] and
/// [`accept`].
pub async fn known(
    ctx: &Ctx,
    by: &Actor,
    account: AccountId,
    invitation: &Invitation,
    delegate: &Actor,
) -> Result<(), UseCaseError> {
    let (Actor::Operator, Actor::Member { login, person, .. }) = (by, delegate) else {
        return Err(UseCaseError::NotAllowed);
    };
    let token = ctx.chance.token(TOKEN_BYTES);
    let kind = DelegationKind::Delegate;
    let row = super::new_row(ctx, by, account, kind, invitation, &token);
    let (owned, both, login, person) =
        (ctx.clone(), (by.clone(), delegate.clone()), *login, *person);
    ctx.store
        .write(move |tx| {
            let (ctx, (by, delegate), row) = (owned.clone(), both.clone(), row.clone());
            let token = hash(&token);
            Box::pin(async move {
                let owner = store::accounts::lock(tx, account).await?;
                let owner = owner.ok_or(UseCaseError::NotFound)?;
                super::check(tx, &ctx, &owner, &row).await?;
                store::delegations::insert(tx, &row).await?;
                let detail = format!("kind={} rights={}", row.kind, row.rights);
                note(tx, &ctx, &by, "delegate-invited", &row, &detail).await?;
                take_rights(tx, &ctx, &delegate, &token, login, person)
                    .await
                    .map(drop)
            })
        })
        .await
}

/// Makes a sign-in for somebody who is no member, and accepts the invitation with it. The link
/// proves the address.
///
/// # Errors
/// As [`accept`], and those of choosing a user ID and a password.
pub async fn register(
    ctx: &Ctx,
    actor: &Actor,
    token: &str,
    zip: &Zip,
    new: NewLogin,
) -> Result<(LoginId, AccountId), UseCaseError> {
    let invitation = invited(ctx, token).await?;
    let whom = hex::encode(hash(token));
    throttle::check_and_count(ctx, Purpose::ChooseUserId, actor.address(), &whom).await?;
    let user_id =
        UserId::parse(&new.user_id).map_err(|_| Refusal::of("user_id", "user-id-shape"))?;
    let email = Email::parse(&invitation.email)
        .map_err(|_| UseCaseError::broken("an invitation without an address"))?;
    let password = passwords::normalised(&new.password);
    let about = [
        new.first_name.as_str(),
        new.last_name.as_str(),
        email.as_str(),
        user_id.as_str(),
    ];
    passwords::check_new(ctx, &password, &about)?;
    let mut tx = ctx.store.read().await?;
    let taken = store::logins::find(&mut tx, &user_id.folded()).await?;
    drop(tx);
    if taken.is_some() {
        return Err(Refusal::of("user_id", "user-id-taken").into());
    }
    let person: PersonId = ctx.id();
    let row = LoginRow {
        id: ctx.id(),
        person,
        user_id: user_id.as_str().to_owned(),
        folded_user_id: user_id.folded(),
        password_hash: ctx.hashers.hash(&*ctx.chance, &password).await?,
        email: email.as_str().to_owned(),
        language: new.language,
        created_at: ctx.now(),
        password_changed_at: ctx.now(),
    };
    answer(ctx, token, zip).await?;
    let number = ctx.store.next_number("outsider").await?;
    let (login, token) = (row.id, hash(token));
    let actor = Actor::Member {
        login,
        person,
        address: actor.address().to_owned(),
    };
    let owned = ctx.clone();
    let account = ctx
        .store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (row, new) = (row.clone(), new.clone());
            Box::pin(async move {
                new_outsider(tx, &ctx, person, number, &new, &row.email).await?;
                store::logins::insert(tx, &row)
                    .await
                    .map_err(taken_meanwhile)?;
                take_rights(tx, &ctx, &actor, &token, login, person).await
            })
        })
        .await?;
    Ok((login, account))
}

/// Somebody else may take a user ID between the question and the insertion.
fn taken_meanwhile(error: StoreError) -> UseCaseError {
    match &error {
        StoreError::Conflict { constraint } if constraint.contains("folded_user_id") => {
            Refusal::of("user_id", "user-id-taken").into()
        }
        _ => error.into(),
    }
}

/// Compares the ZIP code that somebody says with the member's, and counts. The count is committed
/// whatever comes of it.
async fn answer(ctx: &Ctx, token: &str, zip: &Zip) -> Result<(), UseCaseError> {
    let (owned, token, zip) = (ctx.clone(), hash(token), zip.clone());
    let refusal = ctx
        .store
        .write(move |tx| {
            let (ctx, zip) = (owned.clone(), zip.clone());
            Box::pin(async move {
                let most = INVITATION_TRIES;
                let tried = store::delegations::count_try(tx, &token, most, ctx.now()).await?;
                let tries = tried.ok_or(UseCaseError::NotFound)?;
                let row = store::delegations::by_token(tx, &token).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                let owner = store::accounts::by_id(tx, row.account).await?;
                let owner = owner.ok_or(UseCaseError::NotFound)?;
                let known = subscriber(tx, &owner).await?.zip5();
                if known.is_some_and(|known| known == zip) {
                    return Ok::<_, UseCaseError>(None);
                }
                Ok(Some(match most - tries {
                    0 => Refusal::of("zip", "delegate-void"),
                    left => Refusal::of("zip", "delegate-zip").with("left", left),
                }))
            })
        })
        .await?;
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

async fn take_rights(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    token: &[u8; 32],
    login: LoginId,
    person: PersonId,
) -> Result<AccountId, UseCaseError> {
    let row = store::delegations::by_token(tx, token).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    let owner = store::accounts::lock(tx, row.account).await?;
    let owner = owner.ok_or(UseCaseError::NotFound)?;
    if owner.subscriber == person {
        return Err(Refusal::new("delegate-own").into());
    }
    let accepted = store::delegations::accept(tx, token, login, ctx.now())
        .await
        .map_err(|error| match error {
            StoreError::Conflict { .. } => Refusal::new("delegate-has-rights").into(),
            other => UseCaseError::from(other),
        })?;
    if !accepted {
        return Err(UseCaseError::NotFound);
    }
    note(tx, ctx, actor, "delegate-accepted", &row, "").await?;
    let told = facts::DelegateAdded {
        rights: vec![row.rights.clone()],
    };
    let notice = Notice::new(
        NoticeKind::DelegateAdded,
        To::Subscriber(owner.subscriber),
        Some(row.account),
        told.value(),
    );
    notices::tell(tx, ctx, notice).await?;
    Ok(row.account)
}

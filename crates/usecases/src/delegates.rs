//! Rights on an account that its member gives to somebody else, and those of an authorised
//! representative on file.
//!
//! The member names a person and an e-mail address. The link that is mailed holds a secret and
//! nothing about anybody; it is good once, for a week. Whoever accepts also says the ZIP code of
//! the member, which a stranger at a mistyped address does not know. Rights are asked for with each
//! request, so that taking them back holds at once, in sessions that are open too.

use gateways::chance::Draw as _;
use identity::delegation::{INVITATION_DAYS, InvitationRefusal, MOST_DELEGATES, may_invite};
use identity::{DelegationKind, DelegationState, Right};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{AccountId, DelegationId, Email, Language, MemberId, PersonId};
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::accounts::{AccountRow, PersonRow};
use store::delegations::DelegationRow;

use crate::audit::{self, Event};
use crate::notices::{self, Notice, NoticeKind, To, facts};
use crate::throttle::{self, Purpose};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, account_number};

mod accept;
mod helped;

pub use accept::{Invited, NewLogin, accept, invited, known, register};
pub use helped::{Helped, Helping, give_back, helped, helping};

/// Stands where a date of birth would: it is not asked for.
const NOBODYS_BIRTHDAY: Date = jiff::civil::date(1, 1, 1);
/// Bytes of the secret in a link.
const TOKEN_BYTES: usize = 32;

/// What a member gives, to whom.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The person's name, as the member knows them.
    pub name: String,
    /// Where the link goes.
    pub email: Email,
    /// The right.
    pub right: Right,
    /// Until when; `None` until it is taken back.
    pub last_day: Option<Date>,
    /// The language of the mail.
    pub language: Language,
}

/// Everybody with rights on an account, as the member sees them.
#[derive(Debug, Clone)]
pub struct Delegates {
    /// The account.
    pub account: AccountId,
    /// Its number.
    pub account_number: String,
    /// Its plan line, by its id in the plan file.
    pub plan_line: String,
    /// The other accounts of the same subscriber: id and plan line.
    pub others: Vec<(AccountId, String)>,
    /// The people: those with rights and open invitations first, then those of the past.
    pub people: Vec<DelegateView>,
}

/// Somebody with rights.
#[derive(Debug, Clone)]
pub struct DelegateView {
    /// Id.
    pub id: DelegationId,
    /// How they came to have rights.
    pub kind: DelegationKind,
    /// Which.
    pub right: Right,
    /// Their name, as the member typed it.
    pub name: String,
    /// Where the invitation went.
    pub email: String,
    /// Where it stands.
    pub state: DelegationState,
    /// Since when: accepted, or invited.
    pub since: Timestamp,
    /// Until when an open invitation can be accepted.
    pub invited_until: Timestamp,
    /// Their last day, if there is one.
    pub last_day: Option<Date>,
    /// When they used their rights last.
    pub used_at: Option<Timestamp>,
    /// When rights were taken back, if they were.
    pub ended_at: Option<Timestamp>,
}

/// Everybody who has or had rights on an account.
///
/// # Errors
/// [`UseCaseError::NotFound`] and [`UseCaseError::NotAllowed`] as [`access::account`] says.
pub async fn of_account(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
) -> Result<Delegates, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    let owner = access::account(&mut tx, ctx, actor, account, Right::Manage).await?;
    let people = people(ctx, &mut tx, account).await?;
    let subscriber = subscriber(&mut tx, &owner).await?;
    let others = store::accounts::of_subscriber(&mut tx, &subscriber.member_id)
        .await?
        .into_iter()
        .filter(|other| other.id != account)
        .map(|other| (other.id, other.plan_line))
        .collect();
    Ok(Delegates {
        account,
        account_number: account_number::shown(owner.number),
        plan_line: owner.plan_line,
        others,
        people,
    })
}

/// Everybody who has or had rights on an account: those with rights and open invitations first.
pub(crate) async fn people(
    ctx: &Ctx,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<DelegateView>, UseCaseError> {
    let rows = store::delegations::of_account(tx, account).await?;
    let views = rows.iter().map(|row| view_of(ctx, row));
    let mut people = views.collect::<Result<Vec<_>, _>>()?;
    people.sort_by_key(|person| person.state == DelegationState::Over);
    Ok(people)
}

fn view_of(ctx: &Ctx, row: &DelegationRow) -> Result<DelegateView, UseCaseError> {
    let rights = access::delegation_of(row)?;
    let mut state = rights.state(ctx.today());
    if state == DelegationState::Invited && row.invited_until <= ctx.now() {
        state = DelegationState::Over;
    }
    Ok(DelegateView {
        id: row.id,
        kind: access::kind_of(row)?,
        right: rights.right,
        name: row.name.clone(),
        email: row.email.clone(),
        state,
        since: row.accepted_at.unwrap_or(row.invited_at),
        invited_until: row.invited_until,
        last_day: row.last_day,
        used_at: row.used_at,
        ended_at: row.ended_at,
    })
}

/// Invites somebody to have a right on an account.
///
/// # Errors
/// As [`of_account`]. Refusals: field `right`: `delegate-right`; field `last_day`:
/// `delegate-last-day`; field `email`: `delegate-there`, `delegate-oneself`; `delegate-too-many`
/// with `most`; `too-many-tries`.
pub async fn invite(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    invitation: &Invitation,
) -> Result<DelegationId, UseCaseError> {
    let mut tx = ctx.store.read().await?;
    access::account(&mut tx, ctx, actor, account, Right::Manage).await?;
    drop(tx);
    let folded = invitation.email.folded();
    throttle::check_and_count(
        ctx,
        Purpose::SendCode,
        actor.address(),
        &account.to_string(),
    )
    .await?;
    throttle::check_and_count(ctx, Purpose::MailTo, "", &folded).await?;
    let token = ctx.chance.token(TOKEN_BYTES);
    let row = new_row(
        ctx,
        actor,
        account,
        DelegationKind::Delegate,
        invitation,
        &token,
    );
    let (owned, actor, id) = (ctx.clone(), actor.clone(), row.id);
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (row, token) = (row.clone(), token.clone());
            Box::pin(async move {
                let owner = store::accounts::lock(tx, account).await?;
                let owner = owner.ok_or(UseCaseError::NotFound)?;
                check(tx, &ctx, &owner, &row).await?;
                put_on_file(tx, &ctx, &actor, &owner, &row, &token).await
            })
        })
        .await?;
    Ok(id)
}

/// What the rules ask about the invitation, from what is on file.
async fn check(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &AccountRow,
    row: &DelegationRow,
) -> Result<(), UseCaseError> {
    let subscriber = subscriber(tx, owner).await?;
    let mut own = vec![subscriber.email.to_lowercase()];
    if let Some(login) = store::logins::of_person(tx, owner.subscriber).await? {
        own.push(login.email.to_lowercase());
    }
    let mut others = Vec::new();
    for other in store::delegations::of_account(tx, owner.id).await? {
        if view_of(ctx, &other)?.state != DelegationState::Over {
            others.push(other.email.to_lowercase());
        }
    }
    let rights = access::delegation_of(row)?;
    let email = row.email.to_lowercase();
    may_invite(
        rights.right,
        row.last_day,
        ctx.today(),
        &email,
        &own,
        &others,
    )
    .map_err(|why| {
        match why {
            InvitationRefusal::Right => Refusal::of("right", "delegate-right"),
            InvitationRefusal::LastDay => Refusal::of("last_day", "delegate-last-day"),
            InvitationRefusal::There => Refusal::of("email", "delegate-there"),
            InvitationRefusal::Oneself => Refusal::of("email", "delegate-oneself"),
            InvitationRefusal::TooMany => {
                Refusal::of("email", "delegate-too-many").with("most", MOST_DELEGATES)
            }
        }
        .into()
    })
}

fn new_row(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    kind: DelegationKind,
    invitation: &Invitation,
    token: &str,
) -> DelegationRow {
    let now = ctx.now();
    DelegationRow {
        account,
        id: ctx.id(),
        kind: kind.code().to_owned(),
        rights: invitation.right.code().to_owned(),
        name: invitation.name.clone(),
        email: invitation.email.as_str().to_owned(),
        language: invitation.language,
        login: None,
        token_hash: Some(hash(token)),
        invited_until: now + SignedDuration::from_hours(24 * i64::from(INVITATION_DAYS)),
        tries: 0,
        first_day: ctx.today(),
        last_day: invitation.last_day,
        invited_by: format!("{} {}", actor.kind(), actor.name())
            .trim()
            .to_owned(),
        invited_at: now,
        accepted_at: None,
        used_at: None,
        ended_by: String::new(),
        ended_at: None,
    }
}

async fn put_on_file(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    owner: &AccountRow,
    row: &DelegationRow,
    token: &str,
) -> Result<(), UseCaseError> {
    store::delegations::insert(tx, row).await?;
    let detail = format!("kind={} rights={}", row.kind, row.rights);
    note(tx, ctx, actor, "delegate-invited", row, &detail).await?;
    let inviter = subscriber(tx, owner).await?;
    let told = facts::DelegateInvited {
        inviter_first_name: inviter.first_name,
        link: format!("{}/delegate/{token}", ctx.settings.public_url),
        days: INVITATION_DAYS,
    };
    let to = To::Address {
        email: row.email.clone(),
        language: row.language,
    };
    let notice = Notice::new(NoticeKind::DelegateInvited, to, None, told.value());
    notices::tell(tx, ctx, notice).await.map(drop)
}

/// Takes rights or an open invitation back. It holds with the next request of whoever had them.
///
/// # Errors
/// As [`of_account`]; [`UseCaseError::NotFound`] if there are none any more.
pub async fn take_back(
    ctx: &Ctx,
    actor: &Actor,
    account: AccountId,
    id: DelegationId,
) -> Result<(), UseCaseError> {
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            Box::pin(async move {
                access::account(tx, &ctx, &actor, account, Right::Manage).await?;
                let rows = store::delegations::of_account(tx, account).await?;
                let row = rows.iter().find(|row| row.id == id);
                let row = row.ok_or(UseCaseError::NotFound)?;
                // What the plan put on file by a document ends by a document.
                if access::kind_of(row)? == DelegationKind::Representative
                    && !matches!(actor, Actor::Operator)
                {
                    return Err(Refusal::new("delegate-on-file").into());
                }
                end(tx, &ctx, &actor, row).await
            })
        })
        .await
}

/// In the running transaction: ends rights, notes it, and tells whom it concerns.
async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    row: &DelegationRow,
) -> Result<(), UseCaseError> {
    let by = format!("{} {}", actor.kind(), actor.name());
    if !store::delegations::end(tx, row.account, row.id, by.trim(), ctx.now()).await? {
        return Err(UseCaseError::NotFound);
    }
    note(tx, ctx, actor, "delegate-ended", row, "").await?;
    if row.accepted_at.is_none() {
        return Ok(());
    }
    let owner = store::accounts::by_id(tx, row.account).await?;
    let owner = owner.ok_or(UseCaseError::NotFound)?;
    let notice = Notice::new(
        NoticeKind::DelegateRemoved,
        To::Subscriber(owner.subscriber),
        Some(row.account),
        facts::none(),
    );
    notices::tell(tx, ctx, notice).await.map(drop)
}

/// Puts an authorised representative on file for all accounts of a subscriber, and mails the link
/// to a sign-in. The document that makes them one was looked at by whoever calls this.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody but the operator; [`UseCaseError::NotFound`] if the
/// member ID is no subscriber's; refusals as [`invite`].
pub async fn add_representative(
    ctx: &Ctx,
    actor: &Actor,
    member_id: &MemberId,
    first_day: Date,
    invitation: &Invitation,
) -> Result<Vec<DelegationId>, UseCaseError> {
    if !matches!(actor, Actor::Operator) {
        return Err(UseCaseError::NotAllowed);
    }
    if invitation
        .last_day
        .is_some_and(|last| last < first_day.max(ctx.today()))
    {
        return Err(Refusal::of("last_day", "delegate-last-day").into());
    }
    let mut tx = ctx.store.read().await?;
    let accounts = store::accounts::of_subscriber(&mut tx, member_id).await?;
    drop(tx);
    if accounts.is_empty() {
        return Err(UseCaseError::NotFound);
    }
    let mut ids = Vec::new();
    for owner in accounts {
        let token = ctx.chance.token(TOKEN_BYTES);
        let kind = DelegationKind::Representative;
        let mut row = new_row(ctx, actor, owner.id, kind, invitation, &token);
        Right::Manage.code().clone_into(&mut row.rights);
        row.first_day = first_day;
        ids.push(row.id);
        let (owned, actor) = (ctx.clone(), actor.clone());
        ctx.store
            .write(move |tx| {
                let (ctx, actor) = (owned.clone(), actor.clone());
                let (row, token, owner) = (row.clone(), token.clone(), owner.clone());
                Box::pin(async move { put_on_file(tx, &ctx, &actor, &owner, &row, &token).await })
            })
            .await?;
    }
    Ok(ids)
}

/// Everybody with rights on the accounts of a subscriber: for the operator.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] to everybody else.
pub async fn on_file(
    ctx: &Ctx,
    actor: &Actor,
    member_id: &MemberId,
) -> Result<Vec<(AccountId, DelegateView)>, UseCaseError> {
    if !matches!(actor, Actor::Operator) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut tx = ctx.store.read().await?;
    let mut all = Vec::new();
    for owner in store::accounts::of_subscriber(&mut tx, member_id).await? {
        for row in store::delegations::of_account(&mut tx, owner.id).await? {
            all.push((owner.id, view_of(ctx, &row)?));
        }
    }
    Ok(all)
}

async fn subscriber(tx: &mut Tx, owner: &AccountRow) -> Result<PersonRow, UseCaseError> {
    store::accounts::person_by_id(tx, owner.subscriber)
        .await?
        .ok_or_else(|| UseCaseError::broken("an account without a subscriber"))
}

/// First name and initial: as much as somebody who helps sees of the member.
fn short_name(person: &PersonRow) -> String {
    match person.last_name.chars().next() {
        Some(initial) => format!("{} {initial}.", person.first_name),
        None => person.first_name.clone(),
    }
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    action: &'static str,
    row: &DelegationRow,
    detail: &str,
) -> Result<(), UseCaseError> {
    let subject = row.id.to_string();
    let event = Event {
        action,
        account: Some(row.account),
        subject: &subject,
        detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A person who is no member, for whom a sign-in is made.
pub(crate) async fn new_outsider(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PersonId,
    number: i64,
    person: &NewLogin,
    email: &str,
) -> Result<(), UseCaseError> {
    let number = u32::try_from(number)
        .map_err(|_| UseCaseError::broken("the numbers of outsiders are used up"))?;
    let row = store::delegations::OutsiderRow {
        id,
        member_id: MemberId::stand_in(number),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        plain_last_name: person.last_name.to_lowercase(),
        email: email.to_owned(),
        language: person.language,
        birth_date: NOBODYS_BIRTHDAY,
        created_at: ctx.now(),
    };
    Ok(store::delegations::insert_outsider(tx, &row).await?)
}

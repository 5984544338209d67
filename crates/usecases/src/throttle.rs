//! How often something may be tried, by one network address and on one subject: a member ID, a user
//! ID, an e-mail address. It counts the same whether the subject exists or not, so that it does not
//! tell; neither address nor subject is stored, only a hash that is forgotten within a day.

use gateways::chance::Draw as _;
use identity::throttle as rules;
use identity::{Counter, Limit, Verdict, allowed};
use jiff::{SignedDuration, Timestamp};
use kernel::AuditId;
use plan::Security;
use sha2::{Digest, Sha256};
use store::{StoreError, Tx};
use uuid::Uuid;

use crate::{Actor, Ctx, Refusal, UseCaseError};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A guest looks for a member; the subject is the member ID.
    GuestLookUp,
    /// A member looks for their own record to register; the subject is the member ID.
    Registration,
    /// A code is asked for; the subject is the person.
    SendCode,
    /// Mail is sent to an address that somebody typed; the subject is the e-mail address.
    MailTo,
    /// A user ID is chosen; the subject is the person.
    ChooseUserId,
    /// Somebody signs in; the subject is the user ID as typed.
    SignIn,
    /// Somebody gives a second factor; the subject is the holder.
    SecondFactor,
    /// Somebody forgot user ID or password; the subject is the member ID.
    Forgotten,
    /// A calendar program asks for due dates; the subject is the hash of its token.
    Calendar,
}

impl Purpose {
    const fn code(self) -> &'static str {
        match self {
            Purpose::GuestLookUp => "guest",
            Purpose::Registration => "register",
            Purpose::SendCode => "send-code",
            Purpose::MailTo => "mail-to",
            Purpose::ChooseUserId => "user-id",
            Purpose::SignIn => "sign-in",
            Purpose::SecondFactor => "second-factor",
            Purpose::Forgotten => "forgotten",
            Purpose::Calendar => "calendar",
        }
    }

    /// The limits on the subject and on the network address.
    fn limits(self, security: &Security) -> (Limit, Limit) {
        let guest = security.guest;
        let within = SignedDuration::from_mins(i64::from(guest.window_minutes));
        let of_plan = |most: u16| Limit {
            most: most.into(),
            within,
            wait: within,
        };
        match self {
            Purpose::GuestLookUp | Purpose::Registration | Purpose::Forgotten => {
                (of_plan(guest.per_member), of_plan(guest.per_address))
            }
            Purpose::SendCode | Purpose::MailTo => {
                (rules::CODES_BY_RECIPIENT, of_plan(guest.per_address))
            }
            // Finding a free user ID and a password that is not refused takes a person several
            // tries.
            Purpose::ChooseUserId => (CHOICES, CHOICES),
            Purpose::Calendar => (CALENDAR_BY_TOKEN, CALENDAR_BY_ADDRESS),
            Purpose::SecondFactor => (rules::FACTORS_BY_HOLDER, rules::FACTORS_BY_ADDRESS),
            Purpose::SignIn => (rules::SIGN_IN_BY_USER_ID, rules::SIGN_IN_BY_ADDRESS),
        }
    }
}

/// How often somebody may choose a user ID and a password.
const CHOICES: Limit = Limit {
    most: 30,
    within: SignedDuration::from_mins(60),
    wait: SignedDuration::from_mins(60),
};

/// How often one calendar is asked for: programs ask every few minutes at most.
const CALENDAR_BY_TOKEN: Limit = Limit {
    most: 60,
    within: SignedDuration::from_mins(60),
    wait: SignedDuration::from_mins(15),
};

/// How often one network address asks for calendars: a company that keeps the calendars of many
/// people asks from few addresses.
const CALENDAR_BY_ADDRESS: Limit = Limit {
    most: 600,
    within: SignedDuration::from_mins(60),
    wait: SignedDuration::from_mins(15),
};

/// A try that was counted. [`forgive`] takes it back.
#[derive(Debug, Clone)]
pub struct Counted {
    at: Timestamp,
    id: Uuid,
    subject: String,
    address: Option<String>,
}

/// Counts a try before it is made, so that fifty at once are fifty tries. An empty `address` is the
/// operator's or a job's, and is not limited.
///
/// # Errors
/// Refusal `too-many-tries` with `minutes` to wait, and then the try is not counted: whoever keeps
/// trying waits no longer.
pub async fn check_and_count(
    ctx: &Ctx,
    purpose: Purpose,
    address: &str,
    subject: &str,
) -> Result<Counted, UseCaseError> {
    let (per_subject, per_address) = purpose.limits(&ctx.plan.security);
    let counted = Counted {
        at: ctx.now(),
        id: ctx.chance.id::<AuditId>(ctx.now()).uuid(),
        subject: bucket(purpose, "subject", subject),
        address: (!address.is_empty()).then(|| bucket(purpose, "address", &network(address))),
    };
    let tried = counted.clone();
    let wait = ctx
        .store
        .write::<Option<u32>, StoreError, _>(move |tx| {
            let tried = tried.clone();
            Box::pin(async move {
                let mut buckets = vec![(tried.subject.as_str(), per_subject)];
                buckets.extend(tried.address.as_deref().map(|bucket| (bucket, per_address)));
                let names: Vec<&str> = buckets.iter().map(|(name, _)| *name).collect();
                store::throttles::hold(tx, &names).await?;
                let mut wait = None;
                for (name, limit) in buckets {
                    wait = wait.max(minutes_to_wait(tx, name, limit, tried.at).await?);
                }
                if wait.is_none() {
                    for name in names {
                        store::throttles::insert(tx, name, tried.at, tried.id).await?;
                    }
                }
                Ok(wait)
            })
        })
        .await?;
    match wait {
        None => Ok(counted),
        Some(minutes) => Err(Refusal::new("too-many-tries")
            .with("minutes", minutes)
            .into()),
    }
}

/// Takes back a try that turned out right: for this address only that one, for this subject all of
/// them. So a family, or a library, is not locked out by its right answers.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn forgive(ctx: &Ctx, counted: Counted) -> Result<(), UseCaseError> {
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let counted = counted.clone();
            Box::pin(async move {
                store::throttles::clear(tx, &counted.subject).await?;
                if let Some(address) = &counted.address {
                    store::throttles::remove(tx, address, counted.at, counted.id).await?;
                }
                Ok(())
            })
        })
        .await
        .map_err(Into::into)
}

/// Counts a guest's try to find a member.
///
/// # Errors
/// As [`check_and_count`].
pub async fn guest(ctx: &Ctx, actor: &Actor, member_id: &str) -> Result<Counted, UseCaseError> {
    check_and_count(ctx, Purpose::GuestLookUp, actor.address(), member_id).await
}

/// Takes back the tries for a member whom a guest found.
///
/// # Errors
/// As [`forgive`].
pub async fn forgive_guest(ctx: &Ctx, actor: &Actor, member_id: &str) -> Result<(), UseCaseError> {
    let subject = bucket(Purpose::GuestLookUp, "subject", member_id);
    let address = bucket(Purpose::GuestLookUp, "address", &network(actor.address()));
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let (subject, address) = (subject.clone(), address.clone());
            Box::pin(async move {
                store::throttles::clear(tx, &subject).await?;
                store::throttles::remove_newest(tx, &address).await
            })
        })
        .await
        .map_err(Into::into)
}

async fn minutes_to_wait(
    tx: &mut Tx,
    bucket: &str,
    limit: Limit,
    now: Timestamp,
) -> Result<Option<u32>, StoreError> {
    let Some(last) = store::throttles::newest(tx, bucket).await? else {
        return Ok(None);
    };
    // Counted back from the newest try: whoever used them up waits the whole time, even if the
    // first of them would have left the window meanwhile.
    let since = last.saturating_sub(limit.within).unwrap_or(last);
    let count = store::throttles::count_since(tx, bucket, since).await?;
    let counter = Counter { count, since, last };
    Ok(match allowed(Some(&counter), limit, now) {
        Verdict::Allowed => None,
        Verdict::WaitUntil(until) => {
            let seconds = u32::try_from(until.duration_since(now).as_secs()).unwrap_or(0);
            Some(seconds.div_ceil(60).max(1))
        }
    })
}

/// Takes back one try that was not made after all, and no other.
///
/// # Errors
/// [`UseCaseError::Unavailable`] if the database does not answer.
pub async fn take_back(ctx: &Ctx, counted: Counted) -> Result<(), UseCaseError> {
    ctx.store
        .write::<(), StoreError, _>(move |tx| {
            let Counted {
                at,
                id,
                subject,
                address,
            } = counted.clone();
            Box::pin(async move {
                store::throttles::remove(tx, &subject, at, id).await?;
                match address {
                    Some(address) => store::throttles::remove(tx, &address, at, id).await,
                    None => Ok(()),
                }
            })
        })
        .await
        .map_err(Into::into)
}

fn bucket(purpose: Purpose, kind: &str, of: &str) -> String {
    let hash = Sha256::digest(format!("{}\n{kind}\n{of}", purpose.code()));
    format!("{}:{kind}:{}", purpose.code(), hex::encode(&hash[..16]))
}

/// What counts as one address: an IPv4 address, or the 64 bits of IPv6 that one household gets.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V6(six)) => match six.to_ipv4_mapped() {
            Some(four) => four.to_string(),
            None => six.segments()[..4]
                .iter()
                .map(|part| format!("{part:x}:"))
                .collect(),
        },
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address_and_nothing_stored_shows_it() {
        assert_eq!(
            network("2001:db8:1:2:aaaa::1"),
            network("2001:db8:1:2:bbbb::2")
        );
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        let bucket = bucket(Purpose::SignIn, "address", "192.0.2.1");
        assert!(!bucket.contains("192"), "{bucket}");
    }
}

//! Passwords: which are refused, and how they are kept.
//!
//! No composition rules and no rotation (NIST SP 800-63B-4 section 3.1.1.2): length, and a list of
//! what everybody tries first. Kept as Argon2id (RFC 9106) with the parameters written beside the
//! hash, so that they can be raised later; a few at a time, so that a storm of sign-ins leaves the
//! processor to payments.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use gateways::Chance;
use icu_normalizer::ComposingNormalizerBorrowed;
use identity::{PasswordRefusal, PasswordRules, check_password};
use kernel::Secret;
use tokio::sync::Semaphore;

use crate::{Ctx, Refusal, Settings, UseCaseError};

/// Passes over the memory; with 19,456 KiB the second configuration of the OWASP Password Storage
/// Cheat Sheet.
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The longest password; NIST SP 800-63B-4 section 3.1.1.2 asks for 64 at least.
const LONGEST: usize = 128;
/// Bytes of the hash.
const HASH_BYTES: usize = 32;
/// How many may wait for each that is being hashed: about a second at 30 ms each.
const MOST_WAITING_EACH: usize = 32;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("passwords/common.txt").lines().collect());

/// True if `password`, in lower case, is on the list of common passwords (19,640 entries, from
/// Django; see `passwords/common.LICENSE`), or is one of them repeated or with digits and signs
/// around it.
#[must_use]
pub fn is_common(password: &str) -> bool {
    let core = password.trim_matches(|c: char| !c.is_alphabetic());
    [password, core, repeated(password), repeated(core)]
        .iter()
        .any(|form| COMMON.contains(form))
}

/// The shortest beginning that makes the whole when it is repeated.
fn repeated(text: &str) -> &str {
    let lengths = text.char_indices().map(|(at, _)| at).skip(1);
    let unit = lengths.filter(|n| text.len().is_multiple_of(*n)).find(|n| {
        text.as_bytes()
            .chunks(*n)
            .all(|part| part == &text.as_bytes()[..*n])
    });
    &text[..unit.unwrap_or(text.len())]
}

/// A password in the form in which it is compared and hashed: Unicode NFKC, so that `ñ` typed on
/// one keyboard is the `ñ` of another (NIST SP 800-63B-4 section 3.1.1.2). Case and spaces stay.
#[must_use]
pub fn normalised(password: &Secret) -> Secret {
    Secret::new(
        ComposingNormalizerBorrowed::new_nfkc()
            .normalize(password.expose())
            .into_owned(),
    )
}

/// Whether a password may be chosen. `about` is what is known of the person, which it may not hold.
///
/// # Errors
/// Refusals about the field `password`: `password-short` with `min`, `password-long` with `max`,
/// `password-common`, `password-context`.
pub(crate) fn check_new(ctx: &Ctx, password: &Secret, about: &[&str]) -> Result<(), Refusal> {
    let organisation = &ctx.plan.organisation;
    let mut context = about.to_vec();
    context.extend([
        organisation.name.as_str(),
        organisation.short_name.as_str(),
        "memberpay",
    ]);
    let rules = PasswordRules {
        least: usize::from(ctx.plan.security.password_min_length),
        most: LONGEST,
    };
    let refusal = |code| Refusal::of("password", code);
    check_password(password.expose(), rules, &is_common, &context).map_err(|why| match why {
        PasswordRefusal::TooShort { least } => refusal("password-short").with("min", least),
        PasswordRefusal::TooLong { most } => refusal("password-long").with("max", most),
        PasswordRefusal::Common | PasswordRefusal::Pattern => refusal("password-common"),
        PasswordRefusal::Context => refusal("password-context"),
    })
}

/// Hashes passwords and verifies them, a few at a time.
#[derive(Debug)]
pub struct Hashers {
    at_work: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    memory_kib: u32,
}

/// What came of comparing a password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right {
        /// True if it was hashed with other parameters than those in force and should be hashed
        /// anew.
        stale: bool,
    },
    /// It is not.
    Wrong,
}

/// Too many passwords wait to be hashed.
#[derive(Debug, thiserror::Error)]
#[error("too many people sign in at the moment; try again in a minute")]
struct Busy;

impl Hashers {
    /// Hashers by the settings of the operator.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let at_once = settings.password_hashers.max(1);
        Hashers {
            at_work: Arc::new(Semaphore::new(at_once)),
            waiting: AtomicUsize::new(0),
            most_waiting: at_once.saturating_mul(MOST_WAITING_EACH),
            memory_kib: settings.password_memory_kib,
        }
    }

    /// The hash of a password, as a PHC string with its parameters and salt.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] at once if too many wait already.
    pub async fn hash(
        &self,
        chance: &dyn Chance,
        password: &Secret,
    ) -> Result<String, UseCaseError> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let (password, memory) = (normalised(password), self.memory_kib);
        self.run(move || {
            let salt = SaltString::encode_b64(&salt).map_err(|e| broken(&e))?;
            let hash = hasher(memory)?.hash_password(password.expose().as_bytes(), &salt);
            Ok(hash.map_err(|e| broken(&e))?.to_string())
        })
        .await
    }

    /// Compares a password with a stored hash. Without a stored hash it does the same work against
    /// none and answers [`Verdict::Wrong`], so that the time taken does not tell whether the user
    /// ID exists.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] at once if too many wait already; [`UseCaseError::Broken`] if
    /// the stored hash is not one.
    pub async fn verify(
        &self,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<Verdict, UseCaseError> {
        let exists = stored.is_some();
        let (password, memory) = (normalised(password), self.memory_kib);
        let stored = stored.map_or_else(|| hash_of_nothing(memory), str::to_owned);
        self.run(move || {
            let hash = PasswordHash::new(&stored).map_err(|e| broken(&e))?;
            // The parameters are read from the hash; those of the hasher are for new ones.
            let right = hasher(memory)?
                .verify_password(password.expose().as_bytes(), &hash)
                .is_ok();
            if right && exists {
                Ok(Verdict::Right {
                    stale: is_stale(&hash, memory),
                })
            } else {
                Ok(Verdict::Wrong)
            }
        })
        .await
    }

    /// A hash of `text` with a salt that the caller keeps, for codes that are looked up among
    /// several: one hash finds out which of ten it is.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] at once if too many wait already.
    pub async fn derive(&self, text: &str, salt: [u8; 32]) -> Result<[u8; 32], UseCaseError> {
        let (text, memory) = (Secret::new(text.to_owned()), self.memory_kib);
        self.run(move || {
            let mut out = [0; HASH_BYTES];
            hasher(memory)?
                .hash_password_into(text.expose().as_bytes(), &salt, &mut out)
                .map_err(|e| UseCaseError::broken(format!("a code could not be hashed: {e}")))?;
            Ok(out)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, UseCaseError> + Send + 'static,
    ) -> Result<T, UseCaseError> {
        let place = Place::take(self)?;
        let closed = |_| UseCaseError::broken("the password hashers are closed");
        let permit = Arc::clone(&self.at_work)
            .acquire_owned()
            .await
            .map_err(closed)?;
        drop(place);
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even if nobody waits for the answer any more.
            let _permit = permit;
            work()
        });
        done.await.map_err(|e| UseCaseError::Broken(Box::new(e)))?
    }
}

/// A place in the queue, given back when dropped.
struct Place<'a>(&'a Hashers);

impl<'a> Place<'a> {
    fn take(hashers: &'a Hashers) -> Result<Self, UseCaseError> {
        let place = Place(hashers);
        let before = hashers.waiting.fetch_add(1, Ordering::Relaxed);
        if before >= hashers.most_waiting {
            return Err(UseCaseError::Unavailable(Box::new(Busy)));
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hasher(memory_kib: u32) -> Result<Argon2<'static>, UseCaseError> {
    let params = Params::new(memory_kib, PASSES, LANES, Some(HASH_BYTES))
        .map_err(|e| UseCaseError::broken(format!("the Argon2 parameters cannot be: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash that no password has, with the parameters in force.
fn hash_of_nothing(memory_kib: u32) -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory_kib},t={PASSES},p={LANES}${salt}${hash}")
}

fn is_stale(hash: &PasswordHash<'_>, memory_kib: u32) -> bool {
    let in_force = |name: &str, value: u32| hash.params.get_decimal(name) == Some(value);
    hash.algorithm.as_str() != "argon2id"
        || !(in_force("m", memory_kib) && in_force("t", PASSES) && in_force("p", LANES))
}

fn broken(error: &argon2::password_hash::Error) -> UseCaseError {
    UseCaseError::broken(format!("a password could not be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use gateways::SeededChance;

    use super::*;

    fn settings(hashers: usize, memory: u32) -> Settings {
        Settings {
            public_url: String::new(),
            mail_from: String::new(),
            password_hashers: hashers,
            password_memory_kib: memory,
            returned_mail: None,
            lockbox_folder: None,
            staff_roles: Vec::new(),
        }
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_in_any_unicode_form_and_no_other() {
        let hashers = Hashers::new(&settings(2, 64));
        let chance = SeededChance::new(1);
        let hash = hashers
            .hash(&chance, &secret("mañana tomaré café"))
            .await
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{hash}");
        let decomposed = secret("man\u{303}ana tomare\u{301} cafe\u{301}");
        let right = Verdict::Right { stale: false };
        assert_eq!(
            hashers.verify(&decomposed, Some(&hash)).await.unwrap(),
            right
        );
        for wrong in [
            "mañana tomaré cafe",
            "Mañana tomaré café",
            "mañana tomaré café ",
            "",
        ] {
            let verdict = hashers.verify(&secret(wrong), Some(&hash)).await.unwrap();
            assert_eq!(verdict, Verdict::Wrong, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_hash_with_older_parameters_is_stale_and_none_is_wrong() {
        let chance = SeededChance::new(1);
        let password = secret("seven horses in a row");
        let old = Hashers::new(&settings(1, 64))
            .hash(&chance, &password)
            .await
            .unwrap();
        let now = Hashers::new(&settings(1, 128));
        let verdict = now.verify(&password, Some(&old)).await.unwrap();
        assert_eq!(verdict, Verdict::Right { stale: true });
        assert_eq!(now.verify(&password, None).await.unwrap(), Verdict::Wrong);
        assert!(matches!(
            now.verify(&password, Some("?")).await,
            Err(UseCaseError::Broken(_))
        ));
    }

    #[tokio::test]
    async fn a_queue_that_is_too_long_refuses_at_once() {
        let hashers = Hashers::new(&settings(1, 64));
        let held = Arc::clone(&hashers.at_work).acquire_owned().await.unwrap();
        let hashers = Arc::new(hashers);
        let mut waiting = Vec::new();
        for _ in 0..MOST_WAITING_EACH {
            let hashers = Arc::clone(&hashers);
            waiting.push(tokio::spawn(async move {
                hashers.verify(&secret("x"), None).await
            }));
        }
        while hashers.waiting.load(Ordering::Relaxed) < MOST_WAITING_EACH {
            tokio::task::yield_now().await;
        }
        let refused = hashers.verify(&secret("x"), None).await;
        assert!(
            matches!(refused, Err(UseCaseError::Unavailable(_))),
            "{refused:?}"
        );
        drop(held);
        for one in waiting {
            assert_eq!(one.await.unwrap().unwrap(), Verdict::Wrong);
        }
        assert_eq!(hashers.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_list_knows_what_everybody_tries() {
        for common in [
            "password",
            "1q2w3e4r5t6y7u8i",
            "sunshinesunshine",
            "2026-sunshine-2026",
            "qwertyuiop123456",
        ] {
            assert!(is_common(common), "{common}");
        }
        assert!(!is_common("seven horses in a row"));
        assert!(COMMON.len() > 19_000);
    }
}

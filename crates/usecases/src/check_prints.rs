//! Keyed hashes: to know a check or a bank account again without keeping its numbers. A check has
//! one hash, whether it comes by mail or over the counter.

use formats::lockbox::{Check, Envelope};
use hmac::{Hmac, Mac as _};
use kernel::{AccountId, Cents, Secret};
use sha2::Sha256;
use store::suspense::ItemKey;
use zeroize::Zeroizing;

use crate::{Ctx, UseCaseError};

const CONTEXT: &str = "fingerprint-key";

/// The key of the hashes.
#[derive(Clone)]
pub(crate) struct Prints(std::sync::Arc<Zeroizing<Vec<u8>>>);

/// Opens the key of this installation; the first time it is drawn.
pub(crate) async fn load(ctx: &Ctx) -> Result<Prints, UseCaseError> {
    let had = store::lockbox::known_fingerprint_key(&mut ctx.store.read().await?).await?;
    let sealed = match had {
        Some(sealed) => sealed,
        None => draw(ctx).await?,
    };
    let key = ctx.vault.open(CONTEXT, &sealed);
    let key = key.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    Ok(Prints(std::sync::Arc::new(key)))
}

async fn draw(ctx: &Ctx) -> Result<String, UseCaseError> {
    let mut drawn = Zeroizing::new([0_u8; 32]);
    ctx.chance.fill(&mut *drawn);
    let fresh = ctx.vault.seal(CONTEXT, &*drawn);
    ctx.store
        .write(move |tx| {
            let fresh = fresh.clone();
            Box::pin(async move { Ok(store::lockbox::fingerprint_key(tx, &fresh).await?) })
        })
        .await
}

/// The context in which the numbers of the checks of a file are sealed.
pub(crate) fn seal_context(file: AccountId) -> String {
    format!("check:{file}")
}

/// Routing, account and check number of a check.
fn opened(ctx: &Ctx, key: ItemKey, sealed: &str) -> Result<Zeroizing<String>, UseCaseError> {
    let opened = ctx.vault.open(&seal_context(key.file), sealed);
    let opened = opened.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let text = String::from_utf8(opened.to_vec());
    text.map(Zeroizing::new)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))
}

impl Prints {
    /// Of a check that the bank read; empty unless it read routing, account and check number.
    pub fn check(&self, check: &Check) -> String {
        match (&check.routing, &check.account, &check.number) {
            (Some(routing), Some(account), Some(number)) => {
                self.numbers(routing.expose(), account.expose(), number, check.amount)
            }
            _ => String::new(),
        }
    }

    /// Of a check by its numbers and its amount. Readers differ in dashes and leading zeros, so
    /// these do not count.
    pub fn numbers(&self, routing: &str, account: &str, number: &str, cents: Cents) -> String {
        let account = plain_digits(account);
        let number = plain_digits(number);
        let cents = cents.get().to_string();
        hex::encode(self.of(&["check", routing, &account, &number, &cents]))
    }

    /// Of the bank account a check is drawn on; empty unless the bank read it.
    pub fn payer(&self, check: &Check) -> String {
        match (&check.routing, &check.account) {
            (Some(routing), Some(account)) => {
                hex::encode(self.of(&["account", routing.expose(), account.expose()]))
            }
            _ => String::new(),
        }
    }

    /// Of the bank account that a sealed check is drawn on; empty unless the bank read it.
    pub fn of_sealed(&self, ctx: &Ctx, key: ItemKey, sealed: &str) -> Result<String, UseCaseError> {
        let numbers = opened(ctx, key, sealed)?;
        let mut lines = numbers.split('\n');
        match (lines.next(), lines.next()) {
            (Some(routing), Some(account)) if !routing.is_empty() && !account.is_empty() => {
                Ok(hex::encode(self.of(&["account", routing, account])))
            }
            _ => Ok(String::new()),
        }
    }

    /// The number of a sealed check itself; empty if the bank did not read it.
    #[expect(clippy::unused_self, reason = "who may hash may open; nobody else")]
    pub fn check_number(
        &self,
        ctx: &Ctx,
        key: ItemKey,
        sealed: &str,
    ) -> Result<String, UseCaseError> {
        let numbers = opened(ctx, key, sealed)?;
        Ok(numbers.split('\n').nth(2).unwrap_or_default().to_owned())
    }

    /// Of a check at its place in the bank's books.
    pub fn placed(&self, envelope: &Envelope, check: &Check) -> [u8; 32] {
        let day = envelope.deposited_on.to_string();
        let cents = check.amount.get().to_string();
        self.of(&[
            "placed",
            &envelope.lockbox,
            &day,
            &envelope.batch,
            &envelope.number,
            check.routing.as_ref().map_or("", Secret::expose),
            check.account.as_ref().map_or("", Secret::expose),
            check.number.as_deref().unwrap_or(""),
            &cents,
        ])
    }

    fn of(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

fn plain_digits(text: &str) -> Zeroizing<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Zeroizing::new(digits.trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_the_same_however_it_was_read_and_another_one_is_not() {
        let prints = Prints(std::sync::Arc::new(Zeroizing::new(vec![7; 32])));
        let cents = Cents::new(10_000);
        let known = prints.numbers("021000021", "000123456", "1001", cents);
        for (routing, account, number, cents, same) in [
            ("021000021", "123456", "0001001", 10_000, true),
            ("021000021", "000-123-456", "1001", 10_000, true),
            ("011000015", "000123456", "1001", 10_000, false),
            ("021000021", "000123457", "1001", 10_000, false),
            ("021000021", "000123456", "1002", 10_000, false),
            ("021000021", "000123456", "1001", 10_001, false),
        ] {
            let read = prints.numbers(routing, account, number, Cents::new(cents));
            assert_eq!(read == known, same, "{account} {number} {cents}");
        }
    }
}

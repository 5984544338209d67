//! Keyed hashes: to know a check or a bank account again without keeping its numbers.

use formats::lockbox::{Check, Envelope};
use hmac::{Hmac, Mac as _};
use kernel::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Ctx, UseCaseError};

const CONTEXT: &str = "fingerprint-key";

/// The key of the hashes.
#[derive(Clone)]
pub(super) struct Prints(std::sync::Arc<Zeroizing<Vec<u8>>>);

/// Opens the key of this installation; the first time it is drawn.
pub(super) async fn load(ctx: &Ctx) -> Result<Prints, UseCaseError> {
    let mut drawn = Zeroizing::new([0_u8; 32]);
    ctx.chance.fill(&mut *drawn);
    let fresh = ctx.vault.seal(CONTEXT, &*drawn);
    let sealed = ctx
        .store
        .write::<String, UseCaseError, _>(move |tx| {
            let fresh = fresh.clone();
            Box::pin(async move { Ok(store::lockbox::fingerprint_key(tx, &fresh).await?) })
        })
        .await?;
    let key = ctx.vault.open(CONTEXT, &sealed);
    let key = key.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    Ok(Prints(std::sync::Arc::new(key)))
}

impl Prints {
    /// Of a check; empty unless the bank read routing, account and check number.
    pub fn check(&self, check: &Check) -> String {
        let (Some(routing), Some(account), Some(number)) =
            (&check.routing, &check.account, &check.number)
        else {
            return String::new();
        };
        let cents = check.amount.get().to_string();
        hex::encode(self.of(&["check", routing.expose(), account.expose(), number, &cents]))
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

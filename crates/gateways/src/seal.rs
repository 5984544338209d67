//! Sealing of what must not lie in a database in clear: bank account numbers, TOTP secrets,
//! errands.
//!
//! A sealed text is `key id . nonce . ciphertext`, sealed with XChaCha20-Poly1305
//! (draft-irtf-cfrg-xchacha-03) under a key that lives in the environment, not in the database.
//! Each text is bound to a *context*, such as `bank_account_number:` and the row id, so that a
//! sealed text moved to another row does not open there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::chance::{Chance, SystemChance};

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

/// The keys that seal and open. The first seals; all open, so that a new key is put in front and
/// the old one stays until everything is sealed anew.
pub struct Vault {
    keys: Vec<(String, XChaCha20Poly1305)>,
    chance: Box<dyn Chance>,
}

/// Why keys could not be read, or a sealed text could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No key at all.
    #[error(
        "give at least one sealing key, such as k1:BASE64 with 32 random bytes (`openssl rand -base64 32`)"
    )]
    NoKey,
    /// A key that is not `id:base64`, or whose id is not letters and digits.
    #[error(
        "sealing key {position} must read id:BASE64, the id of letters and digits, such as k1:BASE64"
    )]
    KeyForm {
        /// Which key of the list, from 1.
        position: usize,
    },
    /// A key that is not 32 bytes.
    #[error(
        "sealing key {id} must be 32 bytes in base64 (`openssl rand -base64 32`); found {found}"
    )]
    KeyLength {
        /// The id of the key.
        id: String,
        /// How many bytes there were.
        found: usize,
    },
    /// Two keys with one id.
    #[error("two sealing keys are named {id}; give the new key another id")]
    KeyTwice {
        /// The id of both keys.
        id: String,
    },
    /// Not a sealed text.
    #[error("this is not a sealed text; restore the row from a backup")]
    NotSealed,
    /// Sealed under a key that is not in the list.
    #[error("sealed with key {id}, which is not among the sealing keys; add that key again")]
    UnknownKey {
        /// The id of the missing key.
        id: String,
    },
    /// The text, its context or the key is not what it was when it was sealed.
    #[error(
        "the sealed text does not open: it was changed, moved to another row, or the key has other bytes"
    )]
    DoesNotOpen,
}

impl Vault {
    /// Reads `k2:BASE64,k1:BASE64`: the first key seals, all open.
    ///
    /// # Errors
    /// [`SealError`], never with a key in it.
    pub fn from_keys(list: &str) -> Result<Self, SealError> {
        Self::with_chance(list, Box::new(SystemChance))
    }

    /// As [`Vault::from_keys`], with another source for the nonces. Only for tests that must
    /// repeat.
    ///
    /// # Errors
    /// As [`Vault::from_keys`].
    pub fn with_chance(list: &str, chance: Box<dyn Chance>) -> Result<Self, SealError> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        let entries = list.split(',').map(str::trim).filter(|e| !e.is_empty());
        for (index, entry) in entries.enumerate() {
            let position = index + 1;
            let (id, encoded) = entry
                .split_once(':')
                .ok_or(SealError::KeyForm { position })?;
            if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(SealError::KeyForm { position });
            }
            let bytes = STANDARD
                .decode(encoded)
                .or_else(|_| STANDARD_NO_PAD.decode(encoded))
                .or_else(|_| URL_SAFE_NO_PAD.decode(encoded));
            let bytes = Zeroizing::new(bytes.map_err(|_| SealError::KeyForm { position })?);
            if bytes.len() != KEY_BYTES {
                return Err(SealError::KeyLength {
                    id: id.to_owned(),
                    found: bytes.len(),
                });
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(SealError::KeyTwice { id: id.to_owned() });
            }
            let cipher = XChaCha20Poly1305::new_from_slice(&bytes)
                .expect("the length was checked just above");
            keys.push((id.to_owned(), cipher));
        }
        if keys.is_empty() {
            return Err(SealError::NoKey);
        }
        Ok(Vault { keys, chance })
    }

    /// Draws a new key and writes it as the settings want it: `id:BASE64`.
    #[must_use]
    pub fn new_key(id: &str) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        SystemChance.fill(bytes.as_mut());
        Zeroizing::new(format!("{id}:{}", STANDARD.encode(*bytes)))
    }

    /// Seals `plain` for `context` under the first key.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> String {
        let (id, cipher) = &self.keys[0];
        let mut nonce = [0; NONCE_BYTES];
        self.chance.fill(&mut nonce);
        let bound = bound_context(id, context);
        let sealed = cipher
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: plain,
                    aad: bound.as_bytes(),
                },
            )
            .expect("only a text of more than 256 GB cannot be sealed");
        format!(
            "{id}.{}.{}",
            URL_SAFE_NO_PAD.encode(nonce),
            URL_SAFE_NO_PAD.encode(sealed)
        )
    }

    /// Opens a text that was sealed for the same `context` under any of the keys.
    ///
    /// # Errors
    /// [`SealError::NotSealed`], [`SealError::UnknownKey`] or [`SealError::DoesNotOpen`].
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut parts = sealed.split('.');
        let (Some(id), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::NotSealed);
        };
        let nonce = URL_SAFE_NO_PAD
            .decode(nonce)
            .map_err(|_| SealError::NotSealed)?;
        let text = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| SealError::NotSealed)?;
        if nonce.len() != NONCE_BYTES {
            return Err(SealError::NotSealed);
        }
        let (_, cipher) = self
            .keys
            .iter()
            .find(|(key, _)| key == id)
            .ok_or_else(|| SealError::UnknownKey { id: id.to_owned() })?;
        let bound = bound_context(id, context);
        cipher
            .decrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: &text,
                    aad: bound.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| SealError::DoesNotOpen)
    }

    /// True if the text is sealed under another key than the first, so that a rotation should open
    /// it and seal it anew.
    #[must_use]
    pub fn is_stale(&self, sealed: &str) -> bool {
        sealed.split('.').next() != Some(self.keys[0].0.as_str())
    }
}

/// The key id is bound too, so that it cannot be exchanged for another. A line feed cannot be in
/// it.
fn bound_context(id: &str, context: &str) -> String {
    format!("memberpay-seal-1\n{id}\n{context}")
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.keys.iter().map(|(id, _)| id.as_str()).collect();
        f.debug_struct("Vault")
            .field("keys", &ids)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const K1: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const K2: &str = "k2:HxYdHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    #[test]
    fn a_rotated_vault_opens_the_old_and_seals_with_the_new() {
        let old = Vault::from_keys(K1).unwrap();
        let sealed = old.seal("row 7", b"000123456789");
        let both = Vault::from_keys(&format!("{K2}, {K1}")).unwrap();
        assert_eq!(
            both.open("row 7", &sealed).unwrap().as_slice(),
            b"000123456789"
        );
        assert!(both.is_stale(&sealed));
        let anew = both.seal("row 7", b"000123456789");
        assert!(anew.starts_with("k2."));
        assert!(!both.is_stale(&anew));
        assert_eq!(
            old.open("row 7", &anew),
            Err(SealError::UnknownKey {
                id: "k2".to_owned()
            })
        );
    }

    #[test]
    fn a_sealed_text_does_not_open_in_another_row() {
        let vault = Vault::from_keys(K1).unwrap();
        let sealed = vault.seal("row 7", b"secret");
        assert_eq!(vault.open("row 8", &sealed), Err(SealError::DoesNotOpen));
    }

    #[test]
    fn sealing_twice_gives_two_texts() {
        let vault = Vault::from_keys(K1).unwrap();
        assert_ne!(vault.seal("c", b"x"), vault.seal("c", b"x"));
    }

    #[test]
    fn keys_that_cannot_be_read_are_named_without_showing_them() {
        let short = format!("k1:{}", STANDARD.encode([1; 16]));
        for (list, error) in [
            ("", SealError::NoKey),
            ("hello", SealError::KeyForm { position: 1 }),
            ("k 1:AAAA", SealError::KeyForm { position: 1 }),
            ("k1:%%%", SealError::KeyForm { position: 1 }),
            (
                short.as_str(),
                SealError::KeyLength {
                    id: "k1".to_owned(),
                    found: 16,
                },
            ),
            (
                &format!("{K1},{K1}"),
                SealError::KeyTwice {
                    id: "k1".to_owned(),
                },
            ),
        ] {
            assert_eq!(Vault::from_keys(list).err(), Some(error), "{list}");
        }
        assert!(!format!("{:?}", Vault::from_keys(K1).unwrap()).contains("AAEC"));
    }

    #[test]
    fn a_new_key_can_be_used_at_once() {
        assert!(Vault::from_keys(&Vault::new_key("k9")).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_one_changed_letter_does_not(
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            context in ".{0,20}",
            at in any::<proptest::sample::Index>(),
        ) {
            let vault = Vault::from_keys(K1).unwrap();
            let sealed = vault.seal(&context, &plain);
            let opened = vault.open(&context, &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            let mut letters: Vec<char> = sealed.chars().collect();
            let index = at.index(letters.len());
            letters[index] = if letters[index] == 'A' { 'B' } else { 'A' };
            let changed: String = letters.into_iter().collect();
            prop_assert!(vault.open(&context, &changed).is_err());
        }
    }
}

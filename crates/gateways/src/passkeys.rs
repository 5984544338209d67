//! Passkeys: the relying party's half of WebAuthn (W3C Web Authentication Level 3), by
//! `webauthn-rs`.
//!
//! Every ceremony is begun here and finished here; in between its state is the caller's, to be kept
//! where the browser cannot change it and to be used once. All passkeys are discoverable and check
//! the person (finger, face, PIN), so that one of them signs in alone.

use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::WebauthnBuilder;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn, WebauthnError,
};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The relying party of one installation.
#[derive(Debug, Clone)]
pub struct Passkeys {
    webauthn: Webauthn,
}

/// A ceremony that was begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// What the browser is handed, as JSON.
    pub options: String,
    /// What is needed to finish, as JSON. Good for one try.
    pub state: String,
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// What it is called by, in base64url.
    pub credential_id: String,
    /// Its public half, as JSON.
    pub credential: String,
}

/// Whom an answer names. Not proved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The holder, as given to [`Passkeys::begin_making`].
    pub holder: Uuid,
    /// What the passkey is called by, in base64url.
    pub credential_id: String,
}

/// Why a passkey does not do.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// Passkeys are bound to a name: an address that is a number has none.
    #[error("members reach this installation by {0}, which is no name; passkeys need one")]
    NoName(String),
    /// The browser's answer cannot be read.
    #[error("the browser's answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The answer does not prove it.
    #[error("the passkey does not prove it: {0}")]
    NotProved(WebauthnError),
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        PasskeyError::NotProved(error)
    }
}

impl Passkeys {
    /// The relying party that members reach at `public_url` and know as `name`.
    ///
    /// # Errors
    /// [`PasskeyError::NoName`] if the host is a number, such as 127.0.0.1.
    pub fn new(public_url: &str, name: &str) -> Result<Self, PasskeyError> {
        let no_name = || PasskeyError::NoName(public_url.to_owned());
        let origin = Url::parse(public_url).map_err(|_| no_name())?;
        let host = origin.domain().ok_or_else(no_name)?;
        let webauthn = WebauthnBuilder::new(host, &origin)?.rp_name(name).build()?;
        Ok(Passkeys { webauthn })
    }

    /// Begins making a passkey for a holder. `known` are the passkeys the holder has, which are not
    /// made twice; `shown_as` is what the browser shows.
    ///
    /// # Errors
    /// [`PasskeyError::NotProved`] if `shown_as` is empty.
    pub fn begin_making(
        &self,
        holder: Uuid,
        shown_as: &str,
        known: &[String],
    ) -> Result<Begun, PasskeyError> {
        let known: Vec<CredentialID> = known
            .iter()
            .filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok())
            .collect();
        let (options, state) =
            self.webauthn
                .start_passkey_registration(holder, shown_as, shown_as, Some(known))?;
        let mut options = serde_json::to_value(&options)?;
        // A passkey that cannot be found again without a user ID could not sign in alone.
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = Value::from("required");
            selection["requireResidentKey"] = Value::from(true);
        }
        Ok(Begun {
            options: options.to_string(),
            state: serde_json::to_string(&state)?,
        })
    }

    /// Finishes making a passkey.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn finish_making(&self, answer: &str, state: &str) -> Result<NewPasskey, PasskeyError> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        let state: PasskeyRegistration = serde_json::from_str(state)?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, &state)?;
        Ok(NewPasskey {
            credential_id: URL_SAFE_NO_PAD.encode(passkey.cred_id()),
            credential: serde_json::to_string(&passkey)?,
        })
    }

    /// Begins asking for a passkey, whoever holds it.
    ///
    /// # Errors
    /// [`PasskeyError`], which is a mistake of ours.
    pub fn begin_asking(&self) -> Result<Begun, PasskeyError> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        let mut options = serde_json::to_value(&options)?;
        // Asked for by a button, not offered beside the user ID.
        if let Some(all) = options.as_object_mut() {
            all.remove("mediation");
        }
        Ok(Begun {
            options: options.to_string(),
            state: serde_json::to_string(&state)?,
        })
    }

    /// Whom an answer names, so that the passkey can be looked up.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn named(&self, answer: &str) -> Result<Named, PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let (holder, id) = self
            .webauthn
            .identify_discoverable_authentication(&answer)?;
        Ok(Named {
            holder,
            credential_id: URL_SAFE_NO_PAD.encode(id),
        })
    }

    /// Finishes asking: the answer was made with this passkey, for this ceremony, at this address,
    /// by a person who was checked. The passkey's public half as it is to be kept from now on.
    ///
    /// # Errors
    /// [`PasskeyError`]; also if the passkey's counter went back, because it was copied.
    pub fn finish_asking(
        &self,
        answer: &str,
        state: &str,
        credential: &str,
    ) -> Result<String, PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let state: DiscoverableAuthentication = serde_json::from_str(state)?;
        let mut passkey: Passkey = serde_json::from_str(credential)?;
        let key = DiscoverableKey::from(&passkey);
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer, state, &key)?;
        passkey.update_credential(&result);
        Ok(serde_json::to_string(&passkey)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_needed_and_a_number_is_none() {
        for good in ["https://pay.example.com", "http://localhost:4242"] {
            assert!(Passkeys::new(good, "Plan").is_ok(), "{good}");
        }
        for wrong in [
            "http://127.0.0.1:4242",
            "http://[::1]:4242",
            "",
            "pay.example.com",
        ] {
            assert!(
                matches!(Passkeys::new(wrong, "Plan"), Err(PasskeyError::NoName(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_passkey_that_is_made_can_be_found_and_checks_the_person() {
        let passkeys = Passkeys::new("https://pay.example.com", "Plan").expect("it is a name");
        let begun = passkeys
            .begin_making(Uuid::nil(), "maria", &["AAAA".to_owned()])
            .expect("it begins");
        let options: Value = serde_json::from_str(&begun.options).expect("it is JSON");
        let at = |pointer: &str| options.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(at("/publicKey/rp/id"), "pay.example.com");
        assert_eq!(
            at("/publicKey/authenticatorSelection/residentKey"),
            "required"
        );
        assert_eq!(
            at("/publicKey/authenticatorSelection/userVerification"),
            "required"
        );
        assert_eq!(at("/publicKey/attestation"), "none");
        assert_eq!(at("/publicKey/excludeCredentials/0/id"), "AAAA");
        let asked = passkeys.begin_asking().expect("it begins");
        assert!(!asked.options.contains("mediation"), "{}", asked.options);
        assert!(asked.options.contains("\"userVerification\":\"required\""));
        assert!(passkeys.finish_making("{}", &begun.state).is_err());
        assert!(passkeys.finish_asking("{}", &asked.state, "{}").is_err());
    }
}

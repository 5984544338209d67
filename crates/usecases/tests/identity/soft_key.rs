//! A passkey made of software, as a telephone would hold it: it answers what a browser is handed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Where the tests' installation is.
pub const ORIGIN: &str = "https://pay.example.com";
const PRESENT: u8 = 0x01;
const CHECKED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// A passkey.
pub struct SoftKey {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    holder: String,
    /// False for one that does not check the person.
    pub checks: bool,
}

impl SoftKey {
    /// Makes a passkey as `options` ask for it: the key and the browser's answer.
    pub fn make(options: &str) -> (SoftKey, String) {
        let options: Value = serde_json::from_str(options).unwrap();
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let secret = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, secret.as_ref(), &random).unwrap();
        let id = Sha256::digest(pair.public_key().as_ref())[..16].to_vec();
        let holder = options["publicKey"]["user"]["id"].as_str().unwrap();
        let key = SoftKey {
            pair,
            id,
            holder: holder.to_owned(),
            checks: true,
        };
        let mut auth = key.signed_part(&options["publicKey"]["rp"]["id"], WITH_KEY);
        auth.extend([0; 16]);
        auth.extend([0, 16]);
        auth.extend(&key.id);
        let point = key.pair.public_key().as_ref();
        auth.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        auth.extend(&point[1..33]);
        auth.extend([0x22, 0x58, 0x20]);
        auth.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(auth.len()).unwrap());
        object.extend(&auth);
        let client = client("webauthn.create", &options);
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
        });
        let answer = key.answered(&response);
        (key, answer)
    }

    /// Answers what a browser is handed.
    pub fn answer(&self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let auth = self.signed_part(&options["publicKey"]["rpId"], 0);
        let client = client("webauthn.get", &options);
        let signed = [auth.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        self.answered(&json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(auth),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
            "userHandle": self.holder,
        }))
    }

    fn signed_part(&self, rp_id: &Value, more: u8) -> Vec<u8> {
        let checked = if self.checks { CHECKED } else { 0 };
        let mut part = Sha256::digest(rp_id.as_str().unwrap()).to_vec();
        part.push(PRESENT | checked | more);
        part.extend([0; 4]);
        part
    }

    fn answered(&self, response: &Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": response,
        })
        .to_string()
    }
}

fn client(kind: &str, options: &Value) -> Vec<u8> {
    json!({
        "type": kind, "challenge": options["publicKey"]["challenge"], "origin": ORIGIN,
        "crossOrigin": false,
    })
    .to_string()
    .into_bytes()
}

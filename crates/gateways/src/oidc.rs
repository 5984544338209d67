//! Sign-in of staff at a provider that the plan runs: OpenID Connect, authorisation code with PKCE.
//!
//! Any provider will do that publishes its discovery document. What it says of itself and its keys
//! are asked for with each sign-in: staff sign in a few times a day, and a key that was withdrawn a
//! minute ago is not trusted any more.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use kernel::Secret;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

/// How long the provider may take to answer one request.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// No answer of a provider is larger, in bytes.
const LARGEST_ANSWER: usize = 1 << 20;

/// What ties an answer of the provider to the browser and the request that asked for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the signed token.
    pub nonce: String,
    /// Shown to the provider when the code is exchanged (RFC 7636): 43 to 128 letters, digits, `-`
    /// and `_`.
    pub verifier: String,
}

/// Whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Who they are at the provider; never given to somebody else there.
    pub subject: String,
    /// Their name; empty if the provider does not say.
    pub name: String,
    /// Their e-mail; empty if the provider does not say.
    pub email: String,
    /// The values of the claim that says what they may do.
    pub said: Vec<String>,
}

/// Why nobody can be let in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider does not answer, or not as a provider does.
    #[error("the sign-in provider does not answer as one: {0}")]
    Unavailable(String),
    /// The provider refuses the code: it is wrong, was used, or another browser asked for it.
    #[error("the sign-in provider refuses the code: {0}")]
    CodeRefused(String),
    /// The answer is not to be trusted: signature, issuer, audience, nonce or time are wrong.
    #[error("the answer of the sign-in provider cannot be trusted: {0}")]
    NotTrusted(String),
}

/// A provider that staff sign in at.
#[async_trait]
pub trait SignInProvider: Send + Sync + std::fmt::Debug {
    /// The provider's name for itself.
    fn issuer(&self) -> &str;

    /// Where to send the browser.
    async fn address(&self, asked: &Asked) -> Result<Url, OidcError>;

    /// Exchanges the code that the browser brought back, and checks everything that the answer says
    /// against what was asked and the time that it is.
    async fn vouched(
        &self,
        code: Secret,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<Vouched, OidcError>;
}

/// How to reach a provider.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// Where its discovery document is, without `/.well-known/openid-configuration`.
    pub issuer: Url,
    /// What it calls this installation.
    pub client_id: String,
    /// The secret it shares with this installation; without one PKCE alone protects the code.
    pub client_secret: Option<Secret>,
    /// Where it sends browsers back to.
    pub redirect: Url,
    /// What it is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Which claim says what somebody may do; with dots for a claim within a claim, as in
    /// `realm_access.roles`.
    pub role_claim: String,
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OidcSettingsError {
    /// The issuer is not reached over https and is not this machine.
    #[error("the issuer must be https")]
    NotHttps,
    /// The issuer or the address to come back to is not one.
    #[error("not an address: {0}")]
    Address(#[from] url::ParseError),
    /// No client for HTTP.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// A provider that speaks OpenID Connect.
#[derive(Debug)]
pub struct OidcProvider {
    issuer: IssuerUrl,
    settings: OidcSettings,
    redirect: RedirectUrl,
    http: reqwest::Client,
}

/// Every claim that the provider makes beyond the standard ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct MoreClaims(HashMap<String, Value>);

impl AdditionalClaims for MoreClaims {}

type Fields = IdTokenFields<
    MoreClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Client = openidconnect::Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type UserInfo = UserInfoClaims<MoreClaims, CoreGenderClaim>;

impl OidcProvider {
    /// A provider by its settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`OidcSettingsError`].
    pub fn new(settings: OidcSettings) -> Result<Self, OidcSettingsError> {
        let here = crate::wire::is_this_machine(&settings.issuer);
        if settings.issuer.scheme() != "https" && !here {
            return Err(OidcSettingsError::NotHttps);
        }
        let issuer = settings.issuer.as_str();
        // A name without a path is compared without the slash that addresses end with.
        let issuer = if settings.issuer.path() == "/" {
            issuer.trim_end_matches('/')
        } else {
            issuer
        };
        Ok(OidcProvider {
            issuer: IssuerUrl::new(issuer.to_owned())?,
            redirect: RedirectUrl::new(settings.redirect.to_string())?,
            http: crate::wire::http_client(&settings.issuer, ANSWER_WITHIN, ANSWER_WITHIN)?,
            settings,
        })
    }

    async fn client(&self) -> Result<Client, OidcError> {
        let ask = |request| ask(self.http.clone(), request);
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &ask)
            .await
            .map_err(|error| OidcError::Unavailable(chain(&error)))?;
        let secret = self
            .settings
            .client_secret
            .as_ref()
            .map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(Client::from_provider_metadata(found, id, secret)
            .set_redirect_uri(self.redirect.clone()))
    }
}

#[async_trait]
impl SignInProvider for OidcProvider {
    fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    async fn address(&self, asked: &Asked) -> Result<Url, OidcError> {
        let client = self.client().await?;
        let (state, nonce) = (asked.state.clone(), asked.nonce.clone());
        let verifier = PkceCodeVerifier::new(asked.verifier.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in &self.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        Ok(request.url().0)
    }

    async fn vouched(
        &self,
        code: Secret,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<Vouched, OidcError> {
        let client = self.client().await?;
        let tokens = self.tokens(&client, code, asked).await?;
        let claims = checked(&client, &tokens, asked, now)?;
        let mut vouched = Vouched {
            subject: claims.subject().to_string(),
            name: claims
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.to_string())
                .unwrap_or_default(),
            email: claims
                .email()
                .map(|email| email.to_string())
                .unwrap_or_default(),
            said: values_of(&claims.additional_claims().0, &self.settings.role_claim),
        };
        // Many providers keep the token small and say the rest when asked.
        if vouched.said.is_empty() || vouched.name.is_empty() || vouched.email.is_empty() {
            self.ask_more(&client, &tokens, claims.subject(), &mut vouched)
                .await?;
        }
        Ok(vouched)
    }
}

impl OidcProvider {
    async fn tokens(
        &self,
        client: &Client,
        code: Secret,
        asked: &Asked,
    ) -> Result<Tokens, OidcError> {
        use openidconnect::RequestTokenError;
        let ask = |request| ask(self.http.clone(), request);
        let request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .map_err(|error| OidcError::Unavailable(chain(&error)))?
            .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()));
        request
            .request_async(&ask)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    OidcError::CodeRefused(answer.error().as_ref().to_owned())
                }
                other => OidcError::Unavailable(chain(&other)),
            })
    }

    async fn ask_more(
        &self,
        client: &Client,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
        vouched: &mut Vouched,
    ) -> Result<(), OidcError> {
        // A provider without the endpoint has said all that it says.
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject.clone()))
        else {
            return Ok(());
        };
        let ask = |request| ask(self.http.clone(), request);
        let more: UserInfo = request
            .request_async(&ask)
            .await
            .map_err(|error| OidcError::NotTrusted(chain(&error)))?;
        if vouched.said.is_empty() {
            vouched.said = values_of(&more.additional_claims().0, &self.settings.role_claim);
        }
        if vouched.name.is_empty()
            && let Some(name) = more.name().and_then(|name| name.get(None))
        {
            vouched.name = name.to_string();
        }
        if vouched.email.is_empty()
            && let Some(email) = more.email()
        {
            vouched.email = email.to_string();
        }
        Ok(())
    }
}

/// The claims of the signed token: signature, issuer, audience, time, nonce and the hash of the
/// other token are as they must be (OpenID Connect Core 1.0, 3.1.3.7).
fn checked<'t>(
    client: &Client,
    tokens: &'t Tokens,
    asked: &Asked,
    now: Timestamp,
) -> Result<&'t openidconnect::IdTokenClaims<MoreClaims, CoreGenderClaim>, OidcError> {
    let not_trusted = |why: &dyn std::error::Error| OidcError::NotTrusted(chain(why));
    let token = tokens
        .id_token()
        .ok_or_else(|| OidcError::NotTrusted("no ID token".to_owned()))?;
    // The library's own kind of instant, which is named nowhere else.
    let verifier = client.id_token_verifier().set_time_fn(move || {
        let written = now.to_string();
        written.parse().expect("RFC 3339 is read by everybody")
    });
    let claims = token
        .claims(&verifier, &Nonce::new(asked.nonce.clone()))
        .map_err(|error| not_trusted(&error))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|error| not_trusted(&error))?;
        let key = token
            .signing_key(&verifier)
            .map_err(|error| not_trusted(&error))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|error| not_trusted(&error))?;
        if actual != *expected {
            return Err(OidcError::NotTrusted("at_hash is another's".to_owned()));
        }
    }
    Ok(claims)
}

/// The values of a claim: a text, or a list of them; `a.b` is the claim `b` within the claim `a`,
/// unless there is a claim that is called so.
fn values_of(claims: &HashMap<String, Value>, name: &str) -> Vec<String> {
    let within = || {
        let (first, rest) = name.split_once('.')?;
        rest.split('.')
            .try_fold(claims.get(first)?, |value, part| value.get(part))
    };
    match claims.get(name).or_else(within) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// An error of the wire.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Shape(#[from] openidconnect::http::Error),
    #[error("the answer is too large")]
    TooLarge,
}

/// One request, with our own client: one TLS implementation, no redirects, bounded waiting.
async fn ask(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, AskError> {
    let (parts, body) = request.into_parts();
    let mut answer = http
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .send()
        .await?;
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if bytes.len() + part.len() > LARGEST_ANSWER {
            return Err(AskError::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(response.body(bytes)?)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_claim_of_roles_is_a_text_or_a_list_and_may_lie_within_another() {
        let claims: HashMap<String, Value> = serde_json::from_value(json!({
            "groups": ["a", "b", 7],
            "role": "billing",
            "realm_access": {"roles": ["auditor"]},
            "https://example.com/roles": ["x"],
        }))
        .unwrap();
        for (name, values) in [
            ("groups", vec!["a", "b"]),
            ("role", vec!["billing"]),
            ("realm_access.roles", vec!["auditor"]),
            ("https://example.com/roles", vec!["x"]),
            ("realm_access", vec![]),
            ("nothing", vec![]),
        ] {
            assert_eq!(values_of(&claims, name), values, "{name}");
        }
    }

    #[test]
    fn a_provider_elsewhere_is_reached_over_https_only() {
        let settings = |issuer: &str| OidcSettings {
            issuer: Url::parse(issuer).unwrap(),
            client_id: "memberpay".to_owned(),
            client_secret: None,
            redirect: Url::parse("https://pay.example.com/staff/sign-in/return").unwrap(),
            scopes: vec![],
            role_claim: "groups".to_owned(),
        };
        for (issuer, name) in [
            ("https://id.example.com", "https://id.example.com"),
            ("https://id.example.com/", "https://id.example.com"),
            (
                "https://id.example.com/realms/plan",
                "https://id.example.com/realms/plan",
            ),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ] {
            assert_eq!(OidcProvider::new(settings(issuer)).unwrap().issuer(), name);
        }
        assert!(matches!(
            OidcProvider::new(settings("http://id.example.com")),
            Err(OidcSettingsError::NotHttps)
        ));
    }
}

//! What the operator sets, from the environment. Only this crate reads it.

mod sftp;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use gateways::sftp::SftpSettings;
use identity::Role;
use kernel::{Email, Secret};

/// The settings of a process. Every field names its variable.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DATABASE_URL`: `sqlite:PATH` or `postgres://…`. Default: `sqlite:` in the data folder.
    pub database_url: String,
    /// `MEMBERPAY_DATA`: the folder for the embedded database, keys and demo mail. Default
    /// `./memberpay-data`.
    pub data: PathBuf,
    /// `MEMBERPAY_PLAN`: the plan file. Default: the demonstration plan built into the program.
    pub plan: Option<PathBuf>,
    /// `MEMBERPAY_LISTEN`: where to listen. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `MEMBERPAY_PUBLIC_URL`: where members reach this installation. Default `http://` and the
    /// address listened on. With `https://` cookies are marked secure.
    pub public_url: Option<String>,
    /// `MEMBERPAY_TRUSTED_PROXIES`: addresses of proxies whose `X-Forwarded-For` is believed,
    /// separated by commas. Default: none.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// `MEMBERPAY_KEYS`, or the file that `MEMBERPAY_KEYS_FILE` names: the keys that seal bank
    /// account numbers, newest first, as `memberpay keys new` prints them.
    pub keys: Option<Secret>,
    /// `STRIPE_SECRET_KEY`: the processor's key. Without it only the demonstration runs.
    pub processor_key: Option<Secret>,
    /// `STRIPE_WEBHOOK_SECRETS`: separated by commas, several while one is replaced.
    pub webhook_secrets: Vec<Secret>,
    /// `STRIPE_API`: the processor's origin. Default `https://api.stripe.com`.
    pub processor_origin: String,
    /// `SMTP_URL`: `smtp://host:port`, `smtps://name:password@host:port`.
    pub smtp_url: Option<Secret>,
    /// `MAIL_FROM`: the address that receipts and codes come from.
    pub mail_from: Option<Email>,
    /// `MAIL_RETURNS`: where mail that cannot be delivered comes back to, with `+` and an id before
    /// the `@`. Default: `MAIL_FROM`, as it is.
    pub mail_returns: Option<Email>,
    /// `MAIL_RETURNS_FOLDER`: the Maildir in which mail that came back arrives. Default: none is
    /// read.
    pub returned_mail: Option<PathBuf>,
    /// `LOCKBOX_FOLDER`: where files of the lockbox bank arrive.
    pub lockbox_folder: Option<PathBuf>,
    /// `LOCKBOX_SFTP…`: the bank's server from which files are fetched into that folder.
    pub lockbox_sftp: Option<SftpSettings>,
    /// `MEMBERPAY_PARTNERS`: systems that may take payments through the API, as `name:key`
    /// separated by commas.
    pub partners: Vec<(String, Secret)>,
    /// `MEMBERPAY_OIDC_…`: where staff sign in. Default: local accounts only.
    pub oidc: Option<Oidc>,
    /// `MEMBERPAY_FEDACH`: the Federal Reserve's directory of routing numbers.
    pub fedach: Option<PathBuf>,
    /// `MEMBERPAY_PASSWORD_HASHERS`: how many passwords are hashed at once. Default 2.
    pub password_hashers: usize,
    /// `MEMBERPAY_DEMO_SANDBOX`: where the demonstration's processor listens. Default
    /// `127.0.0.1:8081`.
    pub sandbox_listen: SocketAddr,
}

/// The sign-in provider of staff.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// `MEMBERPAY_OIDC_ISSUER`: the provider's name for itself, where its discovery document is.
    pub issuer: String,
    /// `MEMBERPAY_OIDC_CLIENT_ID`: what it calls this installation.
    pub client_id: String,
    /// `MEMBERPAY_OIDC_CLIENT_SECRET`, or the file that `MEMBERPAY_OIDC_CLIENT_SECRET_FILE` names.
    pub client_secret: Option<Secret>,
    /// `MEMBERPAY_OIDC_SCOPES`: what is asked for besides `openid`. Default `profile,email`.
    pub scopes: Vec<String>,
    /// `MEMBERPAY_OIDC_ROLE_CLAIM`: the claim that says what somebody may do. Default `groups`.
    pub role_claim: String,
    /// `MEMBERPAY_OIDC_ROLES`: `value=role` separated by commas; of several the first counts.
    pub roles: Vec<(String, Role)>,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Names the variable, what was found (never a secret), and what was expected.
    pub fn from_env() -> anyhow::Result<Self> {
        let data =
            PathBuf::from(text("MEMBERPAY_DATA").unwrap_or_else(|| "memberpay-data".to_owned()));
        let database_url = text("DATABASE_URL")
            .unwrap_or_else(|| format!("sqlite:{}", data.join("memberpay.db").display()));
        Ok(Settings {
            database_url,
            data,
            plan: text("MEMBERPAY_PLAN").map(PathBuf::from),
            listen: address("MEMBERPAY_LISTEN", "127.0.0.1:8080")?,
            public_url: text("MEMBERPAY_PUBLIC_URL")
                .map(|url| url.trim_end_matches('/').to_owned()),
            trusted_proxies: proxies()?,
            keys: keys()?,
            processor_key: text("STRIPE_SECRET_KEY").map(Secret::new),
            webhook_secrets: list("STRIPE_WEBHOOK_SECRETS").map(Secret::new).collect(),
            processor_origin: text("STRIPE_API")
                .unwrap_or_else(|| "https://api.stripe.com".to_owned()),
            smtp_url: text("SMTP_URL").map(Secret::new),
            mail_from: match text("MAIL_FROM") {
                Some(from) => Some(Email::parse(&from).context("MAIL_FROM")?),
                None => None,
            },
            mail_returns: match text("MAIL_RETURNS") {
                Some(returns) => Some(Email::parse(&returns).context("MAIL_RETURNS")?),
                None => None,
            },
            returned_mail: text("MAIL_RETURNS_FOLDER").map(PathBuf::from),
            lockbox_folder: text("LOCKBOX_FOLDER").map(PathBuf::from),
            lockbox_sftp: sftp::sftp(text)?,
            partners: partners()?,
            oidc: oidc()?,
            fedach: text("MEMBERPAY_FEDACH").map(PathBuf::from),
            password_hashers: number("MEMBERPAY_PASSWORD_HASHERS", 2)?,
            sandbox_listen: address("MEMBERPAY_DEMO_SANDBOX", "127.0.0.1:8081")?,
        })
    }

    /// Where members reach this installation, without a slash at the end. On this machine alone it
    /// has a name and not a number, because passkeys are bound to a name.
    #[must_use]
    pub fn public_url(&self) -> String {
        let here = if self.listen.ip().is_loopback() {
            format!("http://localhost:{}", self.listen.port())
        } else {
            format!("http://{}", self.listen)
        };
        self.public_url.clone().unwrap_or(here)
    }
}

fn text(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

fn list(name: &str) -> impl Iterator<Item = String> {
    let value = text(name).unwrap_or_default();
    value
        .split(',')
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

fn address(name: &str, default: &str) -> anyhow::Result<SocketAddr> {
    let value = text(name).unwrap_or_else(|| default.to_owned());
    value.parse().with_context(|| {
        format!("{name} is \"{value}\"; expected an address and port such as {default}")
    })
}

fn number(name: &str, default: usize) -> anyhow::Result<usize> {
    match text(name) {
        None => Ok(default),
        Some(value) => match value.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => bail!("{name} is \"{value}\"; expected a number above 0, such as {default}"),
        },
    }
}

fn proxies() -> anyhow::Result<Vec<std::net::IpAddr>> {
    list("MEMBERPAY_TRUSTED_PROXIES")
        .map(|value| {
            value.parse().with_context(|| {
                format!(
                    "MEMBERPAY_TRUSTED_PROXIES has \"{value}\"; expected addresses such as 10.0.0.5"
                )
            })
        })
        .collect()
}

fn partners() -> anyhow::Result<Vec<(String, Secret)>> {
    list("MEMBERPAY_PARTNERS")
        .map(|entry| match entry.split_once(':') {
            Some((name, key)) if !name.is_empty() && key.len() >= 32 => {
                Ok((name.to_owned(), Secret::new(key.to_owned())))
            }
            _ => bail!("MEMBERPAY_PARTNERS: expected name:key with a key of 32 characters or more"),
        })
        .collect()
}

fn keys() -> anyhow::Result<Option<Secret>> {
    secret("MEMBERPAY_KEYS")
}

/// A secret from its variable, or from the file that the variable with `_FILE` names.
fn secret(name: &str) -> anyhow::Result<Option<Secret>> {
    if let Some(value) = text(name) {
        return Ok(Some(Secret::new(value)));
    }
    let Some(path) = text(&format!("{name}_FILE")) else {
        return Ok(None);
    };
    let value = std::fs::read_to_string(&path)
        .with_context(|| format!("{name}_FILE names {path}, which cannot be read"))?;
    refuse_readable_by_others(&path)?;
    Ok(Some(Secret::new(value.trim().to_owned())))
}

fn oidc() -> anyhow::Result<Option<Oidc>> {
    let Some(issuer) = text("MEMBERPAY_OIDC_ISSUER") else {
        return Ok(None);
    };
    let client_id = text("MEMBERPAY_OIDC_CLIENT_ID")
        .context("MEMBERPAY_OIDC_ISSUER is set; set MEMBERPAY_OIDC_CLIENT_ID too")?;
    let roles: Vec<(String, Role)> = list("MEMBERPAY_OIDC_ROLES")
        .map(|entry| match entry.rsplit_once('=') {
            Some((value, role)) if !value.is_empty() => match Role::from_code(role) {
                Some(role) => Ok((value.to_owned(), role)),
                None => bail!(
                    "MEMBERPAY_OIDC_ROLES names the role \"{role}\"; expected one of {}",
                    Role::ALL.map(Role::code).join(", ")
                ),
            },
            _ => bail!("MEMBERPAY_OIDC_ROLES has \"{entry}\"; expected value=role"),
        })
        .collect::<anyhow::Result<_>>()?;
    if roles.is_empty() {
        bail!(
            "MEMBERPAY_OIDC_ISSUER is set; set MEMBERPAY_OIDC_ROLES too, such as \
             premium-billing=billing,premium-auditors=auditor"
        );
    }
    let scopes: Vec<String> = list("MEMBERPAY_OIDC_SCOPES").collect();
    Ok(Some(Oidc {
        issuer,
        client_id,
        client_secret: secret("MEMBERPAY_OIDC_CLIENT_SECRET")?,
        scopes: if scopes.is_empty() {
            vec!["profile".to_owned(), "email".to_owned()]
        } else {
            scopes
        },
        role_claim: text("MEMBERPAY_OIDC_ROLE_CLAIM").unwrap_or_else(|| "groups".to_owned()),
        roles,
    }))
}

/// A key that everybody on the machine can read is no key.
#[cfg(unix)]
pub fn refuse_readable_by_others(path: &str) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!(
            "{path} can be read by others (mode {:o}); run: chmod 600 {path}",
            mode & 0o777
        );
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn refuse_readable_by_others(_: &str) -> anyhow::Result<()> {
    Ok(())
}

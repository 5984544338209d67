//! Puts a context together from the settings: the database, the processor, the mail server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use gateways::bank::BankDirectory;
use gateways::card::{StripeGateway, StripeSettings};
use gateways::mail::{FolderMailer, Mailer, SmtpEncryption, SmtpMailer, SmtpSettings};
use gateways::oidc::{OidcProvider, OidcSettings, SignInProvider};
use gateways::sftp::{FileServer, Sftp};
use gateways::{SystemChance, SystemClock, Vault};
use kernel::{Email, Secret};
use plan::Plan;
use store::Store;
use url::Url;
use usecases::Ctx;
use usecases::passwords::Hashers;

use crate::settings::Settings;

/// The demonstration plan, built in so that the program runs without any file.
pub const DEMONSTRATION_PLAN: &str = include_str!("../../../plans/connecticare.toml");

/// The plan file of the settings, or the demonstration plan.
///
/// # Errors
/// All problems of the file, one a line.
pub fn read_plan(settings: &Settings) -> anyhow::Result<Plan> {
    let (name, text) = match &settings.plan {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| {
                format!(
                    "MEMBERPAY_PLAN names {}, which cannot be read",
                    path.display()
                )
            })?;
            (path.display().to_string(), text)
        }
        None => (
            "plans/connecticare.toml".to_owned(),
            DEMONSTRATION_PLAN.to_owned(),
        ),
    };
    Plan::read(&name, &text).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

/// The processor as the settings name it.
///
/// # Errors
/// What is missing.
pub fn processor(settings: &Settings) -> anyhow::Result<StripeGateway> {
    let Some(key) = settings.processor_key.clone() else {
        bail!(
            "STRIPE_SECRET_KEY is not set; without a processor only the demonstration runs: memberpay demo"
        );
    };
    let origin = Url::parse(&settings.processor_origin)
        .with_context(|| format!("STRIPE_API is \"{}\"", settings.processor_origin))?;
    stripe(origin, key, settings.webhook_secrets.clone())
}

/// A processor at `origin` that speaks Stripe's API.
///
/// # Errors
/// If the key is not one.
pub fn stripe(origin: Url, key: Secret, secrets: Vec<Secret>) -> anyhow::Result<StripeGateway> {
    Ok(StripeGateway::new(StripeSettings::new(
        origin, key, secrets,
    ))?)
}

/// The mail server of the settings; without one, mail goes to a folder.
///
/// # Errors
/// What is wrong with `SMTP_URL`, or that the folder cannot be made.
pub fn mailer(settings: &Settings, plan: &Plan) -> anyhow::Result<Arc<dyn Mailer>> {
    let from = settings
        .mail_from
        .clone()
        .map_or_else(|| Email::parse("payments@localhost.example"), Ok)?;
    let Some(url) = &settings.smtp_url else {
        let folder = mail_folder(settings);
        return Ok(Arc::new(FolderMailer::new(
            folder,
            &plan.organisation.name,
            &from,
        )?));
    };
    let url = Url::parse(url.expose())
        .context("SMTP_URL is not an address such as smtp://mail.example.com:587")?;
    let encryption = match url.scheme() {
        "smtps" => SmtpEncryption::Tls,
        "smtp" => SmtpEncryption::StartTls,
        "smtp+plain" => SmtpEncryption::None,
        other => bail!("SMTP_URL begins with \"{other}:\"; expected smtp:, smtps: or smtp+plain:"),
    };
    let host = url.host_str().context("SMTP_URL names no host")?.to_owned();
    let credentials = (!url.username().is_empty()).then(|| {
        (
            url.username().to_owned(),
            Secret::new(url.password().unwrap_or_default().to_owned()),
        )
    });
    let port = url
        .port()
        .unwrap_or(if url.scheme() == "smtps" { 465 } else { 587 });
    Ok(Arc::new(SmtpMailer::new(&SmtpSettings {
        host,
        port,
        encryption,
        credentials,
        from_name: plan.organisation.name.clone(),
        from,
        returns: settings.mail_returns.clone(),
        answer_within: Duration::from_secs(30),
    })?))
}

/// Where mail goes when there is no mail server.
#[must_use]
pub fn mail_folder(settings: &Settings) -> std::path::PathBuf {
    settings.data.join("mail")
}

fn banks(settings: &Settings) -> anyhow::Result<BankDirectory> {
    let Some(path) = &settings.fedach else {
        return Ok(BankDirectory::well_known());
    };
    let file = std::fs::File::open(path).with_context(|| {
        format!(
            "MEMBERPAY_FEDACH names {}, which cannot be read",
            path.display()
        )
    })?;
    BankDirectory::with_fedach(std::io::BufReader::new(file))
        .with_context(|| path.display().to_string())
}

/// The sign-in provider of staff, if the settings name one. It is asked for the first time when
/// somebody signs in: memberpay starts without it.
fn sign_in_provider(settings: &Settings) -> anyhow::Result<Option<Arc<dyn SignInProvider>>> {
    let Some(oidc) = &settings.oidc else {
        return Ok(None);
    };
    let issuer = Url::parse(&oidc.issuer)
        .with_context(|| format!("MEMBERPAY_OIDC_ISSUER is \"{}\"", oidc.issuer))?;
    let redirect = format!("{}/staff/sign-in/return", settings.public_url());
    let provider = OidcProvider::new(OidcSettings {
        issuer,
        client_id: oidc.client_id.clone(),
        client_secret: oidc.client_secret.clone(),
        redirect: Url::parse(&redirect).context("MEMBERPAY_PUBLIC_URL")?,
        scopes: oidc.scopes.clone(),
        role_claim: oidc.role_claim.clone(),
    })
    .context("MEMBERPAY_OIDC_ISSUER")?;
    Ok(Some(Arc::new(provider)))
}

/// The keys of the settings.
///
/// # Errors
/// If there are none, or they are not keys.
pub fn vault(settings: &Settings) -> anyhow::Result<Vault> {
    let Some(keys) = &settings.keys else {
        bail!("MEMBERPAY_KEYS is not set; make a key once with: memberpay keys new");
    };
    Ok(Vault::from_keys(keys.expose())?)
}

/// The keys of the demonstration: made at the first start, kept in the data folder.
///
/// # Errors
/// If the folder cannot be written.
pub fn demonstration_vault(settings: &Settings) -> anyhow::Result<Vault> {
    if settings.keys.is_some() {
        return vault(settings);
    }
    let path = settings.data.join("keys");
    if !path.exists() {
        write_private(&path, &Vault::new_key("k1"))?;
    }
    crate::settings::refuse_readable_by_others(&path.display().to_string())?;
    let keys = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(Vault::from_keys(keys.trim())?)
}

/// Writes a file that only its owner can read.
///
/// # Errors
/// If it cannot be written.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Opens the database of the settings and brings it to this program's schema.
///
/// # Errors
/// If nothing answers there, or its schema is newer.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    if settings.database_url.starts_with("sqlite:") {
        std::fs::create_dir_all(&settings.data)
            .with_context(|| format!("the data folder {}", settings.data.display()))?;
    }
    let store = Store::open(&settings.database_url).await?;
    store.migrate().await?;
    Ok(store)
}

/// The context of a process.
///
/// # Errors
/// What of the settings cannot be used.
pub async fn context(
    settings: &Settings,
    gateway: Arc<dyn gateways::card::Gateway>,
    vault: Vault,
) -> anyhow::Result<Ctx> {
    let plan = read_plan(settings)?;
    let ctx_settings = usecases::Settings {
        public_url: settings.public_url(),
        mail_from: settings
            .mail_from
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        password_hashers: settings.password_hashers,
        password_memory_kib: 19_456,
        returned_mail: settings.returned_mail.clone(),
        lockbox_folder: settings.lockbox_folder.clone(),
        staff_roles: settings
            .oidc
            .as_ref()
            .map(|oidc| oidc.roles.clone())
            .unwrap_or_default(),
    };
    Ok(Ctx {
        store: open_store(settings).await?,
        gateway,
        banks: Arc::new(banks(settings)?),
        mailer: mailer(settings, &plan)?,
        plan: Arc::new(plan),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        vault: Arc::new(vault),
        hashers: Arc::new(Hashers::new(&ctx_settings)),
        renderer: Arc::new(documents::Renderer::new()?),
        sign_in_provider: sign_in_provider(settings)?,
        bank_files: bank_files(settings),
        settings: Arc::new(ctx_settings),
    })
}

/// The bank's SFTP server, if one is set.
fn bank_files(settings: &Settings) -> Option<Arc<dyn FileServer>> {
    let sftp = settings.lockbox_sftp.clone()?;
    Some(Arc::new(Sftp::new(sftp)))
}

/// The context of a command that works on the database and may seal what it writes: mail, letters,
/// bank account numbers. It reaches no processor.
///
/// # Errors
/// What of the settings cannot be used; no key is set and the data folder has none, so that what is
/// sealed now would never open again.
pub async fn batch_context(settings: &Settings) -> anyhow::Result<Ctx> {
    let vault = match kept_vault(settings)? {
        Some(vault) => vault,
        None => vault(settings)?,
    };
    context(settings, Arc::new(no_processor()?), vault).await
}

/// As [`batch_context`] for commands that only read, and for benchmarks: a key of its own is made
/// and forgotten if none is set.
///
/// # Errors
/// What of the settings cannot be used.
pub async fn unsealed_context(settings: &Settings) -> anyhow::Result<Ctx> {
    let vault = match kept_vault(settings)? {
        Some(vault) => vault,
        None => Vault::from_keys(&Vault::new_key("batch"))?,
    };
    context(settings, Arc::new(no_processor()?), vault).await
}

/// The keys that are set, or those of the demonstration in the data folder.
fn kept_vault(settings: &Settings) -> anyhow::Result<Option<Vault>> {
    if settings.keys.is_some() || settings.data.join("keys").exists() {
        return demonstration_vault(settings).map(Some);
    }
    Ok(None)
}

fn no_processor() -> anyhow::Result<StripeGateway> {
    stripe(
        Url::parse("http://127.0.0.1:9")?,
        Secret::new("sk_test_none".to_owned()),
        vec![Secret::new("whsec_none".to_owned())],
    )
}

//! The bank's SFTP server, as the operator sets it.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use gateways::sftp::{SftpSettings, is_plain_folder};

/// Reads `LOCKBOX_SFTP` and what belongs to it, from a function that knows the environment. `None`
/// if no server is set.
///
/// # Errors
/// Names the variable, what was found, and what was expected.
pub fn sftp(text: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<SftpSettings>> {
    let Some(server) = text("LOCKBOX_SFTP") else {
        return Ok(None);
    };
    let expected = || {
        format!(
            "LOCKBOX_SFTP is {server:?}; expected sftp://name@server:22/folder, without password"
        )
    };
    let url = url::Url::parse(&server).with_context(expected)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let plain = |word: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
        !word.is_empty() && !word.starts_with('-') && word.chars().all(known)
    };
    let right = url.scheme() == "sftp"
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && plain(url.username())
        && plain(&host)
        && is_plain_folder(url.path())
        && !url.path().contains('%');
    if !right {
        bail!(expected());
    }
    if text("LOCKBOX_FOLDER").is_none() {
        bail!("LOCKBOX_SFTP is set and LOCKBOX_FOLDER is not: set the folder to pull into");
    }
    let file = |name: &str, what: &str| {
        let path = text(name).map(PathBuf::from);
        let path =
            path.with_context(|| format!("LOCKBOX_SFTP is set and {name} is not: {what}"))?;
        if !path.is_file() {
            bail!("{name} is {}: there is no such file", path.display());
        }
        anyhow::Ok(path)
    };
    let done = text("LOCKBOX_SFTP_DONE");
    if let Some(done) = &done
        && !is_plain_folder(done)
    {
        bail!("LOCKBOX_SFTP_DONE is {done:?}; expected the path of a folder, such as done");
    }
    Ok(Some(SftpSettings {
        host,
        port: url.port().unwrap_or(22),
        login: url.username().to_owned(),
        folder: url.path().to_owned(),
        done,
        key: file("LOCKBOX_SFTP_KEY", "name the file with the private key")?,
        known_hosts: file(
            "LOCKBOX_SFTP_KNOWN_HOSTS",
            "name the file with the server's host key, as ssh-keyscan prints it",
        )?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_set_whole_or_refused_with_the_variable() {
        let here = file!();
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(here);
        let here = here.display().to_string();
        let read = |changed: (&'static str, &str)| {
            sftp(|name| {
                let usual = match name {
                    "LOCKBOX_SFTP" => "sftp://plan@sftp.bank.example:2222/out/files",
                    "LOCKBOX_FOLDER" => "/var/lib/memberpay/bank",
                    "LOCKBOX_SFTP_KEY" | "LOCKBOX_SFTP_KNOWN_HOSTS" => here.as_str(),
                    "LOCKBOX_SFTP_DONE" => "done",
                    _ => "",
                };
                let text = if name == changed.0 { changed.1 } else { usual };
                Some(text.to_owned()).filter(|text| !text.is_empty())
            })
        };
        let set = read(("", "")).expect("it is right").expect("it is set");
        assert_eq!((set.host.as_str(), set.port), ("sftp.bank.example", 2_222));
        assert_eq!(
            (set.login.as_str(), set.folder.as_str()),
            ("plan", "/out/files")
        );
        assert_eq!(set.done.as_deref(), Some("done"));
        assert!(read(("LOCKBOX_SFTP", "")).expect("it is right").is_none());
        for (name, wrong) in [
            ("LOCKBOX_SFTP", "bank.example"),
            ("LOCKBOX_SFTP", "https://plan@bank.example/out"),
            ("LOCKBOX_SFTP", "sftp://bank.example/out"),
            ("LOCKBOX_SFTP", "sftp://plan:secret@bank.example/out"),
            ("LOCKBOX_SFTP", "sftp://-oProxyCommand@bank.example/out"),
            ("LOCKBOX_SFTP", "sftp://plan@bank.example/out%22"),
            ("LOCKBOX_SFTP", "sftp://plan@bank.example/*"),
            ("LOCKBOX_FOLDER", ""),
            ("LOCKBOX_SFTP_KEY", ""),
            ("LOCKBOX_SFTP_KEY", "/does/not/exist"),
            ("LOCKBOX_SFTP_KNOWN_HOSTS", ""),
            ("LOCKBOX_SFTP_DONE", "done\nrm *"),
        ] {
            let error = read((name, wrong)).expect_err("it is wrong").to_string();
            assert!(error.contains(name), "{name}={wrong}: {error}");
        }
    }
}

//! A server of the bank on which its files lie, reached by SFTP.
//!
//! The client is OpenSSH's `sftp` in batch mode: it is on every server's machine, is kept up by
//! people who do nothing else, and knows the keys and algorithms of every bank. Who the server is,
//! a known-hosts file says that the operator wrote; nobody else is talked to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// How long one errand at the server may take: a day's images on a slow line.
const LONGEST: Duration = Duration::from_secs(1_800);

/// A file on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last, in the words of the client: to the minute, the same each time.
    pub changed: String,
}

/// Why the server did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileServerError {
    /// Another machine answers, or the known-hosts file is not of this server.
    #[error(
        "the server {server} shows a host key that is not in {known_hosts}: it has {seen}. Ask the \
         bank for its fingerprint, by telephone and not by mail. If it is this one, put the key \
         into the file: ssh-keyscan prints it. If it is not, somebody stands between: do not connect"
    )]
    HostKey {
        /// The server.
        server: String,
        /// The file with the keys that are trusted.
        known_hosts: String,
        /// The fingerprints of the keys that it shows.
        seen: String,
    },
    /// The server does not let us in.
    #[error(
        "the server {server} does not take the key of LOCKBOX_SFTP_KEY: send the bank the public \
         half of it, and see that the name before the @ of LOCKBOX_SFTP is right"
    )]
    Key {
        /// The server.
        server: String,
    },
    /// There is no client on this machine.
    #[error("the program sftp is not on this machine: install openssh-client")]
    NoClient,
    /// Anything else: no connection, no such folder, no room.
    #[error("the server {server} did not do it: {said}")]
    Failed {
        /// The server.
        server: String,
        /// What the client said last.
        said: String,
    },
}

/// A place from which files are fetched.
#[async_trait]
pub trait FileServer: Send + Sync {
    /// Which server and folder, for people and tables; holds no secret.
    fn name(&self) -> String;

    /// The files that lie there.
    async fn list(&self) -> Result<Vec<RemoteFile>, FileServerError>;

    /// Fetches a file into a folder of this machine, as `into`.
    async fn fetch(&self, name: &str, folder: &Path, into: &str) -> Result<(), FileServerError>;

    /// Moves a file into the folder for what is done, unless it is left where it is. Answers
    /// whether it was moved.
    async fn put_away(&self, name: &str) -> Result<bool, FileServerError>;
}

/// How the server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom.
    pub login: String,
    /// The folder with the files.
    pub folder: String,
    /// The folder beside or below it into which files go that were taken in; `None` to leave them.
    pub done: Option<String>,
    /// The file with our private key.
    pub key: PathBuf,
    /// The file with the host keys of the server, as ssh keeps them.
    pub known_hosts: PathBuf,
}

/// OpenSSH's client.
#[derive(Debug, Clone)]
pub struct Sftp {
    settings: SftpSettings,
}

/// True for a name that the commands of the client take as it is.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '.'])
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '"' | '\\' | '*' | '?' | '[' | ']'))
}

/// True for the path of a folder that the commands of the client take as it is.
#[must_use]
pub fn is_plain_folder(path: &str) -> bool {
    !path.is_empty()
        && path
            .split('/')
            .filter(|part| !part.is_empty())
            .all(is_plain)
}

impl Sftp {
    /// A client for this server.
    #[must_use]
    pub fn new(settings: SftpSettings) -> Self {
        Sftp { settings }
    }

    fn server(&self) -> String {
        format!("{}:{}", self.settings.host, self.settings.port)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors are handed over as they are made"
    )]
    fn failed(&self, said: impl ToString) -> FileServerError {
        FileServerError::Failed {
            server: self.server(),
            said: said.to_string(),
        }
    }

    fn command(&self, folder: &Path) -> Command {
        let settings = &self.settings;
        let known_hosts = settings.known_hosts.display();
        let mut command = Command::new("sftp");
        command
            .current_dir(folder)
            .env("LC_ALL", "C")
            .env_remove("SSH_AUTH_SOCK")
            // No configuration of this machine's: what is trusted stands here.
            .args(["-b", "-", "-F", "none", "-P"])
            .arg(settings.port.to_string())
            .arg("-i")
            .arg(&settings.key)
            .arg(format!("-oUserKnownHostsFile=\"{known_hosts}\""))
            .arg(format!("-oUser={}", settings.login));
        for option in [
            "BatchMode=yes",
            "LogLevel=ERROR",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=/dev/null",
            "UpdateHostKeys=no",
            "IdentitiesOnly=yes",
            "PreferredAuthentications=publickey",
            "ConnectTimeout=20",
            "ServerAliveInterval=15",
            "ServerAliveCountMax=4",
        ] {
            command.arg(format!("-o{option}"));
        }
        command
            .arg("--")
            .arg(&settings.host)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs commands of the client one after the other, in the folder of the server; what it
    /// printed.
    async fn run(&self, folder: &Path, commands: &str) -> Result<String, FileServerError> {
        let work = async {
            let mut child = self.command(folder).spawn()?;
            if let Some(mut into) = child.stdin.take() {
                let commands = format!("cd \"{}\"\n{commands}", self.settings.folder);
                // A client that could not connect reads nothing; its answer says why.
                into.write_all(commands.as_bytes()).await.ok();
            }
            child.wait_with_output().await
        };
        let output = tokio::time::timeout(LONGEST, work)
            .await
            .map_err(|_| self.failed("no answer for half an hour"))?;
        let output = output.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => FileServerError::NoClient,
            _ => self.failed(error),
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(self.refused(&String::from_utf8_lossy(&output.stderr)).await)
    }

    async fn refused(&self, said: &str) -> FileServerError {
        let server = self.server();
        if said.contains("Host key verification failed") {
            return FileServerError::HostKey {
                server,
                known_hosts: self.settings.known_hosts.display().to_string(),
                seen: self.fingerprints().await,
            };
        }
        if said.contains("bad permissions") {
            return self.failed("the file of LOCKBOX_SFTP_KEY can be read by others: chmod 600");
        }
        if said.contains("Permission denied (") {
            return FileServerError::Key { server };
        }
        let lines = said.lines().map(str::trim);
        let last = lines
            .rev()
            .find(|line| !line.is_empty() && *line != "Connection closed");
        self.failed(last.unwrap_or("the connection was closed"))
    }

    /// What the server shows now, for a person to compare.
    async fn fingerprints(&self) -> String {
        let mut command = Command::new("ssh-keyscan");
        command
            .args(["-T", "10", "-p", &self.settings.port.to_string(), "--"])
            .arg(&self.settings.host)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let printed = match command.output().await {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(_) => String::new(),
        };
        let seen: Vec<String> = printed.lines().filter_map(fingerprint).collect();
        if seen.is_empty() {
            "one that could not be asked for again".to_owned()
        } else {
            seen.join(", ")
        }
    }
}

/// `host ssh-ed25519 AAAA…` as `ssh-ed25519 SHA256:…`, in the form in which banks tell it.
fn fingerprint(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, key) = (words.nth(1)?, words.next()?);
    let key = STANDARD.decode(key).ok()?;
    let hash = STANDARD_NO_PAD.encode(Sha256::digest(key));
    Some(format!("{kind} SHA256:{hash}"))
}

/// A line of `ls -ln`: mode, links, owner, group, size, three words of the day, name.
fn remote_file(line: &str) -> Option<RemoteFile> {
    let mut rest = line.trim_end();
    let mut words = Vec::new();
    for _ in 0..8 {
        let (word, after) = rest.trim_start().split_once(' ')?;
        words.push(word);
        rest = after;
    }
    let name = rest.trim_start();
    // What the client prints of a folder is no file; links and the like are left to people.
    if !words[0].starts_with('-') || !is_plain(name) {
        return None;
    }
    Some(RemoteFile {
        name: name.to_owned(),
        size: words[4].parse().ok()?,
        changed: words[5..8].join(" "),
    })
}

#[async_trait]
impl FileServer for Sftp {
    fn name(&self) -> String {
        let settings = &self.settings;
        let (login, folder) = (&settings.login, &settings.folder);
        format!("sftp://{login}@{}{folder}", self.server())
    }

    async fn list(&self) -> Result<Vec<RemoteFile>, FileServerError> {
        let printed = self.run(Path::new("/"), "ls -ln\n").await?;
        Ok(printed.lines().filter_map(remote_file).collect())
    }

    async fn fetch(&self, name: &str, folder: &Path, into: &str) -> Result<(), FileServerError> {
        if !is_plain(name) {
            return Err(self.failed("the name of the file cannot be used"));
        }
        let get = format!("get \"{name}\" \"{into}\"\n");
        self.run(folder, &get).await.map(drop)
    }

    async fn put_away(&self, name: &str) -> Result<bool, FileServerError> {
        let Some(done) = &self.settings.done else {
            return Ok(false);
        };
        if !is_plain(name) {
            return Err(self.failed("the name of the file cannot be used"));
        }
        let here = Path::new("/");
        // -l does not write over what lies there; the second of a name gets a number.
        let first = self
            .run(here, &format!("rename -l \"{name}\" \"{done}/{name}\"\n"))
            .await;
        let Err(FileServerError::Failed { .. }) = first else {
            return first.map(|_| true);
        };
        let there = self.run(here, &format!("ls -1 \"{done}\"\n")).await?;
        let taken = |free: &str| {
            there
                .lines()
                .any(|line| line.rsplit('/').next().is_some_and(|one| one == free))
        };
        if !taken(name) {
            return first.map(|_| true);
        }
        let free = (2..)
            .map(|n| format!("{name}.{n}"))
            .find(|free| !taken(free));
        let free = free.unwrap_or_default();
        self.run(here, &format!("rename -l \"{name}\" \"{done}/{free}\"\n"))
            .await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_client_are_files_or_nothing() {
        for (line, file) in [
            (
                "-rw-r--r--    1 1000     1000         1234 Nov 24 15:10 lockbox 1.bai",
                Some(("lockbox 1.bai", 1_234, "Nov 24 15:10")),
            ),
            (
                "-rw-------    ? 0        0      9876543210 Nov  4  2025 a.x9",
                Some(("a.x9", 9_876_543_210, "Nov 4 2025")),
            ),
            (
                "drwxr-xr-x    2 0        0            4096 Nov 24 15:10 done",
                None,
            ),
            (
                "lrwxrwxrwx    1 0        0              12 Nov 24 15:10 link",
                None,
            ),
            (
                "-rw-r--r--    1 0        0              12 Nov 24 15:10 .hidden",
                None,
            ),
            (
                "-rw-r--r--    1 0        0              12 Nov 24 15:10 a\"b",
                None,
            ),
            (
                "-rw-r--r--    1 0        0              12 Nov 24 15:10 a\\303",
                None,
            ),
            ("sftp> ls -ln", None),
            ("", None),
        ] {
            let found = remote_file(line);
            let found = found
                .as_ref()
                .map(|f| (f.name.as_str(), f.size, f.changed.as_str()));
            assert_eq!(found, file, "{line}");
        }
    }

    #[test]
    fn a_fingerprint_is_what_ssh_keygen_prints() {
        // ssh-keygen -lf of this line says SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU: the
        // published fingerprint of a well-known server.
        let line = "github.com ssh-ed25519 \
                    AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        let print = "ssh-ed25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
        assert_eq!(fingerprint(line).as_deref(), Some(print));
        assert_eq!(fingerprint("# host:22 SSH-2.0-x"), None);
    }
}

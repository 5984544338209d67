//! Stories about the bank's SFTP server: a real OpenSSH server with keys of its own.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use gateways::sftp::{Sftp, SftpSettings};
use testkit::{World, both};
use usecases::lockbox::{FolderReport, PullReport, pull};
use usecases::{Actor, Ctx, UseCaseError};

use crate::files::{Folder, number};
use crate::lockbox::{a_billed_plan, clean, coupon, letter, write};

const LOOK: Duration = Duration::from_millis(400);

/// Where Debian puts the server. `None` if it is not there and need not be.
fn sshd() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/sbin/sshd");
    if path.exists() {
        return Some(path);
    }
    let must = std::env::var("MEMBERPAY_TEST_TOOLS").is_ok_and(|set| set == "1");
    assert!(!must, "sshd is missing; ./test installs openssh-server");
    println!("not checked: sshd is missing; ./test installs openssh-server");
    None
}

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .expect("it can be started");
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A server of the bank: its files lie in `outgoing`, what is done goes to `outgoing/done`.
struct Bank {
    folder: tempfile::TempDir,
    port: u16,
    running: Option<Child>,
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Bank {
    fn open() -> Bank {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir_all(at("outgoing/done")).expect("a folder can be made");
        for name in ["host_key", "other_key", "our_key"] {
            run(
                "ssh-keygen",
                &["-q", "-t", "ed25519", "-N", "", "-f", &at(name)],
            );
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let port = port.expect("a port is free").port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\n\
             PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n\
             Subsystem sftp internal-sftp\n",
            at("host_key"),
            at("our_key.pub")
        );
        std::fs::write(at("sshd_config"), config).expect("it can be written");
        // The server wants this folder if it runs as root; its package makes it at boot.
        if run("id", &["-u"]) == "0" {
            std::fs::create_dir_all("/run/sshd").expect("root may make it");
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions("/run/sshd", mode).expect("root may set it");
        }
        let mut bank = Bank {
            folder,
            port,
            running: None,
        };
        bank.trust("host_key.pub");
        bank.start();
        bank
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The host key that we expect.
    fn trust(&self, key: &str) {
        let key = std::fs::read_to_string(self.at(key)).expect("the key is there");
        let line = format!("[127.0.0.1]:{} {key}", self.port);
        std::fs::write(self.at("known_hosts"), line).expect("it can be written");
    }

    fn start(&mut self) {
        let sshd = sshd().expect("it was there");
        let mut command = Command::new(sshd);
        command.args(["-D", "-e", "-f"]).arg(self.at("sshd_config"));
        let child = command.stderr(Stdio::null()).spawn().expect("it starts");
        self.running = Some(child);
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not listen");
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    fn settings(&self, done: bool) -> SftpSettings {
        SftpSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            login: run("id", &["-un"]),
            folder: self.at("outgoing").display().to_string(),
            done: done.then(|| "done".to_owned()),
            key: self.at("our_key"),
            known_hosts: self.at("known_hosts"),
        }
    }

    /// A world whose files come from here.
    fn feeds(&self, world: &World, folder: &Folder, done: bool) -> Ctx {
        let mut settings = (*world.ctx.settings).clone();
        settings.lockbox_folder = Some(folder.path().to_owned());
        Ctx {
            settings: Arc::new(settings),
            bank_files: Some(Arc::new(Sftp::new(self.settings(done)))),
            ..world.ctx.clone()
        }
    }

    /// Lays a lockbox file with a check of subscriber `who`.
    fn lays(&self, world: &World, name: &str, reference: &str, who: u32) {
        let letters = [letter(who, Some(coupon(world, who.into())))];
        write(&self.at("outgoing"), name, reference, &letters);
    }
}

async fn pulled(ctx: &Ctx) -> Result<PullReport, UseCaseError> {
    pull(ctx, &Actor::Operator, LOOK).await
}

fn report(pulled: u64, taken_in: u64, put_away: u64) -> PullReport {
    let refused = 0;
    PullReport {
        pulled,
        growing: 0,
        folder: FolderReport { taken_in, refused },
        put_away,
    }
}

async fn payments(world: &World) -> i64 {
    number(world, "SELECT COUNT(*) FROM payments").await
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("it can be read"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_pulled_posted_and_put_away_and_none_is_posted_twice() {
    if sshd().is_none() {
        return;
    }
    both(|world| async move {
        drop(a_billed_plan(&world, 2).await);
        let (bank, folder) = (Bank::open(), Folder::new());
        let ctx = bank.feeds(&world, &folder, true);
        assert_eq!(pulled(&ctx).await.unwrap(), PullReport::default());
        bank.lays(&world, "day one.csv", "R1", 1);
        bank.lays(&world, "still.csv.part", "R2", 2);
        assert_eq!(pulled(&ctx).await.unwrap(), report(1, 1, 1));
        assert_eq!(payments(&world).await, 1);
        assert_eq!(names(&bank.at("outgoing")), ["still.csv.part"]);
        assert_eq!(names(&bank.at("outgoing/done")), ["day one.csv"]);
        assert_eq!(names(folder.path()), Vec::<String>::new());
        assert_eq!(names(&folder.path().join("taken-in")), ["day one.csv"]);
        // The same again, under its own name and under another.
        bank.lays(&world, "day one.csv", "R1", 1);
        bank.lays(&world, "again.csv", "R1", 1);
        assert_eq!(pulled(&ctx).await.unwrap(), report(2, 2, 2));
        assert_eq!(payments(&world).await, 1);
        let done = ["again.csv", "day one.csv", "day one.csv.2"];
        assert_eq!(names(&bank.at("outgoing/done")), done);
        let known = number(&world, "SELECT COUNT(*) FROM pulled_files").await;
        assert_eq!(known, 0, "what is gone is forgotten");
        let told = "SELECT COUNT(*) FROM audit_events WHERE action = 'bank-file-pulled'";
        assert_eq!(number(&world, told).await, 3);
        // Files that are left are fetched once.
        let ctx = bank.feeds(&world, &folder, false);
        bank.lays(&world, "stays.csv", "R2", 2);
        assert_eq!(pulled(&ctx).await.unwrap(), report(1, 1, 0));
        assert_eq!(pulled(&ctx).await.unwrap(), report(0, 0, 0));
        assert_eq!(payments(&world).await, 2);
        assert_eq!(names(&bank.at("outgoing")), ["stays.csv", "still.csv.part"]);
        clean(&world).await;
    });
}

#[test]
fn a_file_that_grows_is_left_until_it_stands_still() {
    if sshd().is_none() {
        return;
    }
    both(|world| async move {
        drop(a_billed_plan(&world, 1).await);
        let (bank, folder) = (Bank::open(), Folder::new());
        let ctx = bank.feeds(&world, &folder, true);
        bank.lays(&world, "a.csv", "R1", 1);
        let path = bank.at("outgoing/a.csv");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..40]).unwrap();
        let (bytes, growing) = (whole.clone(), path.clone());
        // Longer than a look takes: it has grown by every look.
        let writer = tokio::task::spawn_blocking(move || {
            for end in 41..bytes.len().min(80) {
                std::thread::sleep(Duration::from_millis(100));
                std::fs::write(&growing, &bytes[..end]).expect("it can be written");
            }
        });
        let found = pulled(&ctx).await.unwrap();
        assert_eq!((found.pulled, found.growing), (0, 1));
        assert_eq!(payments(&world).await, 0);
        writer.await.unwrap();
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(pulled(&ctx).await.unwrap(), report(1, 1, 1));
        assert_eq!(payments(&world).await, 1);
        clean(&world).await;
    });
}

#[test]
fn a_connection_that_breaks_anywhere_changes_nothing_about_the_result() {
    if sshd().is_none() {
        return;
    }
    both(|world| async move {
        drop(a_billed_plan(&world, 1).await);
        let (mut bank, folder) = (Bank::open(), Folder::new());
        let ctx = bank.feeds(&world, &folder, true);
        bank.lays(&world, "a.csv", "R1", 1);
        bank.stop();
        let gone = pulled(&ctx).await;
        assert!(
            matches!(gone, Err(UseCaseError::Unavailable(_))),
            "{gone:?}"
        );
        bank.start();
        // It breaks after the file was taken in, before it is put away there.
        std::fs::remove_dir(bank.at("outgoing/done")).unwrap();
        let broken = pulled(&ctx).await;
        assert!(
            matches!(broken, Err(UseCaseError::Unavailable(_))),
            "{broken:?}"
        );
        assert_eq!(payments(&world).await, 1);
        assert_eq!(names(&bank.at("outgoing")), ["a.csv"]);
        std::fs::create_dir(bank.at("outgoing/done")).unwrap();
        assert_eq!(pulled(&ctx).await.unwrap(), report(0, 0, 1));
        // It broke while the file was fetched: what was there of it is not taken in.
        let half = folder.path().join(".0190.part");
        std::fs::write(&half, "kind,lockbox").unwrap();
        assert_eq!(pulled(&ctx).await.unwrap(), PullReport::default());
        assert_eq!(payments(&world).await, 1);
        assert_eq!(names(&bank.at("outgoing/done")), ["a.csv"]);
        clean(&world).await;
    });
}

#[test]
fn another_host_key_is_refused_with_its_fingerprint_and_another_key_of_ours_with_what_to_do() {
    if sshd().is_none() {
        return;
    }
    testkit::on(testkit::Engine::Sqlite, |world| async move {
        let (bank, folder) = (Bank::open(), Folder::new());
        let ctx = bank.feeds(&world, &folder, true);
        bank.lays(&world, "a.csv", "R1", 1);
        let shown = run(
            "ssh-keygen",
            &["-lf", &bank.at("host_key.pub").display().to_string()],
        );
        let shown = shown.split(' ').nth(1).expect("a fingerprint").to_owned();
        for trusted in ["other_key.pub", "sshd_config"] {
            bank.trust(trusted);
            let said = pulled(&ctx).await.unwrap_err().to_string();
            assert!(said.starts_with("sftp-host-key"), "{said}");
            assert!(said.contains(&shown), "{said}");
            assert!(
                said.contains("by telephone") && said.contains("known_hosts"),
                "{said}"
            );
        }
        bank.trust("host_key.pub");
        std::fs::copy(bank.at("other_key.pub"), bank.at("our_key.pub")).unwrap();
        let said = pulled(&ctx).await.unwrap_err().to_string();
        assert!(
            said.starts_with("sftp-key") && said.contains("public half"),
            "{said}"
        );
        assert_eq!(names(&bank.at("outgoing")), ["a.csv"]);
        assert_eq!(names(folder.path()), Vec::<String>::new());
        let person = testkit::staff(&world, identity::Role::Supervisor).await;
        let refused = pull(&ctx, &person, LOOK).await;
        assert!(matches!(refused, Err(UseCaseError::NotAllowed)));
        let said = pulled(&world.ctx).await.unwrap_err().to_string();
        assert_eq!(said, "sftp-not-set");
    });
}

//! The outbox against a real mail server of other people: aiosmtpd, which Python's own email
//! package reads the mail for. `e2e/smtp_server.py` says which addresses it refuses and how.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gateways::mail::{
    Attachment, MailMessage, Mailer as _, SmtpEncryption, SmtpMailer, SmtpSettings,
};
use kernel::{Email, Language};
use serde_json::Value;
use store::args;
use testkit::{World, both};
use usecases::notices::paperless;
use usecases::notices::{DocumentType, NoticeKind};

use crate::minutes;
use crate::scene::{Scene, missing};

/// A mail server that runs until the test is over.
struct Server {
    process: Child,
    port: u16,
    took: Receiver<Value>,
}

impl Server {
    /// Starts it on this port, or on any; `None` if its program is missing and need not be there.
    fn start(port: Option<u16>) -> Option<Server> {
        let python = std::env::var("MEMBERPAY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let has = Command::new(&python)
            .args(["-c", "import aiosmtpd, html5lib"])
            .output()
            .is_ok_and(|output| output.status.success());
        if missing("aiosmtpd", has, "pip install -r e2e/requirements.txt") {
            return None;
        }
        let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../e2e/smtp_server.py"]
            .iter()
            .collect();
        let mut process = Command::new(python)
            .arg(script)
            .args(port.map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().trim().parse().unwrap();
        let (tell, took) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let taken = serde_json::from_str(&line).expect("it speaks JSON");
                if tell.send(taken).is_err() {
                    break;
                }
            }
        });
        Some(Server {
            process,
            port,
            took,
        })
    }

    /// The next message it took.
    fn next(&self) -> Value {
        let taken = self.took.recv_timeout(Duration::from_secs(20));
        taken.expect("it took a message")
    }

    fn took_no_more(&self) {
        std::thread::sleep(Duration::from_millis(200));
        let more: Vec<Value> = self.took.try_iter().collect();
        assert!(more.is_empty(), "{more:#?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mailer(port: u16) -> SmtpMailer {
    SmtpMailer::new(&SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: SmtpEncryption::None,
        credentials: None,
        from_name: "Pläne & \"Primas\"".to_owned(),
        from: Email::parse("premiums@plan.example.com").unwrap(),
        returns: Some(Email::parse("bounces@plan.example.com").unwrap()),
        answer_within: Duration::from_secs(10),
    })
    .unwrap()
}

/// Maria, paperless, whose mail goes to `name@example.com` on this server.
async fn scene(mut world: World, port: u16, name: &str) -> Scene {
    world.ctx.mailer = Arc::new(mailer(port));
    let scene = Scene::new(world).await;
    scene.agree(&DocumentType::ALL).await;
    // That she agreed is confirmed by mail too: not the subject here.
    scene.sql("DELETE FROM outbox", Vec::new()).await;
    let sql = "UPDATE logins SET email = $1 WHERE person_id = $2";
    let address = format!("{name}@example.com");
    scene.sql(sql, args![address, scene.maria.person]).await;
    scene
}

fn header<'a>(taken: &'a Value, name: &str) -> Option<&'a str> {
    let mut headers = taken["headers"].as_array().unwrap().iter();
    let found = headers.find(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name));
    found.map(|pair| pair[1].as_str().unwrap())
}

fn part<'a>(taken: &'a Value, kind: &str) -> &'a Value {
    let mut parts = taken["parts"].as_array().unwrap().iter();
    parts.find(|part| part["type"] == kind).unwrap()
}

#[test]
fn every_kind_of_notice_is_a_whole_message_to_a_reader_of_other_people() {
    both(|world| async move {
        let Some(server) = Server::start(None) else {
            return;
        };
        let scene = scene(world, server.port, "maria").await;
        for language in Language::ALL {
            if language == Language::Spanish {
                scene.spanish_in_large_print().await;
            }
            for kind in NoticeKind::ALL {
                if *kind == NoticeKind::EmailBounced {
                    continue;
                }
                let notice = scene.tell(*kind).await;
                assert_eq!(scene.post().await, 1, "{kind:?}");
                let id = scene.message_id(notice).await;
                let taken = server.next();
                whole(&taken, &id, *kind, language);
            }
        }
        server.took_no_more();
    });
}

fn whole(taken: &Value, id: &str, kind: NoticeKind, language: Language) {
    let nothing = Value::Array(Vec::new());
    assert_eq!(taken["defects"], nothing, "{kind:?}");
    assert_eq!(taken["html_mistakes"], nothing, "{kind:?}");
    assert_eq!(taken["from"], format!("bounces+{id}@plan.example.com"));
    assert_eq!(taken["to"], serde_json::json!(["maria@example.com"]));
    let expected = format!("<{id}@plan.example.com>");
    assert_eq!(header(taken, "Message-ID"), Some(expected.as_str()));
    let from = header(taken, "From").unwrap();
    assert!(from.contains("<premiums@plan.example.com>"), "{from}");
    assert!(from.contains("Pläne &"), "{from}");
    for (name, value) in [
        ("To", "maria@example.com"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", language.tag()),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(header(taken, name), Some(value), "{kind:?}");
    }
    assert!(header(taken, "Date").is_some());
    let structure = ["multipart/alternative", "text/plain", "text/html"];
    assert_eq!(taken["structure"], serde_json::json!(structure));
    let text = part(taken, "text/plain")["content"].as_str().unwrap();
    let html = part(taken, "text/html")["content"].as_str().unwrap();
    assert!(html.starts_with("<!doctype html>"), "{html}");
    assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
    let subject = header(taken, "Subject").unwrap();
    assert!(html.contains(&format!("<title>{subject}</title>")));
    if language == Language::Spanish {
        assert!(text.contains("¿Tiene preguntas?"), "{text}");
    }
    let link = header(taken, "List-Unsubscribe");
    if kind == NoticeKind::DueSoon {
        let link = link.unwrap().trim_matches(['<', '>']);
        assert!(
            link.starts_with("https://pay.example.com/unsubscribe/"),
            "{link}"
        );
        assert!(text.contains(link), "also for readers without a button");
        assert_eq!(
            header(taken, "List-Unsubscribe-Post"),
            Some("List-Unsubscribe=One-Click")
        );
    } else {
        assert_eq!(link, None, "{kind:?}");
        assert_eq!(header(taken, "List-Unsubscribe-Post"), None);
    }
}

#[tokio::test]
async fn a_pdf_arrives_as_it_was_attached() {
    let Some(server) = Server::start(None) else {
        return;
    };
    let pdf: Vec<u8> = b"%PDF-1.7\r\n"
        .iter()
        .copied()
        .chain((0..=255).cycle().take(70_000))
        .collect();
    let message = MailMessage {
        to: Email::parse("maria@example.com").unwrap(),
        subject: "Su autorización".to_owned(),
        text: "Está adjunta.\n.\n\nFrom here on: a line with a dot before it.\n".to_owned(),
        html: Some("<!doctype html><title>Su autorización</title><p>Está adjunta.".to_owned()),
        language: Language::Spanish,
        attachments: vec![Attachment {
            name: "autorización.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: pdf.clone(),
        }],
        message_id: "0198-ab".to_owned(),
        unsubscribe: None,
    };
    let answer = mailer(server.port).send(&message).await.unwrap();
    assert_eq!(answer, "250 2.0.0 queued as TEST");
    let taken = server.next();
    assert_eq!(taken["defects"], Value::Array(Vec::new()));
    let structure = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ];
    assert_eq!(taken["structure"], serde_json::json!(structure));
    let file = part(&taken, "application/pdf");
    assert_eq!(file["name"], "autorización.pdf");
    assert_eq!(file["disposition"], "attachment");
    let digest = ring::digest::digest(&ring::digest::SHA256, &pdf);
    let digest: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(file["content"], digest);
    let text = part(&taken, "text/plain")["content"].as_str().unwrap();
    assert_eq!(text.replace("\r\n", "\n"), message.text);
    assert_eq!(header(&taken, "Subject"), Some("Su autorización"));
}

#[test]
fn a_server_that_puts_us_off_is_asked_again_later_and_takes_it_once() {
    // A server that wants us to sign in first is for the operator to mend: it is no bounce either.
    for (name, says) in [
        ("busy", "%try again later%"),
        ("locked", "%authentication%"),
    ] {
        both(move |world| async move {
            let Some(server) = Server::start(None) else {
                return;
            };
            let scene = scene(world, server.port, name).await;
            let kind = NoticeKind::DraftFailed;
            scene.tell(kind).await;
            assert_eq!(scene.post().await, 0);
            assert_eq!(scene.post().await, 0, "not before its time");
            let put_off = "SELECT COUNT(*) FROM outbox WHERE tries = 1 AND last_error LIKE $1";
            assert_eq!(scene.count(put_off, says).await, 1);
            scene.world.clock.advance(minutes(1));
            assert_eq!(scene.post().await, 1);
            scene.world.clock.advance(minutes(24 * 60));
            assert_eq!(scene.post().await, 0, "not twice");
            server.next();
            server.took_no_more();
            assert_eq!(scene.queued(kind).await, (1, 0), "no paper");
            let answered = "SELECT COUNT(*) FROM outbox WHERE answer = $1";
            let answers = scene.count(answered, "250 2.0.0 queued as TEST").await;
            assert_eq!(answers, 1, "the server's answer is the proof");
        });
    }
}

#[test]
fn a_lasting_refusal_is_not_tried_again_and_the_notice_goes_on_paper() {
    for (name, address_is_bad) in [("gone", true), ("full", false), ("spam", false)] {
        both(move |world| async move {
            let Some(server) = Server::start(None) else {
                return;
            };
            let scene = scene(world, server.port, name).await;
            let kind = NoticeKind::DraftFailed;
            scene.tell(kind).await;
            assert_eq!(scene.post().await, 0);
            for _ in 0..4 {
                scene.world.clock.advance(minutes(24 * 60));
                assert_eq!(scene.post().await, 0, "given up");
            }
            server.took_no_more();
            assert_eq!(scene.queued(kind).await, (1, 1), "{name}");
            let bouncing = paperless::bouncing(&scene.ctx, &scene.member).await;
            assert_eq!(bouncing.unwrap().is_some(), address_is_bad, "{name}");
            let letters = i64::from(address_is_bad);
            assert_eq!(scene.queued(NoticeKind::EmailBounced).await, (0, letters));
            scene.tell(kind).await;
            let next = if address_is_bad { (1, 2) } else { (2, 1) };
            assert_eq!(scene.queued(kind).await, next, "{name}");
        });
    }
}

/// What became of the message is not known: it is sent again, because a notice that is missing is
/// worse than one that comes twice. Mail programs see that it is the same by its Message-ID.
#[test]
fn a_connection_that_is_lost_before_the_answer_sends_the_same_message_again() {
    both(|world| async move {
        let Some(server) = Server::start(None) else {
            return;
        };
        let scene = scene(world, server.port, "lost").await;
        let kind = NoticeKind::DraftFailed;
        scene.tell(kind).await;
        assert_eq!(scene.post().await, 0, "no answer is not a yes");
        scene.world.clock.advance(minutes(1));
        assert_eq!(scene.post().await, 1);
        let (first, second) = (server.next(), server.next());
        server.took_no_more();
        assert_eq!(header(&first, "Message-ID"), header(&second, "Message-ID"));
        assert_eq!(first["parts"], second["parts"]);
        assert_eq!(scene.queued(kind).await, (1, 0), "no paper");
    });
}

#[test]
fn mail_waits_for_a_server_that_is_down_and_leaves_once_when_it_is_up() {
    both(|world| async move {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let scene = scene(world, port, "maria").await;
        let kind = NoticeKind::DraftFailed;
        scene.tell(kind).await;
        for wait in [1, 5, 30] {
            assert_eq!(scene.post().await, 0);
            scene.world.clock.advance(minutes(wait));
        }
        let Some(server) = Server::start(Some(port)) else {
            return;
        };
        assert_eq!(scene.post().await, 1);
        server.next();
        server.took_no_more();
        assert_eq!(scene.queued(kind).await, (1, 0));
    });
}

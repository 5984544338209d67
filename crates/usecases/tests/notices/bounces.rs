//! Mail that comes back: notifications as a mail server writes them, read from a Maildir.

use std::path::Path;
use std::sync::Arc;

use kernel::{Language, OutboxId};
use store::args;
use testkit::{World, both};
use usecases::notices::paperless::{self, Consent};
use usecases::notices::{self, Choice, DocumentType, NoticeKind};
use usecases::{Settings, identity};

use crate::scene::{Scene, refusal, words_of};

/// A notification about one of our messages, as Exim writes it, into the Maildir.
fn comes_back(folder: &Path, name: &str, id: &str, action: &str, status: &str) {
    let text = format!(
        "Return-path: <>\r\nEnvelope-to: bounces+{id}@plan.example.com\r\n\
         X-Failed-Recipients: marialopez@example.com\r\nAuto-Submitted: auto-replied\r\n\
         From: Mail Delivery System <Mailer-Daemon@mx.example.com>\r\n\
         To: bounces+{id}@plan.example.com\r\nReferences: <{id}@plan.example.com>\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b1\r\n\
         MIME-Version: 1.0\r\nSubject: Mail delivery failed: returning message to sender\r\n\
         Message-Id: <E1@mx.example.com>\r\nDate: Tue, 01 Dec 2026 15:00:00 +0000\r\n\r\n\
         --b1\r\nContent-type: text/plain; charset=us-ascii\r\n\r\nIt could not be delivered.\r\n\r\n\
         --b1\r\nContent-type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.com\r\n\r\nAction: {action}\r\n\
         Final-Recipient: rfc822;marialopez@example.com\r\nStatus: {status}\r\n\
         Remote-MTA: dns; mx.example.com\r\n\r\n\
         --b1\r\nContent-type: message/rfc822\r\n\r\nFrom: Plan <premiums@plan.example.com>\r\n\
         To: marialopez@example.com\r\nMessage-ID: <{id}@plan.example.com>\r\nSubject: Hello\r\n\r\n\
         Hello.\r\n\r\n--b1--\r\n"
    );
    let new = folder.join("new");
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(new.join(name), text).unwrap();
}

async fn scene(mut world: World, folder: &Path) -> Scene {
    world.ctx.settings = Arc::new(Settings {
        returned_mail: Some(folder.to_owned()),
        ..(*world.ctx.settings).clone()
    });
    let scene = Scene::new(world).await;
    scene.agree(&DocumentType::ALL).await;
    scene.post().await;
    scene
}

async fn bouncing(scene: &Scene) -> bool {
    let view = paperless::view(&scene.ctx, &scene.member).await.unwrap();
    let banner = paperless::bouncing(&scene.ctx, &scene.member).await;
    assert_eq!(banner.unwrap(), view.bouncing.then_some(view.email));
    view.bouncing
}

#[test]
fn an_address_that_does_not_exist_falls_back_to_paper_by_itself_until_it_is_proved() {
    both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(world, folder.path()).await;
        let ctx = &scene.ctx;
        let kind = NoticeKind::DraftFailed;
        let notice = scene.tell(kind).await;
        scene.post().await;
        assert_eq!(scene.queued(kind).await, (1, 0));
        let id = scene.message_id(notice).await;
        comes_back(folder.path(), "1", &id, "failed", "5.1.1");
        assert_eq!(notices::read_folder(ctx).await.unwrap(), 1);
        // What did not arrive is on paper, and so is a letter that says why.
        assert_eq!(scene.queued(kind).await, (1, 1));
        assert_eq!(scene.queued(NoticeKind::EmailBounced).await, (0, 1));
        assert!(bouncing(&scene).await);
        // What comes now is on paper too, though electronic was chosen.
        scene.tell(kind).await;
        assert_eq!(scene.queued(kind).await, (1, 2));
        let view = paperless::view(ctx, &scene.member).await.unwrap();
        for row in &view.types {
            assert_eq!((row.chosen, row.now), (Choice::Electronic, Choice::Paper));
        }
        // The same again, and the next message that bounces, say nothing new.
        comes_back(folder.path(), "2", &id, "failed", "5.1.1");
        assert_eq!(notices::read_folder(ctx).await.unwrap(), 1);
        assert_eq!(scene.queued(kind).await, (1, 2));
        assert_eq!(scene.queued(NoticeKind::EmailBounced).await, (0, 1));
        let given: Consent = scene.consent(Language::English, &[]).await;
        let refused = paperless::consent(ctx, &scene.member, given).await;
        assert_eq!(refusal(refused).code, "paperless-bouncing");

        // Printed, the letter says what to do, and the proof of the mail says that it came back.
        let out = tempfile::tempdir().unwrap();
        let report = scene.print(out.path(), 10).await.unwrap();
        assert_eq!(report.letters, 4, "agreed, failed twice, bounced");
        let sent = notices::of_person(ctx, &scene.member, scene.maria.person).await;
        let sent = sent.unwrap();
        let bounced = sent.iter().find(|s| s.kind == NoticeKind::EmailBounced);
        let pdf = notices::copy(ctx, &scene.member, bounced.unwrap().notice).await;
        if let Some(words) = words_of(&pdf.unwrap().pdf.unwrap()) {
            for said in ["does not work", "choose Paperless", "1 Main Street"] {
                assert!(words.contains(said), "{said} in {words}");
            }
            assert!(!words.contains("marialopez@example.com"), "{words}");
        }
        let returned = sent.iter().filter_map(|sent| sent.mail.as_ref());
        assert_eq!(returned.filter(|mail| mail.bounced_at.is_some()).count(), 1);

        // The way out: a code sent to the address, which now works.
        paperless::send_proof(ctx, &scene.member, Language::English)
            .await
            .unwrap();
        scene.post().await;
        let code = scene.world.mail.code_for("marialopez@example.com").unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = paperless::prove(ctx, &scene.member, wrong).await;
        assert_eq!(refusal(refused).code, "code-wrong");
        assert!(bouncing(&scene).await);
        paperless::prove(ctx, &scene.member, &code).await.unwrap();
        assert!(!bouncing(&scene).await);
        scene.tell(kind).await;
        assert_eq!(scene.queued(kind).await, (2, 2));
    });
}

#[test]
fn another_address_is_used_at_once() {
    both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(world, folder.path()).await;
        let kind = NoticeKind::DraftFailed;
        let notice = scene.tell(kind).await;
        scene.post().await;
        let id = scene.message_id(notice).await;
        comes_back(folder.path(), "1", &id, "failed", "5.1.1");
        notices::read_folder(&scene.ctx).await.unwrap();
        assert!(bouncing(&scene).await);
        let sql = "UPDATE logins SET email = 'new@example.com' WHERE person_id = $1";
        scene.sql(sql, args![scene.maria.person]).await;
        assert!(!bouncing(&scene).await);
        scene.tell(kind).await;
        assert_eq!(scene.queued(kind).await, (2, 1));
        // Late news of the old address changes nothing about the new one.
        scene.post().await;
        comes_back(folder.path(), "2", &id, "failed", "5.1.1");
        notices::read_folder(&scene.ctx).await.unwrap();
        assert!(!bouncing(&scene).await);
    });
}

#[test]
fn what_may_pass_changes_nothing_and_a_full_mailbox_puts_that_notice_on_paper() {
    both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(world, folder.path()).await;
        let kind = NoticeKind::DraftFailed;
        let notice = scene.tell(kind).await;
        scene.post().await;
        let id = scene.message_id(notice).await;
        comes_back(folder.path(), "1", &id, "delayed", "4.4.1");
        assert_eq!(notices::read_folder(&scene.ctx).await.unwrap(), 1);
        assert_eq!(scene.queued(kind).await, (1, 0));
        comes_back(folder.path(), "2", &id, "failed", "5.2.2");
        notices::read_folder(&scene.ctx).await.unwrap();
        assert_eq!(scene.queued(kind).await, (1, 1));
        assert!(!bouncing(&scene).await);
        assert_eq!(scene.told(NoticeKind::EmailBounced).await, 0);
        scene.tell(kind).await;
        assert_eq!(
            scene.queued(kind).await,
            (2, 1),
            "the next one goes by e-mail"
        );
    });
}

#[test]
fn notifications_about_other_mail_and_about_codes_put_nothing_on_paper() {
    both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(world, folder.path()).await;
        let ctx = &scene.ctx;
        let nobodys: OutboxId = ctx.id();
        comes_back(folder.path(), "1", &nobodys.to_string(), "failed", "5.1.1");
        std::fs::write(folder.path().join("new/2"), "Subject: hi\r\n\r\nHi.\r\n").unwrap();
        assert_eq!(notices::read_folder(ctx).await.unwrap(), 1);
        assert!(!bouncing(&scene).await);
        assert!(
            folder.path().join("unread/2").exists(),
            "for a person to read"
        );
        let email = kernel::Email::parse("marialopez@example.com").unwrap();
        let (member, person) = (&scene.member, scene.maria.person);
        identity::send_code(ctx, member, person, &email, Language::English)
            .await
            .unwrap();
        scene.post().await;
        let letters = "SELECT COUNT(*) FROM letters WHERE batch = $1";
        let before = scene.count(letters, "").await;
        let sent = scene.world.mail.to("marialopez@example.com").pop().unwrap();
        comes_back(folder.path(), "3", &sent.message_id, "failed", "5.2.2");
        assert_eq!(notices::read_folder(ctx).await.unwrap(), 1);
        assert_eq!(scene.count(letters, "").await, before);
    });
}

#[test]
fn a_server_that_knows_no_such_address_is_believed_without_a_notification() {
    both(|world| async move {
        let folder = tempfile::tempdir().unwrap();
        let scene = scene(world, folder.path()).await;
        let kind = NoticeKind::DraftFailed;
        let refused = |answer: &str| gateways::mail::MailError::Refused(answer.to_owned());
        scene.tell(kind).await;
        let spam = refused("permanent error (554): 5.7.1 looks like spam");
        scene.world.mail.fail_next(spam);
        scene.post().await;
        assert!(!bouncing(&scene).await);
        assert_eq!(scene.queued(kind).await, (1, 1));
        scene.tell(kind).await;
        let gone = refused("permanent error (550): 5.1.1 no such user");
        scene.world.mail.fail_next(gone);
        scene.post().await;
        assert!(bouncing(&scene).await);
        assert_eq!(scene.queued(kind).await, (2, 2));
    });
}

//! Maria, who signs in, and what the stories ask of her mail and her letters.

use std::path::Path;
use std::process::Command;

use kernel::{AccountId, Language, NoticeId};
use store::{StoreError, args};
use testkit::{Maria, World, maria, registered};
use usecases::notices::paperless::{self, Consent};
use usecases::notices::{
    self, Choice, DocumentType, Notice, NoticeKind, PrintOptions, PrintReport, To,
};
use usecases::{Actor, Ctx, Refusal, UseCaseError, outbox};

use crate::words::sample;

pub struct Scene {
    pub world: World,
    pub ctx: Ctx,
    pub maria: Maria,
    pub member: Actor,
}

impl Scene {
    pub async fn new(world: World) -> Scene {
        let maria = maria(&world, 0).await;
        let member = registered(&world, &maria, "marialopez").await;
        Scene {
            ctx: world.ctx.clone(),
            world,
            maria,
            member,
        }
    }

    pub async fn sql(&self, sql: &'static str, args: Vec<store::sql::Value>) -> u64 {
        let done: Result<u64, StoreError> = self
            .ctx
            .store
            .write(move |tx| {
                let args = args.clone();
                Box::pin(async move { tx.execute(sql, args).await })
            })
            .await;
        done.expect("the statement is sound")
    }

    pub async fn count(&self, sql: &'static str, of: &str) -> i64 {
        let mut tx = self.ctx.store.read().await.expect("the database answers");
        let mut row = tx.one("a count", sql, args![of]).await.expect("it counts");
        row.read().expect("it is a number")
    }

    /// How many e-mails and letters were written of a kind, sent or not.
    pub async fn queued(&self, kind: NoticeKind) -> (i64, i64) {
        let mail = "SELECT COUNT(*) FROM outbox WHERE kind = $1";
        let paper = "SELECT COUNT(*) FROM letters l JOIN notices n ON n.id = l.notice_id \
                     WHERE n.kind = $1";
        let code = kind.code();
        (self.count(mail, code).await, self.count(paper, code).await)
    }

    pub async fn told(&self, kind: NoticeKind) -> i64 {
        let sql = "SELECT COUNT(*) FROM notices WHERE kind = $1";
        self.count(sql, kind.code()).await
    }

    /// The Message-ID, before the `@`, of the e-mail of a notice.
    pub async fn message_id(&self, notice: NoticeId) -> String {
        let sent = notices::of_person(&self.ctx, &self.member, self.maria.person);
        let sent = sent.await.unwrap();
        let sent = sent.into_iter().find(|sent| sent.notice == notice);
        let mail = sent.and_then(|sent| sent.mail);
        mail.expect("there is one").message_id.to_string()
    }

    pub async fn tell(&self, kind: NoticeKind) -> NoticeId {
        self.tell_with(kind, sample(kind)).await
    }

    pub async fn tell_with(&self, kind: NoticeKind, facts: serde_json::Value) -> NoticeId {
        let to = To::Subscriber(self.maria.person);
        let notice = Notice::new(kind, to, Some(self.maria.account), facts);
        let owned = self.ctx.clone();
        let told: Result<NoticeId, UseCaseError> = self
            .ctx
            .store
            .write(move |tx| {
                let (ctx, notice) = (owned.clone(), notice.clone());
                Box::pin(async move { notices::tell(tx, &ctx, notice).await })
            })
            .await;
        told.expect("it is told")
    }

    /// Agrees to go without paper.
    pub async fn agree(&self, types: &[DocumentType]) {
        let given = self.consent(Language::English, types).await;
        let agreed = paperless::consent(&self.ctx, &self.member, given).await;
        agreed.expect("it is agreed to");
    }

    /// An agreement as the page makes it when everything on it is right.
    pub async fn consent(&self, language: Language, types: &[DocumentType]) -> Consent {
        let shown = paperless::disclosure(&self.ctx, &self.member, language).await;
        Consent {
            shown_code: "0042".to_owned(),
            typed_code: "0042".to_owned(),
            agrees: true,
            version: shown.expect("she may read it").version,
            language,
            types: types.to_vec(),
        }
    }

    pub async fn choose(&self, document: DocumentType, choice: Choice) {
        let chosen = paperless::choose(&self.ctx, &self.member, document, choice).await;
        chosen.expect("it can be chosen");
    }

    /// Sends all mail that waits.
    pub async fn post(&self) -> u64 {
        let mut sent = 0;
        loop {
            match outbox::send_due(&self.ctx).await.unwrap() {
                0 => return sent,
                some => sent += some,
            }
        }
    }

    pub async fn print(&self, folder: &Path, batch: u16) -> Result<PrintReport, UseCaseError> {
        let folder = folder.to_owned();
        let options = PrintOptions { folder, batch };
        notices::print::print(&self.ctx, &Actor::Operator, &options).await
    }

    /// Reads Spanish, in large print, from now on.
    pub async fn spanish_in_large_print(&self) {
        let person = self.maria.person;
        let sql = "UPDATE persons SET language = 'es', large_print = TRUE WHERE id = $1";
        self.sql(sql, args![person]).await;
        let sql = "UPDATE logins SET language = 'es' WHERE person_id = $1";
        self.sql(sql, args![person]).await;
    }

    /// Covered from December on at $310.00 a month.
    pub async fn cover(&self, account: AccountId) {
        let id: kernel::CoverageId = self.ctx.id();
        self.sql(
            "INSERT INTO coverages (account_id, id, first_day, last_day, premium_cents, aptc_cents, \
             penalty_cents, policy, binder_paid_on, created_at, updated_at) \
             VALUES ($1, $2, $3, NULL, 31000, 0, 0, 'P1', $3, $4, $4)",
            args![account, id, jiff::civil::date(2026, 12, 1), self.ctx.now()],
        )
        .await;
    }
}

pub fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> Refusal {
    match result.unwrap_err() {
        UseCaseError::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// True if a program that a test needs is missing and need not be there.
pub fn missing(what: &str, there: bool, how: &str) -> bool {
    if there {
        return false;
    }
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|v| v == value);
    let demanded = is("CI", "true") || is("MEMBERPAY_TEST_TOOLS", "1");
    assert!(!demanded, "{what} is missing; {how}");
    eprintln!("not checked: {what} is missing; {how}");
    true
}

/// The words of a PDF, by poppler; `None` if poppler is missing and need not be there.
pub fn words_of(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = Command::new("pdftotext").arg(&file).arg("-").output();
    if missing("pdftotext", output.is_ok(), "install poppler-utils") {
        return None;
    }
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

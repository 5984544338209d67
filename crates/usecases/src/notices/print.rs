//! Notices on paper, in print batches with a manifest for the print shop.
//!
//! A letter is put into a batch in one transaction, laid out and written to disk, and noted as
//! printed in another. A run that was killed in between goes on with the same batch, under the same
//! name: no letter is ever in two batches. Each batch has a folder of its own with one PDF for each
//! letter, and one for each document enclosed with it.
//!
//! A batch belongs to the folder it was begun for. A run into another folder leaves it alone and
//! takes what waits, so that two runs never print a letter twice; two runs into one folder are kept
//! apart by a lock on it, which ends with the process that holds it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use ::documents::Pdf;
use jiff::civil::Date;
use kernel::{AuditId, NoticeId};
use notices::NoticeKind;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::accounts::{AccountRow, PersonRow};
use store::notices::{NoticeRow, ToPrintRow};

use super::letter_context;
use crate::audit::{self, Event};
use crate::documents::{LetterPaper, mailing_address};
use crate::mail::Letter as Words;
use crate::{Actor, Ctx, Refusal, UseCaseError, account_number, invoices, mail};

/// How letters are printed.
#[derive(Debug, Clone)]
pub struct PrintOptions {
    /// Where the folders of the batches go; made if missing.
    pub folder: PathBuf,
    /// The most letters in a batch, 1 to 1,000.
    pub batch: u16,
}

/// What a print run made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintReport {
    /// How many letters.
    pub letters: u64,
    /// How many batches.
    pub batches: u64,
    /// How many sheets, printed on one side.
    pub pages: u64,
    /// Letters with a character that the font does not have: to be looked at before mailing.
    pub to_look_at: u64,
    /// Folders with batches that another run began and did not finish. It is under way there, or it
    /// was stopped: then a run into the same folder finishes them.
    pub unfinished: Vec<String>,
}

/// A letter laid out.
struct Made {
    notice: NoticeId,
    line: i64,
    pdf: Vec<u8>,
    pages: usize,
    language: &'static str,
    large_print: bool,
    kind: String,
    undrawable: bool,
    /// A document that goes into the same envelope.
    enclosed: Option<Pdf>,
}

impl Made {
    fn sheets(&self) -> u64 {
        let enclosed = self.enclosed.as_ref().map_or(0, |pdf| pdf.pages);
        (self.pages + enclosed) as u64
    }

    /// The files of its envelope, in the order in which they go in.
    fn files(&self) -> Vec<(String, &[u8], usize)> {
        let mut files = vec![(format!("{:05}.pdf", self.line), &self.pdf[..], self.pages)];
        if let Some(pdf) = &self.enclosed {
            files.push((
                format!("{:05}-enclosed.pdf", self.line),
                &pdf.bytes,
                pdf.pages,
            ));
        }
        files
    }
}

/// Prints all letters that wait.
///
/// # Errors
/// [`UseCaseError::NotAllowed`] for anybody but the operator and jobs; refusal `print-folder` if a
/// file cannot be written, after which the same run goes on where it stopped; refusal
/// `print-running` while another run prints into the same folder.
pub async fn print(
    ctx: &Ctx,
    actor: &Actor,
    options: &PrintOptions,
) -> Result<PrintReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let mut report = PrintReport::default();
    let (folder, _lock) = locked(&options.folder)?;
    let most = i64::from(options.batch.clamp(1, 1_000));
    while let Some(batch) = next_batch(ctx, &folder, most).await? {
        let rows = {
            let mut tx = ctx.store.read().await?;
            store::notices::of_batch(&mut tx, &batch).await?
        };
        let mut made = Vec::with_capacity(rows.len());
        for row in &rows {
            made.push(lay_out(ctx, row).await?);
        }
        let into = options.folder.join(&batch);
        write_batch(&into, &made).map_err(|error| unwritable(&into, &error))?;
        report.batches += 1;
        report.letters += made.len() as u64;
        report.pages += made.iter().map(Made::sheets).sum::<u64>();
        report.to_look_at += made.iter().filter(|letter| letter.undrawable).count() as u64;
        finish(ctx, actor, &batch, made).await?;
    }
    let mut tx = ctx.store.read().await?;
    let elsewhere = store::notices::open_elsewhere(&mut tx, &folder).await?;
    report.unfinished = elsewhere.into_iter().map(|(_, folder)| folder).collect();
    report.unfinished.dedup();
    Ok(report)
}

/// Makes the folder and keeps other runs out of it: its whole path, and a lock that ends when the
/// file is closed, so that a run that was killed leaves none behind.
fn locked(folder: &Path) -> Result<(String, File), UseCaseError> {
    let opened = || -> std::io::Result<(PathBuf, File)> {
        std::fs::create_dir_all(folder)?;
        let whole = folder.canonicalize()?;
        Ok((whole, File::create(folder.join(".printing"))?))
    };
    let (whole, file) = opened().map_err(|error| unwritable(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok((whole.to_string_lossy().into_owned(), file)),
        Err(TryLockError::WouldBlock) => Err(Refusal::new("print-running")
            .with("folder", folder.display())
            .into()),
        Err(TryLockError::Error(error)) => Err(unwritable(folder, &error)),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> UseCaseError {
    Refusal::new("print-folder")
        .with("folder", path.display())
        .with("reason", error)
        .into()
}

/// A batch that an earlier run into this folder did not finish, else a new one; `None` if no letter
/// waits.
async fn next_batch(ctx: &Ctx, folder: &str, most: i64) -> Result<Option<String>, UseCaseError> {
    let id: AuditId = ctx.id();
    let id = id.uuid().simple().to_string();
    let fresh = format!("letters-{}-{}", ctx.today(), &id[id.len() - 8..]);
    let folder = folder.to_owned();
    ctx.store
        .write(move |tx| {
            let (fresh, folder) = (fresh.clone(), folder.clone());
            Box::pin(async move {
                if let Some(open) = store::notices::open_batch(tx, &folder).await? {
                    return Ok(Some(open));
                }
                let taken = store::notices::begin_batch(tx, &fresh, &folder, most).await?;
                Ok((taken > 0).then_some(fresh))
            })
        })
        .await
}

async fn lay_out(ctx: &Ctx, row: &ToPrintRow) -> Result<Made, UseCaseError> {
    let broken = |error: String| UseCaseError::Broken(error.into());
    let notice = &row.notice;
    let kind = NoticeKind::from_code(&notice.kind)
        .ok_or_else(|| broken(format!("no notice is called {}", notice.kind)))?;
    let plain = ctx.vault.open(&letter_context(notice.id), &row.facts);
    let plain = plain.map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let facts: Value = serde_json::from_slice(&plain).map_err(|e| broken(e.to_string()))?;
    let mut tx = ctx.store.read().await?;
    let person = match notice.person {
        Some(person) => store::accounts::person_by_id(&mut tx, person).await?,
        None => None,
    };
    let person = person.ok_or_else(|| broken("a letter is for nobody on file".to_owned()))?;
    let account = match notice.account {
        Some(account) => store::accounts::by_id(&mut tx, account).await?,
        None => None,
    };
    drop(tx);
    let pdf = match (kind, &account) {
        // What stands behind the e-mail is the invoice: it is what goes on paper.
        (NoticeKind::InvoiceReady, Some(account)) => {
            invoice_of(ctx, account, &facts, notice.large_print).await?
        }
        _ => {
            let words = mail::on_paper(ctx, kind, notice.language, &facts)
                .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
            let day = ctx.day_of(notice.created_at);
            let large = notice.large_print;
            let paper = paper(
                &words,
                notice.language,
                large,
                &person,
                account.as_ref(),
                day,
            );
            crate::documents::letter(ctx, &paper).await?
        }
    };
    Ok(Made {
        enclosed: enclosed(ctx, notice).await?,
        notice: notice.id,
        line: row.line,
        pages: pdf.pages,
        undrawable: !pdf.undrawable.is_empty(),
        pdf: pdf.bytes,
        language: notice.language.tag(),
        large_print: notice.large_print,
        kind: notice.kind.clone(),
    })
}

/// The document that a notice tells of, to go into its envelope.
async fn enclosed(ctx: &Ctx, notice: &NoticeRow) -> Result<Option<Pdf>, UseCaseError> {
    let (Some(person), Some(document)) = (notice.person, notice.attached) else {
        return Ok(None);
    };
    crate::documents::of(ctx, person, document).await.map(Some)
}

async fn invoice_of(
    ctx: &Ctx,
    account: &AccountRow,
    facts: &Value,
    large_print: bool,
) -> Result<Pdf, UseCaseError> {
    let month = facts.get("month").and_then(Value::as_str);
    let month = month.and_then(|month| kernel::BillingMonth::parse(month).ok());
    let month = month.ok_or_else(|| UseCaseError::broken("a notice of an invoice has no month"))?;
    let mut tx = ctx.store.read().await?;
    let row = match store::invoices::of_month(&mut tx, account.id, month).await? {
        Some(invoice) => store::invoices::to_print(&mut tx, account.id, invoice).await?,
        None => None,
    };
    drop(tx);
    let row = row.ok_or_else(|| UseCaseError::broken("the invoice of a notice is missing"))?;
    let paper = invoices::paper(ctx, &row, large_print || row.large_print)?;
    let renderer = ctx.renderer.clone();
    crate::documents::laid_out(move || renderer.invoice(&paper)).await
}

/// The words of a notice as a letter: lines `name: value` become its table.
pub(crate) fn paper(
    words: &Words,
    language: kernel::Language,
    large_print: bool,
    person: &PersonRow,
    account: Option<&AccountRow>,
    date: Date,
) -> LetterPaper {
    let (mut paragraphs, mut facts, mut closing) = (Vec::new(), Vec::new(), Vec::new());
    for block in words.text.trim().split("\n\n") {
        let rows: Option<Vec<(String, String)>> = block
            .lines()
            .map(|line| line.split_once(": "))
            .map(|row| row.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect();
        match rows {
            Some(rows) if rows.len() > 1 && facts.is_empty() => facts = rows,
            _ if facts.is_empty() => paragraphs.extend(block.lines().map(str::to_owned)),
            _ => closing.extend(block.lines().map(str::to_owned)),
        }
    }
    LetterPaper {
        language,
        large_print,
        name: person.full_name(),
        mailing_address: mailing_address(person),
        date,
        subject: words.subject.clone(),
        paragraphs,
        facts,
        closing,
        plan_line: account.map(|account| account.plan_line.clone()),
        account_number: account.map(|account| account_number::shown(account.number)),
    }
}

fn write_batch(folder: &Path, made: &[Made]) -> std::io::Result<()> {
    use std::fmt::Write as _;
    std::fs::create_dir_all(folder)?;
    let mut manifest = String::from("line,file,sha256,pages,notice,kind,language,large_print\n");
    for letter in made {
        for (file, pdf, pages) in letter.files() {
            write_whole(&folder.join(&file), pdf)?;
            let _ = writeln!(
                manifest,
                "{},{file},{},{pages},{},{},{},{}",
                letter.line,
                hex::encode(Sha256::digest(pdf)),
                letter.notice,
                letter.kind,
                letter.language,
                letter.large_print,
            );
        }
    }
    // Written last: a folder with a manifest is whole.
    write_whole(&folder.join("manifest.csv"), manifest.as_bytes())?;
    // The letters are noted as printed next: their names must outlive a power cut too.
    File::open(folder)?.sync_all()
}

/// Writes a file so that it is there whole or not at all, even if the power fails.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("part");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Notes a batch as printed, with a copy of each letter.
async fn finish(
    ctx: &Ctx,
    actor: &Actor,
    batch: &str,
    made: Vec<Made>,
) -> Result<(), UseCaseError> {
    let copies: Vec<(NoticeId, String)> = made
        .into_iter()
        .map(|letter| {
            let copy = ctx.vault.seal(&copy_context(letter.notice), &letter.pdf);
            (letter.notice, copy)
        })
        .collect();
    let (owned, actor, batch) = (ctx.clone(), actor.clone(), batch.to_owned());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (owned.clone(), actor.clone());
            let (batch, copies) = (batch.clone(), copies.clone());
            Box::pin(async move {
                let mut printed = 0;
                for (notice, copy) in &copies {
                    let first = store::notices::printed(tx, *notice, ctx.now(), copy).await?;
                    printed += u32::from(first);
                }
                if printed > 0 {
                    let detail = format!("letters={printed}");
                    let event = Event {
                        action: "letters-printed",
                        account: None,
                        subject: &batch,
                        detail: &detail,
                    };
                    audit::record(tx, &ctx, &actor, event).await?;
                }
                Ok(())
            })
        })
        .await
}

/// What the copy of a letter is sealed for.
pub(crate) fn copy_context(id: NoticeId) -> String {
    format!("letter_copy:{id}")
}

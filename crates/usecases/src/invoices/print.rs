//! A month's invoices in print batches, with a manifest for the print shop.
//!
//! A batch is one PDF of invoices in one language and one size of print, and a JSON record that
//! says what is in it. The record is written after the PDF, so a batch whose record and PDF agree
//! is finished: a run that was killed goes on with the first that is not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use documents::Invoice;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use kernel::{AccountId, BillingMonth, Cents, Language};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::StoreError;
use store::invoices::PrintRow;
use tokio::task::JoinHandle;

use super::paper;
use crate::progress::Progress;
use crate::{Actor, Ctx, Refusal, UseCaseError, notices};

/// The most invoices in one PDF: a page layout of more takes more memory than it saves time.
pub const LARGEST_BATCH: usize = 100;
/// How many invoices are read from the database at once.
const READ: i64 = 500;

/// How a month is printed.
#[derive(Debug, Clone)]
pub struct PrintOptions {
    /// Where the files go; made if missing.
    pub folder: PathBuf,
    /// How many invoices make a batch: 1 to 100.
    pub batch: usize,
    /// How many batches are laid out at once.
    pub workers: usize,
    /// Only invoices in this language, if one is given.
    pub language: Option<Language>,
    /// Everything in large print, not only what was asked for.
    pub large_print: bool,
}

/// What a print run made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PrintReport {
    /// How many invoices there are in all batches.
    pub invoices: u64,
    /// How many batches.
    pub batches: u64,
    /// How many of them an earlier run had finished.
    pub kept: u64,
    /// How many sheets of paper, printed on one side.
    pub pages: u64,
    /// Invoices that were left out, because their member chose to get them without paper.
    pub paperless: u64,
    /// Invoices with a character that the font does not have: to be looked at before mailing.
    pub to_look_at: u64,
}

/// A finished batch, as its record says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    /// SHA-256 over everything that is printed.
    content: String,
    /// The PDF's name.
    file: String,
    /// SHA-256 of the PDF.
    sha256: String,
    bytes: u64,
    pages: u64,
    language: String,
    large_print: bool,
    /// Characters that the font does not have.
    undrawable: String,
    invoices: Vec<Printed>,
}

/// An invoice in a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Printed {
    invoice_number: String,
    account_number: String,
    /// The page of the batch on which it begins, from 1.
    first_page: u64,
    pages: u64,
    total_due: String,
}

/// Prints the invoices of a month, of those who get them on paper, into `options.folder`, and
/// writes `manifest.csv` over all batches.
///
/// # Errors
/// [`UseCaseError::Refused`] with `print-nothing` if the month has no invoices, and with
/// `print-folder` if the folder cannot be written.
pub async fn print(
    ctx: &Ctx,
    actor: &Actor,
    month: BillingMonth,
    options: &PrintOptions,
    progress: &dyn Progress,
) -> Result<PrintReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let count = store::invoices::count_of_month(&mut ctx.store.read().await?, month).await?;
    if count == 0 {
        return Err(Refusal::new("print-nothing").with("month", month).into());
    }
    std::fs::create_dir_all(&options.folder).map_err(|error| folder(&options.folder, &error))?;
    progress.total(count.unsigned_abs());
    progress.note("printing");
    let mut press = Press {
        ctx,
        month,
        options,
        progress,
        waiting: BTreeMap::new(),
        next: 1,
        left_out: 0,
        under_way: FuturesUnordered::new(),
        done: BTreeMap::new(),
    };
    let mut after = 0;
    loop {
        let mut tx = ctx.store.read().await?;
        let rows = store::invoices::next_to_print(&mut tx, month, after, READ).await?;
        let Some(last) = rows.last() else { break };
        let until = last.account_number;
        let paperless = notices::paperless_invoices(ctx, &mut tx, after, until).await?;
        drop(tx);
        after = until;
        leave_out(ctx, month, &rows, &paperless).await?;
        for row in rows {
            if paperless.contains(&row.account_number) {
                press.left_out += 1;
                progress.done(1);
                continue;
            }
            let large = options.large_print || row.large_print;
            let paper = paper(ctx, &row, large)?;
            press.take(paper).await?;
        }
    }
    press.finish().await
}

/// Notes which invoices get no paper, so that they are not forgotten if their owners return to it
/// before they were told by e-mail.
async fn leave_out(
    ctx: &Ctx,
    month: BillingMonth,
    rows: &[PrintRow],
    paperless: &BTreeSet<i64>,
) -> Result<(), UseCaseError> {
    let left_out: Vec<AccountId> = rows
        .iter()
        .filter(|row| paperless.contains(&row.account_number))
        .map(|row| row.invoice.account)
        .collect();
    if left_out.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    let noted: Result<(), StoreError> = ctx
        .store
        .write(move |tx| {
            let left_out = left_out.clone();
            Box::pin(async move { store::notices::leave_out(tx, month, &left_out, now).await })
        })
        .await;
    Ok(noted?)
}

fn folder(path: &Path, error: &std::io::Error) -> UseCaseError {
    Refusal::new("print-folder")
        .with("folder", path.display())
        .with("reason", error)
        .into()
}

type Layout = JoinHandle<Result<(Record, bool), UseCaseError>>;

struct Press<'a> {
    ctx: &'a Ctx,
    month: BillingMonth,
    options: &'a PrintOptions,
    progress: &'a dyn Progress,
    /// Invoices that wait for their batch to be full, by language and size of print.
    waiting: BTreeMap<(&'static str, bool), Vec<Invoice>>,
    /// The number of the next batch.
    next: u64,
    /// How many were left out.
    left_out: u64,
    under_way: FuturesUnordered<Layout>,
    /// What finished batches came to, by the name of the PDF. Their records are read again for the
    /// manifest, so that memory stays the same for any number.
    done: BTreeMap<String, PrintReport>,
}

impl Press<'_> {
    async fn take(&mut self, paper: Invoice) -> Result<(), UseCaseError> {
        if self
            .options
            .language
            .is_some_and(|language| language != paper.language)
        {
            self.progress.done(1);
            return Ok(());
        }
        let key = (paper.language.tag(), paper.large_print);
        let batch = self.waiting.entry(key).or_default();
        batch.push(paper);
        if batch.len() >= self.options.batch.clamp(1, LARGEST_BATCH) {
            let batch = std::mem::take(batch);
            self.lay_out(batch).await?;
        }
        Ok(())
    }

    async fn lay_out(&mut self, batch: Vec<Invoice>) -> Result<(), UseCaseError> {
        if self.under_way.len() >= self.options.workers.max(1) {
            self.wait().await?;
        }
        let name = format!("invoices-{}-{:06}", self.month, self.next);
        self.next += 1;
        let (renderer, folder) = (Arc::clone(&self.ctx.renderer), self.options.folder.clone());
        self.under_way.push(tokio::task::spawn_blocking(move || {
            lay_out(&renderer, &folder, &name, &batch)
        }));
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), UseCaseError> {
        let Some(finished) = self.under_way.next().await else {
            return Ok(());
        };
        let (record, kept) = finished
            .map_err(|_| UseCaseError::broken("the layout of a print batch panicked"))??;
        self.progress.done(record.invoices.len() as u64);
        let report = PrintReport {
            invoices: record.invoices.len() as u64,
            batches: 1,
            kept: u64::from(kept),
            pages: record.pages,
            paperless: 0,
            to_look_at: u64::from(!record.undrawable.is_empty()),
        };
        self.done.insert(record.file, report);
        Ok(())
    }

    async fn finish(mut self) -> Result<PrintReport, UseCaseError> {
        for batch in std::mem::take(&mut self.waiting).into_values() {
            if !batch.is_empty() {
                self.lay_out(batch).await?;
            }
        }
        while !self.under_way.is_empty() {
            self.wait().await?;
        }
        let mut total = PrintReport {
            paperless: self.left_out,
            ..PrintReport::default()
        };
        for part in self.done.values() {
            total.invoices += part.invoices;
            total.batches += part.batches;
            total.kept += part.kept;
            total.pages += part.pages;
            total.to_look_at += part.to_look_at;
        }
        let folder_path = self.options.folder.clone();
        let files: Vec<String> = self.done.into_keys().collect();
        tokio::task::spawn_blocking(move || {
            manifest(&folder_path, &files).map_err(|error| folder(&folder_path, &error))
        })
        .await
        .map_err(|_| UseCaseError::broken("writing the manifest panicked"))??;
        Ok(total)
    }
}

/// Lays a batch out and writes it, unless it is there already. True if it was.
fn lay_out(
    renderer: &documents::Renderer,
    into: &Path,
    name: &str,
    batch: &[Invoice],
) -> Result<(Record, bool), UseCaseError> {
    let content = content_digest(batch);
    let record_path = into.join(format!("{name}.json"));
    let pdf_path = into.join(format!("{name}.pdf"));
    if let Some(record) = finished(&record_path, &pdf_path, &content) {
        return Ok((record, true));
    }
    let made = renderer
        .invoices(batch)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    let pages = made.pdf.pages as u64;
    let begins: Vec<u64> = made.first_pages.iter().map(|page| *page as u64).collect();
    let ends = begins.iter().skip(1).copied().chain([pages + 1]);
    let first = batch
        .first()
        .map(|invoice| (invoice.language, invoice.large_print));
    let (language, large_print) = first.unwrap_or_default();
    let record = Record {
        content,
        file: format!("{name}.pdf"),
        sha256: hex::encode(Sha256::digest(&made.pdf.bytes)),
        bytes: made.pdf.bytes.len() as u64,
        pages,
        language: language.tag().to_owned(),
        large_print,
        undrawable: made.pdf.undrawable.iter().collect(),
        invoices: batch
            .iter()
            .zip(begins.iter().zip(ends))
            .map(|(invoice, (begin, end))| Printed {
                invoice_number: invoice.invoice_number.clone(),
                account_number: invoice.account_number.clone().unwrap_or_default(),
                first_page: *begin,
                pages: end.saturating_sub(*begin),
                total_due: Cents::plain(invoice.total_due),
            })
            .collect(),
    };
    let text = serde_json::to_vec_pretty(&record)
        .map_err(|error| UseCaseError::Broken(Box::new(error)))?;
    write_whole(&pdf_path, &made.pdf.bytes)
        .and_then(|()| write_whole(&record_path, &text))
        .map_err(|error| folder(into, &error))?;
    Ok((record, false))
}

fn content_digest(batch: &[Invoice]) -> String {
    let mut digest = Sha256::new();
    for invoice in batch {
        digest.update(format!("{invoice:?}\n{}\n", invoice.member_id.as_str()));
    }
    hex::encode(digest.finalize())
}

/// The record of a batch that an earlier run finished with the same content.
fn finished(record: &Path, pdf: &Path, content: &str) -> Option<Record> {
    let record: Record = serde_json::from_slice(&std::fs::read(record).ok()?).ok()?;
    let bytes = std::fs::read(pdf).ok()?;
    let same = record.content == content && record.sha256 == hex::encode(Sha256::digest(&bytes));
    same.then_some(record)
}

/// Writes a file so that it is there whole or not at all, even if the power fails.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("part");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// One line for each invoice of all batches.
fn manifest(folder: &Path, files: &[String]) -> std::io::Result<()> {
    use std::fmt::Write as _;
    let mut text = String::from(
        "file,sha256,first_page,pages,invoice_number,account_number,language,large_print,total_due\n",
    );
    for file in files {
        let record = folder.join(file).with_extension("json");
        let record: Record = serde_json::from_slice(&std::fs::read(record)?)?;
        for invoice in &record.invoices {
            let _ = writeln!(
                text,
                "{file},{},{},{},{},{},{},{},{}",
                record.sha256,
                invoice.first_page,
                invoice.pages,
                invoice.invoice_number,
                invoice.account_number,
                record.language,
                record.large_print,
                invoice.total_due,
            );
        }
    }
    write_whole(&folder.join("manifest.csv"), text.as_bytes())
}

//! The file for the card printer, and the printer's answer.
//!
//! A request goes into one file and no other. The file is numbered before it is written and marked
//! as finished when it is whole on disk: a run that was killed in between writes the same file
//! again, with the same number.

use std::path::Path;

use formats::card_mailing::{self, Mailed};
use formats::csv_row;
use jiff::civil::Date;
use kernel::{AccountId, CardRequestId};
use members::{CardState, MailedProblem};
use notices::NoticeKind;
use store::Tx;
use store::card_requests::CardToPrint;

use crate::audit::{self, Event};
use crate::notices::{Notice, To, facts, tell_all};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// What went to the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportReport {
    /// The number of the file; `None` if nobody asked for a card.
    pub batch: Option<i64>,
    /// How many cards are in it.
    pub cards: usize,
    /// True if an earlier run began it and was stopped.
    pub again: bool,
}

/// What the printer answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailedReport {
    /// Cards that are now marked as mailed.
    pub mailed: usize,
    /// Cards that were so already.
    pub known: usize,
    /// Lines that cannot be used.
    pub findings: Vec<MailedFinding>,
}

/// A line of the printer's answer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedFinding {
    /// Its number in the file.
    pub line: u64,
    /// What is wrong, in English, for the operator.
    pub what: String,
}

/// Writes the cards that were asked for since the last file to `out`, which must not be there.
///
/// # Errors
/// Refusals `cards-file-there` and `cards-file`.
pub async fn export(ctx: &Ctx, actor: &Actor, out: &Path) -> Result<ExportReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let open = store::card_requests::unfinished_batch(&mut ctx.store.read().await?).await?;
    let (batch, again) = match open {
        Some(batch) => (Some(batch), true),
        None => {
            refuse_existing(out)?;
            (begin(ctx, actor).await?, false)
        }
    };
    let Some(batch) = batch else {
        return Ok(ExportReport::default());
    };
    let cards = store::card_requests::of_batch(&mut ctx.store.read().await?, batch).await?;
    let text = file(ctx, batch, &cards);
    // The file of a run that was stopped just before it was done may be there, with these words.
    if std::fs::read(out).ok().as_deref() != Some(text.as_bytes()) {
        refuse_existing(out)?;
        crate::invoices::write_whole(out, text.as_bytes()).map_err(|error| {
            Refusal::new("cards-file")
                .with("file", out.display())
                .with("reason", error)
        })?;
    }
    let now = ctx.now();
    ctx.store
        .write(move |tx| Box::pin(store::card_requests::finish_batch(tx, batch, now)))
        .await?;
    Ok(ExportReport {
        batch: Some(batch),
        cards: cards.len(),
        again,
    })
}

fn refuse_existing(out: &Path) -> Result<(), UseCaseError> {
    if out.exists() {
        let refusal = Refusal::new("cards-file-there").with("file", out.display());
        return Err(refusal.into());
    }
    Ok(())
}

async fn begin(ctx: &Ctx, actor: &Actor) -> Result<Option<i64>, UseCaseError> {
    let (own, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor) = (own.clone(), actor.clone());
            Box::pin(async move {
                let batch = store::card_requests::begin_batch(tx, ctx.now()).await?;
                if let Some(number) = batch {
                    let event = Event {
                        action: "id-cards-exported",
                        account: None,
                        subject: &number.to_string(),
                        detail: "",
                    };
                    audit::record(tx, &ctx, &actor, event).await?;
                }
                Ok(batch)
            })
        })
        .await
}

/// The columns of the file, in their order.
const COLUMNS: [&str; 21] = [
    "batch",
    "request",
    "reason",
    "plan_line",
    "product",
    "member_id",
    "first_name",
    "last_name",
    "subscriber_first_name",
    "subscriber_last_name",
    "group_number",
    "payer_id",
    "rx_bin",
    "rx_pcn",
    "rx_group",
    "mail_to",
    "address_1",
    "address_2",
    "city",
    "state",
    "zip",
];

fn file(ctx: &Ctx, batch: i64, cards: &[CardToPrint]) -> String {
    let mut text = csv_row(&COLUMNS);
    let batch = batch.to_string();
    for card in cards {
        let line = ctx.plan.line(&card.plan_line);
        let face = line.map(|line| &line.id_card.face);
        let language = ctx.plan.default_language();
        let product = line.map_or("", |line| {
            let product = line.id_card.face.product.as_ref();
            product.unwrap_or(&line.name).in_language(language)
        });
        let of = |value: Option<&Option<String>>| value.cloned().flatten().unwrap_or_default();
        let mail_to = format!(
            "{} {}",
            card.subscriber_first_name, card.subscriber_last_name
        );
        let [line_1, line_2, city, state] = &card.address;
        text.push_str(&csv_row(&[
            &batch,
            &card.number.to_string(),
            &card.reason,
            &card.plan_line,
            product,
            card.member_id.as_str(),
            &card.first_name,
            &card.last_name,
            &card.subscriber_first_name,
            &card.subscriber_last_name,
            &of(face.map(|face| &face.group_number)),
            &of(face.map(|face| &face.payer_id)),
            &of(face.map(|face| &face.rx_bin)),
            &of(face.map(|face| &face.rx_pcn)),
            &of(face.map(|face| &face.rx_group)),
            &mail_to,
            line_1,
            line_2,
            city,
            state,
            &card.zip,
        ]));
    }
    text
}

/// Reads the printer's answer and marks its cards as mailed, all in one transaction; each member is
/// told. Reading it again changes nothing.
///
/// # Errors
/// Refusals `cards-file` and `cards-column`.
pub async fn mailed(ctx: &Ctx, actor: &Actor, path: &Path) -> Result<MailedReport, UseCaseError> {
    if !matches!(actor, Actor::Operator | Actor::Job(_)) {
        return Err(UseCaseError::NotAllowed);
    }
    let bytes = std::fs::read(path).map_err(|error| {
        Refusal::new("cards-file")
            .with("file", path.display())
            .with("reason", error)
    })?;
    let answer = card_mailing::read(&bytes)
        .map_err(|column| Refusal::new("cards-column").with("column", column))?;
    let (own, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, answer) = (own.clone(), actor.clone(), answer.clone());
            Box::pin(async move {
                let mut report = MailedReport::default();
                for line in &answer.unreadable {
                    report.findings.push(MailedFinding {
                        line: line.line,
                        what: format!("the column {} cannot be read", line.column),
                    });
                }
                let mut marked = Vec::new();
                for line in &answer.mailed {
                    take(tx, &ctx, line, &mut marked, &mut report).await?;
                }
                store::card_requests::mailed(tx, &marked).await?;
                tell_of(tx, &ctx, &actor, &marked).await?;
                report.mailed = marked.len();
                report.findings.sort_by_key(|finding| finding.line);
                Ok(report)
            })
        })
        .await
}

type Marked = Vec<(AccountId, CardRequestId, Date)>;

async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    line: &Mailed,
    marked: &mut Marked,
    report: &mut MailedReport,
) -> Result<(), UseCaseError> {
    let mut find = |what: String| {
        report.findings.push(MailedFinding {
            line: line.line,
            what,
        });
    };
    let Some(row) = store::card_requests::by_number(tx, line.request).await? else {
        find(format!("there is no request {}", line.request));
        return Ok(());
    };
    if let Some((_, _, day)) = marked.iter().find(|(_, id, _)| *id == row.id) {
        if *day != line.day {
            find(format!("request {} is in the file twice", line.request));
        }
        return Ok(());
    }
    let state = CardState::from_code(&row.state)
        .ok_or_else(|| UseCaseError::broken("a card request in an unknown state"))?;
    let asked = ctx.day_of(row.requested_at);
    let number = line.request;
    match members::mailed(state, row.mailed_on, asked, line.day, ctx.today()) {
        Ok(true) => marked.push((row.account, row.id, line.day)),
        Ok(false) => report.known += 1,
        Err(MailedProblem::NotPrinted) => {
            find(format!("request {number} never went to the printer"));
        }
        Err(MailedProblem::OtherDay(day)) => {
            find(format!("request {number} was mailed on {day} already"));
        }
        Err(MailedProblem::InFuture) => find(format!("{} has not come yet", line.day)),
        Err(MailedProblem::BeforeRequest) => {
            find(format!("request {number} was made after {}", line.day));
        }
    }
    Ok(())
}

async fn tell_of(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    marked: &Marked,
) -> Result<(), UseCaseError> {
    let mut notices = Vec::with_capacity(marked.len());
    for (account, request, day) in marked {
        let row = store::accounts::by_id(tx, *account).await?;
        let row = row.ok_or_else(|| UseCaseError::broken("a card of no account"))?;
        let detail = format!("mailed_on={day}");
        let event = Event {
            action: "id-card-mailed",
            account: Some(*account),
            subject: &request.to_string(),
            detail: &detail,
        };
        audit::record(tx, ctx, actor, event).await?;
        let to = To::Subscriber(row.subscriber);
        let kind = NoticeKind::IdCardSent;
        notices.push(Notice::new(kind, to, Some(*account), facts::none()));
    }
    tell_all(tx, ctx, notices).await
}

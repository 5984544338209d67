//! Telling somebody something: by e-mail, on paper or both, as the person chose and the law allows.
//!
//! A use case calls [`tell`] in the transaction of what it tells of. That writes a row for the
//! notice, a message in the outbox and a letter that waits for paper, as
//! [`notices::deliveries`] decides. Jobs send and print them afterwards.

pub(crate) mod bounces;
pub mod facts;
pub mod paperless;
pub mod print;
pub mod reminders;
mod stored;
pub mod unsubscribe;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    AccountId, BillingMonth, DocumentId, Email, Language, LoginId, NoticeId, OutboxId, PersonId,
};
pub use notices::{Choice, DocumentType, NoticeKind};
use notices::{Delivery, Reach, Weight, decided_by, deliveries, effective};
use plan::WithoutChoice;
use serde_json::Value;
use store::Tx;
use store::notices::{LetterRow, NoticeRow, ReaderRow};
use store::outbox::OutboxRow;

pub use self::bounces::{read_folder, returned};
pub use self::print::{PrintOptions, PrintReport};
pub use self::reminders::{tell_due_soon, tell_of_invoices};
pub use self::stored::{Copy, Sent, copy, of_account, of_person};
use crate::ids::Ids;
use crate::{Ctx, UseCaseError};

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A member, as they chose for the type of document; e-mail goes to the address of the sign-in,
    /// which was proved.
    Subscriber(PersonId),
    /// Whoever signs in with this.
    Login(LoginId),
    /// An address that somebody typed: a payer, an address to be proved, an invited person.
    Address {
        /// The address.
        email: String,
        /// The language of the page.
        language: Language,
    },
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// To whom.
    pub to: To,
    /// The account it is about, if one.
    pub account: Option<AccountId>,
    /// What the words name: `value()` of the kind's struct in [`facts`].
    pub facts: Value,
    /// A document it tells of. It is kept with the person's documents and printed with the letter,
    /// never sent by e-mail.
    pub attach: Option<DocumentId>,
    /// True for a new invoice that was not printed with the others of its month: if it is to go on
    /// paper after all, it goes as a letter.
    pub not_printed: bool,
}

impl Notice {
    /// A notice without a document.
    #[must_use]
    pub fn new(kind: NoticeKind, to: To, account: Option<AccountId>, facts: Value) -> Self {
        Notice {
            kind,
            to,
            account,
            facts,
            attach: None,
            not_printed: false,
        }
    }
}

/// Tells somebody something, in the running transaction.
///
/// # Errors
/// [`UseCaseError::Broken`] if the person or sign-in does not exist, or the facts are not those of
/// the kind.
pub async fn tell(tx: &mut Tx, ctx: &Ctx, notice: Notice) -> Result<NoticeId, UseCaseError> {
    let ids = tell_set(tx, ctx, vec![(notice, None)]).await?;
    let only = ids.first().copied();
    only.ok_or_else(|| UseCaseError::broken("a notice got no id"))
}

/// Tells many people something, in the running transaction: a fixed number of statements for any
/// number of notices. Give a few thousand at a time.
///
/// # Errors
/// As [`tell`]; then nothing is to be committed.
pub async fn tell_all(tx: &mut Tx, ctx: &Ctx, notices: Vec<Notice>) -> Result<(), UseCaseError> {
    let notices = notices.into_iter().map(|notice| (notice, None)).collect();
    tell_set(tx, ctx, notices).await.map(drop)
}

async fn tell_set(
    tx: &mut Tx,
    ctx: &Ctx,
    notices: Vec<(Notice, Option<BillingMonth>)>,
) -> Result<Vec<NoticeId>, UseCaseError> {
    let people = Readers::load(tx, &notices).await?;
    let mut set = Set::new(ctx);
    for (notice, about) in &notices {
        set.add(&people, notice, *about)?;
    }
    store::notices::insert(tx, &set.notices).await?;
    store::outbox::insert(tx, &set.mail).await?;
    store::notices::insert_letters(tx, &set.letters).await?;
    Ok(set.notices.iter().map(|row| row.id).collect())
}

/// The people a set of notices is for.
struct Readers {
    by_person: BTreeMap<PersonId, ReaderRow>,
    person_of: BTreeMap<LoginId, PersonId>,
}

impl Readers {
    async fn load(
        tx: &mut Tx,
        notices: &[(Notice, Option<BillingMonth>)],
    ) -> Result<Self, UseCaseError> {
        let logins: Vec<LoginId> = notices
            .iter()
            .filter_map(|(notice, _)| match notice.to {
                To::Login(login) => Some(login),
                _ => None,
            })
            .collect();
        let person_of: BTreeMap<_, _> = if logins.is_empty() {
            BTreeMap::new()
        } else {
            let found = store::notices::people_of(tx, &logins).await?;
            found.into_iter().collect()
        };
        let mut people: Vec<PersonId> = notices
            .iter()
            .filter_map(|(notice, _)| match notice.to {
                To::Subscriber(person) => Some(person),
                _ => None,
            })
            .chain(person_of.values().copied())
            .collect();
        people.sort_unstable();
        people.dedup();
        let rows = if people.is_empty() {
            Vec::new()
        } else {
            store::notices::readers(tx, &people).await?
        };
        let by_person = rows.into_iter().map(|row| (row.person, row)).collect();
        Ok(Readers {
            by_person,
            person_of,
        })
    }

    fn of(&self, to: &To) -> Result<Option<&ReaderRow>, UseCaseError> {
        let person = match to {
            To::Subscriber(person) => Some(person),
            To::Login(login) => self.person_of.get(login),
            To::Address { .. } => return Ok(None),
        };
        let reader = person.and_then(|person| self.by_person.get(person));
        reader
            .map(Some)
            .ok_or_else(|| UseCaseError::broken("a notice is for nobody on file"))
    }
}

/// The rows of a set of notices.
struct Set<'a> {
    ctx: &'a Ctx,
    ids: Ids<'a>,
    notices: Vec<NoticeRow>,
    mail: Vec<OutboxRow>,
    letters: Vec<LetterRow>,
}

impl<'a> Set<'a> {
    fn new(ctx: &'a Ctx) -> Self {
        Set {
            ctx,
            ids: Ids::new(&*ctx.chance, ctx.now()),
            notices: Vec::new(),
            mail: Vec::new(),
            letters: Vec::new(),
        }
    }

    fn add(
        &mut self,
        people: &Readers,
        notice: &Notice,
        about: Option<BillingMonth>,
    ) -> Result<(), UseCaseError> {
        let kind = notice.kind;
        for fact in kind.facts() {
            if notice.facts.get(fact).is_none() {
                let code = kind.code();
                return Err(UseCaseError::broken(format!(
                    "a notice {code} lacks the fact {fact}"
                )));
            }
        }
        let reader = people.of(&notice.to)?;
        let mut ways = ways(self.ctx, notice, reader)?;
        if kind == NoticeKind::InvoiceReady && !notice.not_printed {
            // Its paper is the invoice itself, which the print run of the month makes.
            ways.retain(|way| *way != Delivery::Paper);
            // Nothing is told of the month then; if the run leaves it out, it still can be.
            if ways.is_empty() && about.is_some() {
                return Ok(());
            }
        }
        let row = NoticeRow {
            id: self.ids.next(),
            person: reader.map(|reader| reader.person),
            account: notice.account,
            kind: kind.code().to_owned(),
            language: language(&notice.to, reader),
            large_print: reader.is_some_and(|reader| reader.large_print),
            attached: notice.attach,
            about,
            created_at: self.ctx.now(),
        };
        let plain =
            serde_json::to_vec(&notice.facts).map_err(|e| UseCaseError::Broken(Box::new(e)))?;
        for way in ways {
            match way {
                Delivery::Email(to) => self.mail(&row, to.as_str(), &plain),
                Delivery::Paper => self.letter(&row, &plain),
            }
        }
        self.notices.push(row);
        Ok(())
    }

    fn mail(&mut self, notice: &NoticeRow, recipient: &str, facts: &[u8]) {
        let id: OutboxId = self.ids.next();
        self.mail.push(OutboxRow {
            id,
            notice: Some(notice.id),
            account: notice.account,
            kind: notice.kind.clone(),
            recipient: recipient.to_owned(),
            language: notice.language,
            large_print: notice.large_print,
            facts: self.ctx.vault.seal(&mail_context(id), facts),
            created_at: notice.created_at,
            due_at: notice.created_at,
            tries: 0,
        });
    }

    fn letter(&mut self, notice: &NoticeRow, facts: &[u8]) {
        self.letters.push(LetterRow {
            notice: notice.id,
            facts: self.ctx.vault.seal(&letter_context(notice.id), facts),
            created_at: notice.created_at,
        });
    }
}

/// What the facts of a message are sealed for.
pub(crate) fn mail_context(id: OutboxId) -> String {
    format!("outbox:{id}")
}

/// What the facts of a letter are sealed for.
pub(crate) fn letter_context(id: NoticeId) -> String {
    format!("letter:{id}")
}

/// The language on file for what concerns the member, that of the sign-in for what concerns the
/// sign-in, that of the page for an address somebody typed there.
fn language(to: &To, reader: Option<&ReaderRow>) -> Language {
    match (to, reader) {
        (To::Address { language, .. }, _) => *language,
        (To::Login(_), Some(reader)) => reader.login_language.unwrap_or(reader.language),
        (_, reader) => reader.map(|reader| reader.language).unwrap_or_default(),
    }
}

fn ways(
    ctx: &Ctx,
    notice: &Notice,
    reader: Option<&ReaderRow>,
) -> Result<Vec<Delivery>, UseCaseError> {
    let address = |text: &str| Email::parse(text).ok();
    let Some(reader) = reader else {
        let To::Address { email, .. } = &notice.to else {
            return Ok(Vec::new());
        };
        let email = address(email);
        let email = email.ok_or_else(|| UseCaseError::broken("a notice has no address"))?;
        return Ok(vec![Delivery::Email(email)]);
    };
    let differs = notice.facts.get("differs") == Some(&Value::Bool(true));
    let reach = reach(ctx, notice.kind, reader);
    // Somebody told by their sign-in hears by e-mail, whatever the kind.
    if matches!(notice.to, To::Login(_)) && !matches!(notice.kind.weight(), Weight::SignIn) {
        return Ok(reach.email.into_iter().map(Delivery::Email).collect());
    }
    Ok(deliveries(notice.kind, differs, &reach))
}

/// How somebody may be reached with a kind of notice.
fn reach(ctx: &Ctx, kind: NoticeKind, reader: &ReaderRow) -> Reach {
    let preferences = &reader.preferences;
    let email = Email::parse(&reader.email).ok();
    let folded = email.as_ref().map(Email::folded);
    Reach {
        choice: decided_by(kind).map_or(Choice::Both, |document| {
            chosen(ctx, document, &preferences.choices)
        }),
        consents: preferences.consent.is_some(),
        bouncing: folded.is_some_and(|folded| folded == preferences.bouncing_email),
        email,
        turned_off: unsubscribe::is_off(&preferences.reminders_off, kind),
    }
}

/// What a person chose for a type of document, or what the plan does.
fn chosen(ctx: &Ctx, document: DocumentType, choices: &[String; 3]) -> Choice {
    Choice::from_code(&choices[place(document)]).unwrap_or_else(|| usual(ctx, document))
}

/// What the plan does for who has chosen nothing.
fn usual(ctx: &Ctx, document: DocumentType) -> Choice {
    let paperless = &ctx.plan.paperless;
    let usual = match document {
        DocumentType::Invoices => paperless.invoices,
        DocumentType::Notices => paperless.notices,
        DocumentType::Letters => paperless.letters,
    };
    match usual {
        WithoutChoice::Paper => Choice::Paper,
        WithoutChoice::Both => Choice::Both,
    }
}

/// The place of a type of document among the choices of a row.
const fn place(document: DocumentType) -> usize {
    match document {
        DocumentType::Invoices => 0,
        DocumentType::Notices => 1,
        DocumentType::Letters => 2,
    }
}

/// The numbers of the accounts after `after` up to `until` whose invoices go without paper.
pub(crate) async fn paperless_invoices(
    ctx: &Ctx,
    tx: &mut Tx,
    after: i64,
    until: i64,
) -> Result<BTreeSet<i64>, UseCaseError> {
    let rows = store::notices::consenting(tx, after, until).await?;
    let without_paper = rows.into_iter().filter(|row| {
        let email = Email::parse(&row.email).map(|email| email.folded());
        let reachable = email.is_ok_and(|email| email != row.preferences.bouncing_email);
        let choice = chosen(ctx, DocumentType::Invoices, &row.preferences.choices);
        let consents = row.preferences.consent.is_some();
        effective(choice, consents, reachable) == Choice::Electronic
    });
    Ok(without_paper.map(|row| row.number).collect())
}

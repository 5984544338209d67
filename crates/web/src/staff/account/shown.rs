//! What the page of an account says, in words.

use jiff::Timestamp;
use kernel::{Cents, Language};
use payments::PaymentStatus;
use serde::Serialize;
use usecases::autopay::{AutopayView, MandateView};
use usecases::delegates::DelegateView;
use usecases::documents::{Listed, ListedDocument};
use usecases::pages::{AccountSummary, InvoiceRow, PaymentSummary};
use usecases::staff::account::{
    AccountWhole, AuditLine, CoverageView, CoveredView, LedgerEntry, LedgerLine, NEWEST,
    NoticeLine, Section, Subscriber,
};

use super::{Looks, href};
use crate::autopay::next::NextView;
use crate::member::methods::MethodCard;
use crate::pay::card::ending_in;
use crate::staff::find::{FoundView, line_name};
use crate::words::Words;

/// An account on one page.
#[derive(Serialize)]
pub struct AccountPage {
    reason: String,
    /// Where a payment by telephone is taken; empty for those who may not.
    pay: String,
    who: Who,
    due: Due,
    others: Vec<FoundView>,
    covered: Vec<Covered>,
    coverages: Vec<Stretch>,
    waiting: Vec<Waiting>,
    ledger: List<Posted>,
    invoices: List<Invoice>,
    payments: List<Payment>,
    methods: Vec<MethodCard>,
    autopay_on: bool,
    autopay: NextView,
    notices: List<Told>,
    documents: List<Document>,
    delegates: Vec<Delegate>,
    sees_audit: bool,
    audit: List<Done>,
}

/// The subscriber.
#[derive(Serialize)]
struct Who {
    name: String,
    member_id: String,
    born: String,
    address: Vec<String>,
    email: String,
    language: String,
    large_print: bool,
}

/// What is due on which account.
#[derive(Serialize)]
struct Due {
    line: String,
    number: String,
    amount: String,
    past_due: String,
    on: String,
    credit: String,
    under_way: String,
}

/// A list, and where all of it is if this is not.
#[derive(Serialize)]
struct List<T> {
    rows: Vec<T>,
    more: String,
}

#[derive(Serialize)]
struct Covered {
    name: String,
    from: String,
    until: String,
}

#[derive(Serialize)]
struct Stretch {
    policy: String,
    from: String,
    until: String,
    premium: String,
    aptc: String,
    penalty: String,
    cancelled: bool,
}

#[derive(Serialize)]
struct Waiting {
    href: String,
    amount: String,
}

#[derive(Serialize)]
struct Posted {
    seq: i64,
    day: String,
    at: String,
    what: String,
    entries: Vec<Entry>,
    due: String,
}

#[derive(Serialize)]
struct Entry {
    account: String,
    amount: String,
    is_debit: bool,
    invoice: String,
}

#[derive(Serialize)]
struct Invoice {
    month: String,
    number: String,
    issued: String,
    due_on: String,
    charges: String,
    open: String,
    status: String,
    status_code: &'static str,
    pdf: String,
    /// Where it is written off; empty for those who may not, and if nothing is open.
    write_off: String,
}

#[derive(Serialize)]
struct Payment {
    day: String,
    at: String,
    amount: String,
    method: String,
    channel: String,
    status: String,
    status_code: &'static str,
    confirmation: String,
    receipt: String,
    /// Where it is given back; empty for those who may not.
    refund: String,
}

#[derive(Serialize)]
struct Told {
    at: String,
    what: String,
    how: Vec<String>,
}

#[derive(Serialize)]
struct Document {
    day: String,
    title: String,
    lang: &'static str,
    kind: String,
    href: String,
}

#[derive(Serialize)]
struct Delegate {
    name: String,
    may: String,
    since: String,
    over: bool,
}

#[derive(Serialize)]
struct Done {
    at: String,
    who: String,
    what: String,
    detail: String,
}

fn unless_zero(cents: Cents) -> String {
    match cents.is_zero() {
        true => String::new(),
        false => cents.to_string(),
    }
}

fn until(words: &Words<'_>, day: Option<jiff::civil::Date>) -> String {
    day.map(|day| words.date(day)).unwrap_or_default()
}

impl AccountPage {
    pub(super) fn new(
        words: &Words<'_>,
        whole: &AccountWhole,
        autopay: &AutopayView,
        looks: Looks,
        now: Timestamp,
    ) -> Self {
        let summary = &whole.summary;
        let here = href(summary.account, looks.reason);
        let base = format!("/staff/accounts/{}", summary.account);
        let today = words.plan.time_zone.to_datetime(now).date();
        let audit = whole.audit.as_deref().unwrap_or_default();
        let invoice_of = |row: &InvoiceRow| invoice(words, &base, row, looks.decides);
        let payment_of = |row: &PaymentSummary| payment(words, &base, row, looks.decides);
        let of = |section| More {
            looks,
            here: &here,
            section,
        };
        AccountPage {
            reason: words.say(&format!("look-{}", looks.reason.code()), &[]),
            pay: match looks.serves {
                true => format!("{base}/pay"),
                false => String::new(),
            },
            who: who(words, &whole.subscriber),
            due: due(words, summary),
            others: whole
                .others
                .iter()
                .map(|other| FoundView::new(words, other, href(other.account, looks.reason)))
                .collect(),
            covered: whole.covered.iter().map(|c| covered(words, c)).collect(),
            coverages: whole.coverages.iter().map(|c| stretch(words, c)).collect(),
            waiting: whole
                .waiting
                .iter()
                .map(|(key, cents)| Waiting {
                    href: format!("/staff/suspense/{}/{}", key.file, key.item),
                    amount: cents.to_string(),
                })
                .collect(),
            ledger: of(Section::Ledger).list(&whole.ledger, |line| posted(words, line)),
            invoices: of(Section::Invoices).list(&whole.invoices, invoice_of),
            payments: of(Section::Payments).list(&whole.payments, payment_of),
            methods: whole
                .methods
                .iter()
                .map(|view| MethodCard::new(words, view))
                .collect(),
            autopay_on: autopay.mandate.as_ref().is_some_and(MandateView::is_active),
            autopay: NextView::new(words, autopay, today),
            notices: of(Section::Notices).list(&whole.notices, |line| told(words, line)),
            documents: of(Section::Documents)
                .list(&whole.documents, |one| document(words, &base, one)),
            delegates: whole.delegates.iter().map(|d| delegate(words, d)).collect(),
            sees_audit: whole.audit.is_some(),
            audit: of(Section::Audit).list(audit, |line| done(words, line)),
        }
    }
}

fn delegate(words: &Words<'_>, one: &DelegateView) -> Delegate {
    Delegate {
        name: one.name.clone(),
        may: words.say(&format!("right-{}", one.right.code()), &[]),
        since: words.day_of(one.since),
        over: one.state == identity::DelegationState::Over,
    }
}

fn who(words: &Words<'_>, who: &Subscriber) -> Who {
    Who {
        name: who.name.clone(),
        member_id: who.member_id.grouped(),
        born: words.date(who.birth_date),
        address: who.address.clone(),
        email: who.email.clone(),
        language: match who.language {
            Language::English => words.say("account-english", &[]),
            Language::Spanish => words.say("account-spanish", &[]),
        },
        large_print: who.large_print,
    }
}

fn due(words: &Words<'_>, summary: &AccountSummary) -> Due {
    Due {
        line: line_name(words, &summary.plan_line),
        number: summary.account_number.clone(),
        amount: summary.amount_due.to_string(),
        past_due: unless_zero(summary.past_due),
        on: until(words, summary.due_on),
        credit: unless_zero(summary.credit),
        under_way: unless_zero(summary.under_way),
    }
}

/// Where the whole of a list is.
struct More<'a> {
    looks: Looks,
    here: &'a str,
    section: Section,
}

impl More<'_> {
    fn list<R, T>(&self, rows: &[R], view: impl Fn(&R) -> T) -> List<T> {
        let code = self.section.code();
        let is_whole = self.looks.whole == Some(self.section) || rows.len() < usize::from(NEWEST);
        List {
            rows: rows.iter().map(view).collect(),
            more: match is_whole {
                true => String::new(),
                false => format!("{}&all={code}#{code}", self.here),
            },
        }
    }
}

fn covered(words: &Words<'_>, one: &CoveredView) -> Covered {
    Covered {
        name: one.name.clone(),
        from: words.date(one.first_day),
        until: until(words, one.last_day),
    }
}

fn stretch(words: &Words<'_>, one: &CoverageView) -> Stretch {
    Stretch {
        policy: one.policy.clone(),
        from: words.date(one.first_day),
        until: until(words, one.last_day),
        premium: one.premium.to_string(),
        aptc: unless_zero(one.aptc),
        penalty: unless_zero(one.penalty),
        cancelled: one.cancelled,
    }
}

fn is_debit(entry: &LedgerEntry) -> bool {
    entry.cents.is_positive()
}

fn posted(words: &Words<'_>, line: &LedgerLine) -> Posted {
    let entry = |entry: &LedgerEntry| Entry {
        account: words.say(&format!("ledger-{}", entry.ledger_account), &[]),
        amount: match is_debit(entry) {
            true => entry.cents,
            false => -entry.cents,
        }
        .to_string(),
        is_debit: is_debit(entry),
        invoice: entry.invoice_number.clone(),
    };
    Posted {
        seq: line.seq,
        day: words.date(line.effective_on),
        at: words.instant(line.posted_at),
        what: words.say(&format!("posting-{}", line.posting), &[]),
        entries: line.entries.iter().map(entry).collect(),
        due: line.due_after.to_string(),
    }
}

fn invoice(words: &Words<'_>, base: &str, row: &InvoiceRow, decides: bool) -> Invoice {
    let code = row.status.code();
    Invoice {
        month: words.month(row.month),
        number: row.number.clone(),
        issued: words.date(row.issued_on),
        due_on: words.date(row.due_on),
        charges: row.charges.to_string(),
        open: row.open.to_string(),
        status: words.say(&format!("invoice-status-{code}"), &[]),
        status_code: code,
        pdf: format!("{base}/invoices/{}/invoice.pdf", row.invoice),
        write_off: match decides && row.open.is_positive() {
            true => format!("{base}/invoices/{}/write-off", row.invoice),
            false => String::new(),
        },
    }
}

fn payment(words: &Words<'_>, base: &str, row: &PaymentSummary, decides: bool) -> Payment {
    let can_go_back = matches!(
        row.status,
        PaymentStatus::Succeeded | PaymentStatus::PartlyRefunded
    );
    let code = row.status.code();
    Payment {
        day: words.date(row.effective_on),
        at: words.instant(row.received_at),
        amount: row.cents.to_string(),
        method: ending_in(words, row.tender, "", &row.last_four),
        channel: words.channel(row.channel),
        status: words.say(&format!("status-{code}"), &[]),
        status_code: code,
        confirmation: row.confirmation.clone(),
        receipt: match row.status.has_receipt() {
            true => format!("{base}/payments/{}/receipt.pdf", row.payment),
            false => String::new(),
        },
        refund: match decides && can_go_back {
            true => format!("{base}/payments/{}/refund", row.payment),
            false => String::new(),
        },
    }
}

fn told(words: &Words<'_>, line: &NoticeLine) -> Told {
    let mut how = Vec::new();
    if let Some(at) = line.mailed_at {
        how.push(words.say("told-mailed", &[("day", &words.day_of(at))]));
    }
    if let Some(at) = line.bounced_at {
        how.push(words.say("told-bounced", &[("day", &words.day_of(at))]));
    }
    match (line.on_paper, line.printed_at) {
        (_, Some(at)) => how.push(words.say("told-printed", &[("day", &words.day_of(at))])),
        (true, None) => how.push(words.say("told-to-print", &[])),
        (false, None) => {}
    }
    if how.is_empty() {
        how.push(words.say("told-waiting", &[]));
    }
    Told {
        at: words.instant(line.at),
        what: words.say(&format!("notice-{}", line.kind), &[]),
        how,
    }
}

fn document(words: &Words<'_>, base: &str, one: &Listed) -> Document {
    let (href, title, lang) = match &one.what {
        ListedDocument::Kept {
            document,
            title,
            language,
            ..
        } => {
            let lang = match *language == words.language {
                true => "",
                false => language.tag(),
            };
            let href = format!("{base}/documents/{document}");
            (href, title.clone(), lang)
        }
        _ => (String::new(), String::new(), ""),
    };
    Document {
        day: words.date(one.day),
        title,
        lang,
        kind: words.say(&format!("documents-kind-{}", one.kind().code()), &[]),
        href,
    }
}

fn done(words: &Words<'_>, line: &AuditLine) -> Done {
    let kind = words.say(&format!("actor-{}", line.kind), &[]);
    Done {
        at: words.instant(line.at),
        who: match line.name.is_empty() {
            true => kind,
            false => format!("{kind}: {}", line.name),
        },
        what: line.action.clone(),
        detail: line.detail.clone(),
    }
}

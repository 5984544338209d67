//! A check taken at the counter: payment, posting, drawer and receipt in one commit.

use center::{Check, MicrLine};
use kernel::{AccountId, Cents, Channel, DrawerId, Email, Language, PaymentId, Secret, Tender};
use payments::effective::{Moment, effective_date};
use payments::{AttemptState, PaymentStatus};
use store::accounts::AccountRow;
use store::centers::DrawerCheckRow;
use store::journal;
use store::payments::PaymentRow;
use store::{StoreError, Tx};

use super::drawer::state_of;
use super::{SERVE, rules, staff_of};
use crate::audit::{self, Event};
use crate::notices::NoticeKind;
use crate::payments::{self as paying, Prepared};
use crate::{Actor, Ctx, Refusal, UseCaseError, access, check_prints};

/// A check on the counter.
#[derive(Debug, Clone)]
pub struct TakeCheck {
    /// The account it pays for.
    pub account: AccountId,
    /// The form's own key: the same again takes nothing.
    pub idempotency_key: String,
    /// The bottom line as the reader gave it or the associate typed it.
    pub micr: Secret,
    /// What the associate saw.
    pub check: Check,
    /// Who brought it.
    pub payer_name: String,
    /// Where the receipt goes; `None` for the address on file, if there is one.
    pub payer_email: Option<Email>,
    /// The payer's language.
    pub language: Language,
}

/// Takes a check into the associate's open drawer. In one commit: the payment with its confirmation
/// number, its posting, its application to the oldest month first, the check in the drawer, the
/// receipt's message and the audit event. The same key again is the same payment.
///
/// # Errors
/// Refusals: `drawer-none`, `drawer-counted`, `channel-not-offered`, `tender-not-taken`,
/// `check-no-number`, `check-taken-before` and those of [`center::MicrError::code`] about `micr`,
/// those of [`center::CheckRefusal::code`], those of [`crate::payments::choose_amount`],
/// `key-used-otherwise`.
pub async fn take_check(
    ctx: &Ctx,
    actor: &Actor,
    command: TakeCheck,
) -> Result<PaymentId, UseCaseError> {
    let (associate, _) = staff_of(actor, &SERVE)?;
    let line = read_line(&command)?;
    let print = check_prints::load(ctx).await?.numbers(
        line.routing.as_str(),
        line.account.expose(),
        line.number.as_deref().unwrap_or_default(),
        command.check.cents,
    );
    let digest = paying::digest(
        command.account,
        command.check.cents,
        Channel::Center,
        &print,
    );
    let mut tx = ctx.store.read().await?;
    let (id, key) = (command.account, &command.idempotency_key);
    let account = access::account(&mut tx, ctx, actor, id, access::Right::Pay).await?;
    if let Some(before) = store::payments::by_key(&mut tx, id, key).await? {
        return before_or_refused(&before, digest);
    }
    let drawer = store::centers::of_associate(&mut tx, associate).await?;
    let drawer = drawer.ok_or_else(|| Refusal::new("drawer-none"))?;
    let open = store::cash::open_invoices(&mut tx, id).await?;
    let payable = paying::payable_of(ctx, &account, &open);
    rules::may_be_taken(ctx, &payable, &drawer.center, &command.check)?;
    let email = address_of(&mut tx, &account, &command).await?;
    drop(tx);
    let unit = Unit {
        payment: payment_of(ctx, &command, &line, digest, email).await?,
        drawer: drawer.id,
        number: line.number.unwrap_or_default(),
        print,
        kind: command.check.kind.code(),
        micr: ctx
            .vault
            .seal(&micr_context(id), command.micr.expose().as_bytes()),
    };
    let (owned, actor) = (ctx.clone(), actor.clone());
    ctx.store
        .write(move |tx| {
            let (ctx, actor, unit) = (owned.clone(), actor.clone(), unit.clone());
            Box::pin(async move { put_in(tx, &ctx, &actor, &unit).await })
        })
        .await
}

/// What the sealed bottom line of a check is bound to.
pub(super) fn micr_context(account: AccountId) -> String {
    format!("check-micr:{account}")
}

/// What one commit writes.
#[derive(Clone)]
struct Unit {
    payment: PaymentRow,
    drawer: DrawerId,
    number: String,
    print: String,
    kind: &'static str,
    micr: String,
}

fn read_line(command: &TakeCheck) -> Result<MicrLine, UseCaseError> {
    let line = MicrLine::parse(command.micr.expose());
    let line = line.map_err(|error| Refusal::of("micr", error.code()))?;
    if line.number.is_none() {
        return Err(Refusal::of("micr", "check-no-number").into());
    }
    Ok(line)
}

async fn address_of(
    tx: &mut Tx,
    account: &AccountRow,
    command: &TakeCheck,
) -> Result<String, UseCaseError> {
    if let Some(email) = &command.payer_email {
        return Ok(email.as_str().to_owned());
    }
    let person = store::accounts::person_by_id(tx, account.subscriber).await?;
    Ok(person.map(|person| person.email).unwrap_or_default())
}

fn before_or_refused(before: &PaymentRow, digest: [u8; 32]) -> Result<PaymentId, UseCaseError> {
    match paying::same_or_refused(before, digest)? {
        Prepared::Before(id) => Ok(id),
        Prepared::New(..) => Err(UseCaseError::broken("a payment that is new and was before")),
    }
}

async fn payment_of(
    ctx: &Ctx,
    command: &TakeCheck,
    line: &MicrLine,
    request_digest: [u8; 32],
    payer_email: String,
) -> Result<PaymentRow, UseCaseError> {
    let confirmation = paying::next_confirmation(ctx).await?;
    let bank = ctx.banks.name_of(&line.routing).unwrap_or_default();
    let now = ctx.now();
    Ok(PaymentRow {
        account: command.account,
        id: ctx.id(),
        idempotency_key: command.idempotency_key.clone(),
        request_digest,
        confirmation: confirmation.as_str().to_owned(),
        cents: command.check.cents,
        refunded: Cents::ZERO,
        channel: Channel::Center,
        tender: Tender::Check,
        last_four: line.account.last_four().to_owned(),
        bank_name: bank.to_owned(),
        payer_name: command.payer_name.clone(),
        payer_email,
        language: command.language,
        status: PaymentStatus::of(AttemptState::Succeeded),
        reason: String::new(),
        authorisation: String::new(),
        // The paper is the evidence; nobody agreed to anything on a page.
        evidence: String::new(),
        received_at: now,
        effective_on: effective_date(Moment::Received(now), &ctx.plan.time_zone),
        concluded_at: Some(now),
    })
}

async fn put_in(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    unit: &Unit,
) -> Result<PaymentId, UseCaseError> {
    let payment = &unit.payment;
    // The account first, always: it is what two units of work queue at.
    let mut head = journal::lock(tx, payment.account).await?;
    let key = &payment.idempotency_key;
    if let Some(before) = store::payments::by_key(tx, payment.account, key).await? {
        return before_or_refused(&before, payment.request_digest);
    }
    let drawer = store::centers::lock(tx, unit.drawer).await?;
    let mut drawer = drawer.ok_or(UseCaseError::NotFound)?;
    if !state_of(&drawer)?.takes_checks() {
        return Err(Refusal::new("drawer-counted").into());
    }
    let seen = store::lockbox::seen(tx, std::slice::from_ref(&unit.print)).await?;
    if !seen.is_empty() {
        return Err(taken_before());
    }
    if !store::payments::insert(tx, payment).await? {
        return Err(UseCaseError::Conflict("the payment"));
    }
    paying::receive(tx, ctx, &mut head, payment).await?;
    let row = DrawerCheckRow {
        drawer: drawer.id,
        account: payment.account,
        payment: payment.id,
        kind: unit.kind.to_owned(),
        micr: unit.micr.clone(),
        last_four: payment.last_four.clone(),
        check_number: unit.number.clone(),
        fingerprint: unit.print.clone(),
        cents: payment.cents,
        taken_at: payment.received_at,
    };
    match store::centers::put(tx, &row).await {
        // Somebody at another counter was a moment faster.
        Err(StoreError::Conflict { .. }) => return Err(taken_before()),
        put => put?,
    }
    drawer.expected += payment.cents;
    store::centers::save(tx, &drawer).await?;
    note(tx, ctx, actor, payment, &row).await?;
    paying::tell_payer(tx, ctx, payment, NoticeKind::PaymentReceived, "").await?;
    Ok(payment.id)
}

fn taken_before() -> UseCaseError {
    Refusal::of("micr", "check-taken-before").into()
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    payment: &PaymentRow,
    row: &DrawerCheckRow,
) -> Result<(), UseCaseError> {
    let subject = payment.id.to_string();
    let detail = format!(
        "cents={} channel={} drawer={} kind={}",
        payment.cents.get(),
        payment.channel,
        row.drawer,
        row.kind
    );
    let event = Event {
        action: "check-taken",
        account: Some(payment.account),
        subject: &subject,
        detail: &detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

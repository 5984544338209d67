//! Saving a bank account, and having it validated before its first debit.

use ::payments::saved_method::{
    BANK_ACCOUNTS_A_DAY, DEPOSIT_TRIES, MethodEvent, MethodState, WrongAnswer, after_wrong_answer,
    next_state,
};
use gateways::card::{
    BankValidation, DepositAnswer, DepositQuestion, DepositVerdict, IdempotencyKey, Instrument,
    InstrumentRef, PayerRef, ValidationRef, ValidationRequest, ValidationState,
};
use jiff::SignedDuration;
use kernel::{Cents, MethodId, PersonId, Tender};
use sha2::{Digest, Sha256};
use store::Tx;
use store::methods::{Deposits, MethodRow};

use super::{MethodView, can_be_saved, new_row, owner, payer_of, seal_context, tell, view};
use crate::audit::{self, Event};
use crate::notices::NoticeKind;
use crate::payments::{BankEntry, acceptance_of, hand_over, paid_from_before, usable, validate};
use crate::{Actor, Ctx, Refusal, UseCaseError};

/// What the holder found of the small deposits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deposit {
    /// The two amounts, in any order.
    Amounts(Cents, Cents),
    /// The code in the text beside one.
    Code(String),
}

/// Saves a bank account and has it validated. If the bank cannot be asked just now, it is saved
/// all the same and can be validated with [`validate_again`].
///
/// # Errors
/// Refusals about the field `number`: `bank-refused`, `method-saved-already`,
/// `too-many-bank-accounts`; `tender-not-taken` if the plan takes no bank debits.
pub async fn add_bank(
    ctx: &Ctx,
    actor: &Actor,
    entry: &BankEntry,
    user_agent: &str,
) -> Result<MethodView, UseCaseError> {
    let person = owner(actor)?;
    if !can_be_saved(ctx).contains(&Tender::BankAccount) {
        return Err(Refusal::new("tender-not-taken").into());
    }
    may_add_another(ctx, person).await?;
    let account = hand_over(ctx, entry).await?;
    let payer = payer_of(ctx, person).await?;
    let fresh = filled(ctx, person, entry, &account, &payer);
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    let row = ctx
        .store
        .write(move |tx| {
            let (ctx, actor, fresh) = (ctx2.clone(), actor2.clone(), fresh.clone());
            Box::pin(async move { keep(tx, &ctx, &actor, fresh).await })
        })
        .await?;
    match ask_the_bank(ctx, actor, &row, user_agent).await {
        // Saved, and not validated yet: the list says so and offers to try again.
        Err(UseCaseError::Unavailable(cause)) => {
            tracing::warn!(method = %row.id, %cause, "a bank account waits to be validated");
        }
        asked => asked?,
    }
    view(ctx, actor, row.id).await
}

/// Validates a bank account that could not be validated when it was saved.
///
/// # Errors
/// [`UseCaseError::NotFound`] if it is not theirs; [`UseCaseError::Unavailable`] if the bank still
/// cannot be asked; the refusal `bank-refused`.
pub async fn validate_again(
    ctx: &Ctx,
    actor: &Actor,
    method: MethodId,
    user_agent: &str,
) -> Result<MethodView, UseCaseError> {
    let person = owner(actor)?;
    let mut tx = ctx.store.read().await?;
    let row = store::methods::by_id(&mut tx, person, method).await?;
    drop(tx);
    let row = row.ok_or(UseCaseError::NotFound)?;
    if row.state == MethodState::New {
        ask_the_bank(ctx, actor, &row, user_agent).await?;
    }
    view(ctx, actor, method).await
}

async fn may_add_another(ctx: &Ctx, person: PersonId) -> Result<(), UseCaseError> {
    let since = ctx.now() - SignedDuration::from_hours(24);
    let mut tx = ctx.store.read().await?;
    let added = store::methods::bank_accounts_since(&mut tx, person, since).await?;
    if added >= BANK_ACCOUNTS_A_DAY {
        return Err(Refusal::of("number", "too-many-bank-accounts")
            .with("most", BANK_ACCOUNTS_A_DAY)
            .into());
    }
    Ok(())
}

fn filled(
    ctx: &Ctx,
    person: PersonId,
    entry: &BankEntry,
    account: &Instrument,
    payer: &PayerRef,
) -> MethodRow {
    let row = new_row(ctx, person, Tender::BankAccount);
    let numbers = zeroize::Zeroizing::new(format!(
        "{}:{}",
        entry.routing.as_str(),
        entry.number.expose()
    ));
    MethodRow {
        reference: account.reference.as_str().to_owned(),
        payer_reference: payer.as_str().to_owned(),
        fingerprint: account.fingerprint.clone().unwrap_or_default(),
        last_four: entry.number.last_four().to_owned(),
        bank_name: account.bank_name.clone().unwrap_or_default(),
        holder: entry.holder.clone(),
        savings: entry.savings,
        sealed_account: ctx.vault.seal(&seal_context(row.id), numbers.as_bytes()),
        ..row
    }
}

async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    fresh: MethodRow,
) -> Result<MethodRow, UseCaseError> {
    let same = store::methods::by_fingerprint(tx, fresh.person, &fresh.gateway, &fresh.fingerprint)
        .await?;
    let row = match same {
        Some(old) => {
            let again = next_state(old.state, MethodEvent::AddAgain)
                .ok_or_else(|| Refusal::of("number", "method-saved-already"))?;
            // The numbers are the same and stay sealed under the old id.
            let row = MethodRow {
                reference: fresh.reference,
                payer_reference: fresh.payer_reference,
                state: again,
                validation: String::new(),
                deposits: None,
                deposits_on: None,
                deposit_tries: 0,
                deposit_answer: String::new(),
                disabled_reason: String::new(),
                ..old
            };
            store::methods::save(tx, &row).await?;
            row
        }
        None => {
            let others = store::methods::of_person(tx, fresh.person).await?;
            let row = MethodRow {
                is_default: !others.iter().any(|other| other.is_default),
                ..fresh
            };
            store::methods::insert(tx, &row).await?;
            row
        }
    };
    note(tx, ctx, actor, &row, "method-added").await?;
    Ok(row)
}

async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    row: &MethodRow,
    action: &'static str,
) -> Result<(), UseCaseError> {
    let subject = row.id.to_string();
    let detail = format!(
        "tender={} state={} by={}",
        row.tender,
        row.state.code(),
        row.validated_by
    );
    let event = Event {
        action,
        account: None,
        subject: &subject,
        detail: &detail,
    };
    Ok(audit::record(tx, ctx, actor, event).await?)
}

async fn ask_the_bank(
    ctx: &Ctx,
    actor: &Actor,
    row: &MethodRow,
    user_agent: &str,
) -> Result<(), UseCaseError> {
    let request = ValidationRequest {
        instrument: InstrumentRef::new(row.reference.clone()),
        payer: Some(PayerRef::new(row.payer_reference.clone())),
        acceptance: acceptance_of(ctx, actor, user_agent),
    };
    // Each try is a request of its own: the moment of agreement is in it. A validation that was
    // begun and whose answer was lost is begun again, which takes no money.
    let key = IdempotencyKey::new(format!(
        "validate-{}-{}",
        row.id,
        ctx.now().as_millisecond()
    ));
    let answer = match validate(ctx, &request, &key).await {
        Err(UseCaseError::Refused(_)) => BankValidation {
            reference: ValidationRef::new(""),
            state: ValidationState::Refused {
                reason: "invalid".to_owned(),
            },
        },
        answer => answer?,
    };
    let known = paid_from_before(ctx, actor, &row.fingerprint).await?;
    let (ctx2, actor2, person, id) = (ctx.clone(), actor.clone(), row.person, row.id);
    let usable = ctx
        .store
        .write(move |tx| {
            let (ctx, actor, answer) = (ctx2.clone(), actor2.clone(), answer.clone());
            Box::pin(async move {
                let row = store::methods::lock(tx, person, id).await?;
                let row = row.ok_or(UseCaseError::NotFound)?;
                if row.state != MethodState::New {
                    return Ok(row.state != MethodState::Removed);
                }
                let row = answered(&ctx, row, &answer, known);
                store::methods::save(tx, &row).await?;
                let refused = row.state == MethodState::Removed;
                let action = if refused {
                    "method-refused"
                } else {
                    tell(tx, &ctx, &row, NoticeKind::MethodAdded).await?;
                    "method-validated"
                };
                note(tx, &ctx, &actor, &row, action).await?;
                Ok::<bool, UseCaseError>(!refused)
            })
        })
        .await?;
    if usable {
        Ok(())
    } else {
        Err(Refusal::of("number", "bank-refused").into())
    }
}

/// The row after the bank's answer. `known` says that its owner has paid from it before: then no
/// deposits are needed (a successful WEB debit of the same number is a validation of it).
fn answered(ctx: &Ctx, row: MethodRow, answer: &BankValidation, known: bool) -> MethodRow {
    let good = |row: MethodRow, by: &str| MethodRow {
        state: MethodState::Good,
        validated_at: Some(ctx.now()),
        validated_by: by.to_owned(),
        ..row
    };
    match answer.state {
        ValidationState::Validated => good(row, "processor"),
        ValidationState::AwaitingDeposits { .. } if known => good(row, "earlier-payment"),
        ValidationState::AwaitingDeposits { asks, arrive_at } => MethodRow {
            state: MethodState::Validating,
            validation: answer.reference.as_str().to_owned(),
            deposits: Some(match asks {
                DepositQuestion::Amounts => Deposits::Amounts,
                DepositQuestion::Code => Deposits::Code,
            }),
            deposits_on: arrive_at.map(|at| ctx.plan.time_zone.to_datetime(at).date()),
            ..row
        },
        ValidationState::Refused { .. } => MethodRow {
            state: MethodState::Removed,
            removed_at: Some(ctx.now()),
            sealed_account: String::new(),
            ..row
        },
    }
}

/// Takes the holder's answer about the small deposits. The account may be charged afterwards.
///
/// # Errors
/// Refusals about the field `deposits`: `deposits-wrong` with the tries that are `left`;
/// `deposits-over` when it was wrong for the third time or the bank has closed the validation: then
/// the account is disabled, and may be added again. [`UseCaseError::Unavailable`] if the bank
/// cannot be asked: the try is not counted.
pub async fn confirm_deposits(
    ctx: &Ctx,
    actor: &Actor,
    method: MethodId,
    answer: &Deposit,
) -> Result<(), UseCaseError> {
    let person = owner(actor)?;
    let digest = digest_of(method, answer);
    let Some(row) = count_a_try(ctx, person, method, &digest).await? else {
        return Ok(());
    };
    let validation = ValidationRef::new(row.validation.clone());
    // Of this validation: an account that is added again has others, with deposits of their own.
    let key = format!("deposits-{validation}-{}-{digest}", row.deposit_tries);
    let key = IdempotencyKey::new(key);
    let told = match answer {
        Deposit::Amounts(one, two) => DepositAnswer::Amounts(*one, *two),
        Deposit::Code(code) => DepositAnswer::Code(code.clone()),
    };
    let said = ctx
        .gateway
        .confirm_bank_validation(&validation, &told, &key)
        .await;
    match usable(said) {
        Ok(verdict) => conclude(ctx, actor, person, method, verdict).await,
        Err(error) => {
            give_the_try_back(ctx, person, method, row.deposit_tries).await?;
            Err(error)
        }
    }
}

/// Something to compare answers by that does not say them.
fn digest_of(method: MethodId, answer: &Deposit) -> String {
    let answer = match answer {
        Deposit::Amounts(one, two) => {
            format!("{} {}", one.min(two).get(), one.max(two).get())
        }
        Deposit::Code(code) => code.clone(),
    };
    hex::encode(&Sha256::digest(format!("{method} {answer}"))[..8])
}

/// Counts a try before the bank hears of it, so that no number of tries at once is more than three.
/// The same answer again is the same try. `None` if the account is validated already.
async fn count_a_try(
    ctx: &Ctx,
    person: PersonId,
    method: MethodId,
    digest: &str,
) -> Result<Option<MethodRow>, UseCaseError> {
    let digest = digest.to_owned();
    ctx.store
        .write(move |tx| {
            let digest = digest.clone();
            Box::pin(async move {
                let row = store::methods::lock(tx, person, method).await?;
                let mut row = row.ok_or(UseCaseError::NotFound)?;
                match row.state {
                    MethodState::Good => return Ok(None),
                    MethodState::Validating => {}
                    MethodState::New | MethodState::Removed => return Err(UseCaseError::NotFound),
                    MethodState::Disabled => {
                        return Err(Refusal::of("deposits", "deposits-over").into());
                    }
                }
                if row.deposit_answer != digest {
                    if row.deposit_tries >= DEPOSIT_TRIES {
                        return Err(Refusal::of("deposits", "deposits-over").into());
                    }
                    row.deposit_tries += 1;
                    row.deposit_answer = digest;
                    store::methods::save(tx, &row).await?;
                }
                Ok(Some(row))
            })
        })
        .await
}

async fn give_the_try_back(
    ctx: &Ctx,
    person: PersonId,
    method: MethodId,
    tries: u32,
) -> Result<(), UseCaseError> {
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let Some(mut row) = store::methods::lock(tx, person, method).await? else {
                    return Ok(());
                };
                if row.state == MethodState::Validating && row.deposit_tries == tries {
                    row.deposit_tries = tries.saturating_sub(1);
                    row.deposit_answer = String::new();
                    store::methods::save(tx, &row).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn conclude(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    method: MethodId,
    verdict: DepositVerdict,
) -> Result<(), UseCaseError> {
    let (ctx2, actor2) = (ctx.clone(), actor.clone());
    let refusal = ctx
        .store
        .write(move |tx| {
            let (ctx, actor, verdict) = (ctx2.clone(), actor2.clone(), verdict.clone());
            Box::pin(async move { judged(tx, &ctx, &actor, (person, method), &verdict).await })
        })
        .await?;
    refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Writes down what the bank made of an answer. What is refused is told after the commit: a wrong
/// answer counts.
async fn judged(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    (person, method): (PersonId, MethodId),
    verdict: &DepositVerdict,
) -> Result<Option<Refusal>, UseCaseError> {
    let row = store::methods::lock(tx, person, method).await?;
    let row = row.ok_or(UseCaseError::NotFound)?;
    let over = || Some(Refusal::of("deposits", "deposits-over"));
    match row.state {
        MethodState::Validating => {}
        MethodState::Good => return Ok(None),
        _ => return Ok(over()),
    }
    let tries_before = row.deposit_tries.saturating_sub(1);
    let disabled = match verdict {
        DepositVerdict::Validated => {
            let row = MethodRow {
                state: next_state(row.state, MethodEvent::Validate).unwrap_or(row.state),
                validation: String::new(),
                deposits: None,
                validated_at: Some(ctx.now()),
                validated_by: "deposits".to_owned(),
                ..row
            };
            store::methods::save(tx, &row).await?;
            note(tx, ctx, actor, &row, "method-validated").await?;
            return Ok(None);
        }
        DepositVerdict::Wrong => match after_wrong_answer(tries_before) {
            WrongAnswer::TriesLeft(left) => {
                note(tx, ctx, actor, &row, "deposits-wrong").await?;
                let refusal = Refusal::of("deposits", "deposits-wrong").with("left", left);
                return Ok(Some(refusal));
            }
            WrongAnswer::Disable => row,
        },
        DepositVerdict::Refused { .. } => row,
    };
    let reason = "deposits-not-confirmed";
    super::disable(tx, ctx, actor, person, disabled.id, reason).await?;
    Ok(over())
}

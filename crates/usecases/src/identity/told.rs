//! What the owner of a sign-in is told by mail when something about it changes.

use identity::{FactorKind, browser_name};
use kernel::Language;
use notices::NoticeKind;
use serde_json::Value;
use store::Tx;

use super::{Holder, Owner};
use crate::notices::{self as usecase, Notice, To, facts};
use crate::{Ctx, UseCaseError};

/// Which code is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeFor {
    /// The second step of a sign-in.
    SigningIn,
    /// A new password.
    NewPassword,
}

/// A code to sign in with, or to set a new password with.
pub(super) async fn code(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    what_for: CodeFor,
    code: &str,
    minutes: u8,
) -> Result<(), UseCaseError> {
    let facts = facts::Code {
        code: code.to_owned(),
        minutes,
    };
    let kind = match what_for {
        CodeFor::SigningIn => NoticeKind::SignInCode,
        CodeFor::NewPassword => NoticeKind::PasswordResetCode,
    };
    tell(tx, ctx, owner, kind, facts.value()).await
}

/// A second factor was set up.
pub(super) async fn factor_added(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    kind: FactorKind,
) -> Result<(), UseCaseError> {
    let facts = factor(ctx, kind);
    tell(tx, ctx, owner, NoticeKind::FactorAdded, facts.value()).await
}

/// A second factor was taken away.
pub(super) async fn factor_removed(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    kind: FactorKind,
) -> Result<(), UseCaseError> {
    let facts = factor(ctx, kind);
    tell(tx, ctx, owner, NoticeKind::FactorRemoved, facts.value()).await
}

fn factor(ctx: &Ctx, kind: FactorKind) -> facts::Factor {
    let factor = match kind {
        FactorKind::Recovery => "recovery-codes",
        other => other.code(),
    };
    facts::Factor {
        factor: factor.to_owned(),
        at: ctx.now(),
    }
}

/// A recovery code was used.
pub(super) async fn recovery_used(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    left: u32,
) -> Result<(), UseCaseError> {
    let facts = facts::RecoveryCodeUsed { left };
    tell(tx, ctx, owner, NoticeKind::RecoveryCodeUsed, facts.value()).await
}

/// Somebody signed in on a device that was not seen before.
pub(super) async fn new_sign_in(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    device: &str,
) -> Result<(), UseCaseError> {
    let name = browser_name(device);
    let on = match owner.language {
        Language::English => "on",
        Language::Spanish => "en",
    };
    let browser = match (name.browser, name.system) {
        ("", "") => "–".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => format!("{browser} {on} {system}"),
    };
    let facts = facts::NewSignIn {
        at: ctx.now(),
        browser,
    };
    tell(tx, ctx, owner, NoticeKind::NewSignIn, facts.value()).await
}

/// The password was changed.
pub(super) async fn password_changed(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
) -> Result<(), UseCaseError> {
    let facts = facts::At { at: ctx.now() };
    tell(tx, ctx, owner, NoticeKind::PasswordChanged, facts.value()).await
}

async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    owner: &Owner,
    kind: NoticeKind,
    facts: Value,
) -> Result<(), UseCaseError> {
    let to = match owner.holder {
        Holder::Member(login) => To::Login(login),
        Holder::Staff(_) => To::Address {
            email: owner.email.clone(),
            language: owner.language,
        },
    };
    let notice = Notice::new(kind, to, None, facts);
    usecase::tell(tx, ctx, notice).await.map(drop)
}

//! Whose factors and devices they are.

use gateways::passkeys::Passkeys;
use identity::HolderKind;
use kernel::{Language, LoginId, StaffId};
use store::Tx;
use store::factors::HolderKey;
use store::logins::LoginRow;
use uuid::Uuid;

use crate::{Ctx, UseCaseError};

/// Who holds factors and devices: the sign-in of a member, or a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A member's sign-in.
    Member(LoginId),
    /// A member of staff.
    Staff(StaffId),
}

impl Holder {
    /// Which rules hold.
    #[must_use]
    pub const fn kind(self) -> HolderKind {
        match self {
            Holder::Member(_) => HolderKind::Member,
            Holder::Staff(_) => HolderKind::Staff,
        }
    }

    /// The id of either.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Holder::Member(login) => login.uuid(),
            Holder::Staff(staff) => staff.uuid(),
        }
    }

    pub(crate) const fn key(self) -> HolderKey {
        let kind = match self {
            Holder::Member(_) => "member",
            Holder::Staff(_) => "staff",
        };
        HolderKey {
            kind,
            id: self.uuid(),
        }
    }

    /// The holder that was stored so.
    pub(crate) fn of_stored(kind: &str, id: Uuid) -> Option<Holder> {
        match kind {
            "member" => Some(Holder::Member(LoginId::from_uuid(id))),
            "staff" => Some(Holder::Staff(StaffId::from_uuid(id))),
            _ => None,
        }
    }
}

/// A holder with what mail to them and their authenticator app need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub holder: Holder,
    /// What they sign in with; an authenticator app and a passkey show it.
    pub user_id: String,
    /// Where codes and notices go.
    pub email: String,
    /// In which language.
    pub language: Language,
}

impl Owner {
    pub(crate) fn of_login(login: &LoginRow) -> Owner {
        Owner {
            holder: Holder::Member(login.id),
            user_id: login.user_id.clone(),
            email: login.email.clone(),
            language: login.language,
        }
    }
}

/// The owner of a member's factors.
///
/// # Errors
/// [`UseCaseError::NotFound`] if there is no such sign-in.
pub async fn owner(ctx: &Ctx, login: LoginId) -> Result<Owner, UseCaseError> {
    owner_in(&mut ctx.store.read().await?, login).await
}

pub(crate) async fn owner_in(tx: &mut Tx, login: LoginId) -> Result<Owner, UseCaseError> {
    let login = store::logins::by_id(tx, login).await?;
    Ok(Owner::of_login(&login.ok_or(UseCaseError::NotFound)?))
}

/// The relying party of this installation; `None` where members reach it by a number, as then there
/// can be no passkeys.
#[must_use]
pub fn passkeys_of(ctx: &Ctx) -> Option<Passkeys> {
    Passkeys::new(&ctx.settings.public_url, &ctx.plan.organisation.short_name).ok()
}

//! Walk-in centers: drawers and the checks taken at the counter. There is no cash.

use identity::Role;
use kernel::StaffId;

use crate::staff::need_role;
use crate::{Actor, UseCaseError};

mod check;
mod drawer;
mod link;
mod rules;
mod serve;
mod slip;

pub use ::center::{Check, CheckKind};
pub use store::centers::{DrawerCheckRow, DrawerRow};

pub use check::{TakeCheck, take_check};
pub use drawer::{Counted, DrawerView, close, count, counted, current, open_drawer, view};
pub use link::{GOOD_MINUTES, HelpLink, begin, make_link, offers_link, opened};
pub use rules::tenders;
pub use serve::{Found, Served, Sought, coupon_pdf, find, fresh_key, serve};
pub use slip::slip_pdf;

/// Who serves members at a center.
const SERVE: [Role; 3] = [Role::Associate, Role::Billing, Role::Supervisor];
/// Who may look at a drawer.
const LOOK: [Role; 4] = [
    Role::Associate,
    Role::Billing,
    Role::Supervisor,
    Role::Auditor,
];

/// The member of staff, if their role is one of `roles`.
fn staff_of(actor: &Actor, roles: &[Role]) -> Result<(StaffId, Role), UseCaseError> {
    let role = need_role(actor, roles)?;
    match actor {
        Actor::Staff { staff, .. } => Ok((*staff, role)),
        _ => Err(UseCaseError::NotAllowed),
    }
}

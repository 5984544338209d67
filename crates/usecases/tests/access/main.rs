//! Who may do what with whose account: members, those who help them, guests, staff, other systems;
//! on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod console;
mod delegates;
mod member_only;
mod provider;
mod staff;

use usecases::{Actor, Refusal, UseCaseError};

fn guest() -> Actor {
    Actor::Guest {
        address: "192.0.2.1".to_owned(),
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> Refusal {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn is_not_allowed<T>(result: &Result<T, UseCaseError>) -> bool {
    matches!(result, Err(UseCaseError::NotAllowed))
}

fn is_not_found<T>(result: &Result<T, UseCaseError>) -> bool {
    matches!(result, Err(UseCaseError::NotFound))
}

async fn audited(world: &testkit::World, action: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM audit_events WHERE action = $1";
    tx.one("a count", sql, store::args![action])
        .await
        .unwrap()
        .read()
        .unwrap()
}

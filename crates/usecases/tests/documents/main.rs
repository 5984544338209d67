//! Consents, kept documents, calendars and ID cards, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod consents;
mod files;
mod id_cards;
mod papers;

use kernel::{LoginId, PersonId};
use testkit::World;
use usecases::Actor;

/// Somebody signed in as this person.
fn member(world: &World, person: PersonId) -> Actor {
    Actor::Member {
        login: world.ctx.id::<LoginId>(),
        person,
        address: "192.0.2.7".to_owned(),
    }
}

async fn audited(world: &World, action: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM audit_events WHERE action = $1";
    tx.one("a count", sql, store::args![action])
        .await
        .unwrap()
        .read()
        .unwrap()
}

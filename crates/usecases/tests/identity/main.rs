//! Sessions, half-finished forms, registration, sign-in, throttles and mail, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod browser_sessions;
mod contact;
mod factors;
mod forgotten;
mod registration;

mod sign_in;
mod soft_key;

use jiff::SignedDuration;
use kernel::{Email, Language, LoginId, Secret};
use testkit::{Maria, World};
use usecases::identity::Opened;
use usecases::sessions::{self, Session};
use usecases::{Actor, Ctx, Refusal, UseCaseError, identity, outbox};

const PASSWORD: &str = "seven horses in a row";

fn guest() -> Actor {
    Actor::Guest {
        address: "192.0.2.1".to_owned(),
    }
}

fn from(address: &str) -> Actor {
    Actor::Guest {
        address: address.to_owned(),
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> Refusal {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn visitor(ctx: &Ctx) -> (String, Session) {
    sessions::start(ctx, Language::English, "Firefox")
        .await
        .unwrap()
}

async fn proved(world: &World, maria: &Maria, email: &Email) {
    let ctx = &world.ctx;
    identity::send_code(ctx, &guest(), maria.person, email, Language::English)
        .await
        .unwrap();
    outbox::send_due(ctx).await.unwrap();
    let code = world.mail.code_for(email.as_str()).unwrap();
    identity::check_code(ctx, &guest(), maria.person, email, &code)
        .await
        .unwrap();
}

async fn registered(world: &World, maria: &Maria) -> LoginId {
    let email = Email::parse("maria.home@example.com").unwrap();
    proved(world, maria, &email).await;
    let (ctx, person) = (&world.ctx, maria.person);
    let english = Language::English;
    identity::create_login(
        ctx,
        &guest(),
        person,
        &email,
        "MLopez56",
        &secret(PASSWORD),
        english,
    )
    .await
    .unwrap()
}

async fn signed_in(world: &World) -> (String, Session) {
    let (_, session) = visitor(&world.ctx).await;
    let opened = signed_in_on(world, &session, "").await;
    (opened.token, opened.session)
}

async fn signed_in_on(world: &World, session: &Session, device: &str) -> Opened {
    let (ctx, user_id) = (&world.ctx, "mlopez56");
    let actor = guest();
    let tried = identity::sign_in(ctx, &actor, session, user_id, secret(PASSWORD), device);
    tried.await.unwrap().opened().unwrap()
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

//! People who can sign in: members, those who help them, staff.

use identity::{Right, Role};
use kernel::{Email, Language, Secret};
use usecases::delegates::{self, Invitation, NewLogin};
use usecases::staff::people::NewStaff;
use usecases::staff::set_up;
use usecases::{Actor, identity as sign_ins};

use crate::{Maria, World};

/// The password of everybody here.
pub const PASSWORD: &str = "seven horses in a row";
/// The secret of the authenticator app of all staff here, 20 bytes in hexadecimal.
pub const STAFF_SECRET: &str = "3132333435363738393031323334353637383930";

/// Registers a member with a user ID.
///
/// # Panics
/// If she is registered already.
pub async fn registered(world: &World, maria: &Maria, user_id: &str) -> Actor {
    let email = Email::parse(&format!("{user_id}@example.com")).expect("it is an address");
    let login = sign_ins::create_login(
        &world.ctx,
        &Actor::Operator,
        maria.person,
        &email,
        user_id,
        &Secret::new(PASSWORD.to_owned()),
        Language::English,
    )
    .await
    .expect("she is not registered");
    Actor::Member {
        login,
        person: maria.person,
        address: "192.0.2.1".to_owned(),
    }
}

/// Invites somebody who is no member to a member's account; they make a sign-in and accept.
///
/// # Panics
/// If a use case refuses.
pub async fn delegate(
    world: &World,
    (maria, member): (&Maria, &Actor),
    right: Right,
    user_id: &str,
) -> Actor {
    let email = Email::parse(&format!("{user_id}@example.com")).expect("it is an address");
    let invitation = Invitation {
        name: "Sam Ortiz".to_owned(),
        email: email.clone(),
        right,
        last_day: None,
        language: Language::English,
    };
    delegates::invite(&world.ctx, member, maria.account, &invitation)
        .await
        .expect("a member may invite");
    usecases::outbox::send_due(&world.ctx)
        .await
        .expect("the invitation goes out");
    let text = world
        .mail
        .to(email.as_str())
        .pop()
        .expect("an invitation came")
        .text;
    let token: String = text
        .split("/delegate/")
        .nth(1)
        .expect("it has a link")
        .chars()
        .take_while(|c| !c.is_whitespace())
        .collect();
    let new = NewLogin {
        first_name: "Sam".to_owned(),
        last_name: "Ortiz".to_owned(),
        user_id: user_id.to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
        language: Language::English,
    };
    let guest = Actor::Guest {
        address: "192.0.2.2".to_owned(),
    };
    let (login, account) = delegates::register(&world.ctx, &guest, &token, &maria.zip, new)
        .await
        .expect("the invitation is good");
    assert_eq!(account, maria.account);
    let person = {
        let mut tx = world.ctx.store.read().await.expect("a database");
        let row = store::logins::by_id(&mut tx, login).await.expect("a row");
        row.expect("the sign-in is there").person
    };
    Actor::Member {
        login,
        person,
        address: "192.0.2.2".to_owned(),
    }
}

/// Adds a member of staff, whose user ID is `staff.` and the role.
///
/// # Panics
/// If there is one with this role already.
pub async fn staff(world: &World, role: Role) -> Actor {
    let new = NewStaff {
        name: "Ana Peña".to_owned(),
        email: Email::parse("ana@example.com").expect("it is an address"),
        user_id: format!("staff.{}", role.code()),
        role,
        language: Language::English,
    };
    let staff = set_up::known(
        &world.ctx,
        &Actor::Operator,
        &new,
        &Secret::new(PASSWORD.to_owned()),
        &Secret::new(STAFF_SECRET.to_owned()),
    )
    .await
    .expect("the role is not taken");
    Actor::Staff {
        staff,
        role,
        address: "192.0.2.3".to_owned(),
    }
}

/// What the authenticator app of staff shows now.
#[must_use]
pub fn staff_digits(world: &World) -> String {
    let secret = b"12345678901234567890";
    let step = identity::authenticator::step_at(world.ctx.now());
    usecases::identity::factors::digits(secret, step)
}

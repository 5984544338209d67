//! What only members do for themselves, tried by everybody else.

use autopay::DraftDay;
use identity::{Right, Role};
use kernel::{BillingMonth, DelegationId, DocumentId, InvoiceId, Language, MethodId};
use testkit::{Maria, World, both, delegate, maria, registered, staff};
use usecases::autopay::{self as mandates, Choice, Shown};
use usecases::delegates::{self, Invitation};
use usecases::notices::paperless;
use usecases::{Actor, UseCaseError, calendar, contact, documents, id_cards, methods};

use super::{audited, guest};

/// How an answer stands, without its content.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// It was done, or would have been: the caller was let in.
    LetIn,
    /// The caller may not.
    NotAllowed,
    /// For the caller it does not exist.
    NotFound,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "answers are handed over as they come"
)]
fn said<T>(result: Result<T, UseCaseError>) -> Said {
    match result {
        Err(UseCaseError::NotAllowed) => Said::NotAllowed,
        Err(UseCaseError::NotFound) => Said::NotFound,
        // Refused for what was asked and not for who asked.
        Ok(_) | Err(_) => Said::LetIn,
    }
}

fn choice(method: MethodId) -> Choice {
    Choice {
        method,
        day: DraftDay::DueDate,
        cap: None,
        agreed: None,
        start: BillingMonth::parse("2026-12").unwrap(),
    }
}

/// Everything that is tried on Maria's account and at the caller's own things, by name.
async fn tries(world: &World, maria: &Maria, actor: &Actor) -> Vec<(&'static str, Said)> {
    let mut all = tries_of_methods(world, actor).await;
    all.extend(tries_of_autopay(world, maria, actor).await);
    all.extend(tries_of_rights(world, maria, actor).await);
    all.extend(tries_of_a_person(world, actor).await);
    all.extend(tries_of_papers(world, maria, actor).await);
    all
}

async fn tries_of_methods(world: &World, actor: &Actor) -> Vec<(&'static str, Said)> {
    let (ctx, english) = (&world.ctx, Language::English);
    let method = ctx.id::<MethodId>();
    let fields = "https://pay.example.com/back";
    let added = methods::add_card_start(ctx, actor, english, fields).await;
    vec![
        ("methods::list", said(methods::list(ctx, actor).await)),
        (
            "methods::view",
            said(methods::view(ctx, actor, method).await),
        ),
        (
            "methods::rename",
            said(methods::rename(ctx, actor, method, "mine").await),
        ),
        (
            "methods::set_default",
            said(methods::set_default(ctx, actor, method).await),
        ),
        (
            "methods::remove",
            said(methods::remove(ctx, actor, method).await),
        ),
        ("methods::add_card_start", said(added)),
    ]
}

async fn tries_of_autopay(
    world: &World,
    maria: &Maria,
    actor: &Actor,
) -> Vec<(&'static str, Said)> {
    let (ctx, account, english) = (&world.ctx, maria.account, Language::English);
    let method = ctx.id::<MethodId>();
    let month = BillingMonth::parse("2026-12").unwrap();
    let shown = Shown {
        language: english,
        version: "1",
        user_agent: "",
    };
    let proposal = mandates::proposal(ctx, actor, account, &choice(method), english).await;
    vec![
        (
            "autopay::view",
            said(mandates::view(ctx, actor, account).await),
        ),
        ("autopay::proposal", said(proposal)),
        (
            "autopay::set_up",
            said(mandates::set_up(ctx, actor, account, choice(method), shown).await),
        ),
        (
            "autopay::change",
            said(mandates::change(ctx, actor, account, choice(method), shown).await),
        ),
        (
            "autopay::skip",
            said(mandates::skip(ctx, actor, account, month).await),
        ),
        (
            "autopay::unskip",
            said(mandates::unskip(ctx, actor, account, month).await),
        ),
        (
            "autopay::stop",
            said(mandates::stop(ctx, actor, account).await),
        ),
    ]
}

async fn tries_of_rights(world: &World, maria: &Maria, actor: &Actor) -> Vec<(&'static str, Said)> {
    let (ctx, account) = (&world.ctx, maria.account);
    let invitation = Invitation {
        name: "Sam Ortiz".to_owned(),
        email: kernel::Email::parse("another@example.com").unwrap(),
        right: Right::View,
        last_day: None,
        language: Language::English,
    };
    let delegation = ctx.id::<DelegationId>();
    vec![
        (
            "delegates::of_account",
            said(delegates::of_account(ctx, actor, account).await),
        ),
        (
            "delegates::invite",
            said(delegates::invite(ctx, actor, account, &invitation).await),
        ),
        (
            "delegates::take_back",
            said(delegates::take_back(ctx, actor, account, delegation).await),
        ),
    ]
}

async fn tries_of_a_person(world: &World, actor: &Actor) -> Vec<(&'static str, Said)> {
    let ctx = &world.ctx;
    vec![
        ("contact::view", said(contact::view(ctx, actor).await)),
        (
            "contact::change_phone",
            said(contact::change_phone(ctx, actor, "860-555-0199").await),
        ),
        (
            "contact::change_large_print",
            said(contact::change_large_print(ctx, actor, true).await),
        ),
        ("paperless::view", said(paperless::view(ctx, actor).await)),
        (
            "paperless::withdraw",
            said(paperless::withdraw(ctx, actor).await),
        ),
    ]
}

async fn tries_of_papers(world: &World, maria: &Maria, actor: &Actor) -> Vec<(&'static str, Said)> {
    let (ctx, account, english) = (&world.ctx, maria.account, Language::English);
    let (document, invoice) = (ctx.id::<DocumentId>(), ctx.id::<InvoiceId>());
    vec![
        (
            "documents::pdf",
            said(documents::pdf(ctx, actor, document).await),
        ),
        ("id_cards::view", said(id_cards::view(ctx, actor).await)),
        (
            "id_cards::pdf",
            said(id_cards::pdf(ctx, actor, account, None, english).await),
        ),
        (
            "calendar::turn_on",
            said(calendar::turn_on(ctx, actor, english).await),
        ),
        (
            "calendar::turn_off",
            said(calendar::turn_off(ctx, actor).await),
        ),
        (
            "calendar::of_invoice",
            said(calendar::of_invoice(ctx, actor, account, invoice, english, true).await),
        ),
    ]
}

/// What is about the caller's own person: every member may.
const ONES_OWN: [&str; 12] = [
    "methods::list",
    "methods::add_card_start",
    "contact::view",
    "contact::change_phone",
    "contact::change_large_print",
    "paperless::view",
    "paperless::withdraw",
    "id_cards::view",
    "calendar::turn_on",
    "calendar::turn_off",
    // About an account: let in as far as the account lets them.
    "autopay::view",
    "calendar::of_invoice",
];

#[test]
fn guests_and_other_systems_reach_nothing_that_is_a_members_own() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let member = registered(&world, &maria, "maria.lopez").await;
        assert!(
            tries(&world, &maria, &member)
                .await
                .iter()
                .filter(|(name, _)| ONES_OWN.contains(name) && *name != "calendar::of_invoice")
                .all(|(_, said)| *said == Said::LetIn),
            "the member herself is let in"
        );
        let before = audited(&world, "contact-changed").await;
        let partner = Actor::Partner {
            name: "contact-center".to_owned(),
        };
        for actor in [guest(), partner] {
            for (name, said) in tries(&world, &maria, &actor).await {
                assert_ne!(said, Said::LetIn, "{name} by a {}", actor.kind());
            }
        }
        assert_eq!(audited(&world, "contact-changed").await, before);
        assert_eq!(audited(&world, "delegate-invited").await, 1, "by her");
    });
}

#[test]
fn strangers_and_delegates_reach_their_own_things_and_no_mandate_of_hers() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        let member = registered(&world, &maria, "maria.lopez").await;
        let pays = delegate(&world, (&maria, &member), Right::Pay, "sam.pays").await;
        let other = testkit::maria(&world, 2).await;
        let stranger = registered(&world, &other, "other.maria").await;
        for actor in [&pays, &stranger] {
            for (name, said) in tries(&world, &maria, actor).await {
                let own = ONES_OWN.contains(&name) && !name.starts_with("autopay");
                assert!(own || said != Said::LetIn, "{name}: {said:?}");
            }
        }
    });
}

#[test]
fn nobody_of_staff_does_what_is_a_members_own() {
    both(|world| async move {
        let maria = maria(&world, 1).await;
        for role in Role::ALL {
            let actor = staff(&world, role).await;
            for (name, said) in tries(&world, &maria, &actor).await {
                // Who sees members sees the state of autopay; papers of the account as well.
                let looks = ["autopay::view", "id_cards::pdf", "calendar::of_invoice"];
                let may_look = role.sees_members() && looks.contains(&name);
                assert!(may_look || said != Said::LetIn, "{name} by {role:?}");
            }
        }
    });
}

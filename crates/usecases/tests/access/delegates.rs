//! Rights that members give, and take back.

use identity::{DelegationState, Right};
use jiff::SignedDuration;
use jiff::civil::date;
use kernel::{Email, Language, Zip};
use testkit::{World, both, delegate, maria, registered};
use usecases::delegates::{self, Invitation};
use usecases::{Actor, autopay, pages, payments};

use super::{audited, guest, is_not_allowed, is_not_found, refusal};

fn invitation(email: &str, right: Right) -> Invitation {
    Invitation {
        name: "Sam Ortiz".to_owned(),
        email: Email::parse(email).unwrap(),
        right,
        last_day: None,
        language: Language::English,
    }
}

async fn token_for(world: &World, email: &str) -> String {
    usecases::outbox::send_due(&world.ctx).await.unwrap();
    let letter = world.mail.to(email).pop().unwrap();
    let (_, after) = letter.text.split_once("/delegate/").unwrap();
    let token: String = after.chars().take_while(|c| !c.is_whitespace()).collect();
    for personal in ["Lopez", "1234 567", "06032", "ConnectiCare account"] {
        assert!(!token.contains(personal));
    }
    assert!(token.len() >= 43, "256 bits");
    token
}

#[test]
fn a_delegate_sees_and_pays_as_far_as_the_member_lets_them() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, maria(&world, 1).await);
        let member = registered(&world, &maria, "maria.lopez").await;
        let looks = delegate(&world, (&maria, &member), Right::View, "sam.looks").await;
        let pays = delegate(&world, (&maria, &member), Right::Pay, "sam.pays").await;
        for (actor, may_pay) in [(&member, true), (&looks, false), (&pays, true)] {
            let account = maria.account;
            assert!(pages::invoices(ctx, actor, account).await.is_ok());
            let payable = payments::payable(ctx, actor, account).await;
            assert_eq!(payable.is_ok(), may_pay);
            assert_eq!(is_not_allowed(&payable), !may_pay);
            let managed = delegates::of_account(ctx, actor, account).await;
            assert_eq!(managed.is_ok(), actor == &member);
            let autopay = autopay::view(ctx, actor, account).await;
            assert_eq!(autopay.is_ok(), actor == &member);
        }
        let helped = delegates::helped(ctx, &pays).await.unwrap();
        assert_eq!(helped.len(), 1);
        assert_eq!(helped[0].name, "Maria L.");
        // Others and nobody have nothing.
        let other = testkit::maria(&world, 2).await;
        let stranger = registered(&world, &other, "other.maria").await;
        assert!(is_not_found(
            &pages::invoices(ctx, &stranger, maria.account).await
        ));
        assert!(is_not_found(
            &pages::invoices(ctx, &pays, other.account).await
        ));
        assert!(is_not_allowed(
            &delegates::of_account(ctx, &guest(), maria.account).await
        ));
    });
}

#[test]
fn rights_taken_back_are_gone_with_the_next_request_and_at_the_end_of_the_last_day() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, maria(&world, 1).await);
        let member = registered(&world, &maria, "maria.lopez").await;
        let pays = delegate(&world, (&maria, &member), Right::Pay, "sam.pays").await;
        let account = maria.account;
        let helping = delegates::helping(ctx, &pays, account).await.unwrap();
        assert_eq!(helping.unwrap().right, Right::Pay);
        let seen = delegates::of_account(ctx, &member, account).await.unwrap();
        assert_eq!(seen.people[0].state, DelegationState::InForce);
        assert!(seen.people[0].used_at.is_some());

        let id = seen.people[0].id;
        let not_theirs = delegates::take_back(ctx, &pays, account, id).await;
        assert!(is_not_allowed(&not_theirs));
        delegates::take_back(ctx, &member, account, id)
            .await
            .unwrap();
        assert!(is_not_found(&payments::payable(ctx, &pays, account).await));
        assert_eq!(delegates::helping(ctx, &pays, account).await.unwrap(), None);
        assert_eq!(audited(&world, "delegate-ended").await, 1);
        assert!(is_not_found(
            &delegates::take_back(ctx, &member, account, id).await
        ));

        // With a last day.
        let mut until = invitation("ana@example.com", Right::View);
        until.last_day = Some(date(2026, 12, 3));
        delegates::invite(ctx, &member, account, &until)
            .await
            .unwrap();
        let token = token_for(&world, "ana@example.com").await;
        delegates::accept(ctx, &pays, &token, &maria.zip)
            .await
            .unwrap();
        assert!(pages::invoices(ctx, &pays, account).await.is_ok());
        world.clock.advance(SignedDuration::from_hours(24 * 3));
        assert!(is_not_found(&pages::invoices(ctx, &pays, account).await));
    });
}

#[test]
fn an_invitation_is_good_once_for_a_week_and_for_who_knows_the_zip_code() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, maria(&world, 1).await);
        let member = registered(&world, &maria, "maria.lopez").await;
        let other = testkit::maria(&world, 2).await;
        let delegate = registered(&world, &other, "other.maria").await;
        let account = maria.account;
        let invite = |email: &'static str, right| {
            let (member, ctx) = (member.clone(), ctx.clone());
            async move { delegates::invite(&ctx, &member, account, &invitation(email, right)).await }
        };
        assert_eq!(
            refusal(invite("x@example.com", Right::Manage).await).code,
            "delegate-right"
        );
        assert_eq!(
            refusal(invite("maria.lopez@example.com", Right::View).await).code,
            "delegate-oneself"
        );
        invite("sam@example.com", Right::View).await.unwrap();
        assert_eq!(
            refusal(invite("SAM@example.com", Right::Pay).await).code,
            "delegate-there"
        );
        let token = token_for(&world, "sam@example.com").await;
        assert_eq!(
            delegates::invited(ctx, &token).await.unwrap().inviter,
            "Maria"
        );
        assert!(is_not_allowed(
            &delegates::accept(ctx, &guest(), &token, &maria.zip).await
        ));
        assert_eq!(
            refusal(delegates::accept(ctx, &member, &token, &maria.zip).await).code,
            "delegate-own"
        );
        let wrong = Zip::parse("10001").unwrap();
        for left in ["3", "2", "1"] {
            let refused = refusal(delegates::accept(ctx, &delegate, &token, &wrong).await);
            assert_eq!(
                (refused.code, refused.facts[0].1.as_str()),
                ("delegate-zip", left)
            );
        }
        let last = refusal(delegates::accept(ctx, &delegate, &token, &wrong).await);
        assert_eq!(last.code, "delegate-void");
        assert!(is_not_found(
            &delegates::accept(ctx, &delegate, &token, &maria.zip).await
        ));

        invite("ana@example.com", Right::View).await.unwrap();
        let token = token_for(&world, "ana@example.com").await;
        delegates::accept(ctx, &delegate, &token, &maria.zip)
            .await
            .unwrap();
        assert!(is_not_found(
            &delegates::accept(ctx, &delegate, &token, &maria.zip).await
        ));
        assert_eq!(audited(&world, "delegate-accepted").await, 1);

        world.clock.advance(SignedDuration::from_mins(61));
        invite("late@example.com", Right::View).await.unwrap();
        let token = token_for(&world, "late@example.com").await;
        world.clock.advance(SignedDuration::from_hours(24 * 7 + 1));
        assert!(is_not_found(&delegates::invited(ctx, &token).await));
        assert!(is_not_found(
            &delegates::accept(ctx, &delegate, &token, &maria.zip).await
        ));
    });
}

#[test]
fn a_representative_on_file_manages_from_the_first_to_the_last_day() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, maria(&world, 1).await);
        let member = registered(&world, &maria, "maria.lopez").await;
        let other = testkit::maria(&world, 2).await;
        let acts = registered(&world, &other, "other.maria").await;
        let (first, account) = (date(2026, 12, 5), maria.account);
        let mut on_file = invitation("lawyer@example.com", Right::Manage);
        on_file.last_day = Some(date(2027, 12, 31));
        let by_member =
            delegates::add_representative(ctx, &member, &maria.member_id, first, &on_file).await;
        assert!(is_not_allowed(&by_member));
        let operator = Actor::Operator;
        delegates::add_representative(ctx, &operator, &maria.member_id, first, &on_file)
            .await
            .unwrap();
        let token = token_for(&world, "lawyer@example.com").await;
        delegates::accept(ctx, &acts, &token, &maria.zip)
            .await
            .unwrap();
        assert!(is_not_found(&autopay::view(ctx, &acts, account).await));
        world.clock.advance(SignedDuration::from_hours(24 * 4));
        assert!(autopay::view(ctx, &acts, account).await.is_ok());
        let people = delegates::of_account(ctx, &acts, account)
            .await
            .unwrap()
            .people;
        let refused = delegates::take_back(ctx, &member, account, people[0].id).await;
        assert_eq!(refusal(refused).code, "delegate-on-file");
        delegates::take_back(ctx, &operator, account, people[0].id)
            .await
            .unwrap();
        assert!(is_not_found(&autopay::view(ctx, &acts, account).await));
    });
}

#[test]
fn guests_partners_and_staff_manage_nothing() {
    both(|world| async move {
        let (ctx, maria) = (&world.ctx, maria(&world, 1).await);
        let member = registered(&world, &maria, "maria.lopez").await;
        delegate(&world, (&maria, &member), Right::Pay, "sam.pays").await;
        let people = delegates::of_account(ctx, &member, maria.account)
            .await
            .unwrap()
            .people;
        let mut actors = vec![
            guest(),
            Actor::Partner {
                name: "crm".to_owned(),
            },
        ];
        for role in identity::Role::ALL {
            actors.push(testkit::staff(&world, role).await);
        }
        let before = super::staff::rows(&world).await;
        let account = maria.account;
        let given = invitation("x@example.com", Right::Pay);
        for actor in &actors {
            let who = actor.kind();
            assert!(
                is_not_allowed(&delegates::of_account(ctx, actor, account).await),
                "{who}"
            );
            assert!(
                is_not_allowed(&delegates::invite(ctx, actor, account, &given).await),
                "{who}"
            );
            let ended = delegates::take_back(ctx, actor, account, people[0].id).await;
            assert!(is_not_allowed(&ended), "{who}");
            assert!(
                is_not_allowed(&delegates::give_back(ctx, actor, account).await),
                "{who}"
            );
            let month = kernel::BillingMonth::of(ctx.today());
            let looks = matches!(actor, Actor::Staff { role, .. } if role.sees_members());
            let seen = autopay::view(ctx, actor, account).await;
            assert_eq!(is_not_allowed(&seen), !looks, "{who}");
            assert!(
                is_not_allowed(&autopay::stop(ctx, actor, account).await),
                "{who}"
            );
            assert!(
                is_not_allowed(&autopay::skip(ctx, actor, account, month).await),
                "{who}"
            );
            assert!(
                is_not_allowed(&autopay::unskip(ctx, actor, account, month).await),
                "{who}"
            );
        }
        assert_eq!(
            super::staff::rows(&world).await,
            before,
            "nothing was written"
        );
    });
}

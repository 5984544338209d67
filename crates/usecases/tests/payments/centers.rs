//! Checks over the counter: what goes into a drawer, what goes back, and how a drawer is closed.

use std::sync::Arc;

use center::{Check, CheckKind};
use identity::Role;
use jiff::civil::{Date, date};
use kernel::{Cents, DrawerId, Language, PaymentId, Secret, StaffId, Tender};
use payments::PaymentStatus;
use plan::Centers;
use store::StoreError;
use testkit::{World, both, staff};
use usecases::center::{self as counter, Sought, TakeCheck};
use usecases::progress::Unwatched;
use usecases::{Actor, Ctx, UseCaseError};

use super::Scene;

const PLACE: &str = Centers::UNLISTED;

/// A plan with two centers, the second of which takes cards only.
fn with_two_centers(world: &mut World) {
    let mut plan = (*world.ctx.plan).clone();
    let phone = plan.help.phone.clone();
    let centers = plan.centers.as_mut().expect("the plan has centers");
    for (id, tenders) in [("north", None), ("south", Some(vec![Tender::Visa]))] {
        centers.list.push(plan::Center {
            id: id.to_owned(),
            name: centers.name.clone(),
            address: vec!["1 Sample Road".to_owned(), "Avon, CT 06001".to_owned()],
            phone: phone.clone(),
            hours: phone.hours.clone(),
            closed_on_holidays: true,
            tenders,
            sample: true,
        });
    }
    world.ctx.plan = Arc::new(plan);
}

fn command(scene: &Scene, key: &str, number: u32, cents: i64) -> TakeCheck {
    TakeCheck {
        account: scene.maria.account,
        idempotency_key: key.to_owned(),
        micr: Secret::new(format!("T021000021T 000123456O {number}")),
        check: Check {
            kind: CheckKind::Check,
            dated: date(2026, 11, 30),
            cents: Cents::new(cents),
            to_the_plan: true,
            signed: true,
            domestic: true,
            words_agree: true,
        },
        payer_name: "Maria Lopez".to_owned(),
        payer_email: None,
        language: Language::English,
    }
}

async fn take(ctx: &Ctx, who: &Actor, check: TakeCheck) -> Result<PaymentId, UseCaseError> {
    counter::take_check(ctx, who, check).await
}

async fn opened(ctx: &Ctx, who: &Actor) -> DrawerId {
    let opened = counter::open_drawer(ctx, who, PLACE).await;
    opened.expect("there is a center")
}

fn refused<T: std::fmt::Debug>(answer: Result<T, UseCaseError>) -> String {
    match answer {
        Err(UseCaseError::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.ctx.store.read().await.expect("a database");
    let mut row = tx.one("a count", sql, vec![]).await.expect("one row");
    row.read().expect("a number")
}

async fn clean(ctx: &Ctx) {
    let verified = usecases::books::verify(ctx, &Actor::Operator, &Unwatched).await;
    let verified = verified.expect("the database answers");
    assert!(verified.is_clean(), "{:?}", verified.findings);
}

fn id_of(actor: &Actor) -> StaffId {
    match actor {
        Actor::Staff { staff, .. } => *staff,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_check_at_the_counter_pays_the_oldest_month_and_its_receipt_goes_out_by_mail() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        let (ctx, anna) = (&scene.ctx, staff(&scene.world, Role::Associate).await);
        let before = refused(take(ctx, &anna, command(&scene, "k1", 1001, 15_000)).await);
        assert_eq!(before, "drawer-none");
        let drawer = opened(ctx, &anna).await;
        let payment = take(ctx, &anna, command(&scene, "k1", 1001, 15_000))
            .await
            .expect("the check is good");
        // The button pressed twice.
        let again = take(ctx, &anna, command(&scene, "k1", 1001, 15_000)).await;
        assert_eq!(again.expect("the same"), payment);
        let otherwise = take(ctx, &anna, command(&scene, "k1", 1002, 15_000)).await;
        assert_eq!(refused(otherwise), "key-used-otherwise");

        let seen = scene.view(payment).await;
        assert_eq!(seen.status, PaymentStatus::Succeeded);
        assert_eq!(
            (seen.tender, seen.last_four.as_str()),
            (Tender::Check, "3456")
        );
        assert_eq!(seen.effective_on, date(2026, 12, 1));
        let left = usecases::payments::payable(ctx, &anna, scene.maria.account).await;
        assert_eq!(left.expect("it is there").amount_due, Cents::new(5_000));
        // The confirmation numbers of all channels are one series.
        let online = scene
            .view(scene.pay(scene.command("k2", 1_000)).await)
            .await;
        assert_ne!(online.confirmation, seen.confirmation);
        assert_eq!(
            count(
                &scene.world,
                "SELECT COUNT(*) FROM number_series WHERE name = 'confirmation'"
            )
            .await,
            1
        );

        usecases::outbox::send_due(ctx).await.expect("it goes out");
        let letters = scene.world.mail.to(scene.maria.email);
        assert_eq!(letters.len(), 1, "one check, one receipt");
        assert!(
            letters[0].text.contains(&seen.confirmation),
            "{}",
            letters[0].text
        );
        assert!(letters[0].text.contains("$150.00"), "{}", letters[0].text);

        let view = counter::view(ctx, &anna, drawer).await.expect("it is hers");
        assert_eq!(view.drawer.expected, Cents::new(15_000));
        assert_eq!(view.checks.len(), 1);
        assert_eq!(view.checks[0].check_number, "1001");
        assert!(
            !view.checks[0].micr.contains("123456"),
            "the line is sealed"
        );
        let audited = "SELECT COUNT(*) FROM audit_events WHERE action = 'check-taken' AND \
                       actor_kind = 'staff' AND account_id IS NOT NULL";
        assert_eq!(count(&scene.world, audited).await, 1);
        clean(ctx).await;
    });
}

#[test]
fn a_check_that_cannot_be_taken_goes_back_with_its_reason_and_leaves_nothing() {
    type Edit = fn(&mut TakeCheck);
    let cases: &[(&str, Edit)] = &[
        ("micr-routing", |c| {
            c.micr = Secret::new("T123456789T 123456O 1".to_owned());
        }),
        ("check-no-number", |c| {
            c.micr = Secret::new("T021000021T 123456O".to_owned());
        }),
        ("check-post-dated day=2026-12-02", |c| {
            c.check.dated = date(2026, 12, 2);
        }),
        ("check-stale day=2026-11-30", |c| {
            c.check.dated = date(2026, 5, 31);
        }),
        ("check-payee", |c| c.check.to_the_plan = false),
        ("check-unsigned", |c| c.check.signed = false),
        ("check-foreign", |c| c.check.domestic = false),
        ("check-words-differ", |c| c.check.words_agree = false),
        ("check-no-amount", |c| c.check.cents = Cents::ZERO),
        ("check-too-much most=$10,000.00", |c| {
            c.check.cents = Cents::new(1_000_001);
        }),
        ("amount-too-little least=$1.00", |c| {
            c.check.cents = Cents::new(99);
        }),
    ];
    both(move |world| async move {
        let scene = Scene::with_months(world, 1).await;
        let (ctx, anna) = (&scene.ctx, staff(&scene.world, Role::Associate).await);
        let drawer = opened(ctx, &anna).await;
        let sent = "SELECT COUNT(*) FROM outbox";
        let before = count(&scene.world, sent).await;
        for (code, edit) in cases {
            let mut check = command(&scene, "k1", 1001, 10_000);
            edit(&mut check);
            let said = refused(take(ctx, &anna, check).await);
            assert!(said.starts_with(code), "{code}: {said}");
        }
        let view = counter::view(ctx, &anna, drawer).await.expect("it is hers");
        assert_eq!((view.checks.len(), view.drawer.expected), (0, Cents::ZERO));
        assert_eq!(
            count(&scene.world, "SELECT COUNT(*) FROM payments").await,
            0
        );
        assert_eq!(count(&scene.world, sent).await, before);
        // The oldest day that is still good, in the same drawer.
        let mut old = command(&scene, "k1", 1001, 10_000);
        old.check.dated = date(2026, 6, 1);
        take(ctx, &anna, old)
            .await
            .expect("six months old to the day");
        clean(ctx).await;
    });
}

#[test]
fn a_check_is_taken_once_whoever_takes_it_and_whatever_the_reader_made_of_it() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let ctx = &scene.ctx;
        let (anna, ben) = (
            staff(&scene.world, Role::Associate).await,
            staff(&scene.world, Role::Billing).await,
        );
        opened(ctx, &anna).await;
        opened(ctx, &ben).await;
        take(ctx, &anna, command(&scene, "k1", 1001, 10_000))
            .await
            .expect("it is good");
        let mut same = command(&scene, "k2", 1001, 10_000);
        same.micr = Secret::new("⑆021000021⑆ 123-456⑈ 0001001".to_owned());
        assert_eq!(refused(take(ctx, &ben, same).await), "check-taken-before");
        // For somebody else's account as well, at the same moment.
        let other = testkit::maria(&scene.world, 1).await;
        let both_at_once = |number| {
            let mut theirs = command(&scene, "k3", number, 10_000);
            theirs.account = other.account;
            (command(&scene, "k4", number, 10_000), theirs)
        };
        let (mine, theirs) = both_at_once(1002);
        let (one, two) = tokio::join!(take(ctx, &anna, mine), take(ctx, &ben, theirs));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let lost = if one.is_ok() { two } else { one };
        assert_eq!(refused(lost), "check-taken-before");
        assert_eq!(
            count(&scene.world, "SELECT COUNT(*) FROM drawer_checks").await,
            2
        );
        clean(ctx).await;
    });
}

#[test]
fn what_a_center_takes_is_what_the_line_and_the_center_take_and_never_cash() {
    both(|mut world| async move {
        with_two_centers(&mut world);
        let scene = Scene::with_months(world, 1).await;
        let (ctx, anna) = (&scene.ctx, staff(&scene.world, Role::Associate).await);
        let individual = &ctx.plan.lines[0].id;
        let taken =
            |line: &str, center: &str| counter::tenders(ctx, line, center).expect("a center");
        let all = [
            Tender::Visa,
            Tender::Mastercard,
            Tender::Discover,
            Tender::Check,
            Tender::BankAccount,
        ];
        assert_eq!(taken(individual, "north"), all);
        assert_eq!(taken(individual, "south"), [Tender::Visa]);
        // A plan line that nobody pays for at a center.
        assert_eq!(taken("large-group", "north"), []);
        assert!(matches!(
            counter::tenders(ctx, individual, PLACE),
            Err(UseCaseError::NotFound)
        ));
        assert!(matches!(
            counter::open_drawer(ctx, &anna, "east").await,
            Err(UseCaseError::NotFound)
        ));
        counter::open_drawer(ctx, &anna, "south")
            .await
            .expect("it is listed");
        let wrong = take(ctx, &anna, command(&scene, "k1", 1001, 10_000)).await;
        assert_eq!(refused(wrong), "tender-not-taken");
        // Cash is no kind of anything that goes into a drawer, and the table refuses the word.
        assert_eq!(CheckKind::from_code("cash"), None);
        assert_eq!(Tender::from_code("cash"), None);
        let forged: Result<u64, StoreError> = ctx
            .store
            .write(|tx| {
                Box::pin(async move {
                    tx.execute("UPDATE drawers SET state = 'cash'", vec![])
                        .await
                })
            })
            .await;
        assert!(forged.is_err());
    });
}

#[test]
fn an_associate_has_one_drawer_and_nobody_puts_into_or_counts_another_ones() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let ctx = &scene.ctx;
        let (anna, ben, sue, audrey) = (
            staff(&scene.world, Role::Associate).await,
            staff(&scene.world, Role::Billing).await,
            staff(&scene.world, Role::Supervisor).await,
            staff(&scene.world, Role::Auditor).await,
        );
        let drawer = opened(ctx, &anna).await;
        let second = counter::open_drawer(ctx, &anna, PLACE).await;
        assert_eq!(refused(second), "drawer-open");
        assert!(
            counter::current(ctx, &ben)
                .await
                .expect("he serves")
                .is_none()
        );
        let into = take(ctx, &ben, command(&scene, "k1", 1001, 10_000)).await;
        assert_eq!(refused(into), "drawer-none");
        let counted = counter::count(ctx, &ben, drawer, Cents::ZERO, "").await;
        assert!(matches!(counted, Err(UseCaseError::NotFound)));
        for who in [&ben, &sue, &audrey] {
            assert!(counter::view(ctx, who, drawer).await.is_ok());
        }
        for who in [&audrey, &Actor::Operator, &scene.member()] {
            let opened = counter::open_drawer(ctx, who, PLACE).await;
            assert!(matches!(opened, Err(UseCaseError::NotAllowed)), "{who:?}");
            let taken = take(ctx, who, command(&scene, "k9", 1001, 10_000)).await;
            assert!(matches!(taken, Err(UseCaseError::NotAllowed)), "{who:?}");
        }
        assert!(matches!(
            counter::view(ctx, &scene.member(), drawer).await,
            Err(UseCaseError::NotAllowed)
        ));
    });
}

#[test]
fn a_drawer_is_counted_a_difference_explained_and_a_second_person_closes_it() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        let ctx = &scene.ctx;
        let (anna, sue) = (
            staff(&scene.world, Role::Associate).await,
            staff(&scene.world, Role::Supervisor).await,
        );
        let drawer = opened(ctx, &anna).await;
        for (key, number) in [("k1", 1001), ("k2", 1002)] {
            take(ctx, &anna, command(&scene, key, number, 5_000))
                .await
                .expect("it is good");
        }
        let uncounted = counter::close(ctx, &anna, drawer).await;
        assert_eq!(refused(uncounted), "drawer-not-counted");
        let negative = counter::count(ctx, &anna, drawer, Cents::new(-1), "").await;
        assert_eq!(refused(negative), "drawer-count-negative");
        for counted in [5_000, 15_000] {
            let answer = counter::count(ctx, &anna, drawer, Cents::new(counted), " ").await;
            let difference = Cents::new(counted - 10_000);
            let said = format!("drawer-unexplained difference={difference}");
            assert_eq!(refused(answer), said);
        }
        let short = counter::count(ctx, &anna, drawer, Cents::new(5_000), "one went back").await;
        assert_eq!(short.expect("it is explained"), Cents::new(-5_000));
        let into = take(ctx, &anna, command(&scene, "k3", 1003, 5_000)).await;
        assert_eq!(refused(into), "drawer-counted");
        let alone = refused(counter::close(ctx, &anna, drawer).await);
        assert!(alone.starts_with("drawer-unconfirmed"), "{alone}");
        let slip = counter::close(ctx, &sue, drawer).await.expect("she may");
        let view = counter::view(ctx, &anna, drawer)
            .await
            .expect("it is hers")
            .drawer;
        assert_eq!(
            (view.state.as_str(), view.slip_number),
            ("closed", Some(slip))
        );
        assert_eq!(
            (view.counted, view.explanation.as_str()),
            (Some(Cents::new(5_000)), "one went back")
        );
        assert_eq!(view.closed_by, Some(id_of(&sue)));
        for again in [
            counter::close(ctx, &sue, drawer).await.map(drop),
            counter::count(ctx, &anna, drawer, Cents::new(10_000), "")
                .await
                .map(drop),
        ] {
            assert_eq!(refused(again), "drawer-closed");
        }
        // The next one has no difference, so she closes it alone, and its slip has the next number.
        assert_eq!(an_even_drawer(&scene, &anna).await, slip + 1);
        for action in ["drawer-opened", "drawer-counted", "drawer-closed"] {
            assert_eq!(audited(&scene.world, action).await, 2, "{action}");
        }
        clean(ctx).await;
    });
}

/// Opens a drawer, takes a check, counts it and closes it. The number of its slip.
async fn an_even_drawer(scene: &Scene, anna: &Actor) -> i64 {
    let ctx = &scene.ctx;
    let drawer = opened(ctx, anna).await;
    take(ctx, anna, command(scene, "k4", 1004, 5_000))
        .await
        .expect("it is good");
    let even = counter::count(ctx, anna, drawer, Cents::new(5_000), "").await;
    assert_eq!(even.expect("nothing to explain"), Cents::ZERO);
    let slip = counter::close(ctx, anna, drawer).await;
    slip.expect("alone")
}

async fn audited(world: &World, action: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.expect("a database");
    let sql = "SELECT COUNT(*) FROM audit_events WHERE action = $1";
    let mut row = tx
        .one("a count", sql, store::args![action])
        .await
        .expect("one row");
    row.read().expect("a number")
}

#[test]
fn the_limit_of_the_plan_says_which_difference_an_associate_closes_alone() {
    both(|mut world| async move {
        let mut plan = (*world.ctx.plan).clone();
        let centers = plan.centers.as_mut().expect("the plan has centers");
        centers.difference_limit = Cents::new(500);
        centers.checks_good_for_months = 1;
        world.ctx.plan = Arc::new(plan);
        let scene = Scene::with_months(world, 1).await;
        let (ctx, anna) = (&scene.ctx, staff(&scene.world, Role::Associate).await);
        let drawer = opened(ctx, &anna).await;
        let mut old = command(&scene, "k1", 1001, 10_000);
        old.check.dated = Date::constant(2026, 10, 31);
        let stale = refused(take(ctx, &anna, old).await);
        assert_eq!(stale, "check-stale day=2026-11-30");
        take(ctx, &anna, command(&scene, "k2", 1002, 10_000))
            .await
            .expect("it is good");
        let over =
            counter::count(ctx, &anna, drawer, Cents::new(10_501), "a slip of the pen").await;
        assert_eq!(over.expect("explained"), Cents::new(501));
        let alone = refused(counter::close(ctx, &anna, drawer).await);
        assert_eq!(alone, "drawer-unconfirmed limit=$5.00");
        let within =
            counter::count(ctx, &anna, drawer, Cents::new(10_500), "a slip of the pen").await;
        assert_eq!(within.expect("explained"), Cents::new(500));
        counter::close(ctx, &anna, drawer)
            .await
            .expect("within the limit");
    });
}

#[test]
fn a_member_is_found_by_id_or_by_name_and_birth_date_and_each_look_is_written_down() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        let ctx = &scene.ctx;
        let anna = staff(&scene.world, Role::Associate).await;
        // Of the same name, born on the same day.
        let other = testkit::maria(&scene.world, 1).await;
        let (born, id) = (scene.maria.birth_date, scene.maria.member_id.clone());
        let name = |name: &str, day| Sought::Name(name.to_owned(), day);
        for (sought, accounts) in [
            (Sought::Id(id.clone()), vec![scene.maria.account]),
            (
                name("López", born),
                vec![scene.maria.account, other.account],
            ),
            (
                name("LOPEZ ", born),
                vec![scene.maria.account, other.account],
            ),
        ] {
            let found = counter::find(ctx, &anna, sought.clone()).await;
            let found: Vec<_> = found
                .expect("she is there")
                .iter()
                .map(|f| f.account)
                .collect();
            assert_eq!(found, accounts, "{sought:?}");
        }
        assert_eq!(audited(&scene.world, "member-seen").await, 5);
        for (sought, field) in [
            (name("Lopez", date(1956, 3, 15)), "last_name"),
            (name("Lopes", born), "last_name"),
            (
                Sought::Id(kernel::MemberId::parse("99999999999").expect("11 digits")),
                "member_id",
            ),
        ] {
            match counter::find(ctx, &anna, sought).await {
                Err(UseCaseError::Refused(refusal)) => {
                    assert_eq!(refusal.code, "counter-not-found");
                    assert_eq!(refusal.field, Some(field));
                }
                other => panic!("{other:?}"),
            }
        }
        let auditor = staff(&scene.world, Role::Auditor).await;
        for who in [&auditor, &scene.member(), &Actor::Operator] {
            let sought = counter::find(ctx, who, Sought::Id(id.clone())).await;
            assert!(matches!(sought, Err(UseCaseError::NotAllowed)), "{who:?}");
        }
        assert_eq!(audited(&scene.world, "member-seen").await, 5);
    });
}

#[test]
fn who_serves_has_a_drawer_and_sees_what_is_due_and_prints_the_coupon_again() {
    both(|world| async move {
        let scene = Scene::with_months(world, 2).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let anna = staff(&scene.world, Role::Associate).await;
        assert_eq!(
            refused(counter::serve(ctx, &anna, account).await),
            "drawer-none"
        );
        opened(ctx, &anna).await;
        let served = counter::serve(ctx, &anna, account)
            .await
            .expect("she is there");
        assert_eq!(served.payable.amount_due, Cents::new(20_000));
        assert_eq!(served.name, "Maria Lopez");
        assert!(
            !served.email_masked.contains("maria@"),
            "{}",
            served.email_masked
        );
        assert!(served.tenders.contains(&Tender::Check));
        assert_eq!(audited(&scene.world, "member-seen").await, 1);
        let coupon = counter::coupon_pdf(ctx, &anna, account)
            .await
            .expect("it is open");
        assert!(coupon.starts_with(b"%PDF"));
        take(ctx, &anna, command(&scene, "k1", 1001, 20_000))
            .await
            .expect("it is good");
        let none = counter::coupon_pdf(ctx, &anna, account).await;
        assert!(
            matches!(none, Err(UseCaseError::NotFound)),
            "nothing is open any more"
        );
    });
}

#[test]
fn the_deposit_slip_is_printed_once_the_drawer_is_closed_and_not_for_everybody() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let ctx = &scene.ctx;
        let (anna, ben, sue) = (
            staff(&scene.world, Role::Associate).await,
            staff(&scene.world, Role::Billing).await,
            staff(&scene.world, Role::Supervisor).await,
        );
        let drawer = opened(ctx, &anna).await;
        take(ctx, &anna, command(&scene, "k1", 1001, 10_000))
            .await
            .expect("it is good");
        let english = Language::English;
        let early = counter::slip_pdf(ctx, &anna, drawer, english).await;
        assert!(matches!(early, Err(UseCaseError::NotFound)));
        let waiting = counter::counted(ctx, &sue).await.expect("she may");
        assert!(waiting.is_empty(), "it is not counted");
        let short = counter::count(ctx, &anna, drawer, Cents::ZERO, "it went back").await;
        short.expect("it is explained");
        let waiting = counter::counted(ctx, &sue).await.expect("she may");
        assert_eq!((waiting.len(), waiting[0].drawer), (1, drawer));
        assert!(matches!(
            counter::counted(ctx, &anna).await,
            Err(UseCaseError::NotAllowed)
        ));
        counter::close(ctx, &sue, drawer).await.expect("she may");
        assert!(
            counter::counted(ctx, &sue)
                .await
                .expect("she may")
                .is_empty()
        );
        for who in [&anna, &ben, &sue] {
            let slip = counter::slip_pdf(ctx, who, drawer, english).await;
            assert!(slip.expect("it is closed").starts_with(b"%PDF"));
        }
        assert_eq!(audited(&scene.world, "document-read").await, 3);
        let member = counter::slip_pdf(ctx, &scene.member(), drawer, english).await;
        assert!(matches!(member, Err(UseCaseError::NotAllowed)));
    });
}

#[test]
fn a_link_to_pay_opens_the_account_once_and_for_a_short_while() {
    both(|world| async move {
        let scene = Scene::with_months(world, 1).await;
        let (ctx, account) = (&scene.ctx, scene.maria.account);
        let anna = staff(&scene.world, Role::Associate).await;
        let guest = Actor::Guest {
            address: "192.0.2.9".to_owned(),
        };
        let early = counter::make_link(ctx, &anna, account).await;
        assert_eq!(refused(early), "drawer-none");
        opened(ctx, &anna).await;
        let by_guest = counter::make_link(ctx, &guest, account).await;
        assert!(matches!(by_guest, Err(UseCaseError::NotAllowed)));
        let (one, two) = (
            token(ctx, &anna, account).await,
            token(ctx, &anna, account).await,
        );
        assert_ne!(one, two);
        for _ in 0..2 {
            let seen = counter::opened(ctx, &guest, &one).await;
            assert_eq!(seen.expect("it is good").amount_due, Cents::new(10_000));
        }
        let (a, b) = tokio::join!(
            counter::begin(ctx, &guest, &one),
            counter::begin(ctx, &guest, &one)
        );
        assert_eq!(
            usize::from(a.is_ok()) + usize::from(b.is_ok()),
            1,
            "good once"
        );
        for gone in [&one, "no link at all"] {
            let gone = counter::opened(ctx, &guest, gone).await;
            assert!(matches!(gone, Err(UseCaseError::NotFound)));
        }
        let minute = jiff::SignedDuration::from_mins(1);
        scene
            .world
            .clock
            .advance(jiff::SignedDuration::from_mins(counter::GOOD_MINUTES - 1));
        assert!(counter::opened(ctx, &guest, &two).await.is_ok());
        scene.world.clock.advance(minute);
        let late = counter::begin(ctx, &guest, &two).await;
        assert!(matches!(late, Err(UseCaseError::NotFound)));
        assert_eq!(audited(&scene.world, "help-link-made").await, 2);
        assert_eq!(audited(&scene.world, "help-link-used").await, 1);
    });
}

async fn token(ctx: &Ctx, who: &Actor, account: kernel::AccountId) -> String {
    let link = counter::make_link(ctx, who, account).await;
    let link = link.expect("the line is paid online");
    assert!(link.picture.starts_with("<svg"), "{}", link.picture);
    let (_, token) = link.address.split_once("/help-to-pay/").expect("a link");
    token.to_owned()
}

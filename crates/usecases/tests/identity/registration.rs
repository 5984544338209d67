//! Registration: look-up, code, user ID and password.

use jiff::civil::date;
use kernel::{Email, Language, MemberId, Zip};
use testkit::{both, maria};
use usecases::{Refusal, identity, outbox};

use crate::{PASSWORD, audited, from, guest, minutes, proved, refusal, registered, secret};

#[test]
fn every_mismatch_of_a_registration_and_a_registered_member_get_one_answer() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let find = |member_id: MemberId, birth_date, zip| async move {
            identity::find_member(ctx, &guest(), &member_id, birth_date, &zip).await
        };
        let zip = |text| Zip::parse(text).unwrap();
        let found = find(maria.member_id.clone(), maria.birth_date, maria.zip.clone())
            .await
            .unwrap();
        assert_eq!(found.person, maria.person);
        let nobody = MemberId::parse("99999999999").unwrap();
        let expected = Refusal::new("register-not-found");
        for (member_id, birth_date, zip) in [
            (nobody, maria.birth_date, maria.zip.clone()),
            (
                maria.member_id.clone(),
                date(1956, 3, 15),
                maria.zip.clone(),
            ),
            (maria.member_id.clone(), maria.birth_date, zip("06033")),
        ] {
            assert_eq!(refusal(find(member_id, birth_date, zip).await), expected);
        }
        registered(&world, &maria).await;
        let again = find(maria.member_id.clone(), maria.birth_date, maria.zip.clone()).await;
        assert_eq!(refusal(again), expected);
        // Only the mailbox of the sign-in learns of it, never the page or the address on file.
        outbox::send_due(ctx).await.unwrap();
        let told = world.mail.to("maria.home@example.com").pop().unwrap();
        assert!(told.text.contains("registered already"), "{}", told.text);
        assert!(world.mail.to(maria.email).is_empty());
        assert_eq!(audited(&world, "registration-looked-up").await, 5);
    });
}

#[test]
fn a_code_is_good_once_for_ten_minutes_and_five_tries_and_a_newer_one_replaces_it() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let send = || async {
            identity::send_code(ctx, &guest(), maria.person, &email, Language::English)
                .await
                .unwrap();
            outbox::send_due(ctx).await.unwrap();
            world.mail.code_for(email.as_str()).unwrap()
        };
        let check = |code: String| {
            let email = &email;
            async move { identity::check_code(ctx, &guest(), maria.person, email, &code).await }
        };
        let expired = Refusal::of("code", "code-expired");
        let first = send().await;
        let second = send().await;
        assert_ne!(first, second);
        assert_eq!(
            refusal(check(first).await),
            Refusal::of("code", "code-wrong").with("left", 4)
        );
        // Another address, another person: not their code.
        let elsewhere = Email::parse("other@example.com").unwrap();
        let other = identity::check_code(ctx, &guest(), maria.person, &elsewhere, &second).await;
        assert_eq!(refusal(other), expired);
        let grouped = format!("{} {}", &second[..3], &second[3..]);
        check(grouped).await.unwrap();
        assert_eq!(refusal(check(second).await), expired);

        let third = send().await;
        for left in [4, 3, 2, 1] {
            let wrong = refusal(check("12x".to_owned()).await);
            assert_eq!(wrong, Refusal::of("code", "code-wrong").with("left", left));
        }
        assert_eq!(refusal(check("000000".to_owned()).await), expired);
        assert_eq!(refusal(check(third).await), expired);

        let fourth = send().await;
        world
            .clock
            .advance(minutes(i64::from(ctx.plan.security.code_minutes)));
        assert_eq!(refusal(check(fourth).await), expired);
    });
}

#[test]
fn of_fifty_right_codes_at_once_one_is_accepted() {
    both(|world| async move {
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let person = maria.person;
        identity::send_code(&world.ctx, &guest(), person, &email, Language::English)
            .await
            .unwrap();
        outbox::send_due(&world.ctx).await.unwrap();
        let code = world.mail.code_for(email.as_str()).unwrap();
        let mut checks = Vec::new();
        for _ in 0..50 {
            let (ctx, email, code) = (world.ctx.clone(), email.clone(), code.clone());
            checks.push(tokio::spawn(async move {
                identity::check_code(&ctx, &guest(), person, &email, &code)
                    .await
                    .is_ok()
            }));
        }
        let mut accepted = 0;
        for one in checks {
            accepted += u32::from(one.await.unwrap());
        }
        assert_eq!(accepted, 1);
    });
}

#[test]
fn nobody_can_have_a_mailbox_flooded_with_codes() {
    both(|world| async move {
        let ctx = &world.ctx;
        let email = Email::parse("victim@example.com").unwrap();
        let mut sent = 0;
        for n in 0..20 {
            let maria = maria(&world, n).await;
            let actor = from(&format!("198.51.100.{n}"));
            let code = identity::send_code(ctx, &actor, maria.person, &email, Language::English);
            sent += u32::from(code.await.is_ok());
        }
        assert_eq!(sent, 5);
    });
}

/// A user ID, a password, the field refused and its code, for Maria Lopez born in 1956.
const REFUSED_LOGINS: [(&str, &str, &str, &str); 7] = [
    ("maria", PASSWORD, "user_id", "user-id-shape"),
    ("12345678901", PASSWORD, "user_id", "user-id-shape"),
    (
        "mlopez56",
        "sunshinesunshine",
        "password",
        "password-common",
    ),
    ("mlopez56", "987654321098765", "password", "password-common"),
    (
        "mlopez56",
        "1q2w3e4r5t6y7u8i",
        "password",
        "password-common",
    ),
    (
        "mlopez56",
        "mlopez56mlopez56",
        "password",
        "password-context",
    ),
    (
        "mlopez56",
        "memberpay-Lopez-1956",
        "password",
        "password-context",
    ),
];

#[test]
fn a_login_needs_a_proved_address_a_free_user_id_and_a_password_nobody_guesses() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        let create = |person, user_id: &'static str, password: &'static str| {
            let email = &email;
            async move {
                let (actor, password) = (guest(), secret(password));
                let english = Language::English;
                identity::create_login(ctx, &actor, person, email, user_id, &password, english)
                    .await
            }
        };
        let unproved = create(maria.person, "mlopez56", PASSWORD).await;
        assert_eq!(refusal(unproved).code, "code-expired");
        proved(&world, &maria, &email).await;
        let short = create(maria.person, "mlopez56", "short").await;
        let least = ctx.plan.security.password_min_length;
        assert_eq!(
            refusal(short),
            Refusal::of("password", "password-short").with("min", least)
        );
        for (user_id, password, field, code) in REFUSED_LOGINS {
            let created = create(maria.person, user_id, password).await;
            let expected = Refusal::of(field, code);
            assert_eq!(refusal(created), expected, "{user_id} {password}");
        }
        create(maria.person, "MLopez56", PASSWORD).await.unwrap();
        assert_eq!(
            refusal(create(maria.person, "mlopez57", PASSWORD).await).code,
            "register-not-found"
        );
        // The user ID is taken, in any case of letters; the proof of one person is not another's.
        let second = testkit::maria(&world, 1).await;
        assert_eq!(
            refusal(create(second.person, "other.name", PASSWORD).await).code,
            "code-expired"
        );
        proved(&world, &second, &email).await;
        let taken = create(second.person, "mlOPEZ56", PASSWORD).await;
        assert_eq!(refusal(taken), Refusal::of("user_id", "user-id-taken"));
        world.clock.advance(minutes(31));
        assert_eq!(
            refusal(create(second.person, "other.name", PASSWORD).await).code,
            "code-expired"
        );
        assert_eq!(audited(&world, "registered").await, 1);
    });
}

#[test]
fn neither_a_code_nor_a_password_nor_a_cookie_lies_in_the_database() {
    both(|world| async move {
        let ctx = &world.ctx;
        let maria = maria(&world, 0).await;
        let email = Email::parse("maria.home@example.com").unwrap();
        identity::send_code(ctx, &guest(), maria.person, &email, Language::English)
            .await
            .unwrap();
        let facts = "SELECT facts FROM outbox";
        let read = async |sql| -> String {
            let mut tx = ctx.store.read().await.unwrap();
            tx.one("a row", sql, store::args![])
                .await
                .unwrap()
                .read()
                .unwrap()
        };
        let sealed = read(facts).await;
        outbox::send_due(ctx).await.unwrap();
        let code = world.mail.code_for(email.as_str()).unwrap();
        assert!(
            sealed.starts_with("k1.") && !sealed.contains(&code),
            "{sealed}"
        );
        assert_eq!(read(facts).await, "", "a code that was sent is forgotten");
        identity::check_code(ctx, &guest(), maria.person, &email, &code)
            .await
            .unwrap();
        let english = Language::English;
        let password = secret(PASSWORD);
        identity::create_login(
            ctx,
            &guest(),
            maria.person,
            &email,
            "mlopez56",
            &password,
            english,
        )
        .await
        .unwrap();
        let hash = read("SELECT password_hash FROM logins").await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
    });
}

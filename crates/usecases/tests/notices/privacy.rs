//! What mail may say: every kind of notice is rendered with recognisable facts and searched for
//! what has no place in it. The rule is in `docs/reference/notices.md`.

use kernel::Language;
use store::args;
use testkit::both;
use usecases::notices::{self, DocumentType, NoticeKind};

use crate::scene::Scene;
use crate::words::sample;

/// Words that tell of health, coverage or money. `Autopay ended` has to say that a coverage ended,
/// and none other.
const TELLING: [&str; 15] = [
    "medicare",
    "medicaid",
    "diagnos",
    "prescription",
    "claim",
    "doctor",
    "aptc",
    "subsidy",
    "penalty",
    "benefit",
    "premium",
    "prima",
    "subsidio",
    "receta",
    "beneficio",
];

/// The canaries: what the member's file holds and no e-mail may name.
fn canaries(scene: &Scene) -> Vec<String> {
    let of_lines = scene.ctx.plan.lines.iter().flat_map(|line| {
        Language::ALL.map(|language| line.name.in_language(language).to_lowercase())
    });
    [
        "qzfirst",
        "qzlast",
        "lopez",
        "41 canary street",
        "canarytown",
        "06032",
        "8605550100",
        "860-555-0100",
        "1956",
        "march 14",
        "14 de marzo",
        "marialopez@example.com",
        "12345678901",
        "1234 567 8901",
        "000001000",
        "policy-canary",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        scene.maria.person.to_string(),
        scene.maria.account.to_string(),
    ])
    .chain(of_lines)
    .collect()
}

/// The runs of digits in a text after what may stand there is taken out.
fn numbers(text: &str, allowed: &[String]) -> Vec<String> {
    let mut text = text.to_owned();
    for known in allowed {
        text = text.replace(known.as_str(), " ");
    }
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() > 2)
        .map(str::to_owned)
        .collect()
}

/// The numbers that the facts of a kind hold, and those of the plan.
fn allowed(scene: &Scene, facts: &serde_json::Value) -> Vec<String> {
    let phone = &scene.ctx.plan.help.phone;
    let mut allowed = vec![phone.number(), phone.tty_number()];
    for fact in [
        "code",
        "confirmation",
        "last_four",
        "member_last_four",
        "user_id",
        "link",
    ] {
        let text = facts.get(fact).and_then(serde_json::Value::as_str);
        allowed.extend(text.map(str::to_owned));
    }
    // Years of the days that are told.
    allowed.extend(["2026", "2027"].map(str::to_owned));
    allowed
}

#[test]
fn no_kind_of_mail_names_the_member_the_plan_line_or_more_than_four_digits_of_a_number() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        scene
            .sql(
                "UPDATE persons SET first_name = 'Qzfirst', last_name = 'Qzlast', \
                 address_1 = '41 Canary Street', city = 'Canarytown' WHERE id = $1",
                args![scene.maria.person],
            )
            .await;
        scene.agree(&DocumentType::ALL).await;
        scene.post().await;
        for language in Language::ALL {
            if language == Language::Spanish {
                scene.spanish_in_large_print().await;
            }
            for kind in NoticeKind::ALL {
                let mut facts = sample(*kind);
                if *kind == NoticeKind::AutopayEnded {
                    facts["set_up_at"] = "https://pay.example.com/account/autopay".into();
                }
                if *kind == NoticeKind::DeliveryChanged {
                    facts["document_type"] = "letters".into();
                }
                let before = scene.world.mail.letters().len();
                scene.tell_with(*kind, facts.clone()).await;
                scene.post().await;
                let letters = scene.world.mail.letters().split_off(before);
                if *kind == NoticeKind::EmailBounced {
                    assert!(letters.is_empty(), "it cannot come by e-mail");
                    continue;
                }
                let [letter] = &letters[..] else {
                    panic!("{kind:?}: {} e-mails", letters.len());
                };
                let html = letter.html.clone().unwrap();
                looked_through(&scene, *kind, &facts, letter, &html);
                assert_eq!(
                    html.contains("font-size:24px"),
                    language == Language::Spanish,
                    "large print for who asked for it"
                );
                assert_eq!(letter.language, language, "{kind:?}");
            }
        }
    });
}

fn looked_through(
    scene: &Scene,
    kind: NoticeKind,
    facts: &serde_json::Value,
    letter: &gateways::mail::MailMessage,
    html: &str,
) {
    assert!(
        letter.attachments.is_empty(),
        "documents are behind the sign-in: {kind:?}"
    );
    let amounts = facts.get("cents").is_some();
    for part in [&letter.subject, &letter.text, html] {
        let folded = part.to_lowercase();
        for canary in canaries(scene) {
            assert!(!folded.contains(&canary), "{kind:?} tells {canary}: {part}");
        }
        for word in TELLING {
            assert!(!folded.contains(word), "{kind:?} says {word}: {part}");
        }
        // Style sheets hold numbers that tell nothing.
        let shown = part.split("</head>").last().unwrap().replace("36em", "");
        let mut may_stand = allowed(scene, facts);
        may_stand.extend(letter.unsubscribe.clone());
        assert_eq!(
            numbers(&shown, &may_stand),
            Vec::<String>::new(),
            "{kind:?}: {shown}"
        );
        assert!(amounts || !part.contains('$'), "{kind:?}: {part}");
    }
    assert!(!letter.subject.contains('$'), "{}", letter.subject);
    assert!(
        !letter.subject.bytes().any(|byte| byte.is_ascii_digit()),
        "{}",
        letter.subject
    );
}

#[test]
fn mail_is_kept_as_it_was_sent_with_proof_and_without_codes_and_is_nobody_elses() {
    both(|world| async move {
        let scene = Scene::new(world).await;
        let ctx = &scene.ctx;
        let other = testkit::maria(&scene.world, 1).await;
        let other = testkit::registered(&scene.world, &other, "otherone").await;
        scene.agree(&DocumentType::ALL).await;
        scene.post().await;
        let mut kept_copies = 0;
        for kind in NoticeKind::ALL {
            let before = scene.world.mail.letters().len();
            let notice = scene.tell(*kind).await;
            scene.post().await;
            let Some(letter) = scene.world.mail.letters().split_off(before).pop() else {
                continue;
            };
            let kept = notices::copy(ctx, &scene.member, notice).await.unwrap();
            let mail = kept.mail.unwrap();
            assert_eq!(mail.subject, letter.subject);
            if kind.holds_a_secret() {
                assert!(!mail.text.contains("123456"), "{}", mail.text);
                assert!(!mail.html.contains("123456"), "{}", mail.html);
                assert!(!mail.text.contains("/delegate/x"), "{}", mail.text);
            } else {
                assert_eq!((mail.text, Some(mail.html)), (letter.text, letter.html));
            }
            let sent = notices::of_person(ctx, &scene.member, scene.maria.person).await;
            let sent = sent.unwrap().into_iter().find(|s| s.notice == notice);
            let proof = sent.unwrap().mail.unwrap();
            assert_eq!(proof.message_id.to_string(), letter.message_id);
            assert_eq!(proof.answer, "250 kept");
            assert_eq!(proof.handed_over_at, Some(ctx.now()));
            assert!(notices::copy(ctx, &other, notice).await.is_err());
            kept_copies += 1;
        }
        assert_eq!(
            kept_copies,
            NoticeKind::ALL.len() - 1,
            "all but one by e-mail"
        );
        let theirs = notices::of_person(ctx, &other, scene.maria.person).await;
        assert!(theirs.is_err());
        // On disk, neither facts nor copies are readable.
        let sql = "SELECT COUNT(*) FROM outbox WHERE facts LIKE $1 OR sent_copy LIKE $1";
        // What cannot come about by chance in what is sealed, which is letters and digits.
        for plain in ["%\"cents\"%", "%86.40%", "%<html%"] {
            assert_eq!(scene.count(sql, plain).await, 0, "{plain}");
        }
    });
}

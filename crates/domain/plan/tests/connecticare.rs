//! Every fact of the public page "Payments and Accounts Information for Members" is in the plan
//! file.

use jiff::{Timestamp, civil::date};
use kernel::{
    Channel::{self, Center, Deduction, Guest, Mail, Online, Phone},
    Language::{English, Spanish},
    Tender::{BankAccount, Check, Discover, Mastercard, Visa},
};
use memberpay_plan::{
    Audience, BoughtThrough, IdCardRule, Market, OpenState, Plan, RefusedBrandCode, Severity, Text,
    WayToPay,
};

fn connecticare() -> Plan {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../plans/connecticare.toml"
    );
    let text = std::fs::read_to_string(path).expect("the plan file is there");
    Plan::read("plans/connecticare.toml", &text).expect("it has no problems")
}

/// The four lines whose premium is paid here.
const PAID: [&str; 4] = [
    "individual",
    "solo",
    "medicare-advantage",
    "medicare-supplement",
];

fn way<'p>(plan: &'p Plan, line: &str, channel: Channel) -> WayToPay<'p> {
    plan.line(line)
        .unwrap_or_else(|| panic!("no line {line}"))
        .channel(channel)
}

/// A number with its hours, as a page shows them.
fn said(phone: &memberpay_plan::Phone) -> String {
    let hours = phone.hours.described(English).replace('\u{a0}', " ");
    format!("{} (TTY: {}) {hours}", phone.number(), phone.tty_number())
}

#[track_caller]
fn says(text: &Text, english: &str, spanish: &str) {
    assert!(
        text.in_language(English).contains(english),
        "{}",
        text.in_language(English)
    );
    assert!(
        text.in_language(Spanish).contains(spanish),
        "{}",
        text.in_language(Spanish)
    );
}

#[test]
fn it_is_connecticare_in_english_and_spanish_on_eastern_time() {
    let plan = connecticare();
    assert_eq!(plan.organisation.name, "ConnectiCare");
    assert_eq!(plan.languages, [English, Spanish]);
    assert_eq!(plan.default_language(), English);
    assert_eq!(plan.time_zone.iana_name(), Some("America/New_York"));
    says(
        &plan.public_page.title,
        "Payments and Accounts Information for Members",
        "Pagos y cuentas",
    );
    says(
        &plan.public_page.summary,
        "Manage your account, pay your invoice, and get support",
        "Administre",
    );
}

#[test]
fn it_has_the_five_lines_of_the_page_in_its_order() {
    let plan = connecticare();
    let lines: Vec<(&str, Market, bool)> = plan
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line.market, line.pays_premium_here))
        .collect();
    assert_eq!(
        lines,
        [
            ("individual", Market::AcaIndividual, true),
            ("solo", Market::OffExchangeIndividual, true),
            ("medicare-advantage", Market::MedicareAdvantage, true),
            ("medicare-supplement", Market::MedicareSupplement, true),
            ("employer", Market::EmployerGroup, false),
        ]
    );
    let individual = plan.line("individual").unwrap();
    assert!(matches!(
        individual.bought_through.as_slice(),
        [BoughtThrough::Exchange(name), BoughtThrough::Direct] if name.in_language(English) == "Access Health CT"
    ));
    says(
        &individual.description,
        "purchased through Access Health CT (Connecticut exchange) or directly from ConnectiCare",
        "directamente de ConnectiCare",
    );
}

#[test]
fn channels_differ_by_line_as_on_the_page() {
    let plan = connecticare();
    let offered = |line: &str| -> Vec<Channel> {
        Channel::ALL
            .into_iter()
            .filter(|c| plan.line(line).unwrap().offers(*c))
            .collect()
    };
    assert_eq!(offered("individual"), [Online, Guest, Phone, Center, Mail]);
    assert_eq!(offered("solo"), [Online, Guest, Phone, Center, Mail]);
    assert_eq!(
        offered("medicare-advantage"),
        [Online, Guest, Phone, Center, Mail, Deduction]
    );
    assert_eq!(
        offered("medicare-supplement"),
        [Online, Guest, Center, Mail]
    );
    assert_eq!(offered("employer"), []);
    let WayToPay::NotOffered(said) = way(&plan, "medicare-supplement", Phone) else {
        panic!("Medicare Supplement has no automated phone payment");
    };
    says(
        said,
        "Phone payments are not available for this plan",
        "no están disponibles para este plan",
    );
}

#[test]
fn online_offers_autopay_and_one_time_payments() {
    let plan = connecticare();
    for line in PAID {
        let WayToPay::Online(online) = way(&plan, line, Online) else {
            panic!("{line}")
        };
        assert!(online.autopay, "{line}");
        says(&online.text, "automatic payments", "pagos automáticos");
        if line == "medicare-advantage" {
            says(&online.text, "View invoices", "facturas");
            says(
                &online.text,
                "set up an account for our member website the first time",
                "La primera vez",
            );
        } else {
            says(
                &online.text,
                "making a one-time payment online",
                "pago único",
            );
        }
    }
}

#[test]
fn guests_are_told_what_they_need_and_what_they_cannot_see() {
    let plan = connecticare();
    for line in PAID {
        let WayToPay::Guest(guest) = way(&plan, line, Guest) else {
            panic!("{line}")
        };
        says(&guest.text, "one-time payment as a guest", "pago único");
        says(
            &guest.text,
            "someone else is paying for you",
            "otra persona paga por usted",
        );
        says(
            &guest.text,
            "do not have time now to register",
            "no tiene tiempo de registrarse",
        );
    }
    let needs: Vec<&str> = plan
        .guest
        .needs
        .iter()
        .map(|need| need.in_language(English))
        .collect();
    assert_eq!(
        needs,
        [
            "Your 11-digit member ID number, from your member ID card or your invoice",
            "ZIP code",
            "Date of birth",
            "Email address",
            "First and last name",
        ]
    );
    says(
        &plan.guest.limits,
        "won’t be able to see your payment history or manage your payments",
        "No podrá ver",
    );
    says(
        &plan.guest.limits,
        "sign in to your portal",
        "inicie sesión en su portal",
    );
}

#[test]
fn the_automated_lines_answer_day_and_night() {
    let plan = connecticare();
    for (line, number) in [
        ("individual", "800-333-1733"),
        ("solo", "800-333-1733"),
        ("medicare-advantage", "800-224-2273"),
    ] {
        let WayToPay::Phone(pay) = way(&plan, line, Phone) else {
            panic!("{line}")
        };
        assert_eq!(
            said(&pay.phone),
            format!("{number} (TTY: 711) 24 hours a day, seven days a week")
        );
        says(
            &pay.text,
            "automated payment system",
            "sistema de pago automatizado",
        );
    }
}

#[test]
fn representatives_have_the_numbers_and_hours_of_the_page() {
    let plan = connecticare();
    let reps = |line: &str| said(&plan.line(line).unwrap().representatives);
    let weekdays_and_saturday =
        "Monday through Friday, 8 a.m. to 8 p.m.; Saturday, 9 a.m. to 2 p.m.";
    assert_eq!(
        reps("individual"),
        format!("800-333-1733 (TTY: 711) {weekdays_and_saturday}")
    );
    assert_eq!(
        reps("solo"),
        format!("800-333-1733 (TTY: 711) {weekdays_and_saturday}")
    );
    assert_eq!(
        reps("medicare-advantage"),
        "800-224-2273 (TTY: 711) 8 a.m. to 8 p.m., seven days a week"
    );
    assert_eq!(
        reps("medicare-supplement"),
        "877-224-5995 (TTY: 711) Monday through Friday, 8 a.m. to 6 p.m."
    );
    assert_eq!(
        said(&plan.help.phone),
        format!("800-251-7722 (TTY: 711) {weekdays_and_saturday}")
    );
    for line in ["individual", "solo", "medicare-supplement"] {
        let questions = plan.line(line).unwrap().questions.as_ref().unwrap();
        says(
            questions,
            "If you have questions, call us. We’re happy to help.",
            "Si tiene preguntas, llámenos.",
        );
    }
    assert_eq!(plan.help.phone.link(), "tel:+1-800-251-7722");
    says(&plan.help.title, "We’re here to help", "ayudarle");
    says(
        &plan.help.text,
        "having trouble paying online or need other assistance",
        "pagar en línea",
    );
}

#[test]
fn drawers_are_opened_at_the_one_place_with_the_name_of_all_centers() {
    let plan = connecticare();
    let centers = plan.centers.as_ref().unwrap();
    let places = centers.counters();
    assert_eq!(places.len(), 1);
    assert_eq!(places[0].name, &centers.name);
    assert_eq!(centers.counter(places[0].id), Some(places[0]));
    assert_eq!(centers.counter("norte"), None);
    assert_eq!(centers.checks_good_for_months, 6);
    assert_eq!(centers.difference_limit, kernel::Cents::ZERO);
}

#[test]
fn centers_take_everything_but_cash_and_help_as_the_line_allows() {
    let plan = connecticare();
    for line in PAID {
        let WayToPay::Center(center) = way(&plan, line, Center) else {
            panic!("{line}")
        };
        assert_eq!(
            center.tenders,
            [Visa, Mastercard, Discover, Check, BankAccount],
            "{line}"
        );
        if line == "medicare-supplement" {
            assert_eq!(center.helps_with, [Online, Mail]);
            says(
                &center.text,
                "online or by mail",
                "en línea o por correo postal",
            );
            assert!(!center.text.in_language(English).contains("phone"));
        } else {
            assert_eq!(center.helps_with, [Online, Phone, Mail], "{line}");
            says(
                &center.text,
                "online, by phone or mail",
                "por teléfono o por correo postal",
            );
        }
    }
    let WayToPay::Center(advantage) = way(&plan, "medicare-advantage", Center) else {
        panic!()
    };
    says(
        &advantage.text,
        "our associates will help you",
        "nuestros asociados",
    );
    says(
        &advantage.text,
        "a check made out to ConnectiCare",
        "un cheque a nombre de ConnectiCare",
    );
    let centers = plan.centers.as_ref().unwrap();
    says(
        &centers.where_to_find,
        "Check for hours and locations",
        "ubicaciones",
    );
    assert!(
        centers.list.is_empty(),
        "the page names no center, so none is made up"
    );
    assert_eq!(
        plan.tenders.accepted,
        [Visa, Mastercard, Discover, Check, BankAccount]
    );
    says(
        &plan.tenders.no_cash,
        "ConnectiCare Centers do not accept cash",
        "no aceptan dinero en efectivo",
    );
    let amex = plan
        .tenders
        .refusal_of(RefusedBrandCode::AmericanExpress)
        .unwrap();
    says(
        amex,
        "We do not accept American Express",
        "No aceptamos American Express",
    );
}

#[test]
fn checks_go_to_the_lockbox_with_the_coupon() {
    let plan = connecticare();
    for line in PAID {
        let WayToPay::Mail(mail) = way(&plan, line, Mail) else {
            panic!("{line}")
        };
        assert_eq!(
            mail.address.lines,
            ["ConnectiCare", "P.O. Box 21849", "New York, NY 10087-1849"],
            "{line}"
        );
        assert_eq!(mail.payable_to, "ConnectiCare");
        assert!(mail.coupon_required);
        let coupon = mail.coupon.as_ref().unwrap();
        says(
            coupon,
            "invoice coupon with the scan line",
            "línea de lectura",
        );
        if line == "medicare-supplement" {
            says(
                &mail.text,
                "Send your payment and premium invoice",
                "Envíe su pago y su factura",
            );
        } else {
            says(
                &mail.text,
                "by mailing a check and the invoice coupon",
                "un cheque y el cupón",
            );
            says(
                coupon,
                "Member premium payments go to a bank lockbox",
                "banco",
            );
        }
    }
}

#[test]
fn medicare_advantage_can_be_deducted_from_benefits() {
    let plan = connecticare();
    let WayToPay::Deduction(deduction) = way(&plan, "medicare-advantage", Deduction) else {
        panic!()
    };
    says(
        &deduction.text,
        "monthly Social Security or Railroad Retirement Board (RRB) benefit check",
        "Junta de Retiro",
    );
    says(
        &deduction.text,
        "You can choose this option when you enroll",
        "al inscribirse",
    );
    assert_eq!(
        said(&deduction.phone),
        "800-224-2273 (TTY: 711) 8 a.m. to 8 p.m., seven days a week"
    );
    says(
        &deduction.letter,
        "mail or fax a letter asking to be set up for “SSA withhold.”",
        "por fax",
    );
    let includes: Vec<&str> = deduction
        .letter_includes
        .iter()
        .map(|entry| entry.in_language(English))
        .collect();
    assert_eq!(
        includes,
        ["Your member ID number", "The date", "Your signature"]
    );
    assert_eq!(
        deduction.address.lines,
        ["ConnectiCare", "P.O. Box 4001", "Farmington, CT 06034"]
    );
    assert_eq!(deduction.fax(), "844-871-9754");
    says(
        &deduction.takes_effect,
        "two months or more",
        "dos meses o más",
    );
    let intro = plan
        .line("medicare-advantage")
        .unwrap()
        .intro
        .as_ref()
        .unwrap();
    says(
        intro,
        "many convenient ways to pay your monthly premium",
        "prima mensual",
    );
}

#[test]
fn id_cards_are_ordered_online_or_for_medicare_advantage_by_phone() {
    let plan = connecticare();
    for line in ["individual", "solo", "employer"] {
        let card = &plan.line(line).unwrap().id_card;
        assert_eq!(card.rule, IdCardRule::SelfService, "{line}");
        says(
            &card.text,
            "request or replace a member ID card",
            "solicitar o reemplazar",
        );
    }
    let IdCardRule::ByPhone(phone) = &plan.line("medicare-advantage").unwrap().id_card.rule else {
        panic!("Medicare Advantage orders ID cards by phone");
    };
    assert_eq!(
        said(phone),
        "800-224-2273 (TTY: 711) 8 a.m. to 8 p.m., seven days a week"
    );
}

#[test]
fn paperless_and_forgotten_passwords_are_explained() {
    let plan = connecticare();
    says(
        &plan.paperless.text,
        "stay organized and get your plan correspondence electronically",
        "correspondencia",
    );
    says(
        &plan.paperless.text,
        "receive communications faster",
        "más rápido",
    );
    says(
        &plan.paperless.how,
        "select your paperless communication preferences",
        "preferencias",
    );
    says(
        &plan.sign_in.forgotten,
        "All you need is your member ID number",
        "Solo necesita",
    );
    assert_eq!(plan.sign_in.steps.len(), 2);
    says(
        &plan.sign_in.steps[0],
        "click the “Sign in” button",
        "Iniciar sesión",
    );
    says(
        &plan.sign_in.steps[1],
        "Forgot your user ID or password?",
        "¿Olvidó",
    );
}

#[test]
fn the_guest_autopay_notice_is_for_guests_and_visitors_within_its_dates() {
    let plan = connecticare();
    let shown = |audience, line, day| -> Vec<&str> {
        plan.notices_for(audience, line, day)
            .iter()
            .map(|notice| notice.id.as_str())
            .collect()
    };
    let day = date(2026, 11, 23);
    for line in PAID {
        assert_eq!(
            shown(Audience::Guest, Some(line), day),
            ["guest-autopay"],
            "{line}"
        );
        assert_eq!(
            shown(Audience::Public, Some(line), day),
            ["guest-autopay"],
            "{line}"
        );
        assert!(
            shown(Audience::Member, Some(line), day).is_empty(),
            "{line}"
        );
    }
    assert!(shown(Audience::Guest, Some("employer"), day).is_empty());
    assert!(shown(Audience::Guest, Some("solo"), date(2026, 10, 31)).is_empty());
    assert_eq!(
        shown(Audience::Guest, Some("solo"), date(2027, 12, 31)).len(),
        1
    );
    assert!(shown(Audience::Guest, Some("solo"), date(2028, 1, 1)).is_empty());
    let notice = &plan.notices[0];
    assert_eq!(notice.severity, Severity::Warning);
    says(
        &notice.text,
        "please do not sign up for autopay",
        "no se inscriba en los pagos automáticos",
    );
    says(
        &notice.text,
        "We are aware of an issue using this feature",
        "hay un problema",
    );
    says(
        &notice.text,
        "please sign in to your member portal",
        "inicie sesión",
    );
}

#[test]
fn phones_are_open_and_closed_by_their_own_hours_and_holidays() {
    let plan = connecticare();
    let state = |phone: &str, at: &str| {
        let now: Timestamp = at.parse().unwrap();
        match plan.phone(phone).unwrap().state_at(now, &plan) {
            OpenState::AlwaysOpen => "always".to_owned(),
            OpenState::Open { until } => format!("until {until}"),
            OpenState::Closed { opens } => format!("opens {}", opens.unwrap()),
        }
    };
    for (phone, at, expected) in [
        ("individual-automated", "2026-12-25T05:00:00Z", "always"),
        // Thanksgiving Day: Medicare Advantage answers seven days a week, the others do not.
        ("help", "2026-11-26T15:00:00Z", "opens 2026-11-27T08:00:00"),
        (
            "individual-representatives",
            "2026-11-26T15:00:00Z",
            "opens 2026-11-27T08:00:00",
        ),
        (
            "medicare-advantage-representatives",
            "2026-11-26T15:00:00Z",
            "until 2026-11-26T20:00:00",
        ),
        // Medicare Supplement closes at six and on Saturdays.
        (
            "medicare-supplement-representatives",
            "2026-11-23T22:59:59Z",
            "until 2026-11-23T18:00:00",
        ),
        (
            "medicare-supplement-representatives",
            "2026-11-23T23:00:00Z",
            "opens 2026-11-24T08:00:00",
        ),
        (
            "medicare-supplement-representatives",
            "2026-11-28T15:00:00Z",
            "opens 2026-11-30T08:00:00",
        ),
        ("help", "2026-11-28T15:00:00Z", "until 2026-11-28T14:00:00"),
        // Sunday, July 4, 2027 is kept on Monday.
        ("help", "2027-07-03T19:00:00Z", "opens 2027-07-06T08:00:00"),
    ] {
        assert_eq!(state(phone, at), expected, "{phone} at {at}");
    }
}

#[test]
fn limits_are_those_the_product_promises() {
    let plan = connecticare();
    assert_eq!(plan.security.password_min_length, 15);
    assert_eq!(
        (
            plan.security.idle_minutes,
            plan.security.code_minutes,
            plan.security.code_tries
        ),
        (15, 10, 5)
    );
    let guest = plan.security.guest;
    assert_eq!(
        (guest.per_member, guest.per_address, guest.window_minutes),
        (5, 20, 60)
    );
    assert_eq!(plan.scan_line.width(), 35);
    assert_eq!(plan.payments.largest.get(), 1_000_000);
}

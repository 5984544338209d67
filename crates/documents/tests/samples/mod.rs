//! Invoices and receipts for the tests, the example and the measurement.
#![allow(
    clippy::unwrap_used,
    reason = "a sample that cannot be made fails the test"
)]
#![allow(dead_code, reason = "each test uses the samples it needs")]

use jiff::civil::{date, time};
use kernel::{BillingMonth, Cents, Language, MemberId, Tender, luhn_check_digit};
use memberpay_documents::{
    Consent, DepositSlip, IdCardFace, IdCards, Invoice, InvoiceLine, Letter, Receipt, SlipCheck,
    WayToPay, YearAccount, YearRow, YearSummary,
};

/// The same digits every time: a 64-bit linear congruential generator (Knuth's constants).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }

    /// Member ID, invoice, amount, and Luhn's digit over all: 34 digits as a lockbox reads them.
    pub fn scan_line(&mut self) -> String {
        let line = self.digits(33);
        format!("{line}{}", luhn_check_digit(&line).unwrap())
    }
}

fn text(strings: &[&str]) -> Vec<String> {
    strings.iter().map(|s| (*s).to_owned()).collect()
}

fn line(label: &str, detail: &str, cents: i64) -> InvoiceLine {
    InvoiceLine {
        label: label.to_owned(),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
        amount: Cents::new(cents),
    }
}

fn way(title: &str, words: &str) -> WayToPay {
    WayToPay {
        title: title.to_owned(),
        text: words.to_owned(),
    }
}

/// An ordinary month of an exchange plan.
pub fn english() -> Invoice {
    let mut invoice = Invoice {
        language: Language::English,
        large_print: false,
        organisation: "ConnectiCare".to_owned(),
        return_address: text(&["P.O. Box 416191", "Boston, MA 02241-6191"]),
        member_name: "Margaret A. Whitfield".to_owned(),
        mailing_address: text(&[
            "118 Old Quarry Road, Apartment 4B",
            "Farmington, CT 06032-1147",
        ]),
        member_id: MemberId::parse("30412345678").unwrap(),
        account_number: None,
        invoice_number: "2026-12-0004711".to_owned(),
        issued: date(2026, 11, 10),
        due: date(2026, 12, 1),
        month: BillingMonth::new(2026, 12).unwrap(),
        plan_line: "Individual plan through Access Health CT".to_owned(),
        lines: vec![
            line(
                "Premium for December 2026",
                "Choice Silver Standard POS, 2 people",
                112_846,
            ),
            line(
                "Advance premium tax credit",
                "Paid to us by the federal government for you",
                -89_200,
            ),
        ],
        previous_balance: Cents::new(23_646),
        payments: Cents::new(23_646),
        total_due: Cents::new(0),
        explanations: vec![],
        ways_to_pay: vec![
            way(
                "Online",
                "sign in at memberportal.example or pay as a guest with the code on the right.",
            ),
            way(
                "By phone",
                "call 800-333-1733 (TTY: 711) any time, day or night, for automated payment.",
            ),
            way(
                "In person",
                "at a ConnectiCare Center: Visa, Mastercard, Discover, check or bank account. No cash.",
            ),
            way("By mail", "send a check with the coupon below."),
        ],
        phone: "800-333-1733".to_owned(),
        tty: "711".to_owned(),
        hours: "Monday to Friday 8 a.m. to 8 p.m., Saturday 9 a.m. to 2 p.m. Eastern time"
            .to_owned(),
        payable_to: "ConnectiCare".to_owned(),
        remit_to: text(&["ConnectiCare", "P.O. Box 21849", "New York, NY 10087-1849"]),
        scan_line: Chance(1).scan_line(),
        pay_url: "https://pay.plan.example/guest/8fJ2kQ".to_owned(),
        language_assistance: text(&[
            "Free help in your language: call 800-333-1733 (TTY: 711). Ayuda gratuita en su idioma: llame al 800-333-1733 (TTY: 711).",
        ]),
    };
    invoice.total_due = invoice.balance();
    invoice
}

/// A Spanish invoice with a retroactive change, explained.
pub fn spanish() -> Invoice {
    let mut invoice = Invoice {
        language: Language::Spanish,
        member_name: "José Ángel Peñalosa Güiraldes".to_owned(),
        mailing_address: text(&["45 Calle Acacia, Apartamento 2", "Hartford, CT 06106-2210"]),
        plan_line: "Plan individual comprado en Access Health CT".to_owned(),
        lines: vec![
            line(
                "Prima de diciembre de 2026",
                "Choice Silver Standard POS, 3 personas",
                112_846,
            ),
            line(
                "Crédito fiscal anticipado para la prima",
                "El gobierno federal nos lo paga por usted",
                -89_200,
            ),
            line(
                "Ajuste de noviembre de 2026",
                "Su hija Lucía entró en el plan el 16 de noviembre: 15 de 30 días",
                9_312,
            ),
        ],
        payments: Cents::new(20_000),
        explanations: text(&[
            "Agregamos a Lucía a su plan el 16 de noviembre. Por eso esta factura incluye 15 días de noviembre, y su prima sube $93.12 cada medio mes.",
            "Recibimos $200.00 de los $236.46 de su última factura. Los $36.46 que faltan están incluidos aquí.",
        ]),
        ways_to_pay: vec![
            way(
                "En línea",
                "inicie sesión en memberportal.example o pague sin iniciar sesión con el código de la derecha.",
            ),
            way(
                "Por teléfono",
                "llame al 800-333-1733 (TTY: 711) a cualquier hora para el pago automatizado.",
            ),
            way(
                "En persona",
                "en un ConnectiCare Center: Visa, Mastercard, Discover, cheque o cuenta bancaria. No efectivo.",
            ),
            way("Por correo", "envíe un cheque con el cupón de abajo."),
        ],
        hours: "Lunes a viernes de 8 a. m. a 8 p. m., sábados de 9 a. m. a 2 p. m., hora del este"
            .to_owned(),
        scan_line: Chance(2).scan_line(),
        ..english()
    };
    invoice.total_due = invoice.balance();
    invoice
}

/// Everything long: forty lines, a name of sixty characters, letters beyond Latin-1.
pub fn long() -> Invoice {
    let mut invoice = english();
    invoice.member_name =
        "Wilhelmina-Aleksandra Konstantinopolitańczykowianeczka-Ødegård".to_owned();
    invoice.mailing_address = text(&[
        "c/o Ștefan Đorđević and Παπαδόπουλος Family Trust, Attention Estate Department",
        "1234 Northwest Saint Catherine of Siena Boulevard, Building 12, Suite 3400",
        "West Hartford, CT 06107-9998",
    ]);
    invoice.account_number = Some("CT-IND-000123456789".to_owned());
    invoice.explanations =
        text(&["A long household was moved from one plan to another in the middle of the year."]);
    invoice.lines = (1..=40)
        .map(|n| {
            line(
                &format!("Premium for covered person {n}"),
                "Choice Silver Standard POS, 30 of 30 days",
                10_000 + n,
            )
        })
        .collect();
    invoice.total_due = invoice.balance();
    invoice
}

/// The same in 18-point type.
pub fn large_print(mut invoice: Invoice) -> Invoice {
    invoice.large_print = true;
    invoice
}

/// More paid than asked for.
pub fn credit() -> Invoice {
    let mut invoice = english();
    invoice.payments = Cents::new(100_000);
    invoice.total_due = Cents::ZERO;
    invoice
}

pub fn receipt(language: Language) -> Receipt {
    let (plan_line, next, hours) = match language {
        Language::English => (
            "Individual plan through Access Health CT",
            text(&[
                "Your bank or card statement will show ConnectiCare within 2 business days.",
                "If you have more to pay, your next invoice shows it. You do not need to do anything now.",
            ]),
            "Monday to Friday 8 a.m. to 8 p.m. Eastern time",
        ),
        Language::Spanish => (
            "Plan individual comprado en Access Health CT",
            text(&[
                "Su estado de cuenta mostrará ConnectiCare en 2 días hábiles. No tiene que hacer nada más ahora.",
            ]),
            "Lunes a viernes de 8 a. m. a 8 p. m., hora del este",
        ),
    };
    Receipt {
        language,
        large_print: false,
        organisation: "ConnectiCare".to_owned(),
        return_address: text(&["P.O. Box 416191", "Boston, MA 02241-6191"]),
        confirmation_number: "7KQ4-92MX".to_owned(),
        amount: Cents::new(23_646),
        paid_on: date(2026, 11, 23),
        tender: Tender::Visa,
        tender_digits: Some("4242".to_owned()),
        payer: Some("Daniel Whitfield".to_owned()),
        plan_line: Some(plan_line.to_owned()),
        account_digits: "5678".to_owned(),
        invoice_number: Some("2026-12-0004711".to_owned()),
        next,
        phone: "800-333-1733".to_owned(),
        tty: "711".to_owned(),
        hours: hours.to_owned(),
    }
}

/// Every shape worth looking at, by name.
pub fn invoices() -> Vec<(&'static str, Invoice)> {
    vec![
        ("english", english()),
        ("spanish", spanish()),
        ("long", long()),
        ("credit", credit()),
        ("english-large", large_print(english())),
        ("spanish-large", large_print(spanish())),
        ("long-large", large_print(long())),
    ]
}

/// The copy of an authorisation for automatic payments.
pub fn consent(language: Language) -> Consent {
    let receipt = receipt(language);
    let (title, words, facts, how_to_stop, zone) = match language {
        Language::English => (
            "Automatic payments: what you agreed to",
            text(&[
                "I authorize ConnectiCare to take my premium from Visa ending in 4242 on day 5 of every month, beginning in January 2027, up to $300.00 a month.",
                "ConnectiCare tells me the amount at least 10 days before if it differs from the month before. This authorization stays in force until I end it.",
            ]),
            [
                ("Account", "ending in 5678"),
                ("Paid with", "Visa ending in 4242"),
            ],
            text(&[
                "Sign in and choose “Stop automatic payments” up to three business days before a payment.",
                "Or call the number below, or write to us. If you stop by telephone, we may ask you to confirm it in writing within 14 days.",
            ]),
            "ET",
        ),
        Language::Spanish => (
            "Pagos automáticos: lo que usted aceptó",
            text(&[
                "Autorizo a ConnectiCare a cobrar mi prima de mi tarjeta Visa terminada en 4242 el día 5 de cada mes, a partir de enero de 2027, hasta $300.00 al mes.",
                "ConnectiCare me avisa de la cantidad al menos 10 días antes si cambia respecto del mes anterior. Esta autorización sigue vigente hasta que yo la cancele.",
            ]),
            [
                ("Cuenta", "terminada en 5678"),
                ("Se paga con", "Visa terminada en 4242"),
            ],
            text(&[
                "Inicie sesión y elija «Cancelar los pagos automáticos» hasta tres días hábiles antes de un pago.",
                "También puede llamar al número de abajo o escribirnos.",
            ]),
            "hora del Este",
        ),
    };
    Consent {
        language,
        large_print: false,
        organisation: receipt.organisation,
        return_address: receipt.return_address,
        title: title.to_owned(),
        words,
        version: format!("autopay-{}-1", language.tag()),
        name: "Margaret A. Whitfield".to_owned(),
        given_on: date(2026, 11, 23),
        given_at: time(15, 42, 9, 0),
        time_zone: zone.to_owned(),
        facts: facts.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
        how_to_stop,
        phone: receipt.phone,
        tty: receipt.tty,
        hours: receipt.hours,
    }
}

/// A notice that a draft is coming.
pub fn letter(language: Language) -> Letter {
    let receipt = receipt(language);
    let (subject, paragraphs, facts, closing, help) = match language {
        Language::English => (
            "Your next automatic payment",
            text(&[
                "We will take your premium for January 2027 from your bank account ending in 6789. The amount is different from last month because your plan price changed on January 1.",
            ]),
            [
                ("Amount", "$236.46"),
                ("We send it to your bank on", "Monday, January 4, 2027"),
                ("Last day to stop it", "Wednesday, December 30, 2026"),
            ],
            text(&["You do not need to do anything. Please make sure that the money is there."]),
            "Free help in your language: call 800-333-1733 (TTY: 711).",
        ),
        Language::Spanish => (
            "Su próximo pago automático",
            text(&[
                "Cobraremos su prima de enero de 2027 de su cuenta bancaria terminada en 6789. La cantidad es distinta de la del mes pasado porque el precio de su plan cambió el 1 de enero.",
            ]),
            [
                ("Cantidad", "$236.46"),
                ("La enviamos a su banco el", "lunes, 4 de enero de 2027"),
                (
                    "Último día para detenerla",
                    "miércoles, 30 de diciembre de 2026",
                ),
            ],
            text(&["No tiene que hacer nada. Asegúrese de que el dinero esté en la cuenta."]),
            "Ayuda gratuita en su idioma: llame al 800-333-1733 (TTY: 711).",
        ),
    };
    Letter {
        language,
        large_print: false,
        organisation: receipt.organisation,
        return_address: receipt.return_address,
        name: "Margaret A. Whitfield".to_owned(),
        mailing_address: text(&[
            "118 Old Quarry Road, Apartment 4B",
            "Farmington, CT 06032-1147",
        ]),
        date: date(2026, 12, 15),
        subject: subject.to_owned(),
        paragraphs,
        facts: facts.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
        closing,
        account_digits: Some("5678".to_owned()),
        phone: receipt.phone,
        tty: receipt.tty,
        hours: receipt.hours,
        language_assistance: text(&[help]),
    }
}

/// Every other paper in a language and a size of print, by name.
pub fn papers(
    renderer: &memberpay_documents::Renderer,
    language: Language,
    large_print: bool,
) -> Vec<(&'static str, memberpay_documents::Pdf)> {
    let receipt = Receipt {
        large_print,
        ..receipt(language)
    };
    let consent = Consent {
        large_print,
        ..consent(language)
    };
    let letter = Letter {
        large_print,
        ..letter(language)
    };
    vec![
        ("receipt", renderer.receipt(&receipt).unwrap()),
        ("consent", renderer.consent(&consent).unwrap()),
        ("letter", renderer.letter(&letter).unwrap()),
        ("year", renderer.year(&year(language, large_print)).unwrap()),
        ("id-cards", renderer.id_cards(&id_cards(language)).unwrap()),
        ("slip", renderer.deposit_slip(&slip(language)).unwrap()),
    ]
}

/// A drawer of more checks than a page holds, one of which is missing.
pub fn slip(language: Language) -> DepositSlip {
    let check = |n: u32| SlipCheck {
        routing: "021000021".to_owned(),
        number: (1000 + n).to_string(),
        amount: Cents::new(23_646),
    };
    DepositSlip {
        language,
        organisation: "ConnectiCare".to_owned(),
        center: "ConnectiCare Center".to_owned(),
        address: vec!["1 Sample Road".to_owned(), "Avon, CT 06001".to_owned()],
        number: "17".to_owned(),
        day: date(2026, 12, 1),
        associate: "Ana Peña".to_owned(),
        checks: (0..40).map(check).collect(),
        expected: Cents::new(945_840),
        counted: Cents::new(922_194),
        explanation: "One check was torn and went back to the member.".to_owned(),
    }
}

/// A year of payments with a return and a refund, on two accounts.
pub fn year(language: Language, large_print: bool) -> YearSummary {
    let receipt = receipt(language);
    let (paid, came_back) = match language {
        Language::English => ("Payment, Visa ending in 4242", "Returned by your bank"),
        Language::Spanish => ("Pago, Visa terminada en 4242", "Devuelto por su banco"),
    };
    let mut rows: Vec<YearRow> = (1..=12)
        .map(|month| YearRow {
            day: date(2026, month, 1),
            what: paid.to_owned(),
            confirmation: format!("12345 678{month:02}"),
            amount: Cents::new(23_646),
        })
        .collect();
    rows.push(YearRow {
        day: date(2026, 12, 9),
        what: came_back.to_owned(),
        confirmation: "12345 67812".to_owned(),
        amount: Cents::new(-23_646),
    });
    let account = YearAccount {
        plan_line: receipt.plan_line.unwrap(),
        account_digits: "5678".to_owned(),
        rows,
        received: Cents::new(283_752),
        gone_back: Cents::new(23_646),
        paid: Cents::new(260_106),
        premium: Cents::new(1_354_152),
        aptc: Cents::new(1_070_400),
        penalty: Cents::ZERO,
    };
    let none = YearAccount {
        plan_line: "SOLO (individual)".to_owned(),
        account_digits: "0001".to_owned(),
        rows: Vec::new(),
        received: Cents::ZERO,
        gone_back: Cents::ZERO,
        paid: Cents::ZERO,
        premium: Cents::ZERO,
        aptc: Cents::ZERO,
        penalty: Cents::ZERO,
    };
    YearSummary {
        language,
        large_print,
        organisation: receipt.organisation,
        return_address: receipt.return_address,
        name: "Margaret A. Whitfield".to_owned(),
        year: 2026,
        made_on: date(2027, 1, 4),
        accounts: vec![account, none],
        phone: receipt.phone,
        tty: receipt.tty,
        hours: receipt.hours,
    }
}

/// The cards of a family of four, one with a very long name.
pub fn id_cards(language: Language) -> IdCards {
    let names = [
        "Margaret A. Whitfield",
        "Wilhelmina-Aleksandra Konstantinopolitańczykowianeczka-Ødegård",
        "Daniel Whitfield",
        "José Ángel Peñalosa Güiraldes",
    ];
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let cards = names.iter().enumerate().map(|(n, name)| IdCardFace {
        name: (*name).to_owned(),
        member_id: MemberId::parse(&format!("3041234567{n}")).unwrap(),
        subscriber: (n > 0).then(|| names[0].to_owned()),
        product: "Choice SOLO POS Silver".to_owned(),
        facts: pairs(&[
            ("Group", "SOLO-2026"),
            ("Rx BIN", "999999"),
            ("Rx PCN", "DEMO"),
            ("Rx Grp", "RX0001"),
        ]),
        copays: text(&[
            "Primary care $25",
            "Specialist $50",
            "Urgent care $75",
            "Emergency room $350",
        ]),
        phones: pairs(&[
            ("Questions about your account", "800-333-1733 (TTY: 711)"),
            (
                "Trouble paying online and other help",
                "800-251-7722 (TTY: 711)",
            ),
        ]),
        back: text(&["Show this card whenever you get care. It does not prove coverage."]),
        payer_id: Some("00000".to_owned()),
        address: text(&["P.O. Box 21849", "New York, NY 10087-1849"]),
    });
    IdCards {
        language,
        organisation: "ConnectiCare".to_owned(),
        website: "connecticare.example".to_owned(),
        colour: "#00539b".to_owned(),
        made_on: date(2026, 11, 23),
        cards: cards.collect(),
    }
}

//! Every word the documents say, in every language. A missing one does not compile.
//!
//! Spanish: drafted against the word list of the product (prima, factura, cantidad a pagar, fecha
//! límite de pago; `usted`; amounts as in the United States). A native reviewer signs it off before
//! a plan mails it.

use kernel::{Language, Tender};
use serde::Serialize;

/// The labels of the templates.
#[derive(Debug, Serialize)]
pub(crate) struct Strings {
    pub invoice_title: &'static str,
    pub amount_due: &'static str,
    pub due_by: &'static str,
    pub nothing_due: &'static str,
    pub member_id: &'static str,
    pub invoice: &'static str,
    pub account: &'static str,
    pub issued: &'static str,
    pub plan: &'static str,
    pub name: &'static str,
    pub what_it_includes: &'static str,
    pub description: &'static str,
    pub amount: &'static str,
    pub previous_balance: &'static str,
    pub payments: &'static str,
    pub credit_left: &'static str,
    pub premium_meaning: &'static str,
    pub explanation: &'static str,
    pub how_to_pay: &'static str,
    pub scan_to_pay: &'static str,
    pub qr_alt: &'static str,
    pub questions: &'static str,
    pub call: &'static str,
    pub detach: &'static str,
    pub coupon: &'static str,
    pub amount_enclosed: &'static str,
    pub payable_to: &'static str,
    pub write_member_id: &'static str,
    pub mail_to: &'static str,
    pub page: &'static str,
    pub receipt_title: &'static str,
    pub amount_paid: &'static str,
    pub thank_you: &'static str,
    pub confirmation: &'static str,
    pub paid_on: &'static str,
    pub paid_with: &'static str,
    pub paid_by: &'static str,
    pub paid_for: &'static str,
    pub ending_in: &'static str,
    pub receipt_details: &'static str,
    pub next: &'static str,
    pub keep: &'static str,
    pub agreed_on: &'static str,
    pub version: &'static str,
    pub exact_words: &'static str,
    pub how_to_stop: &'static str,
    pub keep_copy: &'static str,
    pub year_title: &'static str,
    pub year_as_of: &'static str,
    pub year_not_1095: &'static str,
    pub year_payments: &'static str,
    pub year_none: &'static str,
    pub year_received: &'static str,
    pub year_gone_back: &'static str,
    pub year_paid: &'static str,
    pub year_charges: &'static str,
    pub year_charges_meaning: &'static str,
    pub year_premium: &'static str,
    pub year_aptc: &'static str,
    pub year_penalty: &'static str,
    pub year_charged: &'static str,
    pub card_title: &'static str,
    pub card_of: &'static str,
    pub card_member: &'static str,
    pub card_subscriber: &'static str,
    pub card_copays: &'static str,
    pub card_payer_id: &'static str,
    pub card_how_to_print: &'static str,
    pub slip_title: &'static str,
    pub slip_center: &'static str,
    pub slip_day: &'static str,
    pub slip_associate: &'static str,
    pub slip_list: &'static str,
    pub slip_none: &'static str,
    pub slip_place: &'static str,
    pub slip_routing: &'static str,
    pub slip_number: &'static str,
    pub slip_checks: &'static str,
    pub slip_expected: &'static str,
    pub slip_difference: &'static str,
    pub slip_counted: &'static str,
    pub slip_explanation: &'static str,
    pub slip_signature: &'static str,
}

/// The labels in a language.
pub(crate) const fn strings(language: Language) -> &'static Strings {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

const ENGLISH: Strings = Strings {
    invoice_title: "Your premium invoice for",
    amount_due: "Amount due",
    due_by: "Due by",
    nothing_due: "You have nothing to pay.",
    member_id: "Member ID",
    invoice: "Invoice",
    account: "Account",
    issued: "Invoice date",
    plan: "Plan",
    name: "Name",
    what_it_includes: "What this invoice includes",
    description: "Description",
    amount: "Amount",
    previous_balance: "Amount due on your last invoice",
    payments: "Payments we received since then",
    credit_left: "Credit left for your next invoice",
    premium_meaning: "Your premium is the monthly cost of your plan.",
    explanation: "What changed and why",
    how_to_pay: "How to pay",
    scan_to_pay: "Scan to pay online",
    qr_alt: "QR code that opens the page to pay online without signing in:",
    questions: "Questions?",
    call: "Call",
    detach: "Tear here. Mail this part with your check.",
    coupon: "Payment coupon",
    amount_enclosed: "Amount enclosed",
    payable_to: "Make your check payable to",
    write_member_id: "Write your member ID on the check. Do not send cash.",
    mail_to: "Mail to",
    page: "Page",
    receipt_title: "Payment receipt",
    amount_paid: "Amount paid",
    thank_you: "Thank you. We received your payment.",
    confirmation: "Confirmation number",
    paid_on: "Payment date",
    paid_with: "Paid with",
    paid_by: "Paid by",
    paid_for: "Paid for",
    ending_in: "ending in",
    receipt_details: "Payment details",
    next: "What happens next",
    keep: "Keep this receipt for your records.",
    agreed_on: "Agreed on",
    version: "Version of the words",
    exact_words: "The exact words you agreed to",
    how_to_stop: "How to stop",
    keep_copy: "Keep this copy for your records.",
    year_title: "Your payments in {year}",
    year_as_of: "From our records as of",
    year_not_1095: "You can use this summary for your own records and to talk with a tax preparer. It is \
         not a tax form and not a Form 1095-A, 1095-B or 1099. Form 1095-A comes from the \
         health insurance marketplace.",
    year_payments: "Payments",
    year_none: "We received no payments in this year.",
    year_received: "Payments we received",
    year_gone_back: "Refunds and returned payments",
    year_paid: "Total you paid",
    year_charges: "Premiums on your invoices",
    year_charges_meaning: "For the months of this year, as invoiced so far. Payments and invoices can fall in \
         different years.",
    year_premium: "Premium",
    year_aptc: "Advance premium tax credit",
    year_penalty: "Late enrolment penalty",
    year_charged: "Total we charged you",
    card_title: "Your member ID cards",
    card_of: "Card of",
    card_member: "Member",
    card_subscriber: "Subscriber",
    card_copays: "What a visit costs",
    card_payer_id: "Payer ID",
    card_how_to_print: "Print this page at actual size (100%). Cut along the dashed line and fold at the \
         dotted line.",
    slip_title: "Deposit slip",
    slip_center: "Center",
    slip_day: "Closed on",
    slip_associate: "Associate",
    slip_list: "Checks",
    slip_none: "No check was taken.",
    slip_place: "No.",
    slip_routing: "Routing number of the bank",
    slip_number: "Check number",
    slip_checks: "Number of checks",
    slip_expected: "Sum of the checks taken",
    slip_difference: "Difference",
    slip_counted: "Counted and deposited",
    slip_explanation: "Why the count differs",
    slip_signature: "Signature",
};

const SPANISH: Strings = Strings {
    invoice_title: "Su factura de la prima de",
    amount_due: "Cantidad a pagar",
    due_by: "Fecha límite de pago",
    nothing_due: "No tiene nada que pagar.",
    member_id: "ID de miembro",
    invoice: "Factura",
    account: "Cuenta",
    issued: "Fecha",
    plan: "Plan",
    name: "Nombre",
    what_it_includes: "Qué incluye esta factura",
    description: "Descripción",
    amount: "Cantidad",
    previous_balance: "Cantidad a pagar de su última factura",
    payments: "Pagos que recibimos desde entonces",
    credit_left: "Crédito para su próxima factura",
    premium_meaning: "Su prima es el costo mensual de su plan.",
    explanation: "Qué cambió y por qué",
    how_to_pay: "Cómo pagar",
    scan_to_pay: "Escanee para pagar en línea",
    qr_alt: "Código QR que abre la página para pagar en línea sin iniciar sesión:",
    questions: "¿Preguntas?",
    call: "Llame al",
    detach: "Corte aquí. Envíe esta parte por correo con su cheque.",
    coupon: "Cupón de pago",
    amount_enclosed: "Cantidad incluida",
    payable_to: "Haga su cheque a nombre de",
    write_member_id: "Escriba su ID de miembro en el cheque. No envíe efectivo.",
    mail_to: "Envíe a",
    page: "Página",
    receipt_title: "Recibo de pago",
    amount_paid: "Cantidad pagada",
    thank_you: "Gracias. Recibimos su pago.",
    confirmation: "Número de confirmación",
    paid_on: "Fecha del pago",
    paid_with: "Pagado con",
    paid_by: "Pagado por",
    paid_for: "Pago de",
    ending_in: "terminada en",
    receipt_details: "Detalles del pago",
    next: "Qué sigue",
    keep: "Guarde este recibo para sus archivos.",
    agreed_on: "Fecha en que aceptó",
    version: "Versión del texto",
    exact_words: "El texto exacto que usted aceptó",
    how_to_stop: "Cómo cancelarlo",
    keep_copy: "Guarde esta copia para sus archivos.",
    year_title: "Sus pagos en {year}",
    year_as_of: "Según nuestros registros al",
    year_not_1095: "Puede usar este resumen para sus propios archivos y para hablar con quien prepara sus \
         impuestos. No es un formulario de impuestos ni un Formulario 1095-A, 1095-B o 1099. El \
         Formulario 1095-A lo envía el mercado de seguros médicos.",
    year_payments: "Pagos",
    year_none: "No recibimos pagos en este año.",
    year_received: "Pagos que recibimos",
    year_gone_back: "Reembolsos y pagos devueltos",
    year_paid: "Total que usted pagó",
    year_charges: "Primas en sus facturas",
    year_charges_meaning: "De los meses de este año, según lo facturado hasta ahora. Los pagos y las facturas \
         pueden caer en años distintos.",
    year_premium: "Prima",
    year_aptc: "Crédito fiscal anticipado para la prima",
    year_penalty: "Multa por inscripción tardía",
    year_charged: "Total que le cobramos",
    card_title: "Sus tarjetas de identificación de miembro",
    card_of: "Tarjeta de",
    card_member: "Miembro",
    card_subscriber: "Titular",
    card_copays: "Lo que cuesta una visita",
    card_payer_id: "ID del pagador",
    card_how_to_print: "Imprima esta página en tamaño real (100 %). Corte por la línea de rayas y doble por la \
         línea de puntos.",
    slip_title: "Comprobante de depósito",
    slip_center: "Centro",
    slip_day: "Fecha de cierre",
    slip_associate: "Asociado",
    slip_list: "Cheques",
    slip_none: "No se recibió ningún cheque.",
    slip_place: "N.º",
    slip_routing: "Número de ruta del banco",
    slip_number: "Número de cheque",
    slip_checks: "Cantidad de cheques",
    slip_expected: "Suma de los cheques recibidos",
    slip_difference: "Diferencia",
    slip_counted: "Contado y depositado",
    slip_explanation: "Por qué difiere la cuenta",
    slip_signature: "Firma",
};

/// What a payment was made with, in words.
pub(crate) const fn tender_name(tender: Tender, language: Language) -> &'static str {
    match (tender, language) {
        (Tender::Visa, _) => "Visa",
        (Tender::Mastercard, _) => "Mastercard",
        (Tender::Discover, _) => "Discover",
        (Tender::Check, Language::English) => "Check",
        (Tender::Check, Language::Spanish) => "Cheque",
        (Tender::BankAccount, Language::English) => "Bank account",
        (Tender::BankAccount, Language::Spanish) => "Cuenta bancaria",
        (Tender::BenefitDeduction, Language::English) => "Deduction from benefits",
        (Tender::BenefitDeduction, Language::Spanish) => "Descuento de sus beneficios",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_used() {
        let places = [
            include_str!("../templates/invoice.typ"),
            include_str!("../templates/receipt.typ"),
            include_str!("receipt.rs"),
            include_str!("../templates/look.typ"),
            include_str!("../templates/consent.typ"),
            include_str!("consent.rs"),
            include_str!("../templates/letter.typ"),
            include_str!("letter.rs"),
            include_str!("../templates/year.typ"),
            include_str!("year.rs"),
            include_str!("../templates/id-card.typ"),
            include_str!("id_card.rs"),
            include_str!("../templates/slip.typ"),
            include_str!("slip.rs"),
        ];
        let Ok(serde_json::Value::Object(labels)) = serde_json::to_value(&ENGLISH) else {
            panic!("labels are an object");
        };
        for key in labels.keys() {
            let used = format!("s.{key}");
            assert!(
                places.iter().any(|place| place.contains(&used)),
                "{key} is never used"
            );
        }
    }

    #[test]
    fn no_label_is_empty_and_only_a_few_words_are_the_same_in_both_languages() {
        let words = |language| match serde_json::to_value(strings(language)) {
            Ok(serde_json::Value::Object(map)) => map,
            other => panic!("labels are an object, found {other:?}"),
        };
        let (english, spanish) = (words(Language::English), words(Language::Spanish));
        let mut same = Vec::new();
        for (key, word) in &english {
            assert!(word.as_str().is_some_and(|w| !w.trim().is_empty()), "{key}");
            if spanish[key] == *word {
                same.push(key.as_str());
            }
        }
        assert!(
            spanish
                .values()
                .all(|w| w.as_str().is_some_and(|w| !w.trim().is_empty()))
        );
        assert_eq!(same, ["plan"]);
    }
}

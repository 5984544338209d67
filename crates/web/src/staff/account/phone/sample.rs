//! Samples of the pages of a payment by phone.

use kernel::{AccountId, Cents, PaymentId};
use usecases::payments::{self, PaymentView};
use usecases::staff::phone::Caller;

use super::{CallerPage, PaidPage, RefusedPage, SayPage};
use crate::form::FormState;
use crate::page::Page;
use crate::pay::review::RepeatView;
use crate::words::Words;

impl Page for RefusedPage {
    const TEMPLATE: &'static str = "staff/phone_refused.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let mut form = FormState::default();
        form.mistake("choice", "channel-not-offered");
        vec![RefusedPage {
            back: "/staff".to_owned(),
            form: form.view(words),
        }]
    }
}

impl Page for CallerPage {
    const TEMPLATE: &'static str = "staff/phone_caller.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let caller = |due, past_due| Caller {
            payable: payments::Payable {
                account: AccountId::from_parts(1, [1; 10]),
                account_last_four: "1001".to_owned(),
                amount_due: Cents::new(due),
                past_due: Cents::new(past_due),
                due_on: (due > 0).then(|| jiff::civil::date(2026, 12, 1)),
                most: Cents::new(1_000_000),
                least: Cents::new(100),
                partial_allowed: true,
                plan_line: words.plan.lines[0].id.clone(),
            },
            name: "\"><img src=x onerror=alert(1)>".to_owned(),
            email: "maria@example.com".to_owned(),
            language: words.language,
        };
        let mut wrong = FormState::filled(&[("choice", "other"), ("spoken", "es")]);
        wrong.mistake("amount", "amount-empty");
        wrong.mistake("account", "account-missing");
        wrong.mistake("payer_email", "phone-proof-missing");
        vec![
            CallerPage::new(words, &caller(31_000, 15_500), &FormState::default()),
            CallerPage::new(words, &caller(0, 0), &wrong),
        ]
    }
}

impl Page for SayPage {
    const TEMPLATE: &'static str = "staff/phone_say.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let page = |repeat: bool, form: FormState| SayPage {
            name: "\"><img src=x onerror=alert(1)>".to_owned(),
            back: "/staff".to_owned(),
            lang: words.language.tag(),
            amount: "$310.00".to_owned(),
            method: words.say("tender-bank-account", &[]),
            payer: "Ana <b>Peña</b>".to_owned(),
            email: if repeat { "" } else { "ana@example.com" }.to_owned(),
            recorded: repeat,
            words: words
                .plan
                .texts
                .bank_phone
                .text
                .in_language(words.language)
                .to_owned(),
            repeat: repeat.then(|| RepeatView::sample(words)),
            form: form.view(words),
        };
        let mut wrong = FormState::default();
        wrong.mistake("agreed", "phone-not-agreed");
        wrong.mistake("repeat", "repeat-missing");
        vec![page(false, FormState::default()), page(true, wrong)]
    }
}

impl Page for PaidPage {
    const TEMPLATE: &'static str = "staff/phone_paid.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let view = |status| PaymentView {
            payment: PaymentId::from_parts(1, [1; 10]),
            account: AccountId::from_parts(1, [1; 10]),
            confirmation: "123 456 7897".to_owned(),
            cents: Cents::new(31_000),
            status,
            channel: kernel::Channel::Phone,
            tender: kernel::Tender::BankAccount,
            last_four: "6789".to_owned(),
            bank_name: "Test Bank".to_owned(),
            payer_name: "\"><img src=x onerror=alert(1)>".to_owned(),
            payer_email_masked: "m•••@example.com".to_owned(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
            effective_on: jiff::civil::date(2026, 12, 1),
            reason: String::new(),
        };
        [
            ::payments::PaymentStatus::Pending,
            ::payments::PaymentStatus::Confirming,
        ]
        .map(|status| PaidPage::new(words, &view(status)))
        .into()
    }

    fn refresh(&self) -> u8 {
        if self.waits { 3 } else { 0 }
    }
}

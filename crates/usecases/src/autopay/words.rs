//! The words of a standing authorisation.

use ::autopay::{Agreed, DraftDay, OverCap};
use kernel::{Cents, Language, Tender, month_in_words};
use plan::fill;

use super::{Choice, MethodShown};
use crate::Ctx;
use crate::payments::{Authorisation, brand_name};

/// The exact words to agree to for this choice. `due` is what is due now, if anything.
pub(super) fn authorisation(
    ctx: &Ctx,
    language: Language,
    plan_line: &str,
    method: &MethodShown,
    choice: &Choice,
    due: Option<Cents>,
) -> Authorisation {
    let texts = &ctx.plan.texts;
    let text = if method.tender.is_card() {
        &texts.card_recurring
    } else {
        &texts.bank_recurring
    };
    let terms = &texts.recurring;
    let part =
        |part: &plan::Text, values: &[(&str, &str)]| fill(part.in_language(language), values);
    let amount = match due {
        Some(due) => part(&terms.amount_now, &[("amount", &due.to_string())]),
        None => part(&terms.amount, &[]),
    };
    let cap = match choice.cap {
        None => part(&terms.no_cap, &[]),
        Some(cap) => {
            let most = cap.most.to_string();
            let words = match cap.over {
                OverCap::Never => &terms.cap,
                OverCap::AfterNotice => &terms.cap_told,
            };
            part(words, &[("cap", &most)])
        }
    };
    let day = match choice.day {
        DraftDay::DueDate => part(&terms.on_due_date, &[]),
        DraftDay::OfMonth(day) => part(&terms.on_day, &[("day", &day.get().to_string())]),
    };
    let told = match choice.agreed {
        None => part(&terms.told_every_change, &[]),
        Some(Agreed::Range { least, most }) => {
            let (least, most) = (least.to_string(), most.to_string());
            part(&terms.told_outside, &[("least", &least), ("most", &most)])
        }
        Some(Agreed::Difference { most }) => {
            part(&terms.told_further, &[("most", &most.to_string())])
        }
    };
    let phone = ctx.plan.line(plan_line).map_or_else(
        || ctx.plan.help.phone.number(),
        |line| line.representatives.number(),
    );
    let start = month_in_words(choice.start, language);
    let bank = bank(ctx, method);
    let values = [
        ("amount", amount.as_str()),
        ("cap", &cap),
        ("day", &day),
        ("start", &start),
        ("bank", &bank),
        ("brand", brand_name(method.tender)),
        ("last4", &method.last_four),
        ("told", &told),
        ("phone", &phone),
    ];
    Authorisation {
        version: text.version.in_language(language).to_owned(),
        text: text.filled(language, &values),
    }
}

fn bank(ctx: &Ctx, method: &MethodShown) -> String {
    if method.bank_name.is_empty() {
        ctx.plan.organisation.name.clone()
    } else {
        method.bank_name.clone()
    }
}

/// The method on the copy of the consent: `Visa, 4242`.
pub(super) fn method_in_words(method: &MethodShown) -> String {
    let name = match method.tender {
        Tender::BankAccount => method.bank_name.as_str(),
        tender => brand_name(tender),
    };
    format!("{name}, {}", method.last_four)
}

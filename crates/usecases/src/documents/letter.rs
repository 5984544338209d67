//! Letters on paper, with the plan's address and phones.

use ::documents::{Letter, Pdf};
use jiff::civil::Date;
use kernel::Language;
use store::accounts::PersonRow;

use crate::{Ctx, UseCaseError};

/// What a letter says. The plan's name, address and phone come from the plan file.
#[derive(Debug, Clone)]
pub struct LetterPaper {
    /// The language of every word.
    pub language: Language,
    /// In 18-point type.
    pub large_print: bool,
    /// To whom.
    pub name: String,
    /// Where to: see [`mailing_address`]. With none, the place for the window stays empty.
    pub mailing_address: Vec<String>,
    /// The day on it.
    pub date: Date,
    /// What it is about, as its title.
    pub subject: String,
    /// What it says, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Facts in a table under the paragraphs, a label and what it says. May be empty.
    pub facts: Vec<(String, String)>,
    /// What comes after the facts, a paragraph each. May be empty.
    pub closing: Vec<String>,
    /// The plan line, by its id in the plan file: its phone and hours are given for questions.
    /// `None` gives the plan's help phone.
    pub plan_line: Option<String>,
    /// The account number, of which the last four digits are shown.
    pub account_number: Option<String>,
}

/// A letter for a window envelope, as a tagged PDF. Costs some tens of milliseconds: make it before
/// a transaction begins, and give it to [`super::file`] inside it.
///
/// # Errors
/// [`UseCaseError::Broken`] if the address has more lines than the window shows.
pub async fn letter(ctx: &Ctx, paper: &LetterPaper) -> Result<Pdf, UseCaseError> {
    let plan = &*ctx.plan;
    let language = paper.language;
    let line = paper.plan_line.as_ref().and_then(|id| plan.line(id));
    let phone = line.map_or(&plan.help.phone, |line| &line.representatives);
    let letter = Letter {
        language,
        large_print: paper.large_print,
        organisation: plan.organisation.name.clone(),
        return_address: super::return_address(plan),
        name: paper.name.clone(),
        mailing_address: paper.mailing_address.clone(),
        date: paper.date,
        subject: paper.subject.clone(),
        paragraphs: paper.paragraphs.clone(),
        facts: paper.facts.clone(),
        closing: paper.closing.clone(),
        account_digits: paper
            .account_number
            .as_ref()
            .map(|number| number[number.len().saturating_sub(4)..].to_owned()),
        phone: phone.number(),
        tty: phone.tty_number(),
        hours: phone.hours.described(language),
        language_assistance: vec![language_help(language).to_owned()],
    };
    let renderer = ctx.renderer.clone();
    super::laid_out(move || renderer.letter(&letter)).await
}

/// The lines under a person's name on an envelope.
#[must_use]
pub fn mailing_address(person: &PersonRow) -> Vec<String> {
    let [first, second, city, state] = &person.address;
    postal_lines([first, second, city, state], &person.zip)
}

/// The lines of an address: first line, second line, city and state; and the ZIP code with its four
/// more digits if it has them.
pub(crate) fn postal_lines([first, second, city, state]: [&str; 4], zip: &str) -> Vec<String> {
    let zip = match zip.len() {
        9 => format!("{}-{}", &zip[..5], &zip[5..]),
        _ => zip.to_owned(),
    };
    [
        first.to_owned(),
        second.to_owned(),
        format!("{city}, {state} {zip}"),
    ]
    .into_iter()
    .filter(|line| !line.trim_matches([' ', ',']).is_empty())
    .collect()
}

const fn language_help(language: Language) -> &'static str {
    match language {
        Language::English => "Help in your language is free. Call the number in this letter.",
        Language::Spanish => {
            "La ayuda en su idioma es gratis. Llame al número que aparece en esta carta."
        }
    }
}

//! How to pay for one plan line: every channel, always in the same order.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use kernel::{Channel, Tender};
use plan::{CenterPay, Deduction, IdCardRule, Line, MailPay, WayToPay};
use serde::Serialize;

use super::plans::LineLink;
use crate::error::Problem;
use crate::page::{Page, PhoneView, show_public};
use crate::state::AppState;
use crate::visit::Visit;
use crate::words::Words;

/// How to pay for one plan line.
#[derive(Serialize)]
pub struct PayPage {
    line: String,
    name: String,
    description: String,
    intro: String,
    pays_here: bool,
    channels: Vec<ChannelView>,
    no_fee: String,
    representatives: PhoneView,
    id_card: String,
    id_card_phone: Option<PhoneView>,
    others: Vec<LineLink>,
    about: AboutAccounts,
}

/// What every page about accounts says: paperless, forgotten passwords.
#[derive(Serialize)]
pub struct AboutAccounts {
    paperless: String,
    paperless_how: String,
    forgotten: String,
    forgotten_steps: Vec<String>,
}

impl AboutAccounts {
    /// From the plan file.
    #[must_use]
    pub fn new(words: &Words<'_>) -> Self {
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        AboutAccounts {
            paperless: said(&words.plan.paperless.text),
            paperless_how: said(&words.plan.paperless.how),
            forgotten: said(&words.plan.sign_in.forgotten),
            forgotten_steps: words.plan.sign_in.steps.iter().map(said).collect(),
        }
    }
}

/// One channel. What does not apply is empty.
#[derive(Default, Serialize)]
pub struct ChannelView {
    code: &'static str,
    offered: bool,
    text: String,
    autopay: bool,
    needs: Vec<String>,
    limits: String,
    phone: Option<PhoneView>,
    tenders: Vec<String>,
    no_cash: String,
    where_to_find: String,
    locations_url: String,
    centers: Vec<CenterView>,
    address: Vec<String>,
    payable_to: String,
    coupon: String,
    coupon_required: bool,
    letter: String,
    letter_includes: Vec<String>,
    fax: String,
    takes_effect: String,
}

/// A walk-in center.
#[derive(Serialize)]
pub struct CenterView {
    name: String,
    address: Vec<String>,
    hours: String,
    state: String,
    open: bool,
    phone: PhoneView,
    sample: bool,
}

impl PayPage {
    /// The page of a plan line as it reads at `now`.
    #[must_use]
    pub fn new(words: &Words<'_>, line: &Line, now: Timestamp) -> Self {
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        let id_card_phone = match &line.id_card.rule {
            IdCardRule::SelfService => None,
            IdCardRule::ByPhone(phone) => Some(PhoneView::new(phone, words, now)),
        };
        PayPage {
            line: line.id.clone(),
            name: said(&line.name),
            description: said(&line.description),
            intro: line.intro.as_ref().map(said).unwrap_or_default(),
            pays_here: line.pays_premium_here,
            channels: Channel::ALL
                .into_iter()
                .map(|channel| ChannelView::new(words, line, channel, now))
                .collect(),
            no_fee: said(&words.plan.payments.no_fee),
            representatives: PhoneView::new(&line.representatives, words, now),
            id_card: said(&line.id_card.text),
            id_card_phone,
            others: LineLink::others(words, &line.id),
            about: AboutAccounts::new(words),
        }
    }
}

impl ChannelView {
    /// A channel as a plan line has it.
    #[must_use]
    pub fn new(words: &Words<'_>, line: &Line, channel: Channel, now: Timestamp) -> Self {
        let said = |text: &plan::Text| text.in_language(words.language).to_owned();
        let view = ChannelView {
            code: channel.code(),
            offered: true,
            ..ChannelView::default()
        };
        match line.channel(channel) {
            WayToPay::NotOffered(why) => ChannelView {
                offered: false,
                text: said(why),
                ..view
            },
            WayToPay::Online(way) => ChannelView {
                text: said(&way.text),
                autopay: way.autopay,
                ..view
            },
            WayToPay::Guest(way) => ChannelView {
                text: said(&way.text),
                needs: words.plan.guest.needs.iter().map(said).collect(),
                limits: said(&words.plan.guest.limits),
                ..view
            },
            WayToPay::Phone(way) => ChannelView {
                text: said(&way.text),
                phone: Some(PhoneView::new(&way.phone, words, now)),
                ..view
            },
            WayToPay::Center(way) => center(words, way, now, view),
            WayToPay::Mail(way) => mail(words, way, view),
            WayToPay::Deduction(way) => deduction(words, way, now, view),
        }
    }
}

fn center(words: &Words<'_>, way: &CenterPay, now: Timestamp, view: ChannelView) -> ChannelView {
    let said = |text: &plan::Text| text.in_language(words.language).to_owned();
    let view = ChannelView {
        text: said(&way.text),
        tenders: way
            .tenders
            .iter()
            .map(|tender| tender_name(words, *tender))
            .collect(),
        no_cash: said(&words.plan.tenders.no_cash),
        ..view
    };
    let Some(centers) = &words.plan.centers else {
        return view;
    };
    let list = centers.list.iter().map(|center| {
        let state = center.state_at(now, words.plan);
        CenterView {
            name: said(&center.name),
            address: center.address.clone(),
            hours: center.hours.described(words.language),
            state: words.open_state(state, now),
            open: !matches!(state, plan::OpenState::Closed { .. }),
            phone: PhoneView::new(&center.phone, words, now),
            sample: center.sample,
        }
    });
    ChannelView {
        where_to_find: said(&centers.where_to_find),
        locations_url: centers.locations_url.clone(),
        centers: list.collect(),
        ..view
    }
}

fn mail(words: &Words<'_>, way: &MailPay, view: ChannelView) -> ChannelView {
    let said = |text: &plan::Text| text.in_language(words.language).to_owned();
    ChannelView {
        text: said(&way.text),
        address: way.address.lines.clone(),
        payable_to: way.payable_to.clone(),
        coupon: way.coupon.as_ref().map(said).unwrap_or_default(),
        coupon_required: way.coupon_required,
        ..view
    }
}

fn deduction(words: &Words<'_>, way: &Deduction, now: Timestamp, view: ChannelView) -> ChannelView {
    let said = |text: &plan::Text| text.in_language(words.language).to_owned();
    ChannelView {
        text: said(&way.text),
        phone: Some(PhoneView::new(&way.phone, words, now)),
        letter: said(&way.letter),
        letter_includes: way.letter_includes.iter().map(said).collect(),
        address: way.address.lines.clone(),
        fax: way.fax(),
        takes_effect: said(&way.takes_effect),
        ..view
    }
}

/// What a tender is called.
#[must_use]
pub fn tender_name(words: &Words<'_>, tender: Tender) -> String {
    words.say(&format!("tender-{}", tender.code()), &[])
}

impl Page for PayPage {
    const TEMPLATE: &'static str = "public/pay.html";

    fn samples(words: &Words<'_>) -> Vec<Self> {
        let now = Timestamp::from_second(1_796_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
        words
            .plan
            .lines
            .iter()
            .map(|line| PayPage::new(words, line, now))
            .collect()
    }

    fn line(&self) -> Option<&str> {
        Some(&self.line)
    }
}

/// The page of one plan line.
///
/// # Errors
/// Not found if the plan has no such line.
pub async fn get(
    State(app): State<AppState>,
    visit: Visit,
    Path(line): Path<String>,
) -> Result<Response, Problem> {
    let line = app.ctx.plan.line(&line).ok_or_else(Problem::not_found)?;
    let words = Words::new(visit.language, &app.ctx.plan);
    Ok(show_public(
        &app,
        &visit,
        &PayPage::new(&words, line, app.ctx.now()),
    ))
}

//! The ways to pay in a plan line.

use kernel::{Channel, Tender};

use super::{
    keys,
    node::{Node, Table},
    organisation::{References, accepted_tenders},
    scalars::phone_digits,
};
use crate::{
    CenterPay, Channels, Deduction, GuestPay, MailPay, Market, Offer, OnlinePay, PhonePay,
};

pub(super) fn channels(
    node: &Node<'_>,
    references: &References<'_>,
    accepted: Option<&[Tender]>,
    market: Option<Market>,
) -> Option<Channels> {
    let table = node.table(keys::CHANNELS)?;
    let online = offer(&table, Channel::Online, keys::ONLINE, online);
    let guest = offer(&table, Channel::Guest, keys::GUEST_PAY, |table| {
        Some(GuestPay {
            text: table.text("text")?,
        })
    });
    let phone = offer(&table, Channel::Phone, keys::PHONE_PAY, |table| {
        phone(table, references)
    });
    let mail = offer(&table, Channel::Mail, keys::MAIL_PAY, |table| {
        mail(table, references)
    });
    let deduction = offer(&table, Channel::Deduction, keys::DEDUCTION, |table| {
        check_market(table, market);
        deduction(table, references)
    });
    let center = offer(&table, Channel::Center, keys::CENTER_PAY, |table| {
        let self_service = [
            (Channel::Online, is_offered(online.as_ref())),
            (Channel::Phone, is_offered(phone.as_ref())),
            (Channel::Mail, is_offered(mail.as_ref())),
        ];
        center(table, accepted, self_service)
    });
    Some(Channels {
        online: online?,
        guest: guest?,
        phone: phone?,
        center: center?,
        mail: mail?,
        deduction: deduction?,
    })
}

/// True unless the channel is known not to be offered.
fn is_offered<T>(offer: Option<&Offer<T>>) -> bool {
    offer.is_none_or(|offer| offer.offered().is_some())
}

/// A channel: its own keys if it is offered, and what to say if it is not.
fn offer<T>(
    channels: &Table<'_>,
    channel: Channel,
    known: &'static [&'static str],
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<Offer<T>> {
    let expected = "a table with offered = true, or offered = false and what is said";
    let node = channels.required(channel.code(), expected)?;
    let offered = match node.quiet_entry("offered") {
        Some(offered) => offered.flag()?,
        None => {
            node.open_table()?
                .report_missing("offered", "true or false");
            return None;
        }
    };
    if offered {
        read(&node.table(known)?).map(Offer::Offered)
    } else {
        let table = node.table(keys::NOT_OFFERED)?;
        Some(Offer::NotOffered {
            said: table.text("said")?,
        })
    }
}

fn online(table: &Table<'_>) -> Option<OnlinePay> {
    let (text, autopay) = (table.text("text"), table.flag("autopay"));
    Some(OnlinePay {
        text: text?,
        autopay: autopay?,
    })
}

fn phone(table: &Table<'_>, references: &References<'_>) -> Option<PhonePay> {
    let (text, phone) = (table.text("text"), references.phone(table, "phone"));
    Some(PhonePay {
        text: text?,
        phone: phone?,
    })
}

fn center(
    table: &Table<'_>,
    accepted: Option<&[Tender]>,
    self_service: [(Channel, bool); 3],
) -> Option<CenterPay> {
    let text = table.text("text");
    let expected = "a list with some of \"online\", \"phone\", \"mail\"";
    let helps_with = table.required("helps_with", expected).and_then(|node| {
        node.all(expected, |entry| {
            let choices = self_service.map(|(channel, _)| (channel.code(), channel));
            let channel = entry.choice(&choices)?;
            if self_service.contains(&(channel, false)) {
                entry.report("a channel that this line offers");
                return None;
            }
            Some(channel)
        })
    });
    let tenders = accepted_tenders(table, "tenders", accepted);
    Some(CenterPay {
        text: text?,
        helps_with: helps_with?,
        tenders: tenders?,
    })
}

fn mail(table: &Table<'_>, references: &References<'_>) -> Option<MailPay> {
    let text = table.text("text");
    let address = references.address(table, "address");
    let payable_to = table.string("payable_to");
    let coupon_required = table.flag("coupon_required");
    let coupon = super::transpose(table.optional("coupon").map(|node| node.text()));
    if coupon_required == Some(true) && table.optional("coupon").is_none() {
        table.report_missing("coupon", "a text, because coupon_required is true");
    }
    Some(MailPay {
        text: text?,
        address: address?,
        payable_to: payable_to?,
        coupon_required: coupon_required?,
        coupon: coupon?,
    })
}

/// Only Medicare Advantage premiums can be taken from benefits: 42 U.S.C. 1395w-24(d)(2).
fn check_market(table: &Table<'_>, market: Option<Market>) {
    if market.is_some_and(|market| market != Market::MedicareAdvantage)
        && let Some(node) = table.optional("offered")
    {
        node.report("false, because the market is not \"medicare-advantage\"");
    }
}

fn deduction(table: &Table<'_>, references: &References<'_>) -> Option<Deduction> {
    let text = table.text("text");
    let phone = references.phone(table, "phone");
    let letter = table.text("letter");
    let letter_includes = table.texts("letter_includes");
    let address = references.address(table, "address");
    let fax_digits = phone_digits(table, "fax");
    let takes_effect = table.text("takes_effect");
    Some(Deduction {
        text: text?,
        phone: phone?,
        letter: letter?,
        letter_includes: letter_includes?,
        address: address?,
        fax_digits: fax_digits?,
        takes_effect: takes_effect?,
    })
}

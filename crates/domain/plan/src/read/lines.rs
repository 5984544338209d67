//! Plan lines.

use kernel::Tender;

use super::{
    channels, keys,
    node::{Node, Table},
    organisation::References,
    scalars,
};
use crate::{
    BoughtThrough, CardFace, Channels, DueRule, IdCard, IdCardRule, Invoicing, Line, Market, Offer,
    Proration,
};

const LINES: &str = "one [[lines]] for each plan line";

/// The ids of the lines, also of those that have problems.
pub(super) fn ids(root: &Table<'_>) -> Vec<String> {
    let nodes = root
        .optional("lines")
        .and_then(|node| node.quiet_list())
        .unwrap_or_default();
    nodes
        .iter()
        .filter_map(|node| node.quiet_entry("id"))
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

pub(super) fn lines(
    root: &Table<'_>,
    references: &References<'_>,
    accepted: Option<&[Tender]>,
) -> Option<Vec<Line>> {
    check_centers_exist(root);
    let mut seen: Vec<String> = Vec::new();
    root.required("lines", LINES)?.all(LINES, |node| {
        let line = line(node, references, accepted);
        if let Some(id) = node.quiet_entry("id")
            && let Some(text) = id.as_str()
        {
            if seen.iter().any(|earlier| earlier == text) {
                id.report("an id that no other line has");
                return None;
            }
            seen.push(text.to_owned());
        }
        line
    })
}

fn line(node: &Node<'_>, references: &References<'_>, accepted: Option<&[Tender]>) -> Option<Line> {
    let table = node.table(keys::LINE)?;
    let id = table
        .required("id", "an id such as \"medicare-advantage\"")
        .and_then(|node| scalars::id(&node));
    let name = table.text("name");
    let description = table.text("description");
    let intro = super::transpose(table.optional("intro").map(|node| node.text()));
    let markets = Market::ALL.map(|market| (market.code(), market));
    let market = table
        .required("market", "a market such as \"medicare-advantage\"")
        .and_then(|node| node.choice(&markets));
    let bought_through = bought_through(&table, market);
    let pays_premium_here = table.flag("pays_premium_here");
    let representatives = references.phone(&table, "representatives");
    let questions = super::transpose(table.optional("questions").map(|node| node.text()));
    let id_card = table
        .required("id_card", "the table [lines.id_card]")
        .and_then(|node| id_card(&node, references));
    let address_changes = super::transpose(table.optional("address_changes").map(|n| n.text()));
    let channels = table
        .required("channels", "the tables [lines.channels.…]")
        .and_then(|node| channels::channels(&node, references, accepted, market));
    let invoicing = super::transpose(table.optional("invoicing").map(|node| invoicing(&node)));
    check_pays_here(&table, pays_premium_here, channels.as_ref());
    Some(Line {
        id: id?,
        name: name?,
        description: description?,
        intro: intro?,
        market: market?,
        bought_through: bought_through?,
        pays_premium_here: pays_premium_here?,
        representatives: representatives?,
        questions: questions?,
        id_card: id_card?,
        address_changes: address_changes?,
        channels: channels?,
        invoicing: invoicing?,
    })
}

/// A line whose premium is paid here has a way to pay and an invoicing rule; another has neither.
fn check_pays_here(table: &Table<'_>, pays_here: Option<bool>, channels: Option<&Channels>) {
    let Some(pays_here) = pays_here else { return };
    match (pays_here, table.optional("invoicing")) {
        (true, None) => table.report_missing("invoicing", "the table [lines.invoicing]"),
        (false, Some(node)) => node.report("nothing, because pays_premium_here is false"),
        _ => {}
    }
    let (Some(channels), Some(node)) = (channels, table.optional("channels")) else {
        return;
    };
    match (pays_here, offers_any(channels)) {
        (true, false) => node.report_found(
            "no channel with offered = true".to_owned(),
            "at least one, because pays_premium_here is true",
        ),
        (false, true) => node.report_found(
            "a channel with offered = true".to_owned(),
            "offered = false for all, because pays_premium_here is false",
        ),
        _ => {}
    }
}

fn offers_any(channels: &Channels) -> bool {
    fn there<T>(offer: &Offer<T>) -> bool {
        offer.offered().is_some()
    }
    there(&channels.online)
        || there(&channels.guest)
        || there(&channels.phone)
        || there(&channels.center)
        || there(&channels.mail)
        || there(&channels.deduction)
}

fn bought_through(table: &Table<'_>, market: Option<Market>) -> Option<Vec<BoughtThrough>> {
    let places = table.optional("bought_through");
    let exchange = table.optional("exchange_name");
    // Without a market nobody knows what belongs here; that it is broken has been said.
    if market? != Market::AcaIndividual {
        for node in [places, exchange].into_iter().flatten() {
            node.report("nothing, because the market is not \"aca-individual\"");
        }
        return Some(Vec::new());
    }
    let expected = "a list with \"exchange\", \"direct\" or both";
    let node = table.required("bought_through", expected)?;
    let through_exchange = node.all(expected, |entry| {
        entry.choice(&[("exchange", true), ("direct", false)])
    })?;
    let name = match (through_exchange.contains(&true), exchange) {
        (true, _) => Some(table.text("exchange_name")?),
        (false, Some(node)) => {
            node.report("nothing, because bought_through has no \"exchange\"");
            None
        }
        (false, None) => None,
    };
    through_exchange
        .into_iter()
        .map(|exchange| {
            if exchange {
                name.clone().map(BoughtThrough::Exchange)
            } else {
                Some(BoughtThrough::Direct)
            }
        })
        .collect()
}

fn id_card(node: &Node<'_>, references: &References<'_>) -> Option<IdCard> {
    let table = node.table(keys::ID_CARD)?;
    let text = table.text("text");
    let by_phone = table
        .required("by", "one of \"self-service\", \"phone\"")
        .and_then(|node| node.choice(&[("self-service", false), ("phone", true)]));
    let rule = match (by_phone, table.optional("phone")) {
        (Some(true), _) => references.phone(&table, "phone").map(IdCardRule::ByPhone),
        (Some(false), Some(phone)) => {
            phone.report("nothing, because by is \"self-service\"");
            None
        }
        (Some(false), None) => Some(IdCardRule::SelfService),
        (None, _) => None,
    };
    let face = card_face(&table, references);
    Some(IdCard {
        text: text?,
        rule: rule?,
        face: face?,
    })
}

/// What a card says. Fourteen millimetres are left for copays and sentences, hence the limits.
fn card_face(table: &Table<'_>, references: &References<'_>) -> Option<CardFace> {
    let short = |name: &str| {
        let expected = "letters and digits, at most 20";
        super::transpose(table.optional(name).map(|node| {
            node.parsed(expected, |text| {
                let fine = (1..=20).contains(&text.len())
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b' ');
                fine.then(|| text.to_owned())
            })
        }))
    };
    let rx_bin = super::transpose(table.optional("rx_bin").map(|node| {
        node.parsed("6 or 8 digits", |text| {
            let fine = matches!(text.len(), 6 | 8) && text.bytes().all(|b| b.is_ascii_digit());
            fine.then(|| text.to_owned())
        })
    }));
    let texts = |name: &str, most: usize| match table.optional(name) {
        None => Some(Vec::new()),
        Some(node) => {
            let expected = format!("a list of at most {most} texts, each in each language");
            let texts = node.all(&expected, Node::text)?;
            if texts.len() > most {
                node.report_found(format!("{} texts", texts.len()), &expected);
                return None;
            }
            Some(texts)
        }
    };
    let product = super::transpose(table.optional("product").map(|node| node.text()));
    let (group_number, payer_id) = (short("group_number"), short("payer_id"));
    let (rx_pcn, rx_group) = (short("rx_pcn"), short("rx_group"));
    let (copays, back) = (texts("copays", 6), texts("back", 4));
    let phones = match table.optional("phones") {
        None => Some(Vec::new()),
        Some(node) => {
            let expected = "a list of the ids of at most 4 phones in [phones.ID]";
            let phones = node.all(expected, |entry| references.phone_named(entry));
            match phones {
                Some(phones) if phones.len() > 4 => {
                    node.report_found(format!("{} phones", phones.len()), expected);
                    None
                }
                other => other,
            }
        }
    };
    Some(CardFace {
        product: product?,
        group_number: group_number?,
        payer_id: payer_id?,
        rx_bin: rx_bin?,
        rx_pcn: rx_pcn?,
        rx_group: rx_group?,
        copays: copays?,
        back: back?,
        phones: phones?,
    })
}

fn invoicing(node: &Node<'_>) -> Option<Invoicing> {
    let table = node.table(keys::INVOICING)?;
    let issue_days_before = table.whole("issue_days_before", 1, 60);
    let expected =
        "a rule such as \"first of the month\", \"day 15 of the month\" or \"25 days after issue\"";
    let due = table
        .required("due", expected)
        .and_then(|node| node.parsed(expected, DueRule::parse));
    let prorations = [
        ("by-days", Proration::ByDays),
        ("whole-months", Proration::WholeMonths),
    ];
    let proration = table
        .required("proration", "one of \"by-days\", \"whole-months\"")
        .and_then(|node| node.choice(&prorations));
    Some(Invoicing {
        issue_days_before: issue_days_before?,
        due: due?,
        proration: proration?,
    })
}

/// A line that offers payment at a center needs the table that says what a center is.
fn check_centers_exist(root: &Table<'_>) {
    if root.optional("centers").is_some() {
        return;
    }
    let lines = root
        .optional("lines")
        .and_then(|node| node.quiet_list())
        .unwrap_or_default();
    for line in &lines {
        let offered = line
            .quiet_entry("channels")
            .and_then(|channels| channels.quiet_entry("center"))
            .and_then(|center| center.quiet_entry("offered"));
        if let Some(node) = offered
            && node.is_true()
        {
            node.report("false, because the file has no table [centers]");
        }
    }
}

//! The organisation itself.

use kernel::{Cents, Tender};

use super::{
    keys,
    node::{Node, Table},
    scalars::{self, address_lines, closed_on_holidays, hours, phone_digits, tty, web_address},
    source::nearest,
};
use crate::{
    Address, Brand, Center, Centers, Help, Holiday, HolidayRule, Holidays, Organisation, Phone,
    PublicPage, RefusedBrand, RefusedBrandCode, Tenders,
};

/// UCC 4-404: after six months a bank need not pay a check.
const GOOD_FOR_MONTHS: u8 = 6;

/// What was declared under an id, and what was read, if it could be.
pub(super) type Declared<T> = Vec<(String, Option<T>)>;

/// What other parts of the file name by id.
pub(super) struct References<'r> {
    phones: &'r Declared<Phone>,
    addresses: &'r Declared<Address>,
}

impl<'r> References<'r> {
    pub(super) fn new(phones: &'r Declared<Phone>, addresses: &'r Declared<Address>) -> Self {
        References { phones, addresses }
    }

    /// The phone that the key `phone`, or another name, of a table names.
    pub(super) fn phone(&self, table: &Table<'_>, name: &str) -> Option<Phone> {
        find(table, name, self.phones, "a phone in [phones.ID]")
    }

    /// The phone that an entry of a list names.
    pub(super) fn phone_named(&self, node: &Node<'_>) -> Option<Phone> {
        find_at(node, self.phones, "a phone in [phones.ID]")
    }

    /// The address that the key `address` of a table names.
    pub(super) fn address(&self, table: &Table<'_>, name: &str) -> Option<Address> {
        find(table, name, self.addresses, "an address in [addresses.ID]")
    }
}

/// What is declared under the id; nothing, without a word, if that was declared but broken.
fn find<T: Clone>(table: &Table<'_>, name: &str, declared: &Declared<T>, what: &str) -> Option<T> {
    let node = table.required(name, &format!("the id of {what}"))?;
    find_at(&node, declared, what)
}

fn find_at<T: Clone>(node: &Node<'_>, declared: &Declared<T>, what: &str) -> Option<T> {
    let ids: Vec<&str> = declared.iter().map(|(id, _)| id.as_str()).collect();
    let meant = node.as_str().and_then(|text| nearest(text, &ids));
    let expected = match meant {
        Some(near) => format!("the id of {what} such as \"{near}\""),
        None if ids.is_empty() => format!("the id of {what}, of which there is none"),
        None => format!("the id of {what}: {}", ids.join(", ")),
    };
    let (_, found) = node.parsed(&expected, |text| declared.iter().find(|(id, _)| id == text))?;
    found.clone()
}

/// The tables under `[name.ID]`.
fn declared<T>(
    root: &Table<'_>,
    name: &str,
    read: impl Fn(&str, &Node<'_>) -> Option<T>,
) -> Declared<T> {
    let Some(table) = root
        .required(name, &format!("tables [{name}.ID]"))
        .and_then(|node| node.open_table())
    else {
        return Vec::new();
    };
    let entries = table.nodes();
    entries
        .into_iter()
        .map(|(id, node)| {
            if !scalars::is_id(&id) {
                node.report_found(
                    format!("the id \"{id}\""),
                    "an id of lower-case letters, digits and dashes",
                );
            }
            let read = read(&id, &node);
            (id, read)
        })
        .collect()
}

pub(super) fn phones(root: &Table<'_>) -> Declared<Phone> {
    declared(root, "phones", |id, node| {
        let table = node.table(keys::PHONE)?;
        let digits = phone_digits(&table, "number");
        let tty = tty(&table);
        let purpose = table.text("purpose");
        let hours = hours(&table);
        let closed_on_holidays = closed_on_holidays(&table, hours.as_ref());
        Some(Phone {
            id: id.to_owned(),
            digits: digits?,
            tty: tty?,
            purpose: purpose?,
            hours: hours?,
            closed_on_holidays: closed_on_holidays?,
        })
    })
}

pub(super) fn addresses(root: &Table<'_>) -> Declared<Address> {
    declared(root, "addresses", |id, node| {
        let table = node.table(keys::ADDRESS)?;
        let purpose = table.text("purpose");
        let lines = address_lines(&table, "lines");
        Some(Address {
            id: id.to_owned(),
            purpose: purpose?,
            lines: lines?,
        })
    })
}

pub(super) fn organisation(node: &Node<'_>) -> Option<Organisation> {
    let table = node.table(keys::ORGANISATION)?;
    let name = table.string("name");
    let short_name = table.required("short_name", "a text").and_then(|node| {
        node.parsed(
            "at most 16 letters, digits and spaces, as bank statements show it",
            |text| {
                let fine = |c: char| c.is_ascii_alphanumeric() || c == ' ';
                let holds =
                    (1..=16).contains(&text.len()) && text.chars().all(fine) && text.trim() == text;
                holds.then(|| text.to_owned())
            },
        )
    });
    let legal_name = table.string("legal_name");
    let website = web_address(&table, "website");
    Some(Organisation {
        name: name?,
        short_name: short_name?,
        legal_name: legal_name?,
        website: website?,
    })
}

pub(super) fn brand(node: &Node<'_>) -> Option<Brand> {
    let table = node.table(keys::BRAND)?;
    let logo_text = table.string("logo_text");
    let primary = scalars::colour(&table, "primary");
    let primary_dark = scalars::colour(&table, "primary_dark");
    let accent = scalars::colour(&table, "accent");
    let link = scalars::colour(&table, "link");
    Some(Brand {
        logo_text: logo_text?,
        primary: primary?,
        primary_dark: primary_dark?,
        accent: accent?,
        link: link?,
    })
}

pub(super) fn public_page(node: &Node<'_>) -> Option<PublicPage> {
    let table = node.table(keys::PUBLIC_PAGE)?;
    let (title, summary) = (table.text("title"), table.text("summary"));
    Some(PublicPage {
        title: title?,
        summary: summary?,
    })
}

pub(super) fn holidays(root: &Table<'_>) -> Option<Holidays> {
    let expected = "a list of [[holidays]], or holidays = [] for none";
    let list = root.required("holidays", expected)?.list(expected)?;
    let days: Vec<Option<Holiday>> = list.iter().map(holiday).collect();
    Some(Holidays {
        days: days.into_iter().collect::<Option<_>>()?,
    })
}

fn holiday(node: &Node<'_>) -> Option<Holiday> {
    let table = node.table(keys::HOLIDAY)?;
    let name = table.text("name");
    let observed = match table.optional("observed") {
        Some(node) => node.flag(),
        None => Some(false),
    };
    let rule = match (table.optional("date"), table.optional("rule")) {
        (Some(date), None) => date.date().map(HolidayRule::Once),
        (None, Some(rule)) => rule.parsed(
            "a rule such as \"January 1\", \"fourth Thursday of November\" or \
             \"day after fourth Thursday of November\"",
            HolidayRule::parse,
        ),
        (Some(_), Some(rule)) => {
            rule.report_found("a date and a rule".to_owned(), "one of the two");
            None
        }
        (None, None) => {
            table.report_missing("rule", "a rule such as \"January 1\", or a date");
            None
        }
    };
    Some(Holiday {
        name: name?,
        rule: rule?,
        observed: observed?,
    })
}

pub(super) fn help(node: &Node<'_>, references: &References<'_>) -> Option<Help> {
    let table = node.table(keys::HELP)?;
    let (title, text) = (table.text("title"), table.text("text"));
    let phone = references.phone(&table, "phone");
    Some(Help {
        title: title?,
        text: text?,
        phone: phone?,
    })
}

pub(super) fn centers(
    node: &Node<'_>,
    references: &References<'_>,
    accepted: Option<&[Tender]>,
) -> Option<Centers> {
    let table = node.table(keys::CENTERS)?;
    let name = table.text("name");
    let where_to_find = table.text("where_to_find");
    let locations_url = web_address(&table, "locations_url");
    let stale = match table.optional("checks_good_for_months") {
        None => Some(GOOD_FOR_MONTHS),
        Some(node) => node.whole(1, 24),
    };
    let limit = match table.optional("difference_limit") {
        None => Some(Cents::ZERO),
        Some(node) => scalars::amount_or_nothing(&node),
    };
    let list = match table.optional("list") {
        None => Some(Vec::new()),
        Some(node) => node.list("a list of [[centers.list]]").and_then(|list| {
            let read: Vec<Option<Center>> = list
                .iter()
                .map(|node| center(node, references, accepted))
                .collect();
            read.into_iter().collect()
        }),
    };
    Some(Centers {
        name: name?,
        where_to_find: where_to_find?,
        locations_url: locations_url?,
        checks_good_for_months: stale?,
        difference_limit: limit?,
        list: list?,
    })
}

fn center(
    node: &Node<'_>,
    references: &References<'_>,
    accepted: Option<&[Tender]>,
) -> Option<Center> {
    let table = node.table(keys::CENTER)?;
    let id = table
        .required("id", "an id")
        .and_then(|node| scalars::id(&node));
    let name = table.text("name");
    let address = address_lines(&table, "address");
    let phone = references.phone(&table, "phone");
    let hours = hours(&table);
    let closed_on_holidays = closed_on_holidays(&table, hours.as_ref());
    let tenders = match table.optional("tenders") {
        None => Some(None),
        Some(_) => accepted_tenders(&table, "tenders", accepted).map(Some),
    };
    let sample = table.flag("sample");
    Some(Center {
        id: id?,
        name: name?,
        address: address?,
        phone: phone?,
        hours: hours?,
        closed_on_holidays: closed_on_holidays?,
        tenders: tenders?,
        sample: sample?,
    })
}

pub(super) fn tenders(node: &Node<'_>) -> Option<Tenders> {
    let table = node.table(keys::TENDERS)?;
    let accepted = tender_list(&table, "accepted");
    let refused = match table.optional("refused") {
        None => Some(Vec::new()),
        Some(node) => node.all("a list of [[tenders.refused]]", refused),
    };
    let no_cash = table.text("no_cash");
    Some(Tenders {
        accepted: accepted?,
        refused: refused?,
        no_cash: no_cash?,
    })
}

fn refused(node: &Node<'_>) -> Option<RefusedBrand> {
    let table = node.table(keys::REFUSED)?;
    let codes = RefusedBrandCode::ALL.map(|brand| (brand.code(), brand));
    let brand = table
        .required("brand", "a card brand such as \"american-express\"")
        .and_then(|node| node.choice(&codes));
    let said = table.text("said");
    Some(RefusedBrand {
        brand: brand?,
        said: said?,
    })
}

/// As [`tender_list`], each of them among `accepted`; nothing is held against `accepted` if that is
/// broken itself.
pub(super) fn accepted_tenders(
    table: &Table<'_>,
    name: &str,
    accepted: Option<&[Tender]>,
) -> Option<Vec<Tender>> {
    let tenders = tender_list(table, name);
    if let (Some(tenders), Some(accepted), Some(node)) = (&tenders, accepted, table.optional(name))
    {
        for tender in tenders.iter().filter(|tender| !accepted.contains(tender)) {
            node.report_found(format!("\"{tender}\""), "only tenders of tenders.accepted");
        }
    }
    tenders
}

/// Tenders that a person hands over, each once.
pub(super) fn tender_list(table: &Table<'_>, name: &str) -> Option<Vec<Tender>> {
    let expected = "a list of tenders such as [\"visa\", \"check\"]";
    let node = table.required(name, expected)?;
    let codes = Tender::ALL.map(|tender| (tender.code(), tender));
    let mut seen = Vec::new();
    node.all(expected, |entry| {
        if entry.as_str() == Some("cash") {
            entry.report("no cash: payments in cash cannot be recorded");
            return None;
        }
        let tender = entry.choice(&codes)?;
        if seen.contains(&tender) {
            entry.report("each tender once");
            return None;
        }
        seen.push(tender);
        Some(tender)
    })
}

//! The table `[lockbox]`.

use std::collections::{BTreeMap, BTreeSet};

use ::lockbox::{Exception, ImageName, LockboxRules, Weights};
use formats::lockbox::bai::Layout;

use super::{
    keys,
    node::{Node, Table},
    source::quoted,
};
use crate::LockboxSettings;

/// Every key may be absent; then its default holds.
pub(super) fn lockbox(root: &Table<'_>) -> Option<LockboxSettings> {
    let usual = LockboxSettings::default();
    let Some(node) = root.optional("lockbox") else {
        return Some(usual);
    };
    let table = node.table(keys::LOCKBOX)?;
    let layouts = match table.optional("layouts") {
        None => Some(BTreeMap::new()),
        Some(node) => layouts(&node),
    };
    let layout = match (table.optional("layout"), &layouts) {
        (None, _) => Some(usual.layout),
        (Some(node), Some(own)) => layout_name(&node, own),
        (Some(_), None) => None,
    };
    let stale_after_months = match table.optional("stale_after_months") {
        None => Some(usual.rules.stale_after_months),
        Some(node) => node.whole(1, 24),
    };
    let posted_with = match table.optional("posted_with") {
        None => Some(usual.rules.posted_with),
        Some(node) => posted_with(&node),
    };
    let weights = match table.optional("weights") {
        None => Some(usual.weights),
        Some(node) => weights(&node, usual.weights),
    };
    let likely_from = match table.optional("likely_from") {
        None => Some(usual.likely_from),
        Some(node) => node.whole(1, 6_000),
    };
    let image_names = match table.optional("image_names") {
        None => Some(usual.image_names),
        Some(node) => image_names(&node),
    };
    Some(LockboxSettings {
        layout: layout?,
        layouts: layouts?,
        rules: LockboxRules {
            stale_after_months: stale_after_months?,
            posted_with: posted_with?,
        },
        weights: weights?,
        likely_from: likely_from?,
        image_names: image_names?,
    })
}

fn layout_name(node: &Node<'_>, own: &BTreeMap<String, Layout>) -> Option<String> {
    let names: Vec<String> = own
        .keys()
        .map(String::as_str)
        .chain(Layout::PRESETS)
        .map(quoted)
        .collect();
    node.parsed(&format!("one of {}", names.join(", ")), |name| {
        let known = own.contains_key(name) || Layout::preset(name).is_some();
        known.then(|| name.to_owned())
    })
}

/// Each layout is a preset with what the bank does otherwise, all settings as texts.
fn layouts(node: &Node<'_>) -> Option<BTreeMap<String, Layout>> {
    let read: Vec<Option<(String, Layout)>> = node
        .open_table()?
        .nodes()
        .into_iter()
        .map(|(name, node)| Some((name, layout(&node)?)))
        .collect();
    read.into_iter().collect()
}

fn layout(node: &Node<'_>) -> Option<Layout> {
    let settings: Vec<Option<(String, String)>> = node
        .open_table()?
        .nodes()
        .into_iter()
        .map(|(key, node)| Some((key, node.string()?)))
        .collect();
    let settings: Vec<(String, String)> = settings.into_iter().collect::<Option<_>>()?;
    let given = settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    match Layout::from_settings(given) {
        Ok(layout) => Some(layout),
        Err(error) => {
            node.report_found(
                error.to_string(),
                "a layout as docs/files/lockbox.md describes",
            );
            None
        }
    }
}

fn image_names(node: &Node<'_>) -> Option<Vec<ImageName>> {
    let expected = "places such as \"{batch}-{envelope}-{side}\" or \"{image}-{side}\"";
    let entries = node.list("a list of patterns such as [\"{batch}-{envelope}-{side}\"]")?;
    let read: Vec<Option<ImageName>> = entries
        .iter()
        .map(|entry| entry.parsed(expected, ImageName::parse))
        .collect();
    read.into_iter().collect()
}

fn posted_with(node: &Node<'_>) -> Option<BTreeSet<Exception>> {
    let codes: Vec<(&str, Exception)> = Exception::ALL
        .into_iter()
        .filter(|exception| exception.leaves_account_certain())
        .map(|exception| (exception.code(), exception))
        .collect();
    let entries = node.list("a list of exceptions such as [\"short-paid\"]")?;
    let read: Vec<Option<Exception>> = entries.iter().map(|entry| entry.choice(&codes)).collect();
    read.into_iter().collect()
}

fn weights(node: &Node<'_>, usual: Weights) -> Option<Weights> {
    let table = node.table(keys::LOCKBOX_WEIGHTS)?;
    let weight = |name: &str, usual: u16| match table.optional(name) {
        None => Some(usual),
        Some(node) => node.whole(0, 1_000),
    };
    let (member_id, invoice) = (
        weight("member_id", usual.member_id),
        weight("invoice", usual.invoice),
    );
    let (payer_account, name) = (
        weight("payer_account", usual.payer_account),
        weight("name", usual.name),
    );
    let (zip, amount) = (weight("zip", usual.zip), weight("amount", usual.amount));
    Some(Weights {
        member_id: member_id?,
        invoice: invoice?,
        payer_account: payer_account?,
        name: name?,
        zip: zip?,
        amount: amount?,
    })
}

//! The table `[refunds]`.

use super::{keys, node::Table, scalars};
use crate::RefundSettings;

/// Every key may be absent; then its default holds.
pub(super) fn refunds(root: &Table<'_>) -> Option<RefundSettings> {
    let usual = RefundSettings::default();
    let Some(node) = root.optional("refunds") else {
        return Some(usual);
    };
    let table = node.table(keys::REFUNDS)?;
    let amount = |name: &str, usual| match table.optional(name) {
        None => Some(usual),
        Some(_) => scalars::amount(&table, name),
    };
    let days = |name: &str, usual| match table.optional(name) {
        None => Some(usual),
        Some(node) => node.whole(0, 90),
    };
    let refund = amount("second_person_above", usual.second_person_above);
    let write_off = amount(
        "write_off_second_person_above",
        usual.write_off_second_person_above,
    );
    let bank = days("bank_wait_days", usual.bank_wait_days);
    let check = days("check_wait_days", usual.check_wait_days);
    Some(RefundSettings {
        second_person_above: refund?,
        write_off_second_person_above: write_off?,
        bank_wait_days: bank?,
        check_wait_days: check?,
    })
}

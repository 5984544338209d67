//! Whose a check may be: the accounts that something speaks for, looked up for many checks at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::lockbox::{Candidate, Check, Coupon, Evidence, Known, Weights, name_words};
use jiff::civil::Date;
use kernel::{AccountId, MemberId};
use store::Tx;
use store::suspense_candidates as found;

use crate::UseCaseError;

/// How many are suggested for one check.
const MOST: usize = 8;

/// A check, and what lay with it that may name a member.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The check.
    pub check: Check,
    /// Verified coupons, and numbers that the bank keyed.
    pub coupons: Vec<Coupon>,
}

/// A number that the bank keyed, as evidence: it is no proof, having no check digit.
pub(crate) fn keyed(reference: &str) -> Option<Coupon> {
    Some(Coupon {
        member_id: MemberId::parse(reference).ok()?,
        invoice_number: None,
        amount_due: kernel::Cents::ZERO,
    })
}

/// Whose each of these checks may be, most likely first. That an amount or a ZIP code fits is no
/// reason of its own: it fits thousands.
pub(crate) async fn of_checks(
    tx: &mut Tx,
    weights: &Weights,
    asked: &[Asked],
    on: Date,
) -> Result<Vec<Vec<Candidate>>, UseCaseError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let known = known(tx, asked, on).await?;
    Ok(asked
        .iter()
        .map(|asked| {
            let mut all = ::lockbox::candidates(&asked.check, &asked.coupons, &known, weights);
            all.retain(|candidate| candidate.reasons.iter().any(tells));
            all.truncate(MOST);
            all
        })
        .collect())
}

fn tells(reason: &Evidence) -> bool {
    !matches!(reason, Evidence::Amount | Evidence::Zip)
}

async fn known(tx: &mut Tx, asked: &[Asked], on: Date) -> Result<Vec<Known>, UseCaseError> {
    let prints: BTreeSet<&String> = asked
        .iter()
        .filter_map(|asked| asked.check.payer_account.as_ref())
        .collect();
    let prints: Vec<String> = prints.into_iter().cloned().collect();
    let mut payers: HashMap<AccountId, Vec<String>> = HashMap::new();
    for (account, print) in found::by_payers(tx, &prints).await? {
        payers.entry(account).or_default().push(print);
    }
    let mut accounts: BTreeSet<AccountId> = payers.keys().copied().collect();
    let named = asked.iter().flat_map(|asked| &asked.coupons);
    let members: BTreeSet<MemberId> = named.map(|coupon| coupon.member_id.clone()).collect();
    let members: Vec<MemberId> = members.into_iter().collect();
    accounts.extend(found::by_member_ids(tx, &members).await?);
    let names: BTreeSet<(String, String)> = asked
        .iter()
        .filter_map(|asked| asked.check.payer_name.as_deref())
        .flat_map(looked_up)
        .collect();
    let names: Vec<(String, String)> = names.into_iter().collect();
    accounts.extend(found::by_names(tx, &names).await?);
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let mut open: HashMap<AccountId, Vec<cash::OpenInvoice>> = HashMap::new();
    for (account, invoice) in store::invoices::open_of_accounts(tx, &accounts).await? {
        open.entry(account).or_default().push(invoice);
    }
    let mut on_them: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
    for (account, name) in found::names(tx, &accounts).await? {
        on_them.entry(account).or_default().push(name);
    }
    Ok(found::known(tx, &accounts, on)
        .await?
        .into_iter()
        .map(|row| {
            let mut names = on_them.remove(&row.account).unwrap_or_default();
            names.push(row.name);
            Known {
                account: row.account,
                number: row.number,
                member_id: row.member_id,
                in_force: row.in_force,
                open: open.remove(&row.account).unwrap_or_default(),
                names,
                zip: row.zip,
                payer_accounts: payers.remove(&row.account).unwrap_or_default(),
            }
        })
        .collect())
}

/// Last names and first letters under which the payer may be on file: any word may be the last
/// name, also two that stand together, and any other the first.
fn looked_up(payer: &str) -> Vec<(String, String)> {
    let in_order: Vec<String> = payer
        .split(|c: char| !c.is_alphabetic())
        .map(kernel::plain_name)
        .filter(|word| word.chars().count() > 1)
        .collect();
    let words = name_words(payer);
    let pairs = in_order.windows(2).map(<[String]>::concat);
    let lasts: BTreeSet<String> = words.iter().cloned().chain(pairs).collect();
    let mut all = Vec::new();
    for last in lasts {
        let firsts: BTreeSet<String> = words
            .iter()
            .filter(|word| **word != last)
            .filter_map(|word| word.chars().next())
            .map(String::from)
            .collect();
        all.extend(firsts.into_iter().map(|first| (last.clone(), first)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::looked_up;

    #[test]
    fn a_payer_is_looked_up_under_every_word_and_two_together() {
        let asked = |last: &str, first: &str| (last.to_owned(), first.to_owned());
        assert_eq!(
            looked_up("MARIA PENA"),
            [
                asked("maria", "p"),
                asked("mariapena", "m"),
                asked("mariapena", "p"),
                asked("pena", "m")
            ]
        );
        assert!(looked_up("ANA M. PEÑA GARCIA").contains(&asked("penagarcia", "a")));
        assert_eq!(looked_up("PENA"), []);
        assert_eq!(looked_up(""), []);
    }
}

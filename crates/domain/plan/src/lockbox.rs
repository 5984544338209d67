//! How files of the lockbox bank are taken in.

use std::collections::{BTreeMap, BTreeSet};

use ::lockbox::{Exception, ImageName, LockboxRules, Weights};
use formats::lockbox::bai::Layout;

/// How files of the lockbox bank are taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockboxSettings {
    /// The name of the layout that BAI files have unless another is asked for.
    pub layout: String,
    /// The bank layouts that the plan describes, by name.
    pub layouts: BTreeMap<String, Layout>,
    /// Which checks are stale, and which exceptions do not keep an envelope from being posted.
    pub rules: LockboxRules,
    /// How much each piece of evidence counts for the order of candidates.
    pub weights: Weights,
    /// From which score on a candidate is likely: whoever it is is not late while the money waits.
    pub likely_from: u32,
    /// How the bank names the images of checks that lie beside its files.
    pub image_names: Vec<ImageName>,
}

impl LockboxSettings {
    /// The layout with this name: one of the plan's, or a preset.
    #[must_use]
    pub fn layout(&self, name: &str) -> Option<Layout> {
        let own = self.layouts.get(name).cloned();
        own.or_else(|| Layout::preset(name))
    }
}

impl Default for LockboxSettings {
    fn default() -> Self {
        LockboxSettings {
            layout: "coupon-104".to_owned(),
            layouts: BTreeMap::new(),
            rules: LockboxRules {
                // A bank need not pay a check older than six months: UCC 4-404.
                stale_after_months: 6,
                posted_with: BTreeSet::from([
                    Exception::ManyCoupons,
                    Exception::ManyChecks,
                    Exception::ShortPaid,
                    Exception::OverPaid,
                    Exception::MonthEndCutOff,
                ]),
            },
            weights: Weights {
                member_id: 50,
                invoice: 50,
                payer_account: 40,
                name: 20,
                zip: 5,
                amount: 15,
            },
            likely_from: 35,
            image_names: [
                "{batch}-{envelope}-{side}",
                "{batch}-{envelope}-{check}-{side}",
            ]
            .into_iter()
            .filter_map(ImageName::parse)
            .collect(),
        }
    }
}

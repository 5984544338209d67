//! Why a decision is what it is.

use std::fmt;

/// A rule that this crate applies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// Three months of grace with a tax credit.
    AptcGrace,
    /// The first premium has a deadline and no grace.
    Binder,
    /// A small shortfall has no consequence.
    Threshold,
    /// Grace by state law or contract.
    ContractGrace,
    /// Grace of at least two whole calendar months in Medicare Advantage.
    MedicareGrace,
    /// The first delinquency notice within 15 days of the due date.
    MedicareNotice,
    /// The invoice in an accessible format comes first.
    MedicareAccessibleFormat,
    /// No disenrolment where the premium is or was asked to be withheld from benefits.
    MedicareWithhold,
    /// Coming back for good cause.
    MedicareGoodCause,
    /// Arrears without fault are paid in instalments.
    MedicareArrears,
    /// No harm while money may be on its way.
    ProofBeforeHarm,
}

impl Rule {
    /// All rules.
    pub const ALL: [Rule; 11] = [
        Rule::AptcGrace,
        Rule::Binder,
        Rule::Threshold,
        Rule::ContractGrace,
        Rule::MedicareGrace,
        Rule::MedicareNotice,
        Rule::MedicareAccessibleFormat,
        Rule::MedicareWithhold,
        Rule::MedicareGoodCause,
        Rule::MedicareArrears,
        Rule::ProofBeforeHarm,
    ];

    /// The name in tables and files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Rule::AptcGrace => "aptc-grace",
            Rule::Binder => "binder",
            Rule::Threshold => "threshold",
            Rule::ContractGrace => "contract-grace",
            Rule::MedicareGrace => "medicare-grace",
            Rule::MedicareNotice => "medicare-notice",
            Rule::MedicareAccessibleFormat => "medicare-accessible-format",
            Rule::MedicareWithhold => "medicare-withhold",
            Rule::MedicareGoodCause => "medicare-good-cause",
            Rule::MedicareArrears => "medicare-arrears",
            Rule::ProofBeforeHarm => "proof-before-harm",
        }
    }

    /// Where it is written.
    #[must_use]
    pub const fn citation(self) -> &'static str {
        match self {
            Rule::AptcGrace => "45 CFR 156.270(d)-(g)",
            Rule::Binder => "45 CFR 155.400(e)",
            Rule::Threshold => "45 CFR 155.400(g)",
            Rule::ContractGrace => "state law and the policy's grace provision",
            Rule::MedicareGrace | Rule::MedicareNotice | Rule::MedicareAccessibleFormat => {
                "42 CFR 422.74(d)(1); CMS enrolment guidance 50.3.1"
            }
            Rule::MedicareWithhold => "CMS enrolment guidance 50.3.1",
            Rule::MedicareGoodCause => "42 CFR 422.74(d)(1)(v)",
            Rule::MedicareArrears => "42 CFR 423.293(a)(4)",
            Rule::ProofBeforeHarm => "the plan's own rule",
        }
    }
}

/// The rule behind a decision, and which case of it holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Grounds {
    /// The rule.
    pub rule: Rule,
    /// The case, a code under which the string catalogues hold the words for members.
    pub reason: &'static str,
    /// The case in a sentence for staff and auditors.
    pub words: &'static str,
}

impl fmt::Display for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} [{}/{}, {}]",
            self.words,
            self.rule.id(),
            self.reason,
            self.rule.citation()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_distinct_names_and_a_source() {
        let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|r| r.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.iter().all(|r| !r.citation().is_empty()));
    }

    #[test]
    fn grounds_read_as_a_sentence_with_their_source() {
        let grounds = Grounds {
            rule: Rule::Binder,
            reason: "missed",
            words: "The first premium was not paid by the deadline.",
        };
        assert_eq!(
            grounds.to_string(),
            "The first premium was not paid by the deadline. [binder/missed, 45 CFR 155.400(e)]"
        );
    }
}

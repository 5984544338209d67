//! What goes wrong with mail, and how often.

/// What is wrong with an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bank's machine took one digit of the scan line for another.
    MisreadDigit,
    /// The check lies alone in its envelope.
    NoCoupon,
    /// The check is for half of what the coupon asks.
    ShortPaid,
    /// The check is for more.
    OverPaid,
    /// The same check is reported a second time, in an envelope of its own.
    Duplicate,
    /// The check is more than a year old.
    StaleDated,
    /// The check is dated after the deposit.
    PostDated,
    /// The check is not signed: the bank sends it back, and no file tells of it.
    Unsigned,
    /// Two checks for one coupon.
    ManyChecks,
    /// One check for the coupons of two members.
    ManyCoupons,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 10] = [
        Fault::MisreadDigit,
        Fault::NoCoupon,
        Fault::ShortPaid,
        Fault::OverPaid,
        Fault::Duplicate,
        Fault::StaleDated,
        Fault::PostDated,
        Fault::Unsigned,
        Fault::ManyChecks,
        Fault::ManyCoupons,
    ];

    /// Its name in commands and lists.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Fault::MisreadDigit => "misread-digit",
            Fault::NoCoupon => "no-coupon",
            Fault::ShortPaid => "short-paid",
            Fault::OverPaid => "over-paid",
            Fault::Duplicate => "duplicate",
            Fault::StaleDated => "stale-dated",
            Fault::PostDated => "post-dated",
            Fault::Unsigned => "unsigned",
            Fault::ManyChecks => "many-checks",
            Fault::ManyCoupons => "many-coupons",
        }
    }
}

/// Of a hundred envelopes, how many have which fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates(Vec<(Fault, u32)>);

impl Default for Rates {
    /// Two in a hundred of each.
    fn default() -> Self {
        Rates(Fault::ALL.into_iter().map(|fault| (fault, 2)).collect())
    }
}

impl Rates {
    /// Sets rates as `fault=percent`; those that are not named stay.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what is expected.
    pub fn with(mut self, settings: &[String]) -> Result<Self, String> {
        for setting in settings {
            let (name, percent) = setting.split_once('=').unwrap_or((setting, ""));
            let found = self.0.iter_mut().find(|(fault, _)| fault.code() == name);
            let Some((_, rate)) = found else {
                let all: Vec<&str> = Fault::ALL.into_iter().map(Fault::code).collect();
                return Err(format!(
                    "\"{name}\" is no fault of mail; expected one of {}",
                    all.join(", ")
                ));
            };
            *rate = match percent.parse() {
                Ok(percent @ 0..=100) => percent,
                _ => {
                    return Err(format!(
                        "\"{setting}\": expected {name}= and 0 to 100 percent"
                    ));
                }
            };
        }
        let sum: u32 = self.0.iter().map(|(_, percent)| percent).sum();
        if sum > 100 {
            return Err(format!(
                "the rates come to {sum} percent; an envelope has one fault at most: give 100 or less"
            ));
        }
        Ok(self)
    }

    /// The fault of the throw, 0 to 99.
    pub(super) fn drawn(&self, throw: u32) -> Option<Fault> {
        let mut up_to = 0;
        self.0.iter().find_map(|(fault, percent)| {
            up_to += percent;
            (throw < up_to).then_some(*fault)
        })
    }
}

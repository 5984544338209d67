//! Plan lines and the ways to pay in each.

use kernel::{Channel, Tender};

use crate::{Address, Invoicing, Phone, Text};

/// A plan line: a kind of coverage with its own rules for paying.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its name in addresses, files and tables: `medicare-advantage`.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// Who has it, in a sentence.
    pub description: Text,
    /// The first words of its page.
    pub intro: Option<Text>,
    /// Which law it is under.
    pub market: Market,
    /// Where its members buy it. Only for [`Market::AcaIndividual`], empty otherwise.
    pub bought_through: Vec<BoughtThrough>,
    /// False where somebody else, such as an employer, pays the plan.
    pub pays_premium_here: bool,
    /// Whom to call with questions.
    pub representatives: Phone,
    /// What pages say before that number.
    pub questions: Option<Text>,
    /// How to get an ID card.
    pub id_card: IdCard,
    /// What pages say about a change of name or address, where our own sentence does not do.
    pub address_changes: Option<Text>,
    /// The ways to pay.
    pub channels: Channels,
    /// When invoices are issued and due; `None` where no premium is paid here.
    pub invoicing: Option<Invoicing>,
}

impl Line {
    /// What the plan line says about `channel`.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> WayToPay<'_> {
        let c = &self.channels;
        match channel {
            Channel::Online => c.online.as_way(WayToPay::Online),
            Channel::Guest => c.guest.as_way(WayToPay::Guest),
            Channel::Phone => c.phone.as_way(WayToPay::Phone),
            Channel::Center => c.center.as_way(WayToPay::Center),
            Channel::Mail => c.mail.as_way(WayToPay::Mail),
            Channel::Deduction => c.deduction.as_way(WayToPay::Deduction),
        }
    }

    /// True if the premium can be paid through `channel`.
    #[must_use]
    pub fn offers(&self, channel: Channel) -> bool {
        !matches!(self.channel(channel), WayToPay::NotOffered(_))
    }

    /// True if automatic payments can be set up.
    #[must_use]
    pub fn offers_autopay(&self) -> bool {
        matches!(self.channel(Channel::Online), WayToPay::Online(online) if online.autopay)
    }
}

/// The law a plan line is under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Market {
    /// Individual coverage under the Affordable Care Act, from the exchange or direct.
    AcaIndividual,
    /// Individual coverage that the exchange does not sell.
    OffExchangeIndividual,
    /// Medicare Part C, with or without Part D.
    MedicareAdvantage,
    /// Medicare Supplement (Medigap).
    MedicareSupplement,
    /// Coverage through an employer.
    EmployerGroup,
}

impl Market {
    /// All markets.
    pub const ALL: [Market; 5] = [
        Market::AcaIndividual,
        Market::OffExchangeIndividual,
        Market::MedicareAdvantage,
        Market::MedicareSupplement,
        Market::EmployerGroup,
    ];

    /// The name used in plan files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Market::AcaIndividual => "aca-individual",
            Market::OffExchangeIndividual => "off-exchange-individual",
            Market::MedicareAdvantage => "medicare-advantage",
            Market::MedicareSupplement => "medicare-supplement",
            Market::EmployerGroup => "employer-group",
        }
    }
}

/// Where an individual plan is bought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BoughtThrough {
    /// The exchange, with its name.
    Exchange(Text),
    /// The plan itself.
    Direct,
}

/// A channel, or why it is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Offer<T> {
    /// It is there.
    Offered(T),
    /// It is not, which pages say plainly.
    NotOffered {
        /// What they say.
        said: Text,
    },
}

impl<T> Offer<T> {
    /// What is offered, if it is.
    #[must_use]
    pub fn offered(&self) -> Option<&T> {
        match self {
            Offer::Offered(offer) => Some(offer),
            Offer::NotOffered { .. } => None,
        }
    }

    fn as_way<'a>(&'a self, way: impl Fn(&'a T) -> WayToPay<'a>) -> WayToPay<'a> {
        match self {
            Offer::Offered(offer) => way(offer),
            Offer::NotOffered { said } => WayToPay::NotOffered(said),
        }
    }
}

/// The ways to pay, one field per channel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channels {
    /// Signed in.
    pub online: Offer<OnlinePay>,
    /// Without signing in.
    pub guest: Offer<GuestPay>,
    /// The automated phone line.
    pub phone: Offer<PhonePay>,
    /// A walk-in center.
    pub center: Offer<CenterPay>,
    /// A check in the mail.
    pub mail: Offer<MailPay>,
    /// Social Security or Railroad Retirement Board benefits.
    pub deduction: Offer<Deduction>,
}

/// One channel of a line, for pages that walk through all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WayToPay<'a> {
    /// Signed in.
    Online(&'a OnlinePay),
    /// Without signing in.
    Guest(&'a GuestPay),
    /// The automated phone line.
    Phone(&'a PhonePay),
    /// A walk-in center.
    Center(&'a CenterPay),
    /// A check in the mail.
    Mail(&'a MailPay),
    /// Social Security or Railroad Retirement Board benefits.
    Deduction(&'a Deduction),
    /// Not offered, and what pages say.
    NotOffered(&'a Text),
}

/// Paying signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnlinePay {
    /// What pages say.
    pub text: Text,
    /// True if automatic payments can be set up.
    pub autopay: bool,
}

/// Paying without signing in. Never with autopay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuestPay {
    /// What pages say.
    pub text: Text,
}

/// Paying by the automated phone line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhonePay {
    /// What pages say.
    pub text: Text,
    /// The number.
    pub phone: Phone,
}

/// Paying at a walk-in center.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CenterPay {
    /// What pages say.
    pub text: Text,
    /// The channels associates help with, all of them offered to the line.
    pub helps_with: Vec<Channel>,
    /// What can be paid with there.
    pub tenders: Vec<Tender>,
}

/// Paying by check in the mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailPay {
    /// What pages say.
    pub text: Text,
    /// Where to.
    pub address: Address,
    /// Whom the check is made out to.
    pub payable_to: String,
    /// True if the coupon must be in the envelope.
    pub coupon_required: bool,
    /// What pages say about the coupon.
    pub coupon: Option<Text>,
}

/// Paying from benefits (42 U.S.C. 1395w-24(d)(2): at the enrollee's option and at no charge).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deduction {
    /// What pages say.
    pub text: Text,
    /// Whom to call to set it up.
    pub phone: Phone,
    /// What to write, and that it can be mailed or faxed.
    pub letter: Text,
    /// What the letter must include, one entry each.
    pub letter_includes: Vec<Text>,
    /// Where to mail the letter.
    pub address: Address,
    /// The ten digits to fax it to.
    pub fax_digits: String,
    /// How long it takes.
    pub takes_effect: Text,
}

impl Deduction {
    /// The fax number as people read it: `844-871-9754`.
    #[must_use]
    pub fn fax(&self) -> String {
        crate::organisation::dashed(&self.fax_digits)
    }
}

/// How to get an ID card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdCard {
    /// What pages say.
    pub text: Text,
    /// How.
    pub rule: IdCardRule,
    /// What the card says beside its member.
    pub face: CardFace,
}

/// What an ID card says beside its member. What is left out is not on the card.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CardFace {
    /// The name of the product; the plan line's name if there is none.
    pub product: Option<Text>,
    /// The group number.
    pub group_number: Option<String>,
    /// The payer id for electronic claims (X12 837, NM109 of loop 2010BB).
    pub payer_id: Option<String>,
    /// The bank identification number of the pharmacy benefit: 6 or 8 digits (NCPDP, ISO/IEC 7812).
    pub rx_bin: Option<String>,
    /// The processor control number of the pharmacy benefit.
    pub rx_pcn: Option<String>,
    /// The group of the pharmacy benefit.
    pub rx_group: Option<String>,
    /// What a visit costs, a line each: `PCP $25`.
    pub copays: Vec<Text>,
    /// Sentences on the back.
    pub back: Vec<Text>,
    /// Phones on the back, each with its purpose.
    pub phones: Vec<Phone>,
}

/// How to get an ID card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IdCardRule {
    /// Signed in.
    SelfService,
    /// By calling.
    ByPhone(Phone),
}

//! Loop 2750: what exchanges report about a coverage, above all its amounts.

use jiff::civil::Date;

use super::Field;
use super::raw::{Raw, Slot};
use super::values::read_date;

/// What a reporting category (N102 of N1*75) is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Category {
    Amount(Field),
    MaintenanceReason,
    Ignored,
}

impl Category {
    fn of(name: &[u8]) -> Self {
        match name.trim_ascii() {
            b"PRE AMT TOT" => Category::Amount(Field::Premium),
            b"PRE AMT 1" => Category::Amount(Field::MemberPremium),
            b"APTC AMT" => Category::Amount(Field::Aptc),
            b"TOT RES AMT" => Category::Amount(Field::Responsibility),
            b"TOT EMP RES AMT" | b"OTH PAY AMT" => Category::Amount(Field::OtherPayers),
            b"LEP AMT" => Category::Amount(Field::LatePenalty),
            b"ADDL MAINT REASON" => Category::MaintenanceReason,
            name if name.starts_with(b"OTH PAY AMT ") => Category::Amount(Field::OtherPayers),
            _ => Category::Ignored,
        }
    }
}

/// One amount with the day from which it holds.
#[derive(Debug, Clone, Copy)]
struct Amount {
    field: Field,
    value: Slot,
    from: Option<Date>,
}

/// The reporting categories of one member loop.
#[derive(Debug, Default)]
pub(crate) struct Report {
    category: Option<Category>,
    amounts: Vec<Amount>,
    /// True if ADDL MAINT REASON says CANCEL.
    pub cancelled: Option<Slot>,
}

impl Report {
    pub fn clear(&mut self) {
        self.category = None;
        self.amounts.clear();
        self.cancelled = None;
    }

    /// N1*75: a category begins.
    pub fn begins(&mut self, name: &[u8]) {
        self.category = Some(Category::of(name));
    }

    /// REF: the category's value.
    pub fn value(&mut self, raw: &mut Raw, value: &[u8], number: u64) {
        match self.category {
            Some(Category::Amount(field)) => {
                let value = raw.keep(value, number);
                if value.is_there() {
                    self.amounts.push(Amount {
                        field,
                        value,
                        from: None,
                    });
                }
            }
            Some(Category::MaintenanceReason) if value.trim_ascii() == b"CANCEL" => {
                self.cancelled = Some(raw.keep(b"yes", number));
            }
            _ => {}
        }
    }

    /// DTP*007: the day from which the category's amount holds.
    pub fn holds_from(&mut self, period: &[u8]) {
        if let (Some(Category::Amount(_)), Some(last)) = (self.category, self.amounts.last_mut()) {
            last.from = read_date(period.get(..8).unwrap_or(period));
        }
    }

    pub fn has_amounts(&self) -> bool {
        !self.amounts.is_empty()
    }

    /// The segment of the first amount.
    pub fn first_amount(&self) -> Slot {
        self.amounts.first().map(|a| a.value).unwrap_or_default()
    }

    /// The days from which amounts change, if the file tells of more than one rate; otherwise
    /// empty. An exchange that changes APTC during the year repeats the amounts with another
    /// DTP*007.
    pub fn changes(&self) -> Vec<Date> {
        let repeats = |amount: &Amount| {
            amount.field != Field::OtherPayers
                && self
                    .amounts
                    .iter()
                    .any(|other| other.field == amount.field && other.from != amount.from)
        };
        let mut days: Vec<Date> = self
            .amounts
            .iter()
            .filter(|amount| repeats(amount))
            .filter_map(|amount| amount.from)
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Gives `raw` the amounts that hold on `day`, or all if `day` is `None`. An amount holds from
    /// its day until the next of its kind; before its first day the first one holds.
    pub fn put(&self, raw: &mut Raw, day: Option<Date>) {
        for field in [
            Field::Premium,
            Field::MemberPremium,
            Field::Aptc,
            Field::Responsibility,
            Field::LatePenalty,
        ] {
            if let Some(amount) = self.holding(field, day) {
                raw.set(field, amount.value);
            }
        }
        self.put_other_payers(raw, day);
    }

    fn holding(&self, field: Field, day: Option<Date>) -> Option<Amount> {
        let of_field = || self.amounts.iter().filter(|a| a.field == field);
        let begun = of_field()
            .filter(|a| day.is_none_or(|day| a.from.is_none_or(|from| from <= day)))
            .max_by_key(|a| a.from);
        begun.or_else(|| of_field().min_by_key(|a| a.from)).copied()
    }

    /// Several others may pay at once (OTH PAY AMT 1, 2): their amounts of the latest day are
    /// added up. One that is no number is put as it stands, for its finding.
    fn put_other_payers(&self, raw: &mut Raw, day: Option<Date>) {
        let Some(latest) = self.holding(Field::OtherPayers, day) else {
            return;
        };
        let mut sum = kernel::Cents::ZERO;
        for amount in &self.amounts {
            if amount.field != Field::OtherPayers || amount.from != latest.from {
                continue;
            }
            let text = String::from_utf8_lossy(raw.bytes_of(amount.value));
            let Ok(part) = kernel::Cents::parse(&text) else {
                raw.set(Field::OtherPayers, amount.value);
                return;
            };
            sum += part;
        }
        let number = latest.value.number();
        raw.put(Field::OtherPayers, sum.plain().as_bytes(), number);
    }
}

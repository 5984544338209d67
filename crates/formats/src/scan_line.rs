//! The scan line: the digits in the clear band of an invoice coupon, which a lockbox bank reads.
//!
//! Banks differ, so the [`Layout`] is configuration: fixed-width fields, filled with zeros, without
//! spaces between them, and one check digit at the end over all of them. It holds no more of the
//! member than the member ID, for mail handlers can see it.

use kernel::{Cents, MemberId};

/// What a field of the scan line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// The 11-digit member ID.
    MemberId,
    /// The invoice number.
    Invoice,
    /// The amount due, in cents.
    AmountDue,
    /// Zeros that the bank wants there.
    Zeros,
}

impl FieldKind {
    /// The word in messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            FieldKind::MemberId => "member ID",
            FieldKind::Invoice => "invoice number",
            FieldKind::AmountDue => "amount due",
            FieldKind::Zeros => "filling zeros",
        }
    }
}

/// A field of the scan line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    /// What it holds.
    pub kind: FieldKind,
    /// How many digits wide it is.
    pub width: usize,
}

/// From which end the weights begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum From {
    /// The first digit has the first weight.
    Left,
    /// The last digit has the first weight.
    Right,
}

/// What is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sum {
    /// The products of digits and weights.
    Product,
    /// The digits of those products, as in the Luhn formula.
    DigitSum,
}

/// How the check digit follows from the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckResult {
    /// What is missing to the next ten.
    Complement,
    /// What is left over after the last ten.
    Remainder,
}

/// How the check digit is computed, modulo 10.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CheckRule {
    /// Repeated over the digits.
    pub weights: Vec<u8>,
    /// From which end they begin.
    pub from: From,
    /// What is added up.
    pub sum: Sum,
    /// How the digit follows.
    pub result: CheckResult,
}

impl CheckRule {
    /// The check digit of `digits`, or `None` if they are not all digits or there are no weights.
    #[must_use]
    pub fn digit(&self, digits: &str) -> Option<u8> {
        if self.weights.is_empty() {
            return None;
        }
        let count = digits.len();
        let mut sum: u32 = 0;
        for (i, byte) in digits.bytes().enumerate() {
            let digit = char::from(byte).to_digit(10)?;
            let place = match self.from {
                From::Left => i,
                From::Right => count - 1 - i,
            };
            let product = digit * u32::from(self.weights[place % self.weights.len()]);
            sum += match self.sum {
                Sum::Product => product,
                Sum::DigitSum => digit_sum(product),
            };
        }
        let rest = match self.result {
            CheckResult::Complement => (10 - sum % 10) % 10,
            CheckResult::Remainder => sum % 10,
        };
        u8::try_from(rest).ok()
    }
}

fn digit_sum(mut number: u32) -> u32 {
    let mut sum = 0;
    while number > 0 {
        sum += number % 10;
        number /= 10;
    }
    sum
}

/// The scan line of one lockbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Layout {
    /// The fields, from left to right.
    pub fields: Vec<Field>,
    /// The check digit that follows them.
    pub check: CheckRule,
}

/// Why a layout is none, or a scan line cannot be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The value has more digits than the field.
    #[error(
        "the {field} has {digits} digits, the scan line has room for {width}; \
         widen the field in the plan's coupon settings"
    )]
    TooWide {
        /// The field.
        field: &'static str,
        /// How many digits the value has.
        digits: usize,
        /// How many fit.
        width: usize,
    },
    /// The value is not made of digits.
    #[error("the {field} of a scan line has only digits")]
    NotDigits {
        /// The field.
        field: &'static str,
    },
    /// A negative amount due.
    #[error("a coupon asks for nothing or more, not for {0}")]
    Negative(Cents),
    /// Without weights there is no check digit.
    #[error("the check digit rule of the scan line has no weights; set them as the bank says")]
    NoWeights,
}

/// What a scan line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLine {
    /// The member ID.
    pub member_id: MemberId,
    /// The invoice number, without leading zeros; `None` if the layout has none or it is all zeros.
    pub invoice: Option<String>,
    /// The amount due on the coupon: not the amount of the check that came with it.
    pub amount_due: Option<Cents>,
}

/// Why a scan line cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanLineError {
    /// Not as long as the layout.
    #[error(
        "the scan line has {expected} digits; found {found}: check for digits left out or read twice"
    )]
    Width {
        /// How many were found.
        found: usize,
        /// How many the layout has.
        expected: usize,
    },
    /// Something else than a digit.
    #[error(
        "position {position} of the scan line is \"{found}\"; expected a digit: key it from the coupon"
    )]
    NotADigit {
        /// From 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// The check digit is another.
    #[error(
        "the check digit of the scan line is {found}; expected {expected}: a digit is misread, key it from the coupon"
    )]
    CheckDigit {
        /// What stands there.
        found: u8,
        /// What the digits before it give.
        expected: u8,
    },
    /// The layout has no 11-digit member ID, or its rule has no weights.
    #[error(
        "the layout of the scan line has no check digit rule or no member ID of 11 digits; \
         correct the plan's coupon settings"
    )]
    Layout,
}

impl Layout {
    /// How many digits the scan line has, its check digit included.
    #[must_use]
    pub fn width(&self) -> usize {
        self.fields.iter().map(|f| f.width).sum::<usize>() + 1
    }

    /// True if the layout holds the member ID in 11 digits or more and has weights: only then can
    /// what [`compose`] writes be read back.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let member_ids: Vec<usize> = self
            .fields
            .iter()
            .filter(|f| f.kind == FieldKind::MemberId)
            .map(|f| f.width)
            .collect();
        !self.check.weights.is_empty() && matches!(member_ids[..], [w] if w >= MemberId::LENGTH)
    }
}

/// Writes the scan line of a coupon: fixed width, filled with zeros, the check digit at the end.
///
/// # Errors
/// [`ComposeError`] if a value does not fit.
pub fn compose(
    layout: &Layout,
    member_id: &MemberId,
    invoice: &str,
    amount_due: Cents,
) -> Result<String, ComposeError> {
    if amount_due.is_negative() {
        return Err(ComposeError::Negative(amount_due));
    }
    let cents = amount_due.get().to_string();
    let mut line = String::with_capacity(layout.width());
    for Field { kind, width } in layout.fields.iter().copied() {
        let value = match kind {
            FieldKind::MemberId => member_id.as_str(),
            FieldKind::Invoice => invoice,
            FieldKind::AmountDue => &cents,
            FieldKind::Zeros => "",
        };
        let field = kind.word();
        if !value.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ComposeError::NotDigits { field });
        }
        let digits = value.len();
        if digits > width {
            return Err(ComposeError::TooWide {
                field,
                digits,
                width,
            });
        }
        line.extend(std::iter::repeat_n('0', width - digits));
        line.push_str(value);
    }
    let check = layout.check.digit(&line).ok_or(ComposeError::NoWeights)?;
    line.push(char::from(b'0' + check));
    Ok(line)
}

/// Reads a scan line. Spaces that an operator or a reader put in do not count.
///
/// # Errors
/// [`ScanLineError`] with what was found and expected.
pub fn read(layout: &Layout, text: &str) -> Result<ScanLine, ScanLineError> {
    let typed: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(at) = typed.iter().position(|c| !c.is_ascii_digit()) {
        return Err(ScanLineError::NotADigit {
            position: at + 1,
            found: typed[at],
        });
    }
    let (found, expected) = (typed.len(), layout.width());
    if found != expected {
        return Err(ScanLineError::Width { found, expected });
    }
    let line: String = typed.into_iter().collect();
    let (fields, check) = line.split_at(expected - 1);
    let found = check.bytes().next().map_or(0, |b| b - b'0');
    let expected = layout.check.digit(fields).ok_or(ScanLineError::Layout)?;
    if found != expected {
        return Err(ScanLineError::CheckDigit { found, expected });
    }
    let mut read = (None, None, None);
    let mut rest = fields;
    for Field { kind, width } in layout.fields.iter().copied() {
        let (value, after) = rest.split_at(width);
        rest = after;
        let bare = value.trim_start_matches('0');
        match kind {
            FieldKind::MemberId => {
                let from = width
                    .checked_sub(MemberId::LENGTH)
                    .ok_or(ScanLineError::Layout)?;
                read.0 = MemberId::parse(&value[from..]).ok();
            }
            FieldKind::Invoice => read.1 = (!bare.is_empty()).then(|| bare.to_owned()),
            FieldKind::AmountDue if bare.is_empty() => read.2 = Some(Cents::ZERO),
            FieldKind::AmountDue => read.2 = bare.parse().ok().map(Cents::new),
            FieldKind::Zeros => {}
        }
    }
    Ok(ScanLine {
        member_id: read.0.ok_or(ScanLineError::Layout)?,
        invoice: read.1,
        amount_due: read.2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(weights: &[u8], from: From, sum: Sum) -> CheckRule {
        CheckRule {
            weights: weights.to_vec(),
            from,
            sum,
            result: CheckResult::Complement,
        }
    }

    fn layout(check: CheckRule) -> Layout {
        let field = |kind, width| Field { kind, width };
        Layout {
            fields: vec![
                field(FieldKind::MemberId, 11),
                field(FieldKind::Invoice, 10),
                field(FieldKind::AmountDue, 10),
                field(FieldKind::Zeros, 3),
            ],
            check,
        }
    }

    fn member_id() -> MemberId {
        MemberId::parse("00345678901").unwrap()
    }

    #[test]
    fn seven_rules_give_the_digits_computed_by_hand() {
        let line = "00345678901110196000000000010000000001000";
        let account = "00345678901";
        for (weights, from, sum, of_line, of_account) in [
            (&[2, 1][..], From::Right, Sum::DigitSum, 0, 9),
            (&[1, 2], From::Left, Sum::DigitSum, 4, 7),
            (&[2, 1], From::Right, Sum::Product, 4, 2),
            (&[3, 1], From::Right, Sum::Product, 1, 7),
            (&[7, 3, 1], From::Left, Sum::Product, 3, 3),
            (&[7, 3, 1], From::Right, Sum::Product, 7, 1),
            (&[3, 7, 1], From::Left, Sum::Product, 7, 1),
        ] {
            let rule = rule(weights, from, sum);
            let got = (rule.digit(line), rule.digit(account));
            assert_eq!(
                got,
                (Some(of_line), Some(of_account)),
                "{weights:?} {from:?}"
            );
        }
    }

    #[test]
    fn the_line_is_filled_with_zeros_to_its_fixed_width() {
        let layout = layout(rule(&[2, 1], From::Right, Sum::DigitSum));
        let line = compose(&layout, &member_id(), "42", Cents::new(8640)).unwrap();
        assert_eq!(&line[..34], "0034567890100000000420000008640000");
        assert_eq!((line.len(), layout.width()), (35, 35));
        assert!(kernel::luhn_holds(&line));
        let read = read(&layout, &line).unwrap();
        assert_eq!(read.member_id, member_id());
        assert_eq!(read.invoice.as_deref(), Some("42"));
        assert_eq!(read.amount_due, Some(Cents::new(8640)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let layout = layout(rule(&[2, 1], From::Right, Sum::DigitSum));
        let make =
            |invoice: &str, cents| compose(&layout, &member_id(), invoice, Cents::new(cents));
        assert!(matches!(
            make("12345678901", 1),
            Err(ComposeError::TooWide { width: 10, .. })
        ));
        assert!(matches!(
            make("1", 10_000_000_000),
            Err(ComposeError::TooWide { .. })
        ));
        assert!(matches!(
            make("INV1", 1),
            Err(ComposeError::NotDigits { .. })
        ));
        assert!(matches!(make("1", -1), Err(ComposeError::Negative(_))));
    }

    #[test]
    fn a_misread_line_says_what_is_wrong_with_it() {
        let layout = layout(rule(&[2, 1], From::Right, Sum::DigitSum));
        let line = compose(&layout, &member_id(), "42", Cents::new(8640)).unwrap();
        let spaced = format!(" {} {} ", &line[..11], &line[11..]);
        assert!(read(&layout, &spaced).is_ok());
        let expected = ScanLineError::Width {
            found: 34,
            expected: 35,
        };
        assert_eq!(read(&layout, &line[1..]), Err(expected));
        let expected = ScanLineError::NotADigit {
            position: 3,
            found: 'O',
        };
        assert_eq!(
            read(&layout, &line.replacen("003", "00O", 1)),
            Err(expected)
        );
        let wrong = line.replacen("0034", "0035", 1);
        assert!(matches!(
            read(&layout, &wrong),
            Err(ScanLineError::CheckDigit { .. })
        ));
    }

    proptest! {
        #[test]
        fn what_is_composed_can_be_read_back_and_one_wrong_digit_is_noticed(
            id in "[0-9]{11}",
            invoice in 1_u64..10_000_000_000,
            cents in 0_i64..10_000_000_000,
            at in 0_usize..35,
            by in 1_u8..10,
        ) {
            let layout = layout(rule(&[2, 1], From::Right, Sum::DigitSum));
            let id = MemberId::parse(&id).unwrap();
            let line = compose(&layout, &id, &invoice.to_string(), Cents::new(cents)).unwrap();
            let back = read(&layout, &line).unwrap();
            prop_assert_eq!(&back.member_id, &id);
            prop_assert_eq!(back.invoice, Some(invoice.to_string()));
            prop_assert_eq!(back.amount_due, Some(Cents::new(cents)));
            let mut bytes = line.into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(bytes).unwrap();
            let noticed = matches!(read(&layout, &wrong), Err(ScanLineError::CheckDigit { .. }));
            prop_assert!(noticed);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let layout = layout(rule(&[7, 3, 1], From::Left, Sum::Product));
            let _ = read(&layout, &text);
        }
    }
}

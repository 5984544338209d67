//! The row of OCR-A digits at the bottom of the coupon that the lockbox reads.

/// What the scan line is made of. All fields are digits, zero-filled on the left, with no spaces
/// between them. There is no standard: the lockbox bank says which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScanLine {
    /// The fields, from left to right. Each kind once; the check digit last.
    pub fields: Vec<ScanField>,
    /// How the check digit follows from all digits before it.
    pub check_digit: CheckDigit,
}

impl ScanLine {
    /// The longest line that fits between the margins of a letter-size coupon at ten characters an
    /// inch.
    pub const LONGEST: usize = 75;

    /// How many digits it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.fields.iter().map(|field| field.width).sum()
    }
}

/// One field of the scan line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScanField {
    /// What it holds.
    pub kind: ScanFieldKind,
    /// How many digits it has.
    pub width: usize,
}

/// What a field of the scan line holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ScanFieldKind {
    /// The member ID of the subscriber: 11 digits.
    MemberId,
    /// The number of the invoice.
    Invoice,
    /// The amount due in cents. What was paid is read from the check, not from here.
    Amount,
    /// The check digit.
    CheckDigit,
}

impl ScanFieldKind {
    /// All kinds.
    pub const ALL: [ScanFieldKind; 4] = [
        ScanFieldKind::MemberId,
        ScanFieldKind::Invoice,
        ScanFieldKind::Amount,
        ScanFieldKind::CheckDigit,
    ];

    /// The name used in plan files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ScanFieldKind::MemberId => "member-id",
            ScanFieldKind::Invoice => "invoice",
            ScanFieldKind::Amount => "amount",
            ScanFieldKind::CheckDigit => "check-digit",
        }
    }

    /// The fewest and the most digits it can have.
    #[must_use]
    pub const fn widths(self) -> (usize, usize) {
        match self {
            ScanFieldKind::MemberId => (11, 11),
            ScanFieldKind::Invoice => (6, 18),
            ScanFieldKind::Amount => (7, 12),
            ScanFieldKind::CheckDigit => (1, 1),
        }
    }
}

/// How a check digit is computed: each digit is multiplied by its weight, the products are summed,
/// and the digit follows from the remainder. The Luhn formula is weights 2, 1 from the right, digit
/// sum, complement, modulus 10.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckDigit {
    /// The weights, repeated as often as needed. Each 1 to 9.
    pub weights: Vec<u32>,
    /// The end the first weight is at.
    pub direction: Direction,
    /// What is summed.
    pub sum: CheckSum,
    /// What becomes of the remainder.
    pub result: CheckResult,
    /// What the sum is divided by: 10.
    pub modulus: u32,
}

/// The end of the digits that the weights start from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The first weight belongs to the first digit.
    FromLeft,
    /// The first weight belongs to the last digit before the check digit.
    FromRight,
}

/// What is summed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckSum {
    /// The products: 8 × 2 counts 16.
    Product,
    /// The digits of the products: 8 × 2 counts 1 + 6.
    DigitSum,
}

/// What becomes of the remainder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckResult {
    /// The modulus less the remainder, and 0 for 0.
    Complement,
    /// The remainder itself.
    Remainder,
}

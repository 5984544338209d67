//! Records and fields of a BAI lockbox file, by number and name.

use std::fmt;

/// A kind of record, told by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Record {
    /// 1, the file's header: who sends it to whom, and when.
    Header,
    /// 2, the service: what is in the file.
    Service,
    /// 5, a lockbox begins.
    Lockbox,
    /// 6, one check.
    Check,
    /// 4, what came with the check before it.
    Overflow,
    /// 7, a batch ends.
    BatchTotal,
    /// 8, a lockbox ends.
    LockboxTotal,
    /// 9, the file ends.
    Trailer,
}

impl Record {
    /// All of them, in the order of a file.
    pub const ALL: [Record; 8] = [
        Record::Header,
        Record::Service,
        Record::Lockbox,
        Record::Check,
        Record::Overflow,
        Record::BatchTotal,
        Record::LockboxTotal,
        Record::Trailer,
    ];

    /// The first byte.
    #[must_use]
    pub const fn digit(self) -> u8 {
        match self {
            Record::Header => b'1',
            Record::Service => b'2',
            Record::Lockbox => b'5',
            Record::Check => b'6',
            Record::Overflow => b'4',
            Record::BatchTotal => b'7',
            Record::LockboxTotal => b'8',
            Record::Trailer => b'9',
        }
    }

    /// Number and name, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Record::Header => "1 header",
            Record::Service => "2 service",
            Record::Lockbox => "5 lockbox",
            Record::Check => "6 check",
            Record::Overflow => "4 overflow",
            Record::BatchTotal => "7 batch total",
            Record::LockboxTotal => "8 lockbox total",
            Record::Trailer => "9 trailer",
        }
    }

    pub(super) fn of(digit: u8) -> Option<Record> {
        Record::ALL.into_iter().find(|r| r.digit() == digit)
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The fields that a reader cannot do without.
    pub(super) const fn needed(self) -> &'static [Field] {
        match self {
            Record::Header | Record::Service | Record::Overflow => &[],
            Record::Lockbox => &[Field::Lockbox, Field::Date],
            Record::Check => &[Field::Amount],
            Record::BatchTotal | Record::LockboxTotal => &[Field::Count, Field::Total],
            Record::Trailer => &[Field::Count],
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A field of a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// All fields.
            pub const ALL: &'static [Field] = &[$(Field::$name,)*];

            /// Its name in settings and messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Field::$name => $word,)* }
            }
        }
    };
}

fields! {
    /// 1: priority code.
    Priority = "priority";
    /// 1: immediate destination; 2 and 5: ultimate destination and origin.
    Destination = "destination";
    /// 1: immediate origin.
    Origin = "origin";
    /// 1: the day the file was made; 5, 7, 8: the day of the deposit.
    Date = "date";
    /// 1: the time the file was made, HHMM.
    Time = "time";
    /// 2: the bank's reference of the file.
    Reference = "reference";
    /// 2: service type, 400 in the public sample.
    ServiceType = "service_type";
    /// 2: record size; not compared with the records.
    RecordSize = "record_size";
    /// 2: blocking factor.
    Blocking = "blocking";
    /// 2: format code.
    FormatCode = "format_code";
    /// 5, 6, 4, 7, 8: the batch.
    Batch = "batch";
    /// 5, 6, 4, 7, 8: the check within its batch.
    Item = "item";
    /// 5, 7, 8: the lockbox number.
    Lockbox = "lockbox";
    /// 6: the check's amount; 4: what is paid on the reference. Cents.
    Amount = "amount";
    /// 6: the routing number of the payer's bank.
    Routing = "routing";
    /// 6: the payer's account number.
    Account = "account";
    /// 6: the check's number.
    CheckNumber = "check_number";
    /// 6: the date on the check.
    CheckDate = "check_date";
    /// 6: whose check it is.
    Remitter = "remitter";
    /// 6: who it is made out to.
    Payee = "payee";
    /// 6: the bank's name for the image.
    Image = "image";
    /// 6: the envelope within the batch, if several checks may lie in one.
    Envelope = "envelope";
    /// 4: the kind of record it continues, always 6.
    Parent = "parent";
    /// 4: 1, 2, 3 … after the same check.
    Sequence = "sequence";
    /// 4: 0 if another follows, 9 on the last.
    Last = "last";
    /// 4: the digits of the coupon's scan line.
    ScanLine = "scan_line";
    /// 4: an invoice, account or member number.
    Keyed = "keyed";
    /// 4: a memo or anything else.
    Text = "text";
    /// 7, 8, 9: how many.
    Count = "count";
    /// 7, 8: how much, in cents.
    Total = "total";
}

impl Field {
    pub(super) const COUNT: usize = Field::ALL.len();

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    pub(super) fn of(name: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|f| f.name() == name)
    }
}

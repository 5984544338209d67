//! Values on their way to the database, and columns on their way back.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{BillingMonth, Cents, Language, MemberId, Zip};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueRef};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Encode, Postgres, Row as _, Type};
use uuid::Uuid;

use crate::StoreError;

/// A parameter. Absent values keep their kind, because PostgreSQL wants the type of a null.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(Option<bool>),
    /// A whole number: cents, counts, months as 202612.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// An id.
    Id(Option<Uuid>),
    /// A day: `date` in PostgreSQL, ISO text in SQLite.
    Day(Option<Date>),
    /// An instant: `timestamptz` in PostgreSQL, microseconds since 1970 in SQLite.
    Instant(Option<Timestamp>),
}

macro_rules! into_value {
    ($($from:ty => $variant:ident, |$x:ident| $as:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($x: $from) -> Value { Value::$variant(Some($as)) }
        }
        impl From<Option<$from>> for Value {
            fn from(x: Option<$from>) -> Value { Value::$variant(x.map(|$x| $as)) }
        }
    )+};
}

into_value! {
    bool => Bool, |x| x;
    i64 => Int, |x| x;
    i32 => Int, |x| i64::from(x);
    u32 => Int, |x| i64::from(x);
    Cents => Int, |x| x.get();
    BillingMonth => Int, |x| x.number();
    String => Text, |x| x;
    &str => Text, |x| x.to_owned();
    &String => Text, |x| x.clone();
    Vec<u8> => Bytes, |x| x;
    &[u8] => Bytes, |x| x.to_vec();
    [u8; 32] => Bytes, |x| x.to_vec();
    Uuid => Id, |x| x;
    Date => Day, |x| x;
    Timestamp => Instant, |x| x;
    &MemberId => Text, |x| x.as_str().to_owned();
    &Zip => Text, |x| x.as_str().to_owned();
    Language => Text, |x| x.tag().to_owned();
    kernel::AccountId => Id, |x| x.uuid();
    kernel::PersonId => Id, |x| x.uuid();
    kernel::CoverageId => Id, |x| x.uuid();
    kernel::InvoiceId => Id, |x| x.uuid();
    kernel::PaymentId => Id, |x| x.uuid();
    kernel::AttemptId => Id, |x| x.uuid();
    kernel::ApplicationId => Id, |x| x.uuid();
    kernel::JournalId => Id, |x| x.uuid();
    kernel::AuditId => Id, |x| x.uuid();
    kernel::OutboxId => Id, |x| x.uuid();
    kernel::DocumentId => Id, |x| x.uuid();
    kernel::ErrandId => Id, |x| x.uuid();
    kernel::MethodId => Id, |x| x.uuid();
    kernel::MandateId => Id, |x| x.uuid();
    kernel::ConsentId => Id, |x| x.uuid();
    kernel::NoticeId => Id, |x| x.uuid();
    kernel::DelegationId => Id, |x| x.uuid();
    kernel::FactorId => Id, |x| x.uuid();
    kernel::StaffId => Id, |x| x.uuid();
    kernel::CardRequestId => Id, |x| x.uuid();
    kernel::CheckImageId => Id, |x| x.uuid();
    kernel::DrawerId => Id, |x| x.uuid();
    kernel::RefundId => Id, |x| x.uuid();
    kernel::WriteOffId => Id, |x| x.uuid();
    kernel::LoginId => Id, |x| x.uuid();
    kernel::SessionId => Id, |x| x.uuid();
    kernel::WebhookId => Id, |x| x.uuid();
}

/// A day as PostgreSQL carries it.
#[derive(Debug, Clone, Copy)]
pub struct PgDay(pub Date);

/// An instant as PostgreSQL carries it.
#[derive(Debug, Clone, Copy)]
pub struct PgInstant(pub Timestamp);

const PG_EPOCH_DAY: Date = date(2000, 1, 1);
/// Microseconds from 1970 to 2000.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl Type<Postgres> for PgDay {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("DATE")
    }
}

impl PgHasArrayType for PgDay {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::array_of("DATE")
    }
}

impl Encode<'_, Postgres> for PgDay {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let days: i32 = (self.0 - PG_EPOCH_DAY).get_days();
        Encode::<Postgres>::encode(days, buffer)
    }
}

impl Decode<'_, Postgres> for PgDay {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let days: i32 = Decode::<Postgres>::decode(value)?;
        Ok(PgDay(
            PG_EPOCH_DAY.checked_add(jiff::Span::new().try_days(days)?)?,
        ))
    }
}

impl Type<Postgres> for PgInstant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("TIMESTAMPTZ")
    }
}

impl PgHasArrayType for PgInstant {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::array_of("TIMESTAMPTZ")
    }
}

impl Encode<'_, Postgres> for PgInstant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.as_microsecond() - PG_EPOCH_MICROS, buffer)
    }
}

impl Decode<'_, Postgres> for PgInstant {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let micros: i64 = Decode::<Postgres>::decode(value)?;
        Ok(PgInstant(Timestamp::from_microsecond(
            micros + PG_EPOCH_MICROS,
        )?))
    }
}

/// A row of an answer. Columns are read in the order of the `SELECT` list.
#[derive(Debug)]
pub struct Row {
    inner: Inner,
    next: usize,
}

#[derive(Debug)]
enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Row {
            inner: Inner::Sqlite(row),
            next: 0,
        }
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Row {
            inner: Inner::Postgres(row),
            next: 0,
        }
    }
}

impl Row {
    /// The next column.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the column is null or holds something else.
    pub fn read<T: Column>(&mut self) -> Result<T, StoreError> {
        let at = self.next;
        self.read_optional()?
            .ok_or_else(|| StoreError::inconsistent(format!("column {at} is empty")))
    }

    /// The next column, which may be null.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the column holds something else.
    pub fn read_optional<T: Column>(&mut self) -> Result<Option<T>, StoreError> {
        let at = self.next;
        self.next += 1;
        let raw = match &self.inner {
            Inner::Sqlite(row) => row
                .try_get_unchecked::<Option<T::Sqlite>, _>(at)?
                .map(T::from_sqlite),
            Inner::Postgres(row) => row
                .try_get::<Option<T::Postgres>, _>(at)?
                .map(T::from_postgres),
        };
        match raw {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) => Err(StoreError::inconsistent(format!(
                "column {at} is not a {}",
                std::any::type_name::<T>()
            ))),
        }
    }
}

/// A type that a column can hold, with its form in each database.
pub trait Column: Sized {
    /// The form in SQLite.
    type Sqlite: for<'r> Decode<'r, sqlx::Sqlite> + Type<sqlx::Sqlite>;
    /// The form in PostgreSQL.
    type Postgres: for<'r> Decode<'r, Postgres> + Type<Postgres>;
    /// From SQLite; `None` if the stored value means nothing.
    fn from_sqlite(raw: Self::Sqlite) -> Option<Self>;
    /// From PostgreSQL; `None` if the stored value means nothing.
    fn from_postgres(raw: Self::Postgres) -> Option<Self>;
}

macro_rules! columns {
    ($($type:ty: $raw:ty, |$x:ident| $from:expr;)+) => {$(
        impl Column for $type {
            type Sqlite = $raw;
            type Postgres = $raw;
            fn from_sqlite($x: $raw) -> Option<Self> { $from }
            fn from_postgres($x: $raw) -> Option<Self> { $from }
        }
    )+};
}

columns! {
    bool: bool, |x| Some(x);
    i64: i64, |x| Some(x);
    u32: i64, |x| u32::try_from(x).ok();
    String: String, |x| Some(x);
    Vec<u8>: Vec<u8>, |x| Some(x);
    [u8; 32]: Vec<u8>, |x| x.try_into().ok();
    Uuid: Uuid, |x| Some(x);
    Cents: i64, |x| Some(Cents::new(x));
    BillingMonth: i64, |x| BillingMonth::from_number(x);
    MemberId: String, |x| MemberId::from_stored(&x);
    Zip: String, |x| Zip::parse(&x).ok();
    Language: String, |x| Language::from_tag(&x);
    kernel::Channel: String, |x| kernel::Channel::from_code(&x);
    kernel::Tender: String, |x| kernel::Tender::from_code(&x);
    kernel::AccountId: Uuid, |x| Some(kernel::AccountId::from_uuid(x));
    kernel::PersonId: Uuid, |x| Some(kernel::PersonId::from_uuid(x));
    kernel::CoverageId: Uuid, |x| Some(kernel::CoverageId::from_uuid(x));
    kernel::InvoiceId: Uuid, |x| Some(kernel::InvoiceId::from_uuid(x));
    kernel::PaymentId: Uuid, |x| Some(kernel::PaymentId::from_uuid(x));
    kernel::AttemptId: Uuid, |x| Some(kernel::AttemptId::from_uuid(x));
    kernel::ApplicationId: Uuid, |x| Some(kernel::ApplicationId::from_uuid(x));
    kernel::JournalId: Uuid, |x| Some(kernel::JournalId::from_uuid(x));
    kernel::AuditId: Uuid, |x| Some(kernel::AuditId::from_uuid(x));
    kernel::OutboxId: Uuid, |x| Some(kernel::OutboxId::from_uuid(x));
    kernel::DocumentId: Uuid, |x| Some(kernel::DocumentId::from_uuid(x));
    kernel::ErrandId: Uuid, |x| Some(kernel::ErrandId::from_uuid(x));
    kernel::MethodId: Uuid, |x| Some(kernel::MethodId::from_uuid(x));
    kernel::MandateId: Uuid, |x| Some(kernel::MandateId::from_uuid(x));
    kernel::ConsentId: Uuid, |x| Some(kernel::ConsentId::from_uuid(x));
    kernel::NoticeId: Uuid, |x| Some(kernel::NoticeId::from_uuid(x));
    kernel::DelegationId: Uuid, |x| Some(kernel::DelegationId::from_uuid(x));
    kernel::FactorId: Uuid, |x| Some(kernel::FactorId::from_uuid(x));
    kernel::StaffId: Uuid, |x| Some(kernel::StaffId::from_uuid(x));
    kernel::CardRequestId: Uuid, |x| Some(kernel::CardRequestId::from_uuid(x));
    kernel::CheckImageId: Uuid, |x| Some(kernel::CheckImageId::from_uuid(x));
    kernel::DrawerId: Uuid, |x| Some(kernel::DrawerId::from_uuid(x));
    kernel::RefundId: Uuid, |x| Some(kernel::RefundId::from_uuid(x));
    kernel::WriteOffId: Uuid, |x| Some(kernel::WriteOffId::from_uuid(x));
    kernel::LoginId: Uuid, |x| Some(kernel::LoginId::from_uuid(x));
    kernel::SessionId: Uuid, |x| Some(kernel::SessionId::from_uuid(x));
    kernel::WebhookId: Uuid, |x| Some(kernel::WebhookId::from_uuid(x));
}

impl Column for Date {
    type Sqlite = String;
    type Postgres = PgDay;
    fn from_sqlite(raw: String) -> Option<Self> {
        raw.parse().ok()
    }
    fn from_postgres(raw: PgDay) -> Option<Self> {
        Some(raw.0)
    }
}

impl Column for Timestamp {
    type Sqlite = i64;
    type Postgres = PgInstant;
    fn from_sqlite(raw: i64) -> Option<Self> {
        Timestamp::from_microsecond(raw).ok()
    }
    fn from_postgres(raw: PgInstant) -> Option<Self> {
        Some(raw.0)
    }
}

//! What the card printer answers: which cards it mailed, and when.
//!
//! CSV (RFC 4180) with a head; the columns `request` and `mailed_on` (YYYY-MM-DD) in any order,
//! others are passed over.

use jiff::civil::Date;

/// A line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// Its number in the file, the head being 1.
    pub line: u64,
    /// The number of the request.
    pub request: i64,
    /// The day the card was mailed.
    pub day: Date,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number in the file, the head being 1.
    pub line: u64,
    /// The column it is about.
    pub column: &'static str,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Lines that can be used.
    pub mailed: Vec<Mailed>,
    /// Lines that cannot.
    pub unreadable: Vec<Unreadable>,
}

/// Reads an answer.
///
/// # Errors
/// The name of a column that is missing.
pub fn read(bytes: &[u8]) -> Result<Answer, &'static str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(bytes);
    let heads = reader.byte_headers().cloned().unwrap_or_default();
    let place = |name: &'static str| {
        let found = heads
            .iter()
            .position(|head| head.eq_ignore_ascii_case(name.as_bytes()));
        found.ok_or(name)
    };
    let (request_at, day_at) = (place("request")?, place("mailed_on")?);
    let mut answer = Answer::default();
    let mut record = csv::ByteRecord::new();
    let mut line = 1;
    loop {
        line += 1;
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(answer),
            Ok(true) => {}
            Err(_) => {
                answer.unreadable.push(Unreadable {
                    line,
                    column: "request",
                });
                continue;
            }
        }
        let text = |at: usize| record.get(at).and_then(|raw| std::str::from_utf8(raw).ok());
        let request = text(request_at).and_then(|text| text.parse::<i64>().ok());
        let day = text(day_at).and_then(|text| text.parse::<Date>().ok());
        match (request, day) {
            (Some(request), Some(day)) => answer.mailed.push(Mailed { line, request, day }),
            (None, _) => answer.unreadable.push(Unreadable {
                line,
                column: "request",
            }),
            (_, None) => answer.unreadable.push(Unreadable {
                line,
                column: "mailed_on",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn columns_stand_in_any_order_and_bad_lines_are_kept_aside() {
        let text = "\u{feff}mailed_on,carrier,Request\r\n2026-11-25,USPS,12\r\n\
                    25.11.2026,USPS,13\r\n2026-11-26,USPS,x\r\n2026-11-26,USPS\r\n";
        let answer = read(text.as_bytes()).unwrap();
        let mailed = Mailed {
            line: 2,
            request: 12,
            day: date(2026, 11, 25),
        };
        assert_eq!(answer.mailed, [mailed]);
        let aside: Vec<_> = answer
            .unreadable
            .iter()
            .map(|u| (u.line, u.column))
            .collect();
        assert_eq!(aside, [(3, "mailed_on"), (4, "request"), (5, "request")]);
    }

    #[test]
    fn a_file_without_a_column_is_refused_by_its_name() {
        assert_eq!(read(b"request\n1\n"), Err("mailed_on"));
        assert_eq!(read(b""), Err("request"));
    }
}

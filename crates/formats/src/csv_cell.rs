//! Cells of CSV files.

use std::borrow::Cow;

/// A cell of a CSV export: quoted where RFC 4180 section 2 asks for it, and with an apostrophe in
/// front if a spreadsheet would take it for a formula (it begins with `=`, `+`, `-`, `@`, a tab or
/// a line break; OWASP ASVS 5.0 V1.2.10).
///
/// Meant for text that people typed. Amounts and dates that the product wrote itself go into the
/// file as they are, so that `-12.05` stays a number.
#[must_use]
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let quoted = text.contains(['"', ',', '\r', '\n', '\t']);
    if !formula && !quoted {
        return Cow::Borrowed(text);
    }
    let mut cell = String::with_capacity(text.len() + 4);
    if quoted {
        cell.push('"');
    }
    if formula {
        cell.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            cell.push('"');
        }
        cell.push(c);
    }
    if quoted {
        cell.push('"');
    }
    Cow::Owned(cell)
}

/// A row of [`csv_cell`]s with its line end (CR LF, RFC 4180 section 2).
#[must_use]
pub fn csv_row(cells: &[&str]) -> String {
    let mut row = String::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            row.push(',');
        }
        row.push_str(&csv_cell(cell));
    }
    row.push_str("\r\n");
    row
}

/// Gives the cells of a line to `take`, without their quotes (RFC 4180 section 2), each with
/// whether its quotes are closed.
pub(crate) fn each_cell(line: &[u8], mut take: impl FnMut(&[u8], bool)) {
    let mut rest = line;
    let mut unquoted = Vec::new();
    loop {
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
            take(&rest[..end], true);
            match rest.get(end + 1..) {
                Some(after) if end < rest.len() => rest = after,
                _ => return,
            }
            continue;
        };
        unquoted.clear();
        rest = quoted;
        let closed = loop {
            let Some(quote) = memchr::memchr(b'"', rest) else {
                unquoted.extend_from_slice(rest);
                rest = b"";
                break false;
            };
            unquoted.extend_from_slice(&rest[..quote]);
            rest = &rest[quote + 1..];
            match rest.strip_prefix(b"\"") {
                Some(after) => {
                    unquoted.push(b'"');
                    rest = after;
                }
                None => break true,
            }
        };
        match rest {
            [] => {
                take(&unquoted, closed);
                return;
            }
            [b',', after @ ..] => {
                take(&unquoted, closed);
                rest = after;
            }
            // Something after the closing quote: as bad as a quote that is not closed.
            _ => {
                take(&unquoted, false);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_guarded_only_where_needed() {
        for (text, cell) in [
            ("Peña", "Peña"),
            ("", ""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("Smith, Jane", "\"Smith, Jane\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(csv_cell(text), cell, "{text:?}");
        }
        assert_eq!(csv_row(&["a", "b,c"]), "a,\"b,c\"\r\n");
    }
}

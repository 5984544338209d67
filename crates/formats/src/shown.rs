//! Foreign bytes, made fit for an error message.

/// At most this many characters of a file are repeated in a message.
const MOST: usize = 40;

/// The text of `bytes` as UTF-8, or as Latin-1 if it is not UTF-8.
///
/// X12 names a character set of bytes only; senders use both.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

/// `bytes` in quotes, cut to 40 characters, without control characters; `nothing` if empty.
pub(crate) fn shown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let text = decode(&bytes[..bytes.len().min(4 * MOST)]);
    let mut kept: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().count() > MOST {
        kept.push('…');
    }
    format!("\"{kept}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_repeats_little_and_no_control_characters() {
        assert_eq!(shown(b""), "nothing");
        assert_eq!(shown(b"AB\x07C"), "\"AB\u{fffd}C\"");
        assert_eq!(shown(&[b'x'; 200]).chars().count(), MOST + 3);
        assert_eq!(decode(b"Pe\xf1a"), "Peña");
        assert_eq!(decode("Peña".as_bytes()), "Peña");
    }
}

//! Authenticator apps: six digits that change every 30 seconds (RFC 6238 over RFC 4226).
//!
//! The keyed hash is the caller's; here is what is done with it.

use jiff::Timestamp;
use kernel::digits_of;

/// How long one code is shown, in seconds: what every app assumes.
pub const STEP_SECONDS: u64 = 30;
/// How many steps a clock may be off, to either side (OWASP ASVS 5.0 V6.5.5).
pub const OFF_BY: u64 = 1;
/// Bytes of a secret: as long as the hash (RFC 4226 section 4, R6).
pub const SECRET_BYTES: usize = 20;

/// The step that an instant falls into.
#[must_use]
pub fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0) / STEP_SECONDS
}

/// The six digits of a step, from HMAC-SHA-1 of its number in eight bytes (RFC 4226 section 5.3).
#[must_use]
pub fn digits(mac: &[u8; 20]) -> String {
    let at = usize::from(mac[19] & 0x0F);
    let four = [mac[at] & 0x7F, mac[at + 1], mac[at + 2], mac[at + 3]];
    format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
}

/// Reads what was typed in any grouping; `None` if it is not six digits.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    digits_of(typed).filter(|digits| digits.len() == 6)
}

/// The step whose code was typed: now, or one step off, but never one that was used before or an
/// earlier one. `code_of` gives the digits of a step.
#[must_use]
pub fn accepted(
    typed: &str,
    last_used: Option<u64>,
    now: Timestamp,
    code_of: &dyn Fn(u64) -> String,
) -> Option<u64> {
    let step = step_at(now);
    let steps = step.saturating_sub(OFF_BY)..=step.saturating_add(OFF_BY);
    // All are compared, so that the time taken does not tell which was right.
    steps.fold(None, |found, step| {
        let same = same(&code_of(step), typed);
        match last_used {
            Some(last) if step <= last => found,
            _ if same => Some(step),
            _ => found,
        }
    })
}

fn same(a: &str, b: &str) -> bool {
    let pairs = a.bytes().zip(b.bytes());
    a.len() == b.len() && pairs.fold(0, |so_far, (x, y)| so_far | (x ^ y)) == 0
}

/// A secret as people type it: base32 (RFC 4648 section 6) without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits)) as usize & 31]));
    }
    text
}

/// The address that an app reads from the QR code. `plan` and `account` are shown in the app.
#[must_use]
pub fn address(plan: &str, account: &str, secret: &[u8]) -> String {
    let (plan, account) = (escaped(plan), escaped(account));
    format!(
        "otpauth://totp/{plan}:{account}?secret={}&issuer={plan}",
        base32(secret)
    )
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_cut_as_rfc_4226_shows() {
        // RFC 4226 section 5.4.
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19,
            0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(digits(&mac), "872921");
    }

    #[test]
    fn a_secret_is_written_as_rfc_4648_shows() {
        for (plain, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), expected, "{plain}");
        }
        assert_eq!(
            address("Green Valley", "maría", b"foobar"),
            "otpauth://totp/Green%20Valley:mar%C3%ADa?secret=MZXW6YTBOI&issuer=Green%20Valley"
        );
    }

    #[test]
    fn a_code_is_good_one_step_to_either_side_and_never_again() {
        let code_of = |step: u64| format!("{:06}", step % 1_000_000);
        let now = Timestamp::from_second(3_000).unwrap();
        assert_eq!(step_at(now), 100);
        for (typed, last_used, expected) in [
            ("000100", None, Some(100)),
            ("000099", None, Some(99)),
            ("000101", None, Some(101)),
            ("000098", None, None),
            ("000102", None, None),
            ("000100", Some(100), None),
            ("000100", Some(101), None),
            ("000101", Some(100), Some(101)),
            ("", None, None),
        ] {
            assert_eq!(
                accepted(typed, last_used, now, &code_of),
                expected,
                "{typed} after {last_used:?}"
            );
        }
        assert_eq!(read(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(read("12345"), None);
    }
}

//! Telephone media: audio coding and keyed digits.
//!
//! Signalling is not here. This is what happens between packets and samples: RTP packets
//! ([`rtp`]), the two laws of G.711 ([`g711`]), digits sent as events ([`telephone_event`]), and
//! digits heard as tones where no events come ([`tones`]).
#![deny(missing_docs)]

pub mod g711;
pub mod rtp;
pub mod telephone_event;
pub mod tones;

/// A key of a telephone: the sixteen of ITU-T Q.23.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u8);

impl Key {
    /// The key of an event code of RFC 4733 section 3.2: 0 to 15.
    #[must_use]
    pub const fn from_event(code: u8) -> Option<Self> {
        if code < 16 { Some(Key(code)) } else { None }
    }

    /// The key of a character: `0` to `9`, `*`, `#`, `A` to `D`.
    #[must_use]
    pub fn from_char(c: char) -> Option<Self> {
        let at = CHARACTERS.iter().position(|known| *known == c)?;
        u8::try_from(at).ok().map(Key)
    }

    /// Its event code: 0 to 15.
    #[must_use]
    pub const fn event(self) -> u8 {
        self.0
    }

    /// Its character.
    #[must_use]
    pub const fn char(self) -> char {
        CHARACTERS[self.0 as usize]
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Keys are member IDs and account numbers: no log shows which.
        f.write_str("Key(…)")
    }
}

const CHARACTERS: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_codes_of_rfc_4733() {
        for (character, code) in [
            ('0', 0),
            ('9', 9),
            ('*', 10),
            ('#', 11),
            ('A', 12),
            ('D', 15),
        ] {
            let key = Key::from_char(character).unwrap();
            assert_eq!(key.event(), code);
            assert_eq!(Key::from_event(code).map(Key::char), Some(character));
        }
        assert_eq!(Key::from_event(16), None);
        assert_eq!(Key::from_char('a'), None);
        assert_eq!(format!("{:?}", Key::from_char('7')), "Some(Key(…))");
    }
}

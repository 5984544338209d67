//! RTP packets (RFC 3550 section 5.1).

use std::cmp::Ordering;

/// The fixed header, without padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Header {
    /// Set on the first packet after silence, and on the first of an event.
    pub marker: bool,
    /// What the payload is: 0 to 127.
    pub payload_type: u8,
    /// One more with each packet; wraps.
    pub sequence: u16,
    /// The sampling instant, in samples; wraps.
    pub timestamp: u32,
    /// The source.
    pub ssrc: u32,
}

/// A packet read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet<'b> {
    /// Its header.
    pub header: Header,
    /// What it carries, padding taken off.
    pub payload: &'b [u8],
}

/// Why bytes are not an RTP packet. They are dropped and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Fewer bytes than the header announces.
    #[error("the packet ends within its header; drop it")]
    Short,
    /// Not version 2.
    #[error("the packet is RTP version {found}, not 2; drop it")]
    Version {
        /// The version found.
        found: u8,
    },
    /// More padding than payload, or none although announced.
    #[error("the padding is longer than the packet; drop it")]
    Padding,
}

const FIXED: usize = 12;

impl Header {
    /// Writes header and payload.
    #[must_use]
    pub fn write(&self, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FIXED + payload.len());
        bytes.push(0x80);
        bytes.push(u8::from(self.marker) << 7 | self.payload_type & 0x7F);
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(payload);
        bytes
    }
}

/// Reads a packet. Contributing sources and a header extension are skipped.
///
/// # Errors
/// [`RtpError`].
pub fn read(bytes: &[u8]) -> Result<Packet<'_>, RtpError> {
    let (fixed, rest) = bytes.split_first_chunk::<FIXED>().ok_or(RtpError::Short)?;
    let [first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
    let version = first >> 6;
    if version != 2 {
        return Err(RtpError::Version { found: version });
    }
    let mut payload = rest
        .get(usize::from(first & 0x0F) * 4..)
        .ok_or(RtpError::Short)?;
    if first & 0x10 != 0 {
        let (extension, after) = payload.split_first_chunk::<4>().ok_or(RtpError::Short)?;
        let words = usize::from(u16::from_be_bytes([extension[2], extension[3]]));
        payload = after.get(words * 4..).ok_or(RtpError::Short)?;
    }
    if first & 0x20 != 0 {
        let padding = usize::from(*payload.last().ok_or(RtpError::Padding)?);
        if padding == 0 || padding > payload.len() {
            return Err(RtpError::Padding);
        }
        payload = &payload[..payload.len() - padding];
    }
    Ok(Packet {
        header: Header {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7F,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
        },
        payload,
    })
}

/// Which of two sequence numbers is later, across the wrap (RFC 1982).
#[must_use]
pub fn sequence_order(a: u16, b: u16) -> Ordering {
    match a.wrapping_sub(b) {
        0 => Ordering::Equal,
        1..0x8000 => Ordering::Greater,
        _ => Ordering::Less,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: Header = Header {
        marker: true,
        payload_type: 101,
        sequence: 0x1234,
        timestamp: 0x0102_0304,
        ssrc: 0xDEAD_BEEF,
    };

    #[test]
    fn rfc_3550_5_1_the_header_lies_as_the_standard_draws_it() {
        let bytes = HEADER.write(&[9, 8]);
        assert_eq!(
            bytes,
            [
                0x80, 0xE5, 0x12, 0x34, 1, 2, 3, 4, 0xDE, 0xAD, 0xBE, 0xEF, 9, 8
            ]
        );
        assert_eq!(
            read(&bytes),
            Ok(Packet {
                header: HEADER,
                payload: &[9, 8]
            })
        );
    }

    #[test]
    fn rfc_3550_5_1_sources_extension_and_padding_are_taken_off() {
        let mut bytes = HEADER.write(&[]);
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes.extend([0; 8]);
        bytes.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
        bytes.extend([7, 7, 7, 0, 0, 3]);
        assert_eq!(read(&bytes).map(|p| p.payload), Ok(&[7, 7, 7][..]));
    }

    #[test]
    fn what_is_not_a_packet_is_refused() {
        let good = HEADER.write(&[1, 2, 3]);
        for length in 0..FIXED {
            assert_eq!(read(&good[..length]), Err(RtpError::Short), "{length}");
        }
        for (at, value, error) in [
            (0, 0x40, RtpError::Version { found: 1 }),
            (0, 0x8F, RtpError::Short),
            (0, 0x90, RtpError::Short),
            (14, 4, RtpError::Padding),
            (14, 0, RtpError::Padding),
        ] {
            let mut bytes = good.clone();
            if error == RtpError::Padding {
                bytes[0] = 0xA0;
            }
            bytes[at] = value;
            assert_eq!(read(&bytes), Err(error), "{at} {value:#x}");
        }
    }

    #[test]
    fn sequence_numbers_are_ordered_across_the_wrap() {
        for (a, b, order) in [
            (1, 0, Ordering::Greater),
            (0, u16::MAX, Ordering::Greater),
            (u16::MAX, 0, Ordering::Less),
            (5, 5, Ordering::Equal),
        ] {
            assert_eq!(sequence_order(a, b), order, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(packet) = read(&bytes) {
                prop_assert!(packet.payload.len() + FIXED <= bytes.len());
            }
        }

        #[test]
        fn what_is_written_is_read(
            marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32,
            payload in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let header = Header { marker, payload_type, sequence, timestamp, ssrc };
            let bytes = header.write(&payload);
            prop_assert_eq!(read(&bytes), Ok(Packet { header, payload: &payload }));
        }
    }
}

//! Digits as events in RTP (RFC 4733).
//!
//! A sender repeats an event while the key is held and its end three times, all with the timestamp
//! of its beginning. Packets are lost and doubled on the way, so a key counts on the first packet
//! of a timestamp and event not seen before; whether its end arrives does not matter.

use crate::Key;

/// The payload of an event packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TelephoneEvent {
    /// The event code; 0 to 15 are keys.
    pub code: u8,
    /// True on the last packets.
    pub end: bool,
    /// How loud, in decibels below the reference (dBm0), 0 to 63.
    pub volume: u8,
    /// How long so far, in samples.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads a payload of at least four octets; what follows is ignored. `None` if it is shorter.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let [code, flags, d0, d1] = *payload.first_chunk::<4>()?;
        Some(TelephoneEvent {
            code,
            end: flags & 0x80 != 0,
            volume: flags & 0x3F,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }

    /// Writes the payload.
    #[must_use]
    pub fn write(self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        let flags = u8::from(self.end) << 7 | self.volume & 0x3F;
        [self.code, flags, d0, d1]
    }
}

/// Turns event packets into keys pressed: each once.
#[derive(Clone, Debug, Default)]
pub struct KeyPresses {
    last: Option<(u32, u8)>,
}

impl KeyPresses {
    /// The key that this packet is the first of, if it is. Packets of the key before that come late
    /// or twice give nothing, whatever the order in which they come.
    pub fn on_packet(&mut self, timestamp: u32, event: TelephoneEvent) -> Option<Key> {
        let key = Key::from_event(event.code)?;
        if let Some((last, code)) = self.last {
            let later = timestamp.wrapping_sub(last);
            if (later == 0 && code == event.code) || later >= 0x8000_0000 {
                return None;
            }
        }
        self.last = Some((timestamp, event.code));
        Some(key)
    }
}

/// The payloads of one key press, each with its marker: every `step` samples while it lasts, and
/// the end three times (RFC 4733 section 2.5.1.4). Their packets all carry the same timestamp.
#[must_use]
pub fn press(key: Key, volume: u8, duration: u16, step: u16) -> Vec<(bool, TelephoneEvent)> {
    let event = |duration, end| TelephoneEvent {
        code: key.event(),
        end,
        volume: volume.min(63),
        duration,
    };
    let mut packets: Vec<(bool, TelephoneEvent)> = (1..)
        .map_while(|n: u16| n.checked_mul(step.max(1)))
        .take_while(|at| *at < duration)
        .map(|at| (false, event(at, false)))
        .collect();
    packets.extend([(false, event(duration, true)); 3]);
    if let Some((marker, _)) = packets.first_mut() {
        *marker = true;
    }
    packets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(packets: &[(u32, TelephoneEvent)]) -> String {
        let mut presses = KeyPresses::default();
        packets
            .iter()
            .filter_map(|(t, e)| presses.on_packet(*t, *e))
            .map(Key::char)
            .collect()
    }

    fn pressed(text: &str) -> Vec<(u32, TelephoneEvent)> {
        (0_u32..)
            .zip(text.chars())
            .flat_map(|(n, c)| {
                let key = Key::from_char(c).unwrap();
                // Near the wrap of the timestamp.
                let timestamp = (u32::MAX - 2000).wrapping_add(n * 1600);
                press(key, 10, 800, 160)
                    .into_iter()
                    .map(move |(_, e)| (timestamp, e))
            })
            .collect()
    }

    #[test]
    fn rfc_4733_2_3_the_payload_lies_as_the_standard_draws_it() {
        let event = TelephoneEvent {
            code: 11,
            end: true,
            volume: 10,
            duration: 800,
        };
        assert_eq!(event.write(), [11, 0x8A, 0x03, 0x20]);
        assert_eq!(TelephoneEvent::read(&event.write()), Some(event));
        assert_eq!(
            TelephoneEvent::read(&[11, 0xCA, 3, 0x20, 0, 0]),
            Some(event),
            "the reserved bit"
        );
        assert_eq!(TelephoneEvent::read(&[1, 2, 3]), None);
    }

    #[test]
    fn rfc_4733_2_5_1_4_the_end_is_sent_three_times() {
        let packets = press(Key::from_char('5').unwrap(), 10, 480, 160);
        let shown: Vec<_> = packets
            .iter()
            .map(|(m, e)| (*m, e.duration, e.end))
            .collect();
        assert_eq!(
            shown,
            [
                (true, 160, false),
                (false, 320, false),
                (false, 480, true),
                (false, 480, true),
                (false, 480, true)
            ]
        );
    }

    #[test]
    fn a_key_counts_once_and_the_same_key_again_counts_again() {
        assert_eq!(keys(&pressed("1122*#")), "1122*#");
        assert_eq!(keys(&pressed("12345678901")), "12345678901");
    }

    #[test]
    fn events_that_are_not_keys_are_ignored() {
        let flash = TelephoneEvent {
            code: 16,
            end: false,
            volume: 0,
            duration: 160,
        };
        assert_eq!(keys(&[(0, flash)]), "");
    }

    proptest! {
        /// As long as one packet of each press arrives, every key counts exactly once: with losses,
        /// doubles, and neighbours swapped within a press or across the border of two.
        #[test]
        fn losses_doubles_and_late_packets_change_nothing(
            text in "[0-9*#]{1,12}",
            fate in proptest::collection::vec(0_u8..10, 120),
        ) {
            let all = pressed(&text);
            let per_key = all.len() / text.len();
            let mut arrived = Vec::new();
            for (at, packet) in all.iter().enumerate() {
                let survivor = at % per_key == usize::from(fate[0]) % per_key;
                match fate[at % fate.len()] {
                    0..=3 if !survivor => {}
                    4 | 5 => arrived.extend([*packet, *packet]),
                    _ => arrived.push(*packet),
                }
            }
            // A packet of an earlier press comes once more, late.
            let stale: Vec<_> = arrived.iter().step_by(5).copied().collect();
            prop_assert_eq!(keys(&arrived), text.clone());
            let mut late = arrived.clone();
            late.extend(stale);
            prop_assert_eq!(keys(&late), text);
        }
    }
}

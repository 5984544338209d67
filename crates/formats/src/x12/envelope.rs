use std::collections::BTreeMap;
use std::io::Read;

use super::{EnvelopeError, Refusal, Segment, Segments};
use crate::shown::{decode, shown};

/// What a complete file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvelopeSummary {
    /// Interchanges (ISA to IEA).
    pub interchanges: u64,
    /// Functional groups (GS to GE).
    pub groups: u64,
    /// Transaction sets (ST to SE).
    pub sets: u64,
    /// Segments of the whole file.
    pub segments: u64,
    /// Bytes of the whole file.
    pub bytes: u64,
    /// How many transaction sets of each kind (ST01), such as `834`.
    pub kinds: BTreeMap<String, u64>,
    /// ISA06 of the first interchange: who sent it.
    pub sender: String,
    /// ISA13 of the first interchange.
    pub control_number: String,
}

/// Reads the whole file and says whether every envelope in it is closed and counts right.
///
/// # Errors
/// [`EnvelopeError`] at the first thing that does not balance.
pub fn check_envelope(reader: impl Read) -> Result<EnvelopeSummary, EnvelopeError> {
    let mut segments = Segments::new(reader);
    let mut check = EnvelopeCheck::default();
    while let Some(segment) = segments.next_segment()? {
        check.observe(&segment)?;
    }
    check.finish(&segments)
}

/// Follows the envelopes of a file segment by segment: ISA13 = IEA02 and the count of groups,
/// GS06 = GE02 and the count of transaction sets, ST02 = SE02 and the count of segments.
#[derive(Debug, Default)]
pub struct EnvelopeCheck {
    summary: EnvelopeSummary,
    interchange: Option<Open>,
    group: Option<Open>,
    set: Option<Open>,
}

/// An envelope that has begun.
#[derive(Debug)]
struct Open {
    control: Vec<u8>,
    /// Groups in an interchange, sets in a group; for a set, the number of its ST segment.
    count: u64,
}

impl EnvelopeCheck {
    /// Takes the next segment.
    ///
    /// # Errors
    /// [`Refusal`] if it does not balance.
    pub fn observe(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        match segment.id() {
            b"ISA" => self.interchange_begins(segment),
            b"IEA" => self.interchange_ends(segment),
            b"GS" => self.group_begins(segment),
            b"GE" => self.group_ends(segment),
            b"ST" => self.set_begins(segment),
            b"SE" => self.set_ends(segment),
            // Interchange acknowledgments stand outside groups.
            b"TA1" if self.group.is_none() => Ok(()),
            _ if self.set.is_some() => Ok(()),
            other => Err(segment.refusal(
                "segment ID",
                shown(other),
                "every such segment between ST and SE",
            )),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`EnvelopeError`] if an interchange is still open, or there was none.
    pub fn finish<R: Read>(
        mut self,
        segments: &Segments<R>,
    ) -> Result<EnvelopeSummary, EnvelopeError> {
        let at_end = |found: &str, expected: String| Refusal {
            segment: segments.segments_read() + 1,
            offset: segments.bytes_read(),
            element: "end of file",
            found: found.to_owned(),
            expected,
        };
        if let Some(open) = &self.interchange {
            let missing = if self.set.is_some() {
                "SE, GE and IEA"
            } else if self.group.is_some() {
                "GE and IEA"
            } else {
                "IEA"
            };
            let expected = format!("{missing} of interchange {}", shown(&open.control));
            return Err(at_end("the end of the file", expected).into());
        }
        if self.summary.interchanges == 0 {
            let expected = "an X12 interchange, which begins with ISA".to_owned();
            return Err(at_end("an empty file", expected).into());
        }
        self.summary.segments = segments.segments_read();
        self.summary.bytes = segments.bytes_read();
        Ok(self.summary)
    }

    fn interchange_begins(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        if self.interchange.is_some() {
            return Err(out_of_place(segment, "IEA before the next ISA"));
        }
        let elements: [&[u8]; 14] = segment.elements();
        if self.summary.interchanges == 0 {
            self.summary.sender = decode(elements[6].trim_ascii());
            self.summary.control_number = decode(elements[13].trim_ascii());
        }
        self.summary.interchanges += 1;
        self.interchange = Some(Open::new(elements[13], 0));
        Ok(())
    }

    fn interchange_ends(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        if self.group.is_some() || self.set.is_some() {
            return Err(out_of_place(segment, "SE and GE before IEA"));
        }
        let Some(open) = self.interchange.take() else {
            return Err(out_of_place(segment, "ISA before IEA"));
        };
        let [_, count, control] = segment.elements();
        counts(segment, "IEA01", count, open.count, "functional groups")?;
        same_number(segment, "IEA02", control, &open.control, "ISA13")
    }

    fn group_begins(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        if self.group.is_some() {
            return Err(out_of_place(segment, "GE before the next GS"));
        }
        let Some(interchange) = &mut self.interchange else {
            return Err(out_of_place(segment, "ISA before GS"));
        };
        interchange.count += 1;
        self.summary.groups += 1;
        self.group = Some(Open::new(segment.element(6), 0));
        Ok(())
    }

    fn group_ends(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        if self.set.is_some() {
            return Err(out_of_place(segment, "SE before GE"));
        }
        let Some(open) = self.group.take() else {
            return Err(out_of_place(segment, "GS before GE"));
        };
        let [_, count, control] = segment.elements();
        counts(segment, "GE01", count, open.count, "transaction sets")?;
        same_number(segment, "GE02", control, &open.control, "GS06")
    }

    fn set_begins(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        if self.set.is_some() {
            return Err(out_of_place(segment, "SE before the next ST"));
        }
        let Some(group) = &mut self.group else {
            return Err(out_of_place(segment, "GS before ST"));
        };
        group.count += 1;
        self.summary.sets += 1;
        let [_, kind, control] = segment.elements();
        match self
            .summary
            .kinds
            .get_mut(std::str::from_utf8(kind).unwrap_or_default())
        {
            Some(count) => *count += 1,
            None => {
                self.summary.kinds.insert(decode(kind), 1);
            }
        }
        self.set = Some(Open::new(control, segment.number));
        Ok(())
    }

    fn set_ends(&mut self, segment: &Segment<'_>) -> Result<(), Refusal> {
        let Some(open) = self.set.take() else {
            return Err(out_of_place(segment, "ST before SE"));
        };
        let [_, count, control] = segment.elements();
        let segments = segment.number - open.count + 1;
        counts(segment, "SE01", count, segments, "segments from ST to SE")?;
        if control.trim_ascii() != open.control {
            let expected = format!("{}, as in ST02", shown(&open.control));
            return Err(segment.refusal("SE02", shown(control), expected));
        }
        Ok(())
    }
}

impl Open {
    fn new(control: &[u8], count: u64) -> Self {
        Open {
            control: control.trim_ascii().to_owned(),
            count,
        }
    }
}

fn out_of_place(segment: &Segment<'_>, expected: &str) -> Refusal {
    segment.refusal("segment ID", shown(segment.id()), expected)
}

fn counts(
    segment: &Segment<'_>,
    element: &'static str,
    says: &[u8],
    counted: u64,
    what: &str,
) -> Result<(), Refusal> {
    let number = std::str::from_utf8(says.trim_ascii())
        .ok()
        .and_then(|text| text.parse::<u64>().ok());
    if number == Some(counted) {
        return Ok(());
    }
    let expected = format!("{counted}, the number of {what}");
    Err(segment.refusal(element, shown(says), expected))
}

/// Control numbers of ISA and GS are numeric: leading zeros do not count.
fn same_number(
    segment: &Segment<'_>,
    element: &'static str,
    found: &[u8],
    opened: &[u8],
    with: &str,
) -> Result<(), Refusal> {
    let bare = |control: &[u8]| -> Vec<u8> {
        let control = control.trim_ascii();
        let zeros = control.iter().take_while(|b| **b == b'0').count();
        control[zeros..].to_owned()
    };
    if bare(found) == bare(opened) {
        return Ok(());
    }
    let expected = format!("{}, as in {with}", shown(opened));
    Err(segment.refusal(element, shown(found), expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       \
                       *261101*1200*^*00501*000000001*0*P*:~";

    fn whole() -> String {
        format!(
            "{ISA}GS*BE*S*R*20261101*1200*7*X*005010X220A1~\
             ST*834*0001*005010X220A1~BGN*00*1~SE*3*0001~\
             ST*834*0002*005010X220A1~SE*2*0002~GE*2*7~\
             GS*RA*S*R*20261101*1200*8*X*005010X218~GE*0*8~IEA*2*000000001~"
        )
    }

    #[test]
    fn a_complete_file_is_summed_up() {
        let summary = check_envelope(whole().as_bytes()).unwrap();
        assert_eq!(
            (summary.interchanges, summary.groups, summary.sets),
            (1, 2, 2)
        );
        assert_eq!((summary.segments, summary.kinds["834"]), (11, 2));
        assert_eq!(summary.bytes, whole().len() as u64);
        assert_eq!(summary.sender, "SENDER");
    }

    #[test]
    fn several_interchanges_and_a_missing_last_terminator_are_complete() {
        let two = format!("{}\r\n{}", whole(), whole().trim_end_matches('~'));
        assert_eq!(check_envelope(two.as_bytes()).unwrap().interchanges, 2);
    }

    #[test]
    fn each_thing_that_does_not_balance_is_named() {
        for (from, to, says) in [
            ("SE*3*0001", "SE*4*0001", "SE01: found \"4\", expected 3"),
            ("SE*3*0001", "SE*3*0009", "SE02"),
            ("SE*3*0001~", "", "SE before the next ST"),
            ("GE*2*7", "GE*1*7", "GE01"),
            ("GE*2*7", "GE*2*9", "GE02"),
            ("GE*2*7~", "", "GE before the next GS"),
            ("IEA*2*", "IEA*1*", "IEA01"),
            ("IEA*2*000000001", "IEA*2*000000002", "IEA02"),
            ("IEA*2*000000001~", "", "end of file"),
            ("IEA*2*000000001~", "IEA*2*0000", "IEA02"),
            (
                "BGN*00*1~",
                "BGN*00*1~IEA*2*000000001~",
                "SE and GE before IEA",
            ),
            ("ST*834*0002", "INS*Y~ST*834*0002", "between ST and SE"),
        ] {
            let text = whole().replacen(from, to, 1);
            let error = check_envelope(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{from} to {to}: {error}");
            assert!(error.contains("ask the sender"), "{error}");
        }
        assert!(check_envelope(&b""[..]).is_err());
    }

    #[test]
    fn a_file_cut_at_any_byte_is_refused() {
        let whole = whole();
        for cut in 0..whole.len() - 1 {
            assert!(
                check_envelope(&whole.as_bytes()[..cut]).is_err(),
                "cut at {cut}"
            );
        }
    }
}

//! The name of a bank by its routing number.
//!
//! A small table of well-known numbers is built in. An operator who has the FedACH participant
//! directory of the Federal Reserve (fixed width, 155 bytes a line) gives it in the settings; it
//! then goes before the table. A number in neither is not wrong: the member is asked to check it,
//! not turned away.

use std::collections::HashMap;
use std::io::{self, BufRead};

use kernel::RoutingNumber;

/// Bank names by routing number.
#[derive(Debug, Clone)]
pub struct BankDirectory {
    names: HashMap<String, String>,
    complete: bool,
}

/// Why a directory file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file could not be read at all.
    #[error("the bank directory could not be read: {0}")]
    Read(#[from] io::Error),
    /// A line that is not one of the directory.
    #[error(
        "line {line} of the bank directory {what}; expected the FedACH participant directory, 155 characters a line"
    )]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// No line at all.
    #[error("the bank directory is empty")]
    Empty,
}

/// Columns of the FedACH participant directory, from 0: routing number 0..9, new routing number
/// 26..35, name 35..71, of 155 (Federal Reserve Financial Services, FedACH directory file format).
const ROUTING: std::ops::Range<usize> = 0..9;
const NEW_ROUTING: std::ops::Range<usize> = 26..35;
const NAME: std::ops::Range<usize> = 35..71;
const LINE_BYTES: usize = 155;

impl BankDirectory {
    /// The well-known banks.
    #[must_use]
    pub fn well_known() -> Self {
        let names = include_str!("well_known.csv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .map(|(routing, name)| (routing.to_owned(), name.to_owned()))
            .collect();
        BankDirectory {
            names,
            complete: false,
        }
    }

    /// Reads a FedACH participant directory on top of the well-known banks.
    ///
    /// # Errors
    /// [`DirectoryError`], with the line; a file with one bad line is refused whole.
    pub fn with_fedach(lines: impl BufRead) -> Result<Self, DirectoryError> {
        let mut names = Self::well_known().names;
        let mut count = 0;
        for (index, line) in lines.split(b'\n').enumerate() {
            let line = line?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let wrong = |what| DirectoryError::Line {
                line: index + 1,
                what,
            };
            if !line.is_ascii() {
                return Err(wrong("has a letter outside ASCII"));
            }
            // Editors take the blanks off the end of a line; what is read lies well before it.
            if line.len() > LINE_BYTES || line.len() < NAME.end {
                return Err(wrong("has the wrong length"));
            }
            let text = |range| String::from_utf8_lossy(&line[range]).trim().to_owned();
            let routing = RoutingNumber::parse(&text(ROUTING))
                .map_err(|_| wrong("does not begin with a routing number"))?;
            let name = text(NAME);
            if name.is_empty() {
                return Err(wrong("has no name"));
            }
            if let Ok(new) = RoutingNumber::parse(&text(NEW_ROUTING)) {
                names.insert(new.as_str().to_owned(), title_case(&name));
            }
            names.insert(routing.as_str().to_owned(), title_case(&name));
            count += 1;
        }
        if count == 0 {
            return Err(DirectoryError::Empty);
        }
        Ok(BankDirectory {
            names,
            complete: true,
        })
    }

    /// The bank's name, if the number is known.
    #[must_use]
    pub fn name_of(&self, routing: &RoutingNumber) -> Option<&str> {
        self.names.get(routing.as_str()).map(String::as_str)
    }

    /// True if a whole directory was read, so that an unknown number is worth a warning.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// `WELLS FARGO BANK NA` as a person writes it. Short words that are all consonants, and `NA`, stay
/// in capitals.
fn title_case(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let initials = word.len() <= 4 && !word.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
        if initials || matches!(word, "NA" | "FCU" | "CU" | "USA" | "USAA" | "II" | "III") {
            word.to_owned()
        } else {
            let lower = word.to_ascii_lowercase();
            let mut letters = lower.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routing(text: &str) -> RoutingNumber {
        RoutingNumber::parse(text).unwrap()
    }

    fn line(number: &str, new: &str, name: &str) -> String {
        let start = format!("{number}O0110000151122415{new}{name:<36}");
        format!("{start:<155}\n")
    }

    #[test]
    fn well_known_banks_have_names_and_every_number_in_the_table_holds() {
        let directory = BankDirectory::well_known();
        assert_eq!(
            directory.name_of(&routing("021000021")),
            Some("JPMorgan Chase")
        );
        assert_eq!(
            directory.name_of(&routing("110000000")),
            Some("STRIPE TEST BANK")
        );
        assert_eq!(directory.name_of(&routing("062000019")), None);
        assert!(!directory.is_complete());
        for number in directory.names.keys() {
            assert!(RoutingNumber::parse(number).is_ok(), "{number}");
        }
    }

    #[test]
    fn the_directory_of_the_federal_reserve_is_read_by_column() {
        let file = line("062000019", "000000000", "REGIONS BANK")
            + &line("011900254", "011000138", "BANK OF AMERICA, NA")
            + "\n";
        let directory = BankDirectory::with_fedach(file.as_bytes()).unwrap();
        assert_eq!(
            directory.name_of(&routing("062000019")),
            Some("Regions Bank")
        );
        assert_eq!(
            directory.name_of(&routing("011900254")),
            Some("Bank Of America, NA")
        );
        assert_eq!(
            directory.name_of(&routing("011000138")),
            Some("Bank Of America, NA")
        );
        assert!(directory.is_complete());
    }

    #[test]
    fn a_file_that_is_not_the_directory_is_refused_with_its_line() {
        let good = line("062000019", "000000000", "REGIONS BANK");
        for (file, at) in [
            (format!("{good}routing,name\n"), 2),
            (
                format!("{good}{good}{}", line("123456789", "000000000", "NO BANK")),
                3,
            ),
            (line("062000019", "000000000", ""), 1),
            (
                format!("{}x", good.trim_end_matches('\n').to_owned() + "y"),
                1,
            ),
        ] {
            match BankDirectory::with_fedach(file.as_bytes()) {
                Err(DirectoryError::Line { line, .. }) => assert_eq!(line, at, "{file}"),
                other => panic!("{other:?} for {file}"),
            }
        }
        assert!(matches!(
            BankDirectory::with_fedach(&b"\n\n"[..]),
            Err(DirectoryError::Empty)
        ));
    }
}

//! The mail that the program wrote into its folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

/// A letter.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Names and beginnings of the files that came with it.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Every letter to `address`.
pub fn to(folder: &Path, address: &str) -> Vec<Letter> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let files = entries.flatten().map(|entry| entry.path());
    let letters = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
    letters
        .filter_map(|path| read(&path))
        .filter(|letter| letter.to == address)
        .collect()
}

fn read(path: &PathBuf) -> Option<Letter> {
    let bytes = std::fs::read(path).ok()?;
    let message = MessageParser::default().parse(&bytes)?;
    let address = message.to()?.first()?.address()?.to_owned();
    let files = message
        .attachments()
        .map(|part| {
            use mail_parser::MimeHeaders as _;
            (
                part.attachment_name().unwrap_or_default().to_owned(),
                part.contents().to_vec(),
            )
        })
        .collect();
    Some(Letter {
        to: address,
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        files,
    })
}

/// Waits for a letter to `address` that holds `words`.
///
/// # Panics
/// If none comes in time.
pub async fn wait_for(folder: &Path, address: &str, words: &str, within: Duration) -> Letter {
    let begun = Instant::now();
    loop {
        let letters = to(folder, address);
        if let Some(letter) = letters
            .iter()
            .find(|letter| letter.text.contains(words) || letter.subject.contains(words))
        {
            return letter.clone();
        }
        assert!(
            begun.elapsed() < within,
            "no letter to {address} with \"{words}\" within {within:?}; there were {:?}",
            letters
                .iter()
                .map(|letter| &letter.subject)
                .collect::<Vec<_>>()
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The code of eight or six digits in a letter.
pub fn code_in(text: &str) -> String {
    text.lines()
        .map(|line| {
            line.chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
        })
        .find(|line| line.len() >= 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or_else(|| panic!("no code in: {text}"))
}

//! Mail that came back: delivery status notifications (RFC 3464), read from a Maildir.

use std::path::{Path, PathBuf};

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders as _};
use tokio::fs;

/// The largest file that is read as a returned message.
const LARGEST: u64 = 1 << 20;

/// What a returned message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The id of the message that came back, as [`super::MailMessage::message_id`] had it.
    pub message_id: String,
    /// True if it will not be delivered; false if it is only late.
    pub failed: bool,
    /// The status code of RFC 3463: `5.1.1`. Empty if there is none.
    pub status: String,
}

/// A file with a returned message.
#[derive(Debug)]
pub struct ReturnedMail {
    /// Where it is.
    pub path: PathBuf,
    /// What it says; `None` if it is no notification about a message of ours.
    pub says: Option<Returned>,
}

impl ReturnedMail {
    /// Moves the file to the folder's `cur` if it was understood, else to `unread`, for a person to
    /// look at.
    ///
    /// # Errors
    /// [`std::io::Error`].
    pub async fn put_away(&self, folder: &Path) -> std::io::Result<()> {
        let into = folder.join(if self.says.is_some() { "cur" } else { "unread" });
        fs::create_dir_all(&into).await?;
        let Some(name) = self.path.file_name() else {
            return Ok(());
        };
        fs::rename(&self.path, into.join(name)).await
    }
}

/// Up to `most` new messages of a Maildir, in the order of their names.
///
/// # Errors
/// [`std::io::Error`] if the folder cannot be read. A folder that does not exist has none.
pub async fn read_returned(folder: &Path, most: usize) -> std::io::Result<Vec<ReturnedMail>> {
    let mut names = Vec::new();
    let mut entries = match fs::read_dir(folder.join("new")).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    while let Some(entry) = entries.next_entry().await? {
        let whole = entry.metadata().await?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if whole.is_file() && !hidden {
            names.push((entry.path(), whole.len()));
        }
    }
    names.sort();
    names.truncate(most);
    let mut found = Vec::with_capacity(names.len());
    for (path, size) in names {
        let says = if size <= LARGEST {
            understood(&fs::read(&path).await?)
        } else {
            None
        };
        found.push(ReturnedMail { path, says });
    }
    Ok(found)
}

/// What a message says about one of ours, if it is a delivery status notification. Which one it was
/// is known from the address it came back to, else from the Message-ID it quotes.
fn understood(bytes: &[u8]) -> Option<Returned> {
    let message = MessageParser::default().parse(bytes)?;
    let report = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message")
                && kind
                    .subtype()
                    .is_some_and(|of| of.eq_ignore_ascii_case("delivery-status"))
        })
    })?;
    let report = String::from_utf8_lossy(report.contents());
    let fields = Fields::read(&report);
    let action = fields.of("action")?;
    let failed = action.eq_ignore_ascii_case("failed");
    let message_id = returned_to(&message).or_else(|| quoted_id(bytes))?;
    Some(Returned {
        message_id,
        failed,
        status: fields
            .of("status")
            .and_then(|status| status.split_whitespace().next().map(str::to_owned))
            .unwrap_or_default(),
    })
}

/// The id in the address that the notification was sent to: `bounces+ID@…`.
fn returned_to(message: &Message<'_>) -> Option<String> {
    let texts = |name: &str| {
        message
            .header_values(name.to_owned())
            .filter_map(|value| match value {
                HeaderValue::Text(text) => Some(text.to_string()),
                HeaderValue::Address(address) => address
                    .first()
                    .and_then(|one| one.address.as_ref())
                    .map(ToString::to_string),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    ["Delivered-To", "X-Original-To", "To"]
        .into_iter()
        .flat_map(texts)
        .find_map(|address| {
            let local = address.trim().split('@').next()?;
            let (_, id) = local.split_once('+')?;
            id_of_ours(id)
        })
}

/// The Message-ID among the headers that the notification quotes: the last one in the file, after
/// its own.
fn quoted_id(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ");
    unfolded.lines().rev().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        if !name.trim().eq_ignore_ascii_case("message-id") {
            return None;
        }
        let id = value.trim().trim_matches(['<', '>']).split('@').next()?;
        id_of_ours(id)
    })
}

/// An id has the form of ours: nothing else is looked up.
fn id_of_ours(id: &str) -> Option<String> {
    uuid::Uuid::try_parse(id).ok().map(|id| id.to_string())
}

/// The fields of a report: those of the message and those of its addressees after it.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    fn read(text: &'a str) -> Self {
        let pairs = text.lines().filter_map(|line| line.split_once(':'));
        Fields(
            pairs
                .map(|(name, value)| (name.trim(), value.trim()))
                .collect(),
        )
    }

    fn of(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "019bd2c2-7a4e-7000-8000-0123456789ab";

    /// A notification as Postfix sends it.
    fn postfix(to: &str, action: &str, status: &str, quoted: &str) -> String {
        format!(
            "Return-Path: <>\r\nDelivered-To: {to}\r\nDate: Tue,  1 Dec 2026 15:00:00 +0000\r\n\
             From: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             To: {to}\r\nMessage-Id: <20261201150000.1@mx.example.com>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"B/1\"\r\n\r\n\
             --B/1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry.\r\n\r\n\
             --B/1\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example.com\r\nX-Postfix-Queue-ID: 4T1\r\n\r\n\
             Final-Recipient: rfc822; maria@example.com\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
             --B/1\r\nContent-Type: text/rfc822-headers\r\n\r\n\
             Message-ID: <{quoted}@plan.example.com>\r\nSubject: A new invoice is ready\r\n\r\n--B/1--\r\n"
        )
    }

    #[test]
    fn a_notification_names_its_message_by_the_address_it_came_back_to() {
        let text = postfix(
            &format!("bounces+{ID}@plan.example.com"),
            "failed",
            "5.1.1",
            "something-else",
        );
        let says = understood(text.as_bytes()).unwrap();
        assert_eq!(says.message_id, ID);
        assert_eq!(says.status, "5.1.1");
        assert!(says.failed);
    }

    #[test]
    fn a_notification_names_its_message_by_what_it_quotes() {
        let text = postfix("billing@plan.example.com", "failed", "5.2.2 (full)", ID);
        let says = understood(text.as_bytes()).unwrap();
        assert_eq!(
            (says.message_id.as_str(), says.status.as_str()),
            (ID, "5.2.2")
        );
        let late = postfix("billing@plan.example.com", "delayed", "4.4.1", ID);
        assert!(!understood(late.as_bytes()).unwrap().failed);
    }

    #[test]
    fn what_is_no_notification_about_mail_of_ours_says_nothing() {
        let spam = postfix("billing@plan.example.com", "failed", "5.1.1", "1234");
        assert_eq!(understood(spam.as_bytes()), None);
        let answer = format!(
            "To: bounces+{ID}@plan.example.com\r\nSubject: I am away\r\n\r\nBack on Monday.\r\n"
        );
        assert_eq!(understood(answer.as_bytes()), None);
        assert_eq!(understood(b"\xff\xfe\x00"), None);
    }

    #[tokio::test]
    async fn a_maildir_is_read_and_put_away() {
        let folder = tempfile::tempdir().unwrap();
        let none = read_returned(&folder.path().join("missing"), 10)
            .await
            .unwrap();
        assert!(none.is_empty());
        let new = folder.path().join("new");
        std::fs::create_dir_all(&new).unwrap();
        let to = format!("bounces+{ID}@plan.example.com");
        std::fs::write(new.join("1.eml"), postfix(&to, "failed", "5.1.1", ID)).unwrap();
        std::fs::write(new.join("2.eml"), "Subject: hello\r\n\r\nHello.\r\n").unwrap();
        let found = read_returned(folder.path(), 10).await.unwrap();
        assert_eq!(found.len(), 2);
        for mail in &found {
            mail.put_away(folder.path()).await.unwrap();
        }
        assert!(folder.path().join("cur/1.eml").exists());
        assert!(folder.path().join("unread/2.eml").exists());
        assert!(read_returned(folder.path(), 10).await.unwrap().is_empty());
    }
}

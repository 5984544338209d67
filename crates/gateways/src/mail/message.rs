//! A message, and its form on the wire.

use kernel::Email;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::MailError;

/// A message to one person. Everything is plain text in our hands; encoding is done here, so that
/// nothing in it can become a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// To whom. Parsed before, so it has no line breaks.
    pub to: Email,
    /// The subject, on one line.
    pub subject: String,
    /// The text. Always there, for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// What makes a repeat recognisable: the id of the row in the outbox. It becomes the
    /// Message-ID.
    pub message_id: String,
}

/// A file sent along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name that the reader sees.
    pub name: String,
    /// Such as `application/pdf`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The plan's own address on outgoing mail.
#[derive(Debug, Clone)]
pub(super) struct Sender(Mailbox);

impl Sender {
    pub(super) fn new(name: &str, from: &Email) -> Result<Self, MailError> {
        let name = one_line(name);
        Ok(Sender(Mailbox::new(
            Some(name).filter(|name| !name.is_empty()),
            address(from)?,
        )))
    }

    /// The message as lettre sends it.
    pub(super) fn build(&self, message: &MailMessage) -> Result<Message, MailError> {
        let domain = self.0.email.domain();
        let id: String = message
            .message_id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        if id.is_empty() {
            return Err(MailError::Message("it has no id".to_owned()));
        }
        let builder = Message::builder()
            .from(self.0.clone())
            .to(Mailbox::new(None, address(&message.to)?))
            .subject(one_line(&message.subject))
            .message_id(Some(format!("<{id}@{domain}>")))
            .date_now()
            .raw_header(automatic());
        let text = SinglePart::plain(message.text.clone());
        let body = match &message.html {
            Some(html) => MultiPart::alternative()
                .singlepart(text)
                .singlepart(SinglePart::html(html.clone())),
            None => MultiPart::mixed().singlepart(text),
        };
        let body = if message.attachments.is_empty() {
            body
        } else {
            let mut whole = MultiPart::mixed().multipart(body);
            for attachment in &message.attachments {
                let kind = ContentType::parse(&attachment.content_type).map_err(|_| {
                    MailError::Message(format!(
                        "{:?} is not a type of file",
                        attachment.content_type
                    ))
                })?;
                whole = whole.singlepart(
                    Part::new(one_line(&attachment.name)).body(attachment.bytes.clone(), kind),
                );
            }
            whole
        };
        builder
            .multipart(body)
            .map_err(|error| MailError::Message(error.to_string()))
    }
}

/// Tells robots not to answer (RFC 3834, section 5).
fn automatic() -> lettre::message::header::HeaderValue {
    let name = lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted");
    lettre::message::header::HeaderValue::new(name, "auto-generated".to_owned())
}

fn address(email: &Email) -> Result<Address, MailError> {
    email
        .as_str()
        .parse()
        .map_err(|_| MailError::Message(format!("mail cannot be addressed to {}", email.masked())))
}

/// Header text: control characters become spaces, so that no line break can begin another header.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> MailMessage {
        MailMessage {
            to: Email::parse("maria@example.com").unwrap(),
            subject: "Your receipt".to_owned(),
            text: "Thank you.".to_owned(),
            html: None,
            attachments: Vec::new(),
            message_id: "0198-ab".to_owned(),
        }
    }

    fn wire(message: &MailMessage) -> String {
        let from = Email::parse("billing@plan.example.com").unwrap();
        let sender = Sender::new("The Plan", &from).unwrap();
        String::from_utf8(sender.build(message).unwrap().formatted()).unwrap()
    }

    #[test]
    fn a_message_names_sender_addressee_and_its_id() {
        let wire = wire(&message());
        assert!(
            wire.contains("From: \"The Plan\" <billing@plan.example.com>"),
            "{wire}"
        );
        assert!(wire.contains("To: maria@example.com\r\n"), "{wire}");
        assert!(
            wire.contains("Message-ID: <0198-ab@plan.example.com>"),
            "{wire}"
        );
        assert!(wire.contains("Auto-Submitted: auto-generated"), "{wire}");
    }

    #[test]
    fn nothing_in_a_message_becomes_a_header() {
        let mut evil = message();
        evil.subject = "Hello\r\nBcc: everyone@example.com\n\n<b>".to_owned();
        evil.message_id = "a>\r\nBcc: x@example.com".to_owned();
        evil.attachments.push(Attachment {
            name: "a.pdf\"\r\nBcc: y@example.com".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: vec![1, 2, 3],
        });
        let wire = wire(&evil);
        assert!(
            !wire
                .lines()
                .any(|line| line.to_ascii_lowercase().starts_with("bcc:")),
            "{wire}"
        );
    }

    #[test]
    fn a_type_of_file_that_is_none_is_refused() {
        let mut message = message();
        message.attachments.push(Attachment {
            name: "a".to_owned(),
            content_type: "pdf\r\nX: y".to_owned(),
            bytes: Vec::new(),
        });
        let from = Email::parse("billing@plan.example.com").unwrap();
        let built = Sender::new("Plan", &from).unwrap().build(&message);
        assert!(matches!(built, Err(MailError::Message(_))));
    }
}

//! A message, and its form on the wire.

use kernel::{Email, Language};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
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
    /// The language of subject and text, by which readers choose a voice (RFC 3282).
    pub language: Language,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// What makes a repeat recognisable: the id of the row in the outbox. It becomes the
    /// Message-ID.
    pub message_id: String,
    /// Where one click stops mail of this kind (RFC 8058); only where the law lets it be stopped.
    pub unsubscribe: Option<String>,
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
pub(super) struct Sender {
    from: Mailbox,
    /// Where mail that cannot be delivered comes back to.
    returns: Option<Address>,
}

impl Sender {
    pub(super) fn new(name: &str, from: &Email) -> Result<Self, MailError> {
        let name = one_line(name);
        Ok(Sender {
            from: Mailbox::new(Some(name).filter(|name| !name.is_empty()), address(from)?),
            returns: None,
        })
    }

    /// With an address that mail comes back to if it cannot be delivered.
    pub(super) fn returning_to(mut self, returns: Option<&Email>) -> Result<Self, MailError> {
        self.returns = returns.map(address).transpose()?;
        Ok(self)
    }

    /// From whom and to whom the mail servers carry it. What cannot be delivered comes back to an
    /// address of its own for each message, `bounces+ID@…`, so that it is known which one it was
    /// whatever the server at the other end quotes of it.
    pub(super) fn envelope(&self, message: &MailMessage) -> Result<Envelope, MailError> {
        let bad = |error: lettre::address::AddressError| MailError::Message(error.to_string());
        let back = match &self.returns {
            None => self.from.email.clone(),
            Some(returns) => {
                let user = format!("{}+{}", returns.user(), plain_id(&message.message_id)?);
                Address::new(user, returns.domain()).map_err(bad)?
            }
        };
        Envelope::new(Some(back), vec![address(&message.to)?])
            .map_err(|error| MailError::Message(error.to_string()))
    }

    /// The message as lettre sends it.
    pub(super) fn build(&self, message: &MailMessage) -> Result<Message, MailError> {
        let domain = self.from.email.domain();
        let id = plain_id(&message.message_id)?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(&message.to)?))
            .subject(one_line(&message.subject))
            .message_id(Some(format!("<{id}@{domain}>")))
            .date_now()
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", message.language.tag()));
        if let Some(link) = &message.unsubscribe {
            let link = one_line(link).replace(['<', '>', ' '], "");
            builder = builder
                .raw_header(header("List-Unsubscribe", &format!("<{link}>")))
                .raw_header(header(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click",
                ));
        }
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

/// The characters of an id that may stand in a Message-ID and in an address.
fn plain_id(id: &str) -> Result<String, MailError> {
    let plain: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    if plain.is_empty() {
        return Err(MailError::Message("it has no id".to_owned()));
    }
    Ok(plain)
}

/// A header that lettre has no type for. `Auto-Submitted` tells robots not to answer (RFC 3834,
/// section 5).
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
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
            language: Language::English,
            attachments: Vec::new(),
            message_id: "0198-ab".to_owned(),
            unsubscribe: None,
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
        assert!(wire.contains("Content-Language: en\r\n"), "{wire}");
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
    fn one_click_stops_it_only_where_a_link_is_given() {
        assert!(!wire(&message()).contains("List-Unsubscribe"));
        let mut reminder = message();
        reminder.unsubscribe =
            Some("https://pay.example.com/unsubscribe/abc\r\nBcc: x@example.com".to_owned());
        let wire = wire(&reminder);
        assert!(
            wire.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
            "{wire}"
        );
        assert!(
            wire.contains("List-Unsubscribe: <https://pay.example.com/unsubscribe/abc"),
            "{wire}"
        );
        assert!(!wire.contains("\r\nBcc"), "{wire}");
    }

    #[test]
    fn what_cannot_be_delivered_comes_back_to_an_address_of_its_own() {
        let from = Email::parse("billing@plan.example.com").unwrap();
        let returns = Email::parse("bounces@plan.example.com").unwrap();
        let sender = Sender::new("Plan", &from).unwrap();
        let back = |sender: &Sender| {
            let envelope = sender.envelope(&message()).unwrap();
            envelope.from().unwrap().to_string()
        };
        assert_eq!(back(&sender), "billing@plan.example.com");
        let sender = sender.returning_to(Some(&returns)).unwrap();
        assert_eq!(back(&sender), "bounces+0198-ab@plan.example.com");
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

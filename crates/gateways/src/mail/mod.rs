//! Outgoing mail: one message, two ways to send it.

mod folder;
mod message;
mod returned;
mod smtp;

use async_trait::async_trait;

pub use folder::FolderMailer;
pub use message::{Attachment, MailMessage};
pub use returned::{Returned, ReturnedMail, read_returned};
pub use smtp::{SmtpEncryption, SmtpMailer, SmtpSettings};

/// Something that takes mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a message over, and gives back what the server answered, as proof. `Ok` means that it
    /// was accepted, not that it has arrived.
    ///
    /// # Errors
    /// [`MailError`]; [`MailError::is_lasting`] tells whether sending it again can help.
    async fn send(&self, message: &MailMessage) -> Result<String, MailError>;
}

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings cannot work.
    #[error("the mail settings cannot work: {0}")]
    Settings(String),
    /// The message itself cannot be sent.
    #[error("the message cannot be built: {0}")]
    Message(String),
    /// The server refused it for good (a 5xx reply): the address does not exist, or mail from us is
    /// not wanted.
    #[error("the mail server refused the message: {0}")]
    Refused(String),
    /// Trouble that may pass: no connection, a 4xx reply.
    #[error("the mail server did not take the message this time: {0}")]
    Trouble(String),
    /// The folder could not be written.
    #[error("the mail folder could not be written; check that it exists and is not full: {0}")]
    Folder(#[from] std::io::Error),
}

impl MailError {
    /// True if sending the same message again cannot help.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        matches!(self, MailError::Message(_) | MailError::Refused(_))
    }
}

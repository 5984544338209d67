//! Mail into a folder: for the demo, and for a plan whose own software picks it up.

use std::path::PathBuf;

use async_trait::async_trait;
use kernel::Email;
use tokio::fs;

use super::message::Sender;
use super::{MailError, MailMessage, Mailer};

/// Writes each message as one `.eml` file, named by its id: sending a message twice leaves one
/// file.
#[derive(Debug)]
pub struct FolderMailer {
    folder: PathBuf,
    sender: Sender,
}

impl FolderMailer {
    /// Mail from `name <from>` into `folder`, which is made if missing.
    ///
    /// # Errors
    /// [`MailError::Folder`] if it cannot be made, [`MailError::Message`] for a sender that cannot
    /// be.
    pub fn new(folder: PathBuf, name: &str, from: &Email) -> Result<Self, MailError> {
        std::fs::create_dir_all(&folder)?;
        Ok(FolderMailer {
            folder,
            sender: Sender::new(name, from)?,
        })
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, message: &MailMessage) -> Result<String, MailError> {
        let built = self.sender.build(message)?;
        let name: String = message
            .message_id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        let unfinished = self.folder.join(format!(".{name}.part"));
        fs::write(&unfinished, built.formatted()).await?;
        // A reader of the folder never sees half a message.
        let file = format!("{name}.eml");
        fs::rename(&unfinished, self.folder.join(&file)).await?;
        Ok(format!("written as {file}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_sent_twice_is_one_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let from = Email::parse("billing@plan.example.com").unwrap();
        let mailer = FolderMailer::new(folder.path().join("mail"), "Plan", &from).unwrap();
        let message = MailMessage {
            to: Email::parse("maria@example.com").unwrap(),
            subject: "Su recibo: año 2026".to_owned(),
            text: "Your code is 123456.".to_owned(),
            html: Some("<p>Your code is <b>123456</b>.</p>".to_owned()),
            language: kernel::Language::Spanish,
            attachments: Vec::new(),
            message_id: "0198".to_owned(),
            unsubscribe: None,
        };
        mailer.send(&message).await.unwrap();
        mailer.send(&message).await.unwrap();
        let names: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names, ["0198.eml"]);
        let text = std::fs::read_to_string(folder.path().join("mail/0198.eml")).unwrap();
        assert!(text.contains("123456"), "{text}");
    }
}

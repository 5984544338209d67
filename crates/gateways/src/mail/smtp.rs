//! Mail through a server, over TLS.

use std::time::Duration;

use async_trait::async_trait;
use kernel::{Email, Secret};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::message::Sender;
use super::{MailError, MailMessage, Mailer};
use crate::wire::install_tls;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpEncryption {
    /// TLS from the first byte (port 465, RFC 8314).
    Tls,
    /// `STARTTLS`, required (port 587).
    StartTls,
    /// None. Only to a server on this machine.
    None,
}

/// Which server, and who we are there.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server's name, as in its certificate.
    pub host: String,
    /// 465, 587 or what the operator uses.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: SmtpEncryption,
    /// User ID and password, if the server asks.
    pub credentials: Option<(String, Secret)>,
    /// The name on outgoing mail.
    pub from_name: String,
    /// The address on outgoing mail.
    pub from: Email,
    /// Where mail that cannot be delivered comes back to, with `+` and an id before the `@`;
    /// without it, to `from`.
    pub returns: Option<Email>,
    /// How long one step may take.
    pub answer_within: Duration,
}

/// Sends through a mail server, with a connection for each message.
#[derive(Debug)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl SmtpMailer {
    /// Makes the client. Connects to nothing yet.
    ///
    /// # Errors
    /// [`MailError::Settings`] or [`MailError::Message`].
    pub fn new(settings: &SmtpSettings) -> Result<Self, MailError> {
        install_tls();
        let here = matches!(settings.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| MailError::Settings(error.to_string()))
        };
        let tls = match settings.encryption {
            SmtpEncryption::Tls => Tls::Wrapper(parameters()?),
            SmtpEncryption::StartTls => Tls::Required(parameters()?),
            SmtpEncryption::None if here => Tls::None,
            SmtpEncryption::None => {
                return Err(MailError::Settings(format!(
                    "mail to {} must be encrypted: choose tls or starttls",
                    settings.host
                )));
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(settings.answer_within))
            .tls(tls);
        if let Some((name, password)) = &settings.credentials {
            builder =
                builder.credentials(Credentials::new(name.clone(), password.expose().to_owned()));
        }
        Ok(SmtpMailer {
            transport: builder.build(),
            sender: Sender::new(&settings.from_name, &settings.from)?
                .returning_to(settings.returns.as_ref())?,
        })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: &MailMessage) -> Result<String, MailError> {
        let built = self.sender.build(message)?.formatted();
        let envelope = self.sender.envelope(message)?;
        match self.transport.send_raw(&envelope, &built).await {
            Ok(answer) => {
                let said: Vec<&str> = answer.message().collect();
                Ok(format!("{} {}", answer.code(), said.join(" ")))
            }
            Err(error) if error.is_permanent() && !is_ours(error.status()) => {
                Err(MailError::Refused(error.to_string()))
            }
            // Also a connection that was lost after the message and before the answer: it may have
            // been taken. It is sent again under the same Message-ID rather than never.
            Err(error) => Err(MailError::Trouble(error.to_string())),
        }
    }
}

/// True if a reply is about how we speak to the server and not about this message: not
/// understood, no mail taken here, not signed in or not well enough (RFC 5321, 4.2.2; RFC 7504;
/// RFC 4954, 6). An operator who mends that wants the mail sent, not given up.
fn is_ours(code: Option<Code>) -> bool {
    let Some(code) = code.map(|code| code.to_string()) else {
        return false;
    };
    [
        "500", "501", "502", "503", "504", "521", "530", "534", "535", "538",
    ]
    .contains(&code.as_str())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;

    fn settings(port: u16) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port,
            encryption: SmtpEncryption::None,
            credentials: None,
            from_name: "Plan".to_owned(),
            from: Email::parse("billing@plan.example.com").unwrap(),
            returns: None,
            answer_within: Duration::from_secs(5),
        }
    }

    fn message() -> MailMessage {
        MailMessage {
            to: Email::parse("maria@example.com").unwrap(),
            subject: "Hello".to_owned(),
            text: "Text".to_owned(),
            html: None,
            language: kernel::Language::English,
            attachments: Vec::new(),
            message_id: "1".to_owned(),
            unsubscribe: None,
        }
    }

    /// A mail server that answers the addressee with `reply`, and gives back what it was sent.
    async fn server(reply: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut got = String::new();
            let mut in_body = false;
            write.write_all(b"220 test\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                got.push_str(&line);
                got.push('\n');
                let answer = match line.as_str() {
                    "." => {
                        in_body = false;
                        "250 taken"
                    }
                    _ if in_body => continue,
                    "DATA" => {
                        in_body = true;
                        "354 go on"
                    }
                    line if line.starts_with("RCPT") => reply,
                    "QUIT" => break,
                    _ => "250 ok",
                };
                write
                    .write_all(format!("{answer}\r\n").as_bytes())
                    .await
                    .unwrap();
            }
            got
        });
        (port, task)
    }

    #[tokio::test]
    async fn a_message_reaches_the_server() {
        let (port, task) = server("250 ok").await;
        let mailer = SmtpMailer::new(&settings(port)).unwrap();
        let answer = mailer.send(&message()).await.unwrap();
        assert_eq!(answer, "250 taken");
        drop(mailer);
        let got = task.await.unwrap();
        assert!(got.contains("RCPT TO:<maria@example.com>"), "{got}");
        assert!(got.contains("Subject: Hello"), "{got}");
    }

    #[tokio::test]
    async fn an_address_that_does_not_exist_is_lasting_and_a_full_server_is_not() {
        for (reply, lasting) in [
            ("550 no such person", true),
            ("451 try later", false),
            ("530 5.7.0 sign in first", false),
            ("554 5.7.1 not wanted", true),
        ] {
            let (port, _task) = server(reply).await;
            let error = SmtpMailer::new(&settings(port))
                .unwrap()
                .send(&message())
                .await
                .unwrap_err();
            assert_eq!(error.is_lasting(), lasting, "{reply}: {error}");
        }
    }

    #[tokio::test]
    async fn no_server_at_all_may_pass() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = SmtpMailer::new(&settings(port))
            .unwrap()
            .send(&message())
            .await
            .unwrap_err();
        assert!(!error.is_lasting(), "{error}");
    }

    #[test]
    fn mail_in_clear_leaves_this_machine_never() {
        let mut settings = settings(25);
        settings.host = "mail.example.com".to_owned();
        assert!(matches!(
            SmtpMailer::new(&settings),
            Err(MailError::Settings(_))
        ));
    }
}

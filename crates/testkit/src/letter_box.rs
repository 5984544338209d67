//! A mail server that keeps what it gets.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gateways::mail::{MailError, MailMessage, Mailer};

/// Keeps every message. Can be told to fail.
#[derive(Debug, Default)]
pub struct LetterBox {
    letters: Mutex<Vec<MailMessage>>,
    failures: Mutex<VecDeque<MailError>>,
}

impl LetterBox {
    /// All messages so far, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<MailMessage> {
        lock(&self.letters).clone()
    }

    /// The messages to one address, oldest first.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<MailMessage> {
        let mut letters = self.letters();
        letters.retain(|letter| letter.to.as_str() == address);
        letters
    }

    /// The six-digit code in the newest message to an address.
    #[must_use]
    pub fn code_for(&self, address: &str) -> Option<String> {
        let text = self.to(address).pop()?.text;
        text.split(|c: char| !c.is_ascii_digit())
            .find(|word| word.len() == 6)
            .map(str::to_owned)
    }

    /// Makes the next message fail.
    pub fn fail_next(&self, with: MailError) {
        lock(&self.failures).push_back(with);
    }
}

#[async_trait]
impl Mailer for LetterBox {
    async fn send(&self, message: &MailMessage) -> Result<String, MailError> {
        if let Some(failure) = lock(&self.failures).pop_front() {
            return Err(failure);
        }
        lock(&self.letters).push(message.clone());
        Ok("250 kept".to_owned())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

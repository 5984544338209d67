//! Shows how far a long piece of work is: a bar with rate and time left.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use usecases::progress::Progress;

/// A bar on the terminal; nothing where standard error is no terminal.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar that counts `what`: `invoices`, `records`.
    #[must_use]
    pub fn counting(what: &str) -> Self {
        let bar = ProgressBar::new(0);
        let template = format!(
            "{{msg}} {{wide_bar}} {{human_pos}}/{{human_len}} {what}  {{per_sec}}  {{eta_precise}} left"
        );
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Bar { bar }
    }

    /// Takes the bar away, so that the summary stands alone.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn total(&self, amount: u64) {
        self.bar.set_length(amount);
    }

    fn done(&self, amount: u64) {
        self.bar.inc(amount);
    }

    fn note(&self, words: &str) {
        self.bar.set_message(words.to_owned());
    }
}

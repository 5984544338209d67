//! Words in each language of the plan.

use kernel::Language;

/// A text in the languages of the plan. Reading a plan file refuses a text that lacks one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// The languages it is in, never none.
    written: Vec<(Language, String)>,
}

impl Text {
    /// A text from what it is in each language. `None` without any.
    #[must_use]
    pub fn new(written: Vec<(Language, String)>) -> Option<Self> {
        (!written.is_empty()).then_some(Text { written })
    }

    /// The text in `language`. In the first language it has, if the plan does not speak `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        self.written
            .iter()
            .find(|(written_in, _)| *written_in == language)
            .or(self.written.first())
            .map_or("", |(_, text)| text)
    }

    /// The languages it is written in.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.written.iter().map(|(language, _)| *language)
    }
}

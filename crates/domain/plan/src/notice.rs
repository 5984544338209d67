//! Dated banners.

use jiff::civil::Date;
use kernel::DateSpan;

use crate::Text;

/// Who is reading the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Audience {
    /// Anybody, on the public pages.
    Public,
    /// A payer on the guest pages.
    Guest,
    /// A member who has signed in.
    Member,
}

impl Audience {
    /// All audiences.
    pub const ALL: [Audience; 3] = [Audience::Public, Audience::Guest, Audience::Member];

    /// The name used in plan files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Audience::Public => "public",
            Audience::Guest => "guest",
            Audience::Member => "member",
        }
    }
}

/// How much a notice matters. Later ones are worse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Good to know.
    Information,
    /// Something does not work as one would think.
    Warning,
    /// Something does not work at all, or a date is about to pass.
    Urgent,
}

impl Severity {
    /// All severities.
    pub const ALL: [Severity; 3] = [Severity::Information, Severity::Warning, Severity::Urgent];

    /// The name used in plan files and style sheets.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Severity::Information => "information",
            Severity::Warning => "warning",
            Severity::Urgent => "urgent",
        }
    }
}

/// A banner that some people see on some days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Its name in the plan file.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The days it is shown.
    pub shown: DateSpan,
    /// Who sees it.
    pub audiences: Vec<Audience>,
    /// The ids of the plan lines it is for; empty means all.
    pub lines: Vec<String>,
    /// Its title.
    pub title: Text,
    /// What it says.
    pub text: Text,
}

impl Notice {
    /// True if `audience` sees it on `date`, on a page about `line` or, without one, about all
    /// lines.
    #[must_use]
    pub fn is_shown(&self, audience: Audience, line: Option<&str>, date: Date) -> bool {
        let for_line = self.lines.is_empty()
            || line.is_some_and(|line| self.lines.iter().any(|id| id == line));
        for_line && self.audiences.contains(&audience) && self.shown.contains(date)
    }
}

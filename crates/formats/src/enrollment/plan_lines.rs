/// Whether the coverages of a plan line must carry a premium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateRule {
    /// New coverage needs a premium: the members pay it here.
    Required,
    /// Coverage may come without one, as for employer groups, whose members pay at work.
    Optional,
}

/// The plan lines that the plan has, and the codes by which a file names them.
///
/// A file says the plan line with its slug, or with anything the sender uses: HIOS plan IDs, policy
/// or group numbers, insurance line codes. The longest code that a value begins with wins.
#[derive(Debug, Clone, Default)]
pub struct PlanLines {
    lines: Vec<(String, RateRule)>,
    /// Prefixes in upper case with the place of their line, the longest first.
    codes: Vec<(String, usize)>,
}

impl PlanLines {
    /// No plan lines yet.
    #[must_use]
    pub fn new() -> Self {
        PlanLines::default()
    }

    /// Adds the plan line `slug`.
    #[must_use]
    pub fn line(mut self, slug: &str, rate: RateRule) -> Self {
        if self.place(slug).is_none() {
            self.lines.push((slug.to_owned(), rate));
        }
        self
    }

    /// Takes values that begin with `prefix` for the plan line `slug`, which must have been added;
    /// otherwise, and for an empty prefix, nothing changes.
    #[must_use]
    pub fn code(mut self, prefix: &str, slug: &str) -> Self {
        if let (Some(place), false) = (self.place(slug), prefix.is_empty()) {
            self.codes.push((prefix.to_uppercase(), place));
            self.codes
                .sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        }
        self
    }

    /// The slugs, in the order they were added.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(slug, _)| slug.as_str())
    }

    /// The plan line of the first of `values` that names one: all are tried as slugs, then all by
    /// their codes.
    #[must_use]
    pub fn resolve(&self, values: &[&str]) -> Option<(&str, RateRule)> {
        let by_slug = values.iter().find_map(|value| self.place(value));
        let place = by_slug.or_else(|| values.iter().find_map(|value| self.by_code(value)))?;
        let (slug, rate) = &self.lines[place];
        Some((slug, *rate))
    }

    fn place(&self, slug: &str) -> Option<usize> {
        self.lines
            .iter()
            .position(|(s, _)| s.eq_ignore_ascii_case(slug))
    }

    fn by_code(&self, value: &str) -> Option<usize> {
        let begins = |prefix: &str| {
            value
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        self.codes
            .iter()
            .find(|(prefix, _)| begins(prefix))
            .map(|(_, place)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_code_wins_and_a_slug_beats_codes() {
        let lines = PlanLines::new()
            .line("individual", RateRule::Required)
            .line("solo", RateRule::Required)
            .line("employer", RateRule::Optional)
            .code("76962CT", "individual")
            .code("76962CT09", "solo")
            .code("HMO", "employer")
            .code("X", "no-such-line");
        let slug = |values: &[&str]| lines.resolve(values).map(|(slug, _)| slug.to_owned());
        assert_eq!(slug(&["76962CT0110001-01"]).as_deref(), Some("individual"));
        assert_eq!(slug(&["76962ct0900001"]).as_deref(), Some("solo"));
        assert_eq!(slug(&["76962CT0110001", "Solo"]).as_deref(), Some("solo"));
        assert_eq!(slug(&["", "HMO"]).as_deref(), Some("employer"));
        assert_eq!(slug(&["X1", "é", ""]), None);
    }
}

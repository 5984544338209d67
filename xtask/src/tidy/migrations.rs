//! Migrations have consecutive numbers, and the program runs every one of them.

use super::{Finding, Tree};

const FOLDER: &str = "crates/store/migrations/";
const RUNNER: &str = "crates/store/src/migrate.rs";

/// Checks numbers and that each step is listed.
pub fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let runner = tree.text(RUNNER).unwrap_or_default();
    let mut expected = 1;
    for (path, _) in tree
        .ending(".sql")
        .filter(|(path, _)| path.starts_with(FOLDER))
    {
        let name = path.trim_start_matches(FOLDER).trim_end_matches(".sql");
        let number = name
            .split_once('_')
            .and_then(|(number, _)| number.parse::<u32>().ok());
        let four = name
            .split_once('_')
            .is_some_and(|(number, _)| number.len() == 4);
        if number != Some(expected) || !four {
            let what = format!(
                "this step should be number {expected:04}: steps are numbered without gaps"
            );
            findings.push(Finding::error(path, 1, what));
        }
        if !runner.contains(&format!("{} \"{name}\"", number.unwrap_or(0))) {
            let what = format!("{RUNNER} does not list this step: add it there");
            findings.push(Finding::error(path, 1, what));
        }
        expected = number.unwrap_or(expected) + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::findings_of;

    #[test]
    fn a_gap_a_double_and_an_unlisted_step_are_found() {
        let listed = (RUNNER, "1 \"0001_a\", 2 \"0002_b\"");
        let one = ("crates/store/migrations/0001_a.sql", "");
        let two = ("crates/store/migrations/0002_b.sql", "");
        assert!(findings_of(check, &[listed, one, two]).is_empty());
        assert_eq!(findings_of(check, &[listed, two]).len(), 1);
        let double = ("crates/store/migrations/0001_c.sql", "");
        assert_eq!(findings_of(check, &[listed, one, double, two]).len(), 2);
        let unlisted = ("crates/store/migrations/0003_c.sql", "");
        assert_eq!(findings_of(check, &[listed, one, two, unlisted]).len(), 1);
    }
}

//! The files of the repository, read once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Folders that are made, not written.
const MADE: &[&str] = &[
    "target",
    ".git",
    "node_modules",
    "memberpay-data",
    ".test-env",
    "corpus",
];
/// The kinds of file that people write here.
const WRITTEN: &[&str] = &[
    "rs", "toml", "md", "sql", "html", "typ", "css", "js", "json", "py", "yml", "sh", "txt", "csv",
];

/// The text files of the repository by their path from its root, and the paths of all others.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files below `root`.
    ///
    /// # Errors
    /// If a folder or file cannot be read.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Tree::default();
        tree.add(root, "")?;
        Ok(tree)
    }

    /// A tree for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Tree {
            files: files.collect(),
        }
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                if !MADE.contains(&name.as_str()) {
                    self.add(&entry.path(), &format!("{path}/"))?;
                }
                continue;
            }
            let written = match name.rsplit_once('.') {
                Some((_, ending)) => WRITTEN.contains(&ending),
                None => true,
            };
            let text = if written {
                fs::read(entry.path()).unwrap_or_default()
            } else {
                Vec::new()
            };
            self.files
                .insert(path, String::from_utf8(text).unwrap_or_default());
        }
        Ok(())
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// True if there is a file or folder of that path.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.files.contains_key(path) || self.files.keys().any(|known| known.starts_with(&folder))
    }

    /// Paths and texts of the files whose name ends so.
    pub fn ending<'t>(&'t self, ending: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> + 't {
        self.all().filter(move |(path, _)| path.ends_with(ending))
    }

    /// All paths and texts.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// True for files that only tests and examples use.
pub fn is_test(path: &str) -> bool {
    let folder = |name: &str| path.contains(&format!("/{name}/"));
    folder("tests")
        || folder("examples")
        || folder("benches")
        || path.starts_with("fuzz/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_if_a_file_is_in_it() {
        let tree = Tree::of(&[("docs/a.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/") && tree.has("docs/a.md"));
        assert!(!tree.has("doc") && !tree.has("docs/a"));
    }

    #[test]
    fn tests_and_examples_are_told_from_the_product() {
        for path in [
            "crates/a/tests/b.rs",
            "crates/a/src/b/tests.rs",
            "crates/a/examples/c.rs",
        ] {
            assert!(is_test(path), "{path}");
        }
        assert!(!is_test("crates/testkit/src/lib.rs"));
    }
}

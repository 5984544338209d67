//! Programs from outside that a test needs. Where everything must be there, a missing one fails the
//! test; elsewhere the test says what it did not check.

use std::path::PathBuf;

/// True where nothing may be left unchecked: `./test` and continuous integration say so.
pub fn all_must_be_there() -> bool {
    let set = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    set("MEMBERPAY_TEST_TOOLS", "1") || set("CI", "true")
}

/// Says what is missing: `false`, or a panic where nothing may be left unchecked.
pub fn not_checked(what: &str, how_to_get_it: &str) -> bool {
    assert!(!all_must_be_there(), "{what} is missing; {how_to_get_it}");
    println!("not checked: {what} is missing; {how_to_get_it}");
    false
}

/// chromedriver, from `CHROMEDRIVER` or where Debian puts it.
pub fn chromedriver() -> Option<PathBuf> {
    let path = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "/usr/bin/chromedriver".to_owned());
    Some(PathBuf::from(path)).filter(|path| path.exists())
}

/// The accessibility checker, from `AXE_PATH` or `e2e/node_modules`.
pub fn axe() -> Option<String> {
    let path = std::env::var("AXE_PATH").map_or_else(
        |_| workspace().join("e2e/node_modules/axe-core/axe.min.js"),
        PathBuf::from,
    );
    std::fs::read_to_string(path).ok()
}

/// The folder of the whole workspace.
pub fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Where a test leaves what a person may want to look at: `target/<name>`.
pub fn left_for_people(name: &str) -> PathBuf {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let folder = target
        .parent()
        .expect("the folder for tests is in target")
        .join(name);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The words of a PDF, by poppler. `None` if poppler is not there.
pub async fn words_of_pdf(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, bytes).expect("a temporary file can be written");
    let output = tokio::process::Command::new("pdftotext")
        .arg("-layout")
        .arg(&file)
        .arg("-")
        .output()
        .await;
    let Ok(output) = output else {
        not_checked("pdftotext", "install poppler-utils");
        return None;
    };
    assert!(
        output.status.success(),
        "pdftotext: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What pdfinfo says of a PDF that qpdf finds nothing wrong with. `None` if they are not there.
///
/// # Panics
/// If the PDF is not sound.
pub async fn sound_pdf(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, bytes).expect("a temporary file can be written");
    let run = |program: &str, arguments: &[&str]| {
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).arg(&file);
        async move { command.output().await.ok() }
    };
    let Some(checked) = run("qpdf", &["--check"]).await else {
        not_checked("qpdf", "install qpdf");
        return None;
    };
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "qpdf: {said}");
    let Some(facts) = run("pdfinfo", &[]).await else {
        not_checked("pdfinfo", "install poppler-utils");
        return None;
    };
    Some(String::from_utf8_lossy(&facts.stdout).into_owned())
}

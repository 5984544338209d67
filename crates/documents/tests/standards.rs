//! Programs we did not write check what we print: PDF/UA-1, the file's structure, the reading
//! order.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::PathBuf;

use kernel::Language;
use memberpay_documents::Renderer;

#[path = "samples/mod.rs"]
mod samples;
#[path = "samples/tools.rs"]
mod tools;

/// One PDF of every shape, and a batch, in a folder that lives as long as the test.
fn printed() -> (tempfile::TempDir, Vec<PathBuf>) {
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    let mut write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(format!("{name}.pdf"));
        std::fs::write(&path, bytes).unwrap();
        paths.push(path);
    };
    let invoices = samples::invoices();
    for (name, invoice) in &invoices {
        write(name, &renderer.invoice(invoice).unwrap().bytes);
    }
    let all: Vec<_> = invoices.into_iter().map(|(_, invoice)| invoice).collect();
    write("batch", &renderer.invoices(&all).unwrap().pdf.bytes);
    for language in Language::ALL {
        for large_print in [false, true] {
            for (name, pdf) in samples::papers(&renderer, language, large_print) {
                let name = format!("{name}-{}-{large_print}", language.tag());
                write(&name, &pdf.bytes);
            }
        }
    }
    (folder, paths)
}

#[test]
fn every_document_is_pdf_ua_1() {
    let Some(python) = tools::python_with("page", "pip install page-validation") else {
        return;
    };
    let (_folder, paths) = printed();
    let script = r#"
import sys, page
bad = 0
for path in sys.argv[1:]:
    report = page.validate_pdf(path, profile="ua1")
    if not report.is_compliant:
        bad += 1
        print(path, report)
sys.exit(1 if bad else 0)
"#;
    let mut arguments = vec!["-c", script];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    tools::run(&python, &arguments);
}

#[test]
fn every_document_is_a_sound_file() {
    let (program, package) = tools::QPDF;
    let Some(qpdf) = tools::found(program, package) else {
        return;
    };
    let (_folder, paths) = printed();
    for path in &paths {
        let output = tools::run(&qpdf, &["--check", path.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("No syntax or stream encoding errors found"),
            "{said}"
        );
        assert!(
            output.stderr.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_structure_is_read_in_the_order_a_person_needs_it() {
    let (program, package) = tools::PDFINFO;
    let Some(pdfinfo) = tools::found(program, package) else {
        return;
    };
    let (folder, _) = printed();
    // A long invoice has its coupon on the first page, before the lines run on to the second.
    let english: &[&str] = &[
        "H1 \"Your premium invoice for December 2026\"",
        "Margaret A. Whitfield",
        "Tuesday,",
        "What this invoice includes",
        "Premium for December 2026",
        "How to pay",
        "Payment coupon",
        "P.O. Box 21849",
    ];
    let spanish: &[&str] = &[
        "H1 \"Su factura de la prima de diciembre de 2026\"",
        "José Ángel Peñalosa Güiraldes",
        "martes,",
        "Cupón de pago",
        "P.O. Box 21849",
        "Qué incluye esta factura",
        "Prima de diciembre de 2026",
        "Qué cambió y por qué",
        "Cómo pagar",
    ];
    for (name, words) in [("english", english), ("spanish", spanish)] {
        let path = folder.path().join(format!("{name}.pdf"));
        let output = tools::run(&pdfinfo, &["-struct-text", path.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut from = 0;
        for word in words {
            let at = text[from..].find(word);
            assert!(
                at.is_some(),
                "{word} is missing or out of order in {name}: {text}"
            );
            from += at.unwrap();
        }
        assert!(text.contains("TH"), "no header cells: {text}");
        assert!(
            !text.contains(&samples::english().scan_line[..12])
                && !text.contains(&samples::spanish().scan_line[..12]),
            "the scan line is read aloud: {text}"
        );
    }
}

#[test]
fn title_and_language_are_set() {
    let (program, package) = tools::PDFINFO;
    let Some(pdfinfo) = tools::found(program, package) else {
        return;
    };
    let (folder, _) = printed();
    for (name, title, tag) in [
        ("english", "Invoice 2026-12-0004711", "en"),
        ("spanish", "Factura 2026-12-0004711", "es"),
    ] {
        let path = folder.path().join(format!("{name}.pdf"));
        let output = tools::run(&pdfinfo, &[path.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = |key: &str| {
            text.lines()
                .find(|l| l.starts_with(key))
                .unwrap_or_default()
                .to_owned()
        };
        assert!(line("Title:").ends_with(title), "{text}");
        assert!(line("Tagged:").ends_with("yes"), "{text}");
        assert!(line("Page size:").contains("612 x 792"), "{text}");
        let bytes = std::fs::read(&path).unwrap();
        let language = format!("/Lang({tag}");
        assert!(
            String::from_utf8_lossy(&bytes)
                .replace("/Lang (", "/Lang(")
                .contains(&language),
            "{name}"
        );
    }
}

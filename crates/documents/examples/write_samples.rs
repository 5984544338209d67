//! Writes one PDF of every shape to a folder, to look at:
//! `cargo run -p memberpay-documents --example write_samples -- FOLDER`.

use std::error::Error;
use std::path::PathBuf;

use kernel::Language;
use memberpay_documents::Renderer;

#[path = "../tests/samples/mod.rs"]
mod samples;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let renderer = Renderer::new()?;
    for (name, invoice) in samples::invoices() {
        let pdf = renderer.invoice(&invoice)?;
        std::fs::write(folder.join(format!("invoice-{name}.pdf")), &pdf.bytes)?;
        println!(
            "invoice-{name}.pdf: {} pages, {} bytes",
            pdf.pages,
            pdf.bytes.len()
        );
    }
    for language in Language::ALL {
        for large_print in [false, true] {
            for (name, pdf) in samples::papers(&renderer, language, large_print) {
                let size = if large_print { "-large" } else { "" };
                let file = format!("{name}-{}{size}.pdf", language.tag());
                std::fs::write(folder.join(&file), &pdf.bytes)?;
                println!("{file}: {} pages, {} bytes", pdf.pages, pdf.bytes.len());
            }
        }
    }
    Ok(())
}

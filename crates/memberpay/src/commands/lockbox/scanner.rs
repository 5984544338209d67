//! The bank's scanner and reader: pdftoppm makes the picture; our reader of OCR-A or Tesseract
//! reads it.

use std::process::Stdio;

use anyhow::{Context as _, bail};
use documents::geometry;
use documents::ocr::{Gray, ScanLineReader};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::Reader;

/// Dots per inch, as banks scan coupons.
const DPI: u32 = 200;

/// A program from outside, what it is for and how to get it.
struct Tool {
    name: &'static str,
    purpose: &'static str,
    package: &'static str,
    version: &'static str,
}

const PDFTOPPM: Tool = Tool {
    name: "pdftoppm",
    purpose: "makes pictures of coupons",
    package: "poppler-utils",
    version: "-v",
};
const TESSERACT: Tool = Tool {
    name: "tesseract",
    purpose: "reads scan lines",
    package: "tesseract-ocr",
    version: "--version",
};

/// The scanner: its programs are known to be there.
pub struct Scanner {
    /// `None`: Tesseract reads.
    ocr_a: Option<ScanLineReader>,
}

impl Scanner {
    /// Looks the programs up.
    ///
    /// # Errors
    /// Which one is missing, and what to install.
    pub async fn find(reader: Reader) -> anyhow::Result<Self> {
        let (ocr_a, tools) = match reader {
            Reader::OcrA => (Some(ScanLineReader::new(DPI)?), vec![PDFTOPPM]),
            Reader::Tesseract => (None, vec![PDFTOPPM, TESSERACT]),
        };
        for tool in tools {
            let begun = Command::new(tool.name).arg(tool.version).output().await;
            if begun.is_err() {
                bail!(
                    "{0} is not installed; it {1}: install {2} (on Debian, apt-get install {2})",
                    tool.name,
                    tool.purpose,
                    tool.package
                );
            }
        }
        Ok(Scanner { ocr_a })
    }

    /// The digits of the scan line on a page; empty if there are none or one is unclear. The seed
    /// says how badly the sheet lies.
    ///
    /// # Errors
    /// If a program fails.
    pub async fn read(&self, pdf: &[u8], page: usize, seed: u64) -> anyhow::Result<String> {
        let height = geometry::CLEAR_BAND * DPI / 1_000;
        let top = (geometry::PAGE_HEIGHT * DPI / 1_000 - height).to_string();
        let width = (geometry::PAGE_WIDTH * DPI / 1_000).to_string();
        let (height, page, dpi) = (height.to_string(), page.to_string(), DPI.to_string());
        let arguments = [
            "-gray", "-r", &dpi, "-f", &page, "-l", &page, "-x", "0", "-y", &top, "-W", &width,
            "-H", &height, "-",
        ];
        let printed = Gray::from_pgm(&fed(&PDFTOPPM, &arguments, pdf).await?)?;
        let wide = printed.width() as usize;
        let pixels = demo::mail_day::scanned(wide, printed.pixels(), seed);
        // As scanners do.
        let scan = Gray::new(printed.width(), printed.height(), pixels)?.despeckled();
        match &self.ocr_a {
            Some(reader) => Ok(reader
                .read(&scan)
                .map_or_else(|_| String::new(), |r| r.digits)),
            None => by_tesseract(&scan).await,
        }
    }
}

async fn by_tesseract(scan: &Gray) -> anyhow::Result<String> {
    let mut picture = format!("P5\n{} {}\n255\n", scan.width(), scan.height()).into_bytes();
    picture.extend_from_slice(scan.pixels());
    let digits = "tessedit_char_whitelist=0123456789";
    let arguments = [
        "stdin",
        "stdout",
        "--psm",
        "7",
        "--dpi",
        &DPI.to_string(),
        "-c",
        digits,
    ];
    let text = fed(&TESSERACT, &arguments, &picture).await?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.chars().filter(char::is_ascii_digit).collect())
}

/// What the program answers to these bytes.
async fn fed(tool: &Tool, arguments: &[&str], bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(tool.name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| tool.name)?;
    let mut into = child.stdin.take().context("a pipe that was asked for")?;
    // Both read all of it before they say anything.
    into.write_all(bytes).await.with_context(|| tool.name)?;
    drop(into);
    let output = child.wait_with_output().await.with_context(|| tool.name)?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            tool.name,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout)
}

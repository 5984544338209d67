//! The scan line and the QR code are read back from the raster of what we print.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::path::Path;

use memberpay_documents::ocr::{Gray, ScanLineReader};
use memberpay_documents::{Invoice, Renderer, geometry};

#[path = "samples/mod.rs"]
mod samples;
#[path = "samples/tools.rs"]
mod tools;

/// Invoices of both languages and sizes, each with its own random scan line.
fn invoices(count: usize, chance: &mut samples::Chance) -> Vec<Invoice> {
    let shapes = samples::invoices();
    (0..count)
        .map(|n| Invoice {
            scan_line: chance.scan_line(),
            // Three in four are ordinary; the long ones take many pages to rasterise.
            ..shapes[if n % 4 == 0 {
                n / 4 % shapes.len()
            } else {
                n % 2
            }]
            .1
            .clone()
        })
        .collect()
}

/// Rasterises the whole of one page in grey.
fn page(pdftoppm: &Path, pdf: &Path, number: usize, dpi: u32) -> Gray {
    let (page, dpi) = (number.to_string(), dpi.to_string());
    let arguments = [
        "-gray",
        "-r",
        &dpi,
        "-f",
        &page,
        "-l",
        &page,
        pdf.to_str().unwrap(),
    ];
    Gray::from_pgm(&tools::run(pdftoppm, &arguments).stdout).unwrap()
}

/// Rasterises only the clear band of one page.
fn band(pdftoppm: &Path, pdf: &Path, number: usize, dpi: u32) -> Gray {
    let height = geometry::CLEAR_BAND * dpi / 1000;
    let top = (geometry::PAGE_HEIGHT * dpi / 1000 - height).to_string();
    let width = (geometry::PAGE_WIDTH * dpi / 1000).to_string();
    let (height, page, dpi) = (height.to_string(), number.to_string(), dpi.to_string());
    let pdf = pdf.to_str().unwrap();
    let arguments = [
        "-gray", "-r", &dpi, "-f", &page, "-l", &page, "-x", "0", "-y", &top, "-W", &width, "-H",
        &height, pdf,
    ];
    Gray::from_pgm(&tools::run(pdftoppm, &arguments).stdout).unwrap()
}

fn pgm(image: &Gray) -> Vec<u8> {
    let mut bytes = format!("P5\n{} {}\n255\n", image.width(), image.height()).into_bytes();
    bytes.extend_from_slice(image.pixels());
    bytes
}

#[test]
fn two_hundred_of_two_hundred_scan_lines_are_read_back_at_200_and_300_dpi() {
    let (program, package) = tools::PDFTOPPM;
    let Some(pdftoppm) = tools::found(program, package) else {
        return;
    };
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut chance = samples::Chance(20_261_201);
    let readers = [200, 300].map(|dpi| (dpi, ScanLineReader::new(dpi).unwrap()));
    let mut read = [0, 0];
    for batch in 0..4 {
        let invoices = invoices(50, &mut chance);
        let printed = renderer.invoices(&invoices).unwrap();
        let path = folder.path().join(format!("{batch}.pdf"));
        std::fs::write(&path, &printed.pdf.bytes).unwrap();
        for (n, (invoice, number)) in invoices.iter().zip(&printed.first_pages).enumerate() {
            for ((dpi, reader), read) in readers.iter().zip(&mut read) {
                // Every seventh as a whole sheet, the way a lockbox scans it.
                let reading = if n % 7 == 0 {
                    reader.read_sheet(&page(&pdftoppm, &path, *number, *dpi))
                } else {
                    reader.read(&band(&pdftoppm, &path, *number, *dpi))
                };
                let reading = reading
                    .unwrap_or_else(|e| panic!("batch {batch}, page {number}, {dpi} dpi: {e}"));
                assert_eq!(
                    reading.digits, invoice.scan_line,
                    "page {number} at {dpi} dpi"
                );
                assert!(reading.confidence >= 80, "{reading:?} at {dpi} dpi");
                *read += 1;
            }
        }
    }
    assert_eq!(read, [200, 200]);
}

#[test]
fn nothing_but_the_scan_line_is_in_the_clear_band_and_it_stands_where_the_geometry_says() {
    let (program, package) = tools::PDFTOPPM;
    let Some(pdftoppm) = tools::found(program, package) else {
        return;
    };
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.pdf");
    let dpi = 300;
    for (name, invoice) in samples::invoices() {
        std::fs::write(&path, renderer.invoice(&invoice).unwrap().bytes).unwrap();
        let band = band(&pdftoppm, &path, 1, dpi);
        let dark = |x: u32, y: u32| band.pixels()[(y * band.width() + x) as usize] < 128;
        let rows: Vec<u32> = (0..band.height())
            .filter(|y| (0..band.width()).any(|x| dark(x, *y)))
            .collect();
        let columns: Vec<u32> = (0..band.width())
            .filter(|x| (0..band.height()).any(|y| dark(*x, y)))
            .collect();
        let (top, bottom) = (rows[0], rows[rows.len() - 1]);
        // The outlines are 0.109 inch high; a pixel of rounding at each edge.
        assert!(
            (31..=35).contains(&(bottom - top + 1)),
            "{name}: {} rows",
            bottom - top + 1
        );
        let baseline = band.height() - geometry::SCAN_LINE_BASELINE * dpi / 1000;
        assert!(
            baseline.abs_diff(bottom + 1) <= 2,
            "{name}: baseline at {bottom}, not {baseline}"
        );
        let right = (geometry::PAGE_WIDTH - geometry::SCAN_LINE_RIGHT) * dpi / 1000;
        let cells = u32::try_from(invoice.scan_line.len()).unwrap();
        let left = right - cells * geometry::SCAN_LINE_PITCH * dpi / 1000;
        assert!(
            columns[0] + 3 >= left,
            "{name}: ink from {} left of {left}",
            columns[0]
        );
        assert!(
            columns[columns.len() - 1] <= right + 3,
            "{name}: ink right of {right}"
        );
        assert!(
            columns[0] < left + 15 && columns[columns.len() - 1] + 15 > right,
            "{name}: pitch is not 10 to the inch"
        );
    }
}

#[test]
fn gocr_which_is_not_ours_reads_the_scan_line_at_300_dpi() {
    let (program, package) = tools::PDFTOPPM;
    let Some(pdftoppm) = tools::found(program, package) else {
        return;
    };
    let (program, package) = tools::GOCR;
    let Some(gocr) = tools::found(program, package) else {
        return;
    };
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (path, image) = (
        folder.path().join("invoices.pdf"),
        folder.path().join("band.pgm"),
    );
    let invoices = invoices(20, &mut samples::Chance(7));
    let printed = renderer.invoices(&invoices).unwrap();
    std::fs::write(&path, &printed.pdf.bytes).unwrap();
    for (invoice, number) in invoices.iter().zip(&printed.first_pages) {
        std::fs::write(&image, pgm(&band(&pdftoppm, &path, *number, 300))).unwrap();
        let output = tools::run(&gocr, &["-C", "0-9", "-i", image.to_str().unwrap()]);
        let digits: String = String::from_utf8_lossy(&output.stdout)
            .split_whitespace()
            .collect();
        assert_eq!(digits, invoice.scan_line, "page {number}");
    }
}

#[test]
fn the_qr_code_leads_to_the_pay_page() {
    let (program, package) = tools::PDFTOPPM;
    let Some(pdftoppm) = tools::found(program, package) else {
        return;
    };
    let (program, package) = tools::ZBARIMG;
    let Some(zbarimg) = tools::found(program, package) else {
        return;
    };
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.pdf");
    for (name, invoice) in samples::invoices() {
        let pdf = renderer.invoice(&invoice).unwrap();
        std::fs::write(&path, &pdf.bytes).unwrap();
        let mut codes = Vec::new();
        for number in 1..=pdf.pages {
            let image = folder.path().join("page.pgm");
            std::fs::write(&image, pgm(&page(&pdftoppm, &path, number, 150))).unwrap();
            let output = std::process::Command::new(&zbarimg)
                .args(["-q", "--raw", "-Sdisable", "-Sqrcode.enable"])
                .arg(&image)
                .output()
                .unwrap();
            codes.extend(
                String::from_utf8_lossy(&output.stdout)
                    .lines()
                    .map(str::to_owned),
            );
        }
        assert_eq!(codes, [invoice.pay_url.as_str()], "{name}");
    }
}

#[test]
fn nothing_runs_into_the_coupon_however_long_the_invoice() {
    let (program, package) = tools::PDFTOPPM;
    let Some(pdftoppm) = tools::found(program, package) else {
        return;
    };
    let renderer = Renderer::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.pdf");
    let dpi = 100;
    for count in 0..=40 {
        let mut invoice = samples::long();
        invoice.large_print = count % 3 == 2;
        invoice.mailing_address.truncate(count % 4 + 1);
        invoice
            .mailing_address
            .resize(count % 5 + 1, "Second line of a long address".to_owned());
        invoice.lines.truncate(count);
        invoice.total_due = invoice.balance();
        std::fs::write(&path, renderer.invoice(&invoice).unwrap().bytes).unwrap();
        let sheet = page(&pdftoppm, &path, 1, dpi);
        // A tenth of an inch above the perforation is kept free of print.
        let tear = (geometry::PAGE_HEIGHT - geometry::COUPON_HEIGHT) * dpi / 1000;
        let strip = sheet.crop(0, tear - 8, sheet.width(), 6);
        let darkest = strip.pixels().iter().min();
        assert_eq!(darkest, Some(&255), "{count} lines run into the coupon");
    }
}

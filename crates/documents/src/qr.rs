//! The QR code of the pay page.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;

use crate::DocumentError;

/// A square of modules, row by row, `1` for dark, with its size.
pub(crate) fn modules(url: &str) -> Result<(String, usize), DocumentError> {
    let code = QRBuilder::new(url)
        .ecl(ECL::M)
        .build()
        .map_err(|_| DocumentError::AddressTooLong { length: url.len() })?;
    let dark = (0..code.size)
        .flat_map(|row| (0..code.size).map(move |column| (row, column)))
        .map(|(row, column)| if code[row][column].value() { '1' } else { '0' })
        .collect();
    Ok((dark, code.size))
}

/// A QR code as an SVG picture, dark on white, with the quiet zone of four modules that readers
/// need (ISO/IEC 18004 section 5.3.8).
///
/// # Errors
/// [`DocumentError::AddressTooLong`].
pub fn qr_picture(text: &str) -> Result<String, DocumentError> {
    const QUIET: usize = 4;
    let (dark, size) = modules(text)?;
    let mut path = String::new();
    for (n, _) in dark
        .bytes()
        .enumerate()
        .filter(|(_, module)| *module == b'1')
    {
        let (x, y) = (n % size + QUIET, n / size + QUIET);
        path.push_str(&format!("M{x} {y}h1v1h-1z"));
    }
    let whole = size + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{whole}v{whole}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_finder_and_its_quiet_zone() {
        let picture = qr_picture("otpauth://totp/Plan:maria?secret=MZXW6YTBOI&issuer=Plan");
        let picture = picture.expect("it fits");
        // The corner of the first finder pattern, four modules in.
        assert!(picture.contains("M4 4h1v1h-1z"), "{picture}");
        assert!(!picture.contains("M3 4h"), "{picture}");
        assert!(qr_picture(&"x".repeat(5000)).is_err());
    }
}

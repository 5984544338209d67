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

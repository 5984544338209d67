//! Where things are on the paper, in thousandths of an inch. The template, the tests and the
//! lockbox simulator read the same numbers.
//!
//! US Letter, 8.5 by 11 inches. The page folds in three for a #10 double-window envelope; the
//! bottom 3.5 inches tear off as the coupon, which fits a #9 reply envelope.

/// Width of the page.
pub const PAGE_WIDTH: u32 = 8_500;
/// Height of the page.
pub const PAGE_HEIGHT: u32 = 11_000;

/// Height of the coupon: the perforation is this far above the bottom edge of the page.
pub const COUPON_HEIGHT: u32 = 3_500;

/// Height of the clear band above the bottom edge. Nothing but the scan line is printed in it.
/// Banks ask for 0.5 to 0.625 inch.
pub const CLEAR_BAND: u32 = 600;
/// Distance of the scan line's baseline from the bottom edge of the page. A #9 envelope hides
/// everything lower than its window (half an inch), so the line does not show when the coupon sits
/// on the envelope's bottom.
pub const SCAN_LINE_BASELINE: u32 = 300;
/// Distance of the scan line's last character cell from the right edge of the page.
pub const SCAN_LINE_RIGHT: u32 = 500;
/// Pitch of the scan line: ten characters to the inch (ANSI X3.17, ISO 1073-1, size I).
pub const SCAN_LINE_PITCH: u32 = 100;
/// Most characters a scan line can have: from half an inch left to half an inch right.
pub const SCAN_LINE_MAX_CHARACTERS: usize = 75;

/// Left edge of the member's address from the left edge of the page. The window of a #10 envelope
/// is 7/8 inch from the left, half an inch from the bottom, 4 1/2 by 1 1/8 inches.
pub const ADDRESS_LEFT: u32 = 950;
/// Top of the member's address from the top of the page. The folded sheet can slide 0.46 inch up
/// and down in a 4 1/8 inch envelope; 2.50 to 3.17 inches are in the window wherever it sits.
pub const ADDRESS_TOP: u32 = 2_480;

/// Left edge of the remit-to address from the left edge of the coupon, for a #9 window 7/8 inch
/// from the left, half an inch from the bottom, 4 1/2 by 1 1/8 inches.
pub const REMIT_LEFT: u32 = 1_000;
/// Top of the remit-to address from the bottom of the page. The coupon can slide 0.375 inch up in
/// a 3 7/8 inch envelope; 0.5 to 1.25 inches above its bottom edge are in the window wherever it
/// sits.
pub const REMIT_TOP_FROM_BOTTOM: u32 = 1_250;
/// Most lines the remit-to address can have between [`REMIT_TOP_FROM_BOTTOM`] and [`CLEAR_BAND`].
pub const REMIT_MAX_LINES: usize = 4;
/// Most lines the member's name and mailing address can have together.
pub const ADDRESS_MAX_LINES: usize = 6;

/// Width of a wallet card in hundredths of a millimetre: ID-1 of ISO/IEC 7810, CR80.
pub const CARD_WIDTH: u32 = 8_560;
/// Height of a wallet card in hundredths of a millimetre.
pub const CARD_HEIGHT: u32 = 5_398;

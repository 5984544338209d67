//! Any bytes as an image cash letter: refused, or read to the same total by both passes.
#![no_main]

use formats::image_cash_letter::{Reader, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(summary) = verify(bytes) {
        let total: i64 = Reader::new(bytes).map(|item| item.expect("verified").amount.get()).sum();
        assert_eq!(summary.cents.get(), total);
    }
});

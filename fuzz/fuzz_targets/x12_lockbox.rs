//! Any bytes as an 823 and as an 820 file: refused, or read to the same total by both passes.
#![no_main]

use formats::lockbox::{x12_820, x12_823};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(summary) = x12_823::verify(bytes) {
        let total: i64 = x12_823::Reader::new(bytes).map(|e| e.expect("verified").total().get()).sum();
        assert_eq!(summary.cents.get(), total);
    }
    if let Ok(summary) = x12_820::verify(bytes) {
        let total: i64 = x12_820::Reader::new(bytes).map(|e| e.expect("verified").total().get()).sum();
        assert_eq!(summary.cents.get(), total);
    }
});

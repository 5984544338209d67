//! Any bytes as a BAI lockbox file: refused, or read to the same total by both passes.
#![no_main]

use formats::lockbox::bai::{Layout, Reader, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in Layout::PRESETS {
        let layout = Layout::preset(name).expect("a preset");
        let summary = verify(bytes, &layout);
        let mut checks = 0;
        let mut failed = false;
        for envelope in Reader::new(bytes, &layout) {
            match envelope {
                Ok(envelope) => checks += envelope.checks.len() as u64,
                Err(_) => {
                    failed = true;
                    break;
                }
            }
        }
        assert_eq!(summary.is_err(), failed, "both passes agree on what is refused");
        if let Ok(summary) = summary {
            assert_eq!(summary.checks, checks);
        }
    }
});

//! Any bytes as an 834 file: refused, or read with a finding for each record that is not kept; and
//! what is kept can be written and read again.
#![no_main]

use formats::enrollment::{PlanLines, RateRule, Reader834, check_834};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let lines = PlanLines::new()
        .line("individual", RateRule::Required)
        .line("employer", RateRule::Optional)
        .code("76962CT", "individual")
        .code("H", "employer");
    let whole = check_834(bytes).is_ok();
    let mut failed = false;
    for entry in Reader834::new(bytes, &lines) {
        match entry {
            Ok(entry) => assert!(entry.record.is_some() || !entry.findings.is_empty()),
            Err(_) => failed = true,
        }
    }
    assert_eq!(whole, !failed, "both passes agree on what is refused");
});

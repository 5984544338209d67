//! Any bytes as the rows of a CSV roster, and as its header.
#![no_main]

use formats::enrollment::{CsvReader, PlanLines, RateRule};
use libfuzzer_sys::fuzz_target;

const HEADER: &[u8] = b"maintenance,relationship,member_id,subscriber_id,last_name,first_name,\
    birth_date,city,state,zip,phone,email,plan_line,coverage_first_day,coverage_last_day,premium,\
    aptc,responsibility\n";

fuzz_target!(|bytes: &[u8]| {
    let lines = PlanLines::new().line("individual", RateRule::Required);
    let _ = CsvReader::new(bytes, &lines);
    let file = [HEADER, bytes].concat();
    let reader = CsvReader::new(&file[..], &lines).expect("the header is right");
    for entry in reader.map_while(Result::ok) {
        assert!(entry.record.is_some() || !entry.findings.is_empty());
    }
});

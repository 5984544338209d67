//! Any bytes as the rows of a CSV remittance file, and as its header.
#![no_main]

use formats::lockbox::csv::verify;
use libfuzzer_sys::fuzz_target;

const HEADER: &[u8] = b"kind,lockbox,deposited_on,batch,envelope,amount,count,routing,account,\
    check_number,check_date,remitter,payee,image,scan_line,reference,text\n";

fuzz_target!(|bytes: &[u8]| {
    let _ = verify(bytes);
    let file = [HEADER, bytes].concat();
    if let Ok(summary) = verify(&file[..]) {
        let sum: i64 = summary.deposits.iter().map(|d| d.cents.get()).sum();
        assert_eq!(sum, summary.cents.get());
    }
});

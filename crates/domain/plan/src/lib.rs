//! Who the health plan is: plan lines, channels, tenders, phones, hours, addresses, notices.

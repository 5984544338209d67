//! Premiums taken from Social Security or Railroad Retirement benefits.

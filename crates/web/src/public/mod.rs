//! Pages for everybody: which plan, how to pay, help, languages. They read the plan file only.

pub mod help;
pub mod pay;
pub mod plans;

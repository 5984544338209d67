//! The only crate that talks to other machines, reads the clock, or draws lots.

//! The phone dialog: numbers, money and dates spoken, states and digits.

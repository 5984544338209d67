//! Registration, sign-in rules, throttles, guest look-up.

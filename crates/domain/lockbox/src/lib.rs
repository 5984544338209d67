//! From scan line to account: matching with reasons.

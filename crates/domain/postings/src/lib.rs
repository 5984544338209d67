//! One file per business event: its debits and credits.

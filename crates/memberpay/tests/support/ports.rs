//! Ports that nobody listens on.

use std::net::TcpListener;

/// A port that was free a moment ago.
pub fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback address has free ports");
    listener
        .local_addr()
        .expect("a listener has an address")
        .port()
}

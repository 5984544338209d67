//! Limits on what one request may cost, and the panic that costs one request only.

use std::time::Duration;

/// The largest body of a machine's request, in bytes: a webhook is a few kilobytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// No request takes longer. Payments go on when the request does not.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(30);

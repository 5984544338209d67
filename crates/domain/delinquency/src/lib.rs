//! Grace periods and what may never happen while money is in flight.

//! The one door: permission, load, decide, save, post, enqueue.

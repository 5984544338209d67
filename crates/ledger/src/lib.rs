//! The double-entry engine: knows nothing of insurance.

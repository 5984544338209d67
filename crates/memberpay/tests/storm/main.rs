//! A storm of kills.

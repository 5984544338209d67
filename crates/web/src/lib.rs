//! axum: public, guest and member pages, machine webhooks.

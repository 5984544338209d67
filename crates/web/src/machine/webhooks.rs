//! What the card processor tells us.

use axum::body::Bytes;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use usecases::{UseCaseError, webhooks};

use crate::state::AppState;

/// Takes a webhook: checks and stores it, and answers at once; the work comes after. A second
/// delivery of the same one is answered the same way.
pub async fn card(State(app): State<AppState>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    match webhooks::receive(&app.ctx, signature, &body).await {
        Ok(()) => StatusCode::OK,
        Err(UseCaseError::Refused(refusal)) => {
            tracing::warn!(%refusal, "a webhook was refused");
            StatusCode::BAD_REQUEST
        }
        Err(UseCaseError::NotAllowed | UseCaseError::NotFound) => StatusCode::BAD_REQUEST,
        // The processor sends it again.
        Err(error) => {
            tracing::error!(%error, "a webhook could not be kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

//! Is the program alive, and can it serve?

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};

use crate::state::AppState;

/// Alive: the program answers. Asks nothing of anything else.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Ready: the database answers too. 503 while it does not.
pub async fn ready(State(app): State<AppState>) -> (StatusCode, Json<Value>) {
    match usecases::pages::ready(&app.ctx).await {
        Ok(_) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Json(json!({ "status": "the database does not answer" })),
            )
        }
    }
}

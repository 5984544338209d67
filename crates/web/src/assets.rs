//! The style sheet, the script and the brand colours, at addresses that change with their content.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use plan::Brand;
use sha2::{Digest as _, Sha256};

use crate::state::AppState;

/// The style sheet, by hand.
pub const STYLE: &str = include_str!("../static/app.css");
/// The script, by hand. Every page works without it.
pub const SCRIPT: &str = include_str!("../static/app.js");

/// The assets of one installation.
pub struct Assets {
    files: Vec<Asset>,
}

struct Asset {
    name: String,
    content_type: &'static str,
    body: String,
}

impl Assets {
    /// The assets in the colours of a plan.
    #[must_use]
    pub fn new(brand: &Brand) -> Self {
        let files = vec![
            asset("app", "css", "text/css; charset=utf-8", STYLE.to_owned()),
            asset(
                "app",
                "js",
                "text/javascript; charset=utf-8",
                SCRIPT.to_owned(),
            ),
            asset("brand", "css", "text/css; charset=utf-8", brand_css(brand)),
            asset("icon", "svg", "image/svg+xml", icon(brand)),
        ];
        Assets { files }
    }

    /// Where the style sheet is.
    #[must_use]
    pub fn style(&self) -> String {
        self.address(0)
    }

    /// Where the script is.
    #[must_use]
    pub fn script(&self) -> String {
        self.address(1)
    }

    /// Where the brand colours are.
    #[must_use]
    pub fn brand(&self) -> String {
        self.address(2)
    }

    /// Where the icon is.
    #[must_use]
    pub fn icon(&self) -> String {
        self.address(3)
    }

    /// Every asset: its name and its content.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|file| (file.name.as_str(), file.body.as_str()))
    }

    fn address(&self, index: usize) -> String {
        self.files
            .get(index)
            .map_or_else(String::new, |file| format!("/assets/{}", file.name))
    }
}

/// Serves an asset. Its address changes with its content, so it may be kept for ever.
pub async fn get(State(app): State<AppState>, Path(name): Path<String>) -> Response {
    let Some(asset) = app.assets.files.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    (headers, asset.body.clone()).into_response()
}

fn asset(stem: &str, extension: &str, content_type: &'static str, body: String) -> Asset {
    let digest = hex::encode(Sha256::digest(body.as_bytes()));
    let name = format!("{stem}-{}.{extension}", &digest[..16]);
    Asset {
        name,
        content_type,
        body,
    }
}

/// The four colours that differ between plans, for the rest of the style sheet to use.
fn brand_css(brand: &Brand) -> String {
    format!(
        "@layer tokens {{ :root {{ --brand: {}; --brand-dark: {}; --accent: {}; --link: {}; }} }}\n",
        brand.primary, brand.primary_dark, brand.accent, brand.link
    )
}

fn icon(brand: &Brand) -> String {
    let letter: String = brand
        .logo_text
        .chars()
        .find(|c| c.is_alphanumeric())
        .into_iter()
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" \
         height=\"32\" rx=\"7\" fill=\"{}\"/><text x=\"16\" y=\"23\" font-family=\"sans-serif\" \
         font-size=\"20\" font-weight=\"700\" text-anchor=\"middle\" fill=\"#fff\">{letter}</text></svg>",
        brand.primary
    )
}

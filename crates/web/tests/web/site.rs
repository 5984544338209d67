//! The whole site on a fresh database, and a browser without a screen.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{Request, StatusCode, header};
use memberpay_web::{AppState, WebSettings, router};
use testkit::World;
use tower::ServiceExt as _;

use crate::html::tags;

/// The site of a world.
pub fn site(world: &World) -> Router {
    let settings = WebSettings {
        styleguide: true,
        ..WebSettings::default()
    };
    router(AppState::new(world.ctx.clone(), settings).expect("the templates can be read"))
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// The token in the page's first form.
    pub fn token(&self) -> String {
        tags(&self.body)
            .into_iter()
            .find(|tag| tag.name == "input" && tag.get("name") == "csrf")
            .map(|tag| tag.get("value").to_owned())
            .unwrap_or_default()
    }
}

/// A browser: keeps cookies, sends forms, follows nothing by itself.
#[derive(Clone)]
pub struct Browser {
    site: Router,
    pub cookies: BTreeMap<String, String>,
    /// The token of the last page with a form.
    pub token: String,
}

impl Browser {
    pub fn new(world: &World) -> Self {
        Browser {
            site: site(world),
            cookies: BTreeMap::new(),
            token: String::new(),
        }
    }

    pub async fn send(&mut self, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 50_000))))
            .header(header::COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .expect("a request");
        let response = self.site.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie
                .to_str()
                .expect("text")
                .split(';')
                .next()
                .unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Opens a page, and the page after it as long as it sends on.
    pub async fn open(&mut self, path: &str) -> Answer {
        let mut path = path.to_owned();
        for _ in 0..6 {
            let answer = self.get(&path).await;
            if answer.location().is_empty() {
                return answer;
            }
            path = answer.location().split('#').next().unwrap_or("").to_owned();
        }
        panic!("{path} sends on for ever");
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.send(Request::get(path), String::new()).await;
        let is_page = answer.body.starts_with("<!doctype html>");
        let token = if is_page {
            answer.token()
        } else {
            String::new()
        };
        if !token.is_empty() {
            self.token = token;
        }
        answer
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        // Outside the future: the serialiser cannot be carried from thread to thread.
        let body = form_of(&self.token, fields);
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body).await
    }

    /// Sends a form and opens the page it leads to.
    pub async fn post_and_open(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "every POST sends on: {path}\n{}",
            answer.body
        );
        let next = answer.location().split('#').next().unwrap_or("").to_owned();
        self.open(&next).await
    }
}

fn form_of(token: &str, fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("csrf", token);
    form.extend_pairs(fields);
    form.finish()
}

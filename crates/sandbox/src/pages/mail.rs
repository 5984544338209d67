//! The demo's mail, so that whoever tries it can read the code that was e-mailed and the receipts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Path, State as Extract};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mail_parser::{Address, Message, MessageParser, MimeHeaders};
use serde::Serialize;
use serde_json::json;

use super::{Guard, missing, page, words};
use crate::core::Core;

/// How many messages the list shows.
const LISTED: usize = 200;

#[derive(Serialize)]
struct Letter {
    file: String,
    subject: String,
    to: String,
    date: String,
}

pub(crate) async fn list(Extract(core): Extract<Arc<Core>>) -> Response {
    let Some(folder) = core.settings.mail_dir.clone() else {
        return missing().await;
    };
    let letters = tokio::task::spawn_blocking(move || newest(&folder))
        .await
        .unwrap_or_default();
    let values =
        json!({ "t": words::of(false), "title": "Mail that was sent", "letters": letters });
    page(StatusCode::OK, "mail_list.html", &values, &Guard::default())
}

fn newest(folder: &std::path::Path) -> Vec<Letter> {
    let mut files: Vec<(SystemTime, String, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let changed = entry.metadata().ok()?.modified().ok()?;
            is_letter(&name).then(|| (changed, name, entry.path()))
        })
        .collect();
    files.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let letters = files
        .into_iter()
        .take(LISTED)
        .filter_map(|(_, file, path)| {
            let raw = std::fs::read(path).ok()?;
            let message = MessageParser::default().parse(&raw)?;
            Some(Letter {
                file,
                subject: message.subject().unwrap_or("(no subject)").to_owned(),
                to: people(message.to()),
                date: message
                    .date()
                    .map(mail_parser::DateTime::to_rfc822)
                    .unwrap_or_default(),
            })
        });
    letters.collect()
}

/// A name that cannot lead out of the folder.
fn is_letter(name: &str) -> bool {
    name.strip_suffix(".eml").is_some_and(|stem| {
        !stem.is_empty()
            && stem
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    })
}

async fn read(core: &Core, file: &str) -> Option<Vec<u8>> {
    let folder = core
        .settings
        .mail_dir
        .as_ref()
        .filter(|_| is_letter(file))?;
    tokio::fs::read(folder.join(file)).await.ok()
}

pub(crate) async fn show(Extract(core): Extract<Arc<Core>>, Path(file): Path<String>) -> Response {
    let Some(raw) = read(&core, &file).await else {
        return missing().await;
    };
    let Some(message) = MessageParser::default().parse(&raw) else {
        return missing().await;
    };
    let attachments: Vec<String> = message
        .attachments()
        .map(|part| part.attachment_name().unwrap_or("file").to_owned())
        .collect();
    let values = json!({
        "t": words::of(false),
        "file": file,
        "title": message.subject().unwrap_or("(no subject)"),
        "from": people(message.from()),
        "to": people(message.to()),
        "date": message.date().map(mail_parser::DateTime::to_rfc822).unwrap_or_default(),
        "text": message.body_text(0).unwrap_or_default(),
        "has_html": has_html(&message),
        "attachments": attachments,
    });
    page(StatusCode::OK, "mail.html", &values, &Guard::default())
}

fn has_html(message: &Message<'_>) -> bool {
    message
        .html_part(0)
        .is_some_and(mail_parser::MessagePart::is_text_html)
}

fn people(address: Option<&Address<'_>>) -> String {
    let Some(address) = address else {
        return String::new();
    };
    let people: Vec<&str> = address
        .iter()
        .filter_map(|person| person.address())
        .collect();
    people.join(", ")
}

/// The HTML of a message, in a frame that can run nothing and load nothing.
pub(crate) async fn html(Extract(core): Extract<Arc<Core>>, Path(file): Path<String>) -> Response {
    let Some(raw) = read(&core, &file).await else {
        return missing().await;
    };
    let Some(message) = MessageParser::default().parse(&raw) else {
        return missing().await;
    };
    let Some(html) = message.body_html(0) else {
        return missing().await;
    };
    let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, html.into_owned()).into_response()
}

pub(crate) async fn attachment(
    Extract(core): Extract<Arc<Core>>,
    Path((file, part)): Path<(String, u32)>,
) -> Response {
    let Some(raw) = read(&core, &file).await else {
        return missing().await;
    };
    let Some(message) = MessageParser::default().parse(&raw) else {
        return missing().await;
    };
    let Some(part) = message.attachment(part) else {
        return missing().await;
    };
    let is_pdf = part
        .content_type()
        .is_some_and(|kind| kind.subtype() == Some("pdf"));
    let mut response = part.contents().to_vec().into_response();
    let headers = response.headers_mut();
    // Nothing that a browser would run.
    let kind = if is_pdf {
        "application/pdf"
    } else {
        "application/octet-stream"
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert!(is_letter("0198-ab_c.eml"));
        for name in [
            "../x.eml", ".eml", "a/b.eml", "a.txt", "a.eml/..", "..eml", "a%2f.eml",
        ] {
            assert!(!is_letter(name), "{name}");
        }
    }
}

//! A small reader of our own pages: tags with their attributes, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

/// A tag as it stands.
#[derive(Debug, Clone)]
pub struct Tag {
    /// `input`; `/div` for an end.
    pub name: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Tag {
    /// An attribute, or nothing.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Every tag, in order.
///
/// # Panics
/// If a tag is not closed or an attribute not quoted.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if rest.starts_with('!') {
            continue;
        }
        let (tag, after) = tag(rest);
        tags.push(tag);
        rest = after;
    }
    tags
}

fn tag(text: &str) -> (Tag, &str) {
    let end_of_name = text.find([' ', '>', '\n', '/']).map_or(text.len(), |at| {
        if at == 0 {
            1 + text[1..].find([' ', '>', '\n']).unwrap_or(0)
        } else {
            at
        }
    });
    let name = text[..end_of_name].to_owned();
    assert!(
        name.trim_start_matches('/')
            .chars()
            .all(|c| c.is_ascii_alphanumeric()),
        "a stray < before {:?}",
        &text[..text.len().min(40)]
    );
    let mut attributes = BTreeMap::new();
    let mut rest = &text[end_of_name..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, after);
        }
        if let Some(after) = rest.strip_prefix('/') {
            rest = after;
            continue;
        }
        let end = rest.find(['=', ' ', '>', '\n']).expect("a tag ends");
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let close = after.find('"').expect("an attribute ends");
            after[..close].clone_into(&mut value);
            rest = &after[close + 1..];
        }
        assert!(
            attributes.insert(key.clone(), value).is_none(),
            "{name} has {key} twice"
        );
    }
}

const VOID: [&str; 9] = [
    "meta", "link", "input", "br", "wbr", "rect", "path", "img", "hr",
];

/// What is wrong with a page. Empty if nothing is.
pub fn faults(html: &str, language: &str) -> Vec<String> {
    let tags = tags(html);
    let mut faults = nesting(&tags);
    let mut ids = BTreeSet::new();
    for tag in &tags {
        let id = tag.get("id");
        if !id.is_empty() && !ids.insert(id) {
            faults.push(format!("the id {id} is there twice"));
        }
    }
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    for name in ["h1", "main", "title"] {
        // The title of a picture is another thing.
        let expected = if name == "title" { 1 + count("svg") } else { 1 };
        if count(name) != expected {
            faults.push(format!("there are {} {name}", count(name)));
        }
    }
    if !tags
        .iter()
        .any(|tag| tag.name == "html" && tag.get("lang") == language)
    {
        faults.push("the page does not say its language".to_owned());
    }
    faults.extend(references(&tags, &ids));
    faults.extend(labels(&tags));
    faults.extend(headings(&tags));
    faults
}

fn nesting(tags: &[Tag]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for tag in tags {
        match tag.name.strip_prefix('/') {
            Some(name) => match open.pop() {
                Some(opened) if opened == name => {}
                other => faults.push(format!("</{name}> closes {other:?}")),
            },
            None if VOID.contains(&tag.name.as_str()) => {}
            None => {
                if tag.name == "p" && open.contains(&"p") {
                    faults.push("a paragraph in a paragraph".to_owned());
                }
                if tag.name == "form" && open.contains(&"form") {
                    faults.push("a form in a form".to_owned());
                }
                open.push(&tag.name);
            }
        }
    }
    faults
}

fn references(tags: &[Tag], ids: &BTreeSet<&str>) -> Vec<String> {
    let mut faults = Vec::new();
    for tag in tags {
        for name in ["aria-labelledby", "aria-describedby", "for"] {
            for id in tag.get(name).split_whitespace() {
                if !ids.contains(id) {
                    faults.push(format!(
                        "{} {name} names {id}, which is not there",
                        tag.name
                    ));
                }
            }
        }
        if let Some(id) = tag.get("href").strip_prefix('#')
            && !ids.contains(id)
        {
            faults.push(format!("a link leads to #{id}, which is not there"));
        }
    }
    faults
}

fn labels(tags: &[Tag]) -> Vec<String> {
    let labelled: BTreeSet<&str> = tags
        .iter()
        .filter(|tag| tag.name == "label")
        .map(|tag| tag.get("for"))
        .collect();
    tags.iter()
        .filter(|tag| ["input", "select", "textarea"].contains(&tag.name.as_str()))
        .filter(|tag| tag.get("type") != "hidden")
        .filter(|tag| !labelled.contains(tag.get("id")))
        .map(|tag| format!("the field {:?} has no label", tag.get("name")))
        .collect()
}

fn headings(tags: &[Tag]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut last = 2;
    for tag in tags {
        let level = tag
            .name
            .strip_prefix('h')
            .and_then(|level| level.parse::<u8>().ok());
        if let Some(level) = level {
            if level > last + 1 {
                faults.push(format!("h{level} after h{last}"));
            }
            last = level;
        }
    }
    faults
}

#[test]
fn the_reader_sees_what_is_wrong() {
    let page = |body: &str| {
        format!("<html lang=\"en\"><title>x</title><main><h1>x</h1>{body}</main></html>")
    };
    assert_eq!(
        faults(&page("<p id=\"a\">x</p>"), "en"),
        Vec::<String>::new()
    );
    for wrong in [
        "<p><p>x</p></p>",
        "<div></p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<input name=\"x\" id=\"x\">",
        "<h1>again</h1>",
        "<h3>x</h3>",
        "<a href=\"#nowhere\">x</a>",
    ] {
        assert!(!faults(&page(wrong), "en").is_empty(), "{wrong}");
    }
    assert!(!faults(&page(""), "es").is_empty());
}

//! What every page must be, whatever it says.

use serde_json::{Value, json};

use crate::browser::Browser;

/// The widths that people have: a small phone, a phone, a desk.
const WIDTHS: [u32; 3] = [320, 390, 1280];

/// A page as the browser shows it.
const FACTS: &str = r#"
const root = document.documentElement;
const inside = (el) => { // in something that scrolls by itself
  for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
    const flow = getComputedStyle(up).overflowX;
    if (flow === 'auto' || flow === 'scroll' || flow === 'hidden') return true;
  }
  return false;
};
const shown = (el) => el.checkVisibility() && el.getBoundingClientRect().width > 1;
const name = (el) => el.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
const all = [...document.querySelectorAll('body *')].filter(shown);
const out = root.scrollWidth > root.clientWidth
  ? (() => {
    const far = [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > root.clientWidth);
    const free = far.filter((el) => shown(el) && !inside(el));
    if (far.length) return (free.length ? free : far).map(name);
    // No box is too wide, but a word runs out of its box.
    return [...document.querySelectorAll('body *')].filter((el) => [...el.childNodes].some((node) => {
      if (node.nodeType !== 3) return false;
      const range = document.createRange();
      range.selectNodeContents(node);
      return range.getBoundingClientRect().right > root.clientWidth;
    })).map(name);
  })() : [];
const squeezed = all.filter((el) => {
  const own = [...el.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
  const box = el.getBoundingClientRect();
  return own.length > 8 && box.width < 34 && box.height > 90;
}).map(name);
const words = document.body.innerText;
const holes = words.match(/\{\{?[a-z_]+\}?\}|undefined|NaN|\[object|%[sd]\b/g) || [];
return {
  title: document.title, language: root.lang, address: location.href, out, squeezed, holes,
  headings: [...document.querySelectorAll('h1')].map((h) => h.innerText),
  overflow: root.scrollWidth - root.clientWidth,
};"#;

/// Runs axe on the document that the browser stands in.
const AXE: &str = r"
const done = arguments[arguments.length - 1];
axe.run(document, {
  iframes: false, resultTypes: ['violations'], rules: { 'target-size': { enabled: true } },
}).then(
  (result) => done(result.violations.map((v) =>
    `${v.id} (${v.impact}): ${v.help}: ` +
    v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} [${n.failureSummary.split('\n').slice(1).join(';').trim()}]`).join(' | '))),
  (error) => done([`axe failed: ${error}`]),
);";

/// What is wrong with the page that the browser shows; nothing, if all is well.
pub async fn faults(
    browser: &Browser,
    language: &str,
    axe: Option<&str>,
    picture: &str,
) -> Vec<String> {
    let mut faults = Vec::new();
    for width in WIDTHS {
        browser.be_wide(width).await;
        let facts = browser.ask(FACTS).await;
        let texts = |name: &str| -> Vec<String> {
            let list = facts[name].as_array().cloned().unwrap_or_default();
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        if facts["overflow"].as_i64().unwrap_or(0) > 0 {
            let first: Vec<String> = texts("out").into_iter().take(3).collect();
            faults.push(format!(
                "{width} px: {} px too wide: {first:?}",
                facts["overflow"]
            ));
        }
        for squeezed in texts("squeezed").into_iter().take(3) {
            faults.push(format!(
                "{width} px: squeezed into one letter a line: {squeezed}"
            ));
        }
        if width == WIDTHS[0] {
            faults.extend(facts_that_hold_at_any_width(&facts, language));
            continue;
        }
        if let (Some(axe), true) = (axe, browser.scripts) {
            faults.extend(
                accessibility(browser, axe)
                    .await
                    .iter()
                    .map(|v| format!("{width} px: {v}")),
            );
        }
        browser.picture(&format!("{picture}-{width}")).await;
    }
    faults
}

fn facts_that_hold_at_any_width(facts: &Value, language: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if facts["title"]
        .as_str()
        .is_none_or(|title| title.trim().is_empty())
    {
        faults.push("the page has no title".to_owned());
    }
    if facts["headings"].as_array().map(Vec::len) != Some(1) {
        faults.push(format!("not one first heading: {}", facts["headings"]));
    }
    if facts["language"] != json!(language) {
        faults.push(format!(
            "the page's language is {}, not {language}",
            facts["language"]
        ));
    }
    if facts["holes"]
        .as_array()
        .is_some_and(|holes| !holes.is_empty())
    {
        faults.push(format!("holes in the words: {}", facts["holes"]));
    }
    let address = facts["address"].as_str().unwrap_or_default();
    if has_member_id(address) {
        faults.push(format!("a member ID in the address: {address}"));
    }
    faults
}

/// What axe finds in the document that the browser stands in.
pub async fn accessibility(browser: &Browser, axe: &str) -> Vec<String> {
    let there = browser.ask("return typeof axe === 'object'").await;
    if there != json!(true) {
        browser
            .driver
            .execute(axe, Vec::new())
            .await
            .expect("axe can be put into the page");
    }
    let found = browser
        .driver
        .execute_async(AXE, Vec::new())
        .await
        .expect("axe runs");
    let list = found.json().as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// True if a text has exactly 11 digits in a row, as a member ID has.
fn has_member_id(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 11 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

mod cases;

use super::keys;
use crate::{Plan, PlanProblem};

fn text_of(name: &str) -> String {
    let path = format!("{}/../../../{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn problems(text: &str) -> Vec<PlanProblem> {
    match Plan::read("x.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a problem");
            problems
        }
    }
}

/// The first plan file after one change.
fn changed(from: &str, to: &str) -> String {
    let text = text_of("plans/connecticare.toml");
    assert!(text.contains(from), "the plan file has no {from}");
    text.replacen(from, to, 1)
}

/// A problem without its file, line and column.
fn sentence(problem: &PlanProblem) -> String {
    let place = format!("x.toml:{}:{}: ", problem.line, problem.column);
    let text = problem.to_string();
    text.strip_prefix(&place)
        .expect("the place comes first")
        .to_owned()
}

#[test]
fn both_plan_files_read_clean() {
    for name in ["plans/connecticare.toml", "plans/granite-valley.toml"] {
        assert_eq!(problems(&text_of(name)), [], "{name}");
    }
}

#[test]
fn a_problem_names_file_line_column_key_what_was_found_and_what_was_expected() {
    let text = "languages = [\"en\"]\nhelp = \"ä\"\n\n[demo]\n# how many\nmembers = 0\n";
    let found = Plan::read("plans/x.toml", text).unwrap_err();
    let lines: Vec<String> = found.iter().map(PlanProblem::to_string).collect();
    for expected in [
        "plans/x.toml:2:8: help: found \"ä\", expected a table",
        "plans/x.toml:6:11: demo.members: found 0, expected a whole number from 1 to 1000000",
        "plans/x.toml:1:1: time_zone: found nothing, expected an IANA time zone such as \"America/New_York\"",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}\n{lines:#?}"
        );
    }
}

#[test]
fn columns_count_characters_not_bytes() {
    let found = problems(&changed(
        "es = \"Código postal\"",
        "es = \"Código\", fr = \"Code\"",
    ));
    let line = changed("es = \"Código postal\"", "es = \"Código\", fr = \"Code\"")
        .lines()
        .find_map(|line| {
            line.find("fr = \"Code\"")
                .map(|at| line[..at].chars().count() + 1)
        });
    assert_eq!(Some(found[0].column), line);
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let text = changed("idle_minutes = 15", "idle_minutes = 0")
        .replacen("primary = \"#00539b\"", "primary = \"blue\"", 1)
        .replacen("due = \"first of the month\"", "due = \"soon\"", 1)
        .replacen("number = \"877-224-5995\"", "number = \"877\"", 1);
    let keys: Vec<String> = problems(&text)
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "brand.primary",
            "phones.medicare-supplement-representatives.number",
            "lines[0].invoicing.due",
            "security.idle_minutes",
        ]
    );
}

#[test]
fn files_of_other_editors_read_the_same() {
    let text = text_of("plans/connecticare.toml");
    assert_eq!(problems(&text.replace('\n', "\r\n")), []);
    assert_eq!(problems(&format!("\u{feff}{text}")), []);
    assert!(problems("").len() > 10, "an empty file lacks everything");
}

#[test]
fn a_broken_phone_is_reported_once_and_not_again_by_everyone_who_names_it() {
    let found = problems(&changed("number = \"800-251-7722\"", "number = \"800\""));
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn every_line_can_be_lost_without_a_panic_or_a_silent_refusal() {
    for name in ["plans/connecticare.toml", "plans/granite-valley.toml"] {
        let text = text_of(name);
        let lines: Vec<&str> = text.lines().collect();
        for lost in 0..lines.len() {
            let kept: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != lost)
                .map(|(_, line)| *line)
                .collect();
            for problem in problems(&kept.join("\n")) {
                assert!((1..=lines.len()).contains(&problem.line), "{problem}");
            }
        }
    }
}

#[test]
fn a_plan_may_speak_one_language() {
    let text = text_of("plans/granite-valley.toml").replacen("[\"es\", \"en\"]", "[\"es\"]", 1);
    let text: String = text
        .lines()
        .map(|line| {
            let without = line.find(", en = \"").map(|at| {
                format!(
                    "{} }}{}",
                    &line[..at],
                    if line.ends_with(',') { "," } else { "" }
                )
            });
            without.unwrap_or_else(|| line.to_owned()) + "\n"
        })
        .collect();
    let plan = Plan::read("x.toml", &text).unwrap();
    assert!(!plan.speaks(kernel::Language::English));
    assert_eq!(
        plan.public_page
            .title
            .in_language(kernel::Language::English),
        "Pague su prima"
    );
}

#[test]
fn the_demonstration_and_notices_may_be_left_out() {
    let text = text_of("plans/granite-valley.toml");
    let (before, after) = text.split_once("[[notices]]").unwrap();
    let (_, after) = after.split_once("[scan_line]").unwrap();
    let text = format!("{before}[scan_line]{after}").replacen("[demo]\nmembers = 60\n", "", 1);
    let plan = Plan::read("x.toml", &text).unwrap();
    assert!(plan.demo.is_none() && plan.notices.is_empty());
}

#[test]
fn every_key_is_in_the_reference() {
    let reference = text_of("docs/reference/plan-file.md");
    for (heading, keys) in keys::DOCUMENTED {
        let title = format!("\n## {heading}\n");
        let (_, part) = reference
            .split_once(&title)
            .unwrap_or_else(|| panic!("no heading {heading}"));
        let part = part.split("\n## ").next().unwrap_or(part);
        for key in *keys {
            assert!(
                part.contains(&format!("| `{key}` |")),
                "{heading} lacks {key}"
            );
        }
        for row in part.lines().filter_map(|line| line.strip_prefix("| `")) {
            let key = row.split('`').next().unwrap_or(row);
            assert!(
                keys.contains(&key),
                "{heading} has {key}, which nobody reads"
            );
        }
    }
}

#[test]
fn each_kind_of_problem_is_said_in_full() {
    for (from, to, expected) in cases::CASES {
        let found: Vec<String> = problems(&changed(from, to)).iter().map(sentence).collect();
        assert_eq!(found, *expected, "{from} changed to {to}");
    }
}

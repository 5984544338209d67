use crate::{Plan, PlanProblem};

fn text_of(name: &str) -> String {
    let path = format!("{}/../../../{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn problems(text: &str) -> Vec<String> {
    match Plan::read("plans/x.toml", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(PlanProblem::to_string).collect(),
    }
}

#[test]
fn both_plan_files_read_clean() {
    for name in ["plans/connecticare.toml", "plans/granite-valley.toml"] {
        assert_eq!(problems(&text_of(name)), Vec::<String>::new(), "{name}");
    }
}

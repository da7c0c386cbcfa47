//! Scenario files: the ones that tests share, and the words about those that are wrong.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Scenario;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/scenario/example.toml"));
    files.sort();
    files
}

#[test]
fn every_scenario_is_valid_and_says_first_what_should_happen() {
    let files = files();
    assert!(files.len() >= 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).expect("a file");
        let sentence = text.lines().next().and_then(|line| line.strip_prefix("# "));
        assert!(sentence.is_some_and(|sentence| sentence.ends_with('.')), "{}", file.display());
        let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}: {error:?}"));
        assert_ne!(scenario, Scenario::default(), "{}", file.display());
    }
}

/// The problems of a text as `place | text under it | sentence | hint`.
fn problems(text: &str) -> String {
    let problems = Scenario::read(Path::new("bad.toml"), text).expect_err(text);
    let told = problems.list().iter().map(|problem| {
        let place = problems.place(problem).expect("a place");
        let shown = problem.span.clone().map_or("", |span| &text[span]);
        let hint = problem.hint.as_deref().unwrap_or("-");
        format!("{place} | {shown} | {} | {hint}", problem.sentence)
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn all_problems_of_a_scenario_are_told_at_once_with_their_places() {
    let text = r#"
        seed = "x"
        latency = "40ms..5ms"
        speed = 9
        [rate_limit]
        rate = ["40/s", "fast"]
        status = 404
        [devino]
        batch = 0
        refuse_whole = "400"
        call_errors = "nowhere"
        [wati]
        numbers = "5511999990000"
        templates.promo.params = [1]
        [[recipients]]
        numbers = ["ana"]
        [[recipients]]
        refuse = "rude"
        endings = ["x"]
        [[recipients]]
        refuse = "invalid"
        field = "text"
        [[faults]]
        share = "2"
        [[faults]]
        then = "explode"
        calls = "0.."
        [[faults]]
        then = "status"
        [[faults]]
        then = "drop"
        status = 500
        provider = "vonage"
        accepted = "yes"
        [[faults]]
        then = "drop"
        operation = "mesage"
        [[faults]]
        then = "truncate"
        accepted = false
    "#;
    insta::assert_snapshot!(problems(text));
}

#[test]
fn what_is_not_toml_is_said_alone() {
    let problems = problems("seed = \nlatency = \"soon\"\n");
    assert_eq!(problems.lines().count(), 1, "{problems}");
    assert!(problems.starts_with("1:7 | "), "{problems}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Scenario::load(Path::new("no/such/scenario.toml")).expect_err("no file");
    assert_eq!(error.to_string(), "no/such/scenario.toml: there is no such file");
}

//! A run's reasons in the language that `workspace.toml` names, and a channel's own table of failures.

use std::collections::BTreeMap;

use crate::harness::{Breakage, People, Workspace, breaking, report};

/// Reasons of those who are not accepted, by code, and the lines of the text that explain them.
fn reasons(workspace: &Workspace, run: &str) -> (BTreeMap<String, String>, String) {
    let lines = report(workspace, run).into_values().filter(|line| line.status != "accepted");
    let reasons = lines.map(|line| (line.code, line.reason)).collect();
    let text = workspace.disparo(["report", run]).finish().expect(0).stdout;
    let because = text.split_once("rejected because\n").map(|(_, because)| because.to_owned());
    (reasons, because.unwrap_or_default())
}

#[test]
fn the_same_run_is_reported_in_three_languages() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    let people = People::seeded(201, 6);
    let phone = |at: usize| &people.phones()[at];
    let scenario = format!(
        "[[recipients]]\nrefuse = \"invalid\"\nfield = \"to\"\nnumbers = [\"+{}\", \"+{}\"]\n\
         [[recipients]]\nrefuse = \"length.too.long\"\nfield = \"text\"\nnumbers = [\"+{}\"]\n",
        phone(0),
        phone(1),
        phone(2)
    );
    workspace.sandbox().change_scenario(&scenario);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(4).run();
    let mut told = String::new();
    for language in ["en", "pt", "es"] {
        workspace.write("workspace.toml", format!("language = \"{language}\"\n"));
        let (reasons, because) = reasons(&workspace, &run);
        told.push_str(&format!("{language}: {reasons:#?}\n{because}"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn doubt_speaks_the_language_too_and_the_results_beside_the_campaign() {
    let workspace = Workspace::new();
    // A whole HTTP answer whose body is no answer of Devino's.
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\nno";
    let address = breaking([Breakage::Say(answer)]);
    workspace.write("channels.toml", workspace.devino(&format!("http://{address}"), ""));
    workspace.write("workspace.toml", "language = \"pt\"\n");
    workspace.text_campaign("welcome", &People::seeded(202, 1), "");
    let run = workspace.run("welcome").expect(7).run();
    let (reasons, _) = reasons(&workspace, &run);
    let expected = "não foi possível ler a resposta do provedor";
    assert_eq!(reasons["in_doubt"], expected);
    let listed = workspace.disparo(["doubt", "list", &run]).finish().expect(0).stdout;
    assert!(listed.contains(expected), "{listed}");
    let file = workspace.folder().join("results/welcome").join(&run).join("recipients.csv");
    let written = std::fs::read_to_string(file).expect("readable");
    assert!(written.contains(expected), "{written}");
    workspace.is_not_judged("the far side is no sandbox");
}

#[test]
fn a_channels_own_table_may_suppress_whom_the_provider_refuses() {
    let workspace = Workspace::new();
    workspace.only_devino("limits = \"mine.toml\"");
    workspace.write(
        "mine.toml",
        "[[error]]\ncode = \"invalid\"\nfield = \"to\"\nsuppress = true\nretry = \"24h\"\nen = \"nobody answers there\"\n",
    );
    let people = People::seeded(203, 5);
    let gone = people.phones()[2].clone();
    let rule = format!("[[recipients]]\nrefuse = \"invalid\"\nfield = \"to\"\nnumbers = [\"+{gone}\"]\n");
    workspace.sandbox().change_scenario(&rule);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome").expect(4).run();
    let (reasons, _) = reasons(&workspace, &run);
    assert_eq!(reasons["invalid:to"], "nobody answers there; it may be tried again in 24 h");
    let listed = workspace.disparo(["suppress", "list"]).finish().expect(0).stdout;
    assert!(listed.starts_with(&format!("+{gone} ")) && listed.lines().count() == 1, "{listed}");
    assert!(listed.contains("nobody answers there"), "no evidence: {listed}");
}

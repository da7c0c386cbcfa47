//! Identifiers beyond 2^53, of which a floating-point number would make their neighbour's: from the answer and
//! the webhook to everything that names a message.

use std::collections::BTreeSet;

use serde_json::Value;

use super::far_side::identifiers;
use super::form::{DEVINO, Form, OMNICHANNEL, SINCH, SINCH_PERSONAL, Stage, TEMPLATES, WATI};
use super::known::{known, reconcile, results_are_those_of_the_report};
use crate::harness::{People, Workspace, doubts, report, until};

/// The greatest whole number before which a floating-point number has every one.
const EXACT: u64 = 1 << 53;

fn explained(workspace: &Workspace, phone: &str) -> Value {
    let person = workspace.disparo(["explain", &format!("+{phone}"), "--format", "json"]);
    person.finish().expect(0).json()
}

/// Everybody's identifier is their own everywhere, to the last digit.
fn survives(form: Form, seed: u64) {
    let workspace = Workspace::with_scenario(&format!("[statuses]\nafter = \"1ms\"\n{TEMPLATES}"));
    let form = Form { failing: None, ..form };
    let stage = Stage::new(form, workspace, "");
    let workspace = &stage.workspace;
    stage.campaign(&People::seeded(seed, 6), "");
    let run = workspace.run("vip").expect(0).run();
    workspace.sandbox().until_quiet();
    reconcile(workspace, &run);
    let told = identifiers(workspace, form.provider);
    assert_eq!(told.values().collect::<BTreeSet<_>>().len(), 6);
    let lines = report(workspace, &run);
    for (phone, id) in &told {
        assert_eq!(lines[phone].message_id, *id);
        let person = explained(workspace, phone);
        assert_eq!(person["messages"][0]["message_id"], Value::from(id.as_str()), "a text: {person}");
    }
    // The webhooks found their messages.
    assert!(known(workspace, &run).values().all(|word| word == "read"));
    stage.serve.terminate().expect(0);
    results_are_those_of_the_report(&stage.workspace, &run);
}

#[test]
fn devino() {
    survives(DEVINO, 431);
}

#[test]
fn wati() {
    survives(WATI, 432);
}

#[test]
fn sinch() {
    survives(SINCH, 434);
    survives(SINCH_PERSONAL, 435);
}

#[test]
fn omnichannel() {
    survives(OMNICHANNEL, 436);
}

/// Devino's answers have texts and its webhooks have numbers.
#[test]
fn a_number_in_a_webhook_alone_names_the_message_whose_answer_was_lost() {
    let people = People::seeded(437, 4);
    let lost = &people.phones()[..2];
    let workspace = Workspace::with_scenario(&format!(
        "[statuses]\nafter = \"1ms\"\n[[faults]]\nthen = \"drop\"\naccepted = true\ncontaining = [\"+{}\", \"+{}\"]\n",
        lost[0], lost[1]
    ));
    let stage = Stage::new(Form { chunk: 1, failing: None, ..DEVINO }, workspace, "");
    let workspace = &stage.workspace;
    stage.campaign(&people, "");
    let run = workspace.run("vip");
    // Receipts may settle it before the run has ended.
    assert!(matches!(run.code(), Some(0 | 7)), "{run}");
    let run = run.run();
    workspace.sandbox().until_quiet();
    reconcile(workspace, &run);
    assert!(doubts(workspace, &run).is_empty());
    let told = identifiers(workspace, "devino");
    let posts = workspace.sandbox().webhooks();
    for phone in lost {
        let number: u64 = told[phone].parse().expect("Devino's are numbers");
        assert!(
            number > EXACT && posts.iter().any(|post| post.body.contains(&format!("\"messageId\":{number}")))
        );
        assert_eq!(report(workspace, &run)[phone].message_id, told[phone]);
        assert_eq!(
            explained(workspace, phone)["messages"][0]["message_id"],
            Value::from(told[phone].as_str())
        );
    }
    stage.serve.terminate().expect(0);
}

/// Two answers of people whose identifiers differ by one are two.
#[test]
fn what_people_write_is_told_apart_by_such_numbers() {
    let workspace = Workspace::new();
    workspace.is_not_judged("the test posts as Devino would, and no run is made");
    let stage = Stage::new(DEVINO, workspace, "");
    let workspace = &stage.workspace;
    let people = People::seeded(438, 1);
    let phone = &people.phones()[0];
    let url = stage.serve.url(workspace, "main");
    for (id, text) in [(EXACT * 4, "Oi"), (EXACT * 4 + 1, "Tudo bem?"), (EXACT * 4, "Oi")] {
        let body = format!(
            r#"{{"incomingMessageId":{id},"to":"MyCompany","from":"{phone}","ts":1795255200000,"text":"{text}"}}"#
        );
        assert_eq!(stage.serve.post(&url, &body), 200);
    }
    let written = until("both answers", || {
        let written = explained(workspace, phone)["written"].clone();
        (written.as_array().map(Vec::len) == Some(2)).then_some(written)
    });
    let texts: BTreeSet<_> =
        written.as_array().expect("a list").iter().filter_map(|one| one["text"].as_str()).collect();
    assert_eq!(texts, ["Oi", "Tudo bem?"].into());
    stage.serve.terminate().expect(0);
}

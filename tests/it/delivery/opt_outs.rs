//! Whoever asks for no more while a run is sending gets no more: unless their message was already meant to go.

use serde_json::{Value, json};

use super::form::{DEVINO, Form, OMNICHANNEL, SINCH_PERSONAL, Stage, TEMPLATES, WATI};
use crate::harness::{People, Workspace, report, until};

/// What becomes of messages.
const SCENARIO: &str = "[statuses]\nafter = \"1ms\"\n";

/// A campaign to these people. Each is a call, and one call is under way at a time.
fn stage(form: Form, people: &People) -> Stage {
    let workspace = Workspace::with_scenario(SCENARIO);
    let stage = Stage::new(Form { chunk: 1, failing: None, ..form }, workspace, "in_flight = 1");
    stage.campaign(people, "");
    stage
}

/// Somebody writes; `more` says what else is known of it.
fn writes(stage: &Stage, form: Form, from: &str, text: &str, more: Value) {
    let to = match form.provider {
        "devino" => "MyCompany",
        "omnichannel" => "64ef5c84f9deb1326965919e",
        _ => "5511900000001",
    };
    let mut inbound = json!({ "from": from, "text": text, "to": to });
    if let (Value::Object(fields), Value::Object(more)) = (&mut inbound, more) {
        fields.extend(more);
    }
    stage.workspace.sandbox().is_told(form.provider, &inbound);
}

/// Who is on the suppression list: number and evidence.
fn suppressed(workspace: &Workspace) -> Vec<(String, String)> {
    let listed = workspace.disparo(["suppress", "list", "--format", "json"]).finish().expect(0);
    let read = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| line[key].as_str().expect("a text").to_owned();
        (text("phone"), text("source"))
    };
    listed.stdout.lines().map(read).collect()
}

fn until_suppressed(workspace: &Workspace, people: usize) -> Vec<(String, String)> {
    until("the opt-outs", || Some(suppressed(workspace)).filter(|listed| listed.len() == people))
}

/// The last one of the list and the one in the call under way ask for no more.
fn stops_whose_intent_is_not_written(form: Form, seed: u64, text: &str, more: &Value) {
    let people = People::seeded(seed, 5);
    let phones = people.phones();
    let stage = stage(form, &people);
    let workspace = &stage.workspace;
    let (run, sending) = stage.held(&format!("{SCENARIO}{TEMPLATES}"), 1);
    writes(&stage, form, &phones[4], text, more.clone());
    writes(&stage, form, &phones[0], text, more.clone());
    let listed = until_suppressed(workspace, 2);
    for phone in [&phones[0], &phones[4]] {
        let (_, evidence) = listed.iter().find(|(listed, _)| listed == phone).expect("both are listed");
        assert!(evidence.starts_with(&format!("wrote \"{text}\" to channel main, ")), "{evidence}");
    }
    workspace.sandbox().release();
    let sent = sending.wait().expect(0);
    assert_eq!((sent.tally().accepted, sent.tally().suppressed), (4, 1), "{sent}");
    let accepted = workspace.sandbox().accepted().into_iter().filter(|one| one.kind == "message");
    let accepted: Vec<_> = accepted.map(|one| one.to).collect();
    assert_eq!(accepted, phones[..4], "whose intent was written keeps their message, who is last gets none");
    let lines = report(workspace, &run);
    assert_eq!((lines[&phones[4]].status.as_str(), lines[&phones[4]].calls), ("suppressed", 0));
    assert_eq!(lines[&phones[0]].status, "accepted");
    stage.serve.terminate().expect(0);
}

#[test]
fn a_word_to_devino_holds_at_once() {
    stops_whose_intent_is_not_written(DEVINO, 421, "SAIR", &json!({}));
}

#[test]
fn a_word_to_wati_holds_at_once() {
    stops_whose_intent_is_not_written(WATI, 422, "sair", &json!({}));
}

#[test]
fn a_button_of_wati_holds_at_once() {
    stops_whose_intent_is_not_written(WATI, 423, "Descadastrar", &json!({ "button": true }));
}

#[test]
fn a_word_to_sinch_holds_at_once() {
    stops_whose_intent_is_not_written(SINCH_PERSONAL, 424, "Parar.", &json!({}));
}

#[test]
fn a_button_of_sinch_holds_at_once() {
    stops_whose_intent_is_not_written(SINCH_PERSONAL, 425, "PARE", &json!({ "button": true }));
}

#[test]
fn a_word_to_the_omnichannel_holds_at_once() {
    stops_whose_intent_is_not_written(OMNICHANNEL, 426, "STOP", &json!({}));
}

#[test]
fn what_is_written_in_a_group_is_no_opt_out() {
    let people = People::seeded(427, 3);
    let phones = people.phones();
    let stage = stage(SINCH_PERSONAL, &people);
    let workspace = &stage.workspace;
    workspace.disparo(["groups", "create", "Clube", "--channel", "main", "--yes"]).finish().expect(0);
    let group = workspace.sandbox().account("sinch")["groups"][0].clone();
    let joining = json!({ "link": group["link"], "waId": phones[2] }).to_string();
    assert_eq!(workspace.sandbox().call("POST", "/sandbox/sinch/join", &joining).0, 200);
    let (run, sending) = stage.held(SCENARIO, 1);
    writes(&stage, SINCH_PERSONAL, &phones[2], "SAIR", json!({ "waGroupId": group["id"] }));
    writes(&stage, SINCH_PERSONAL, &phones[1], "SAIR", json!({}));
    until("the group's message", || {
        let person = workspace.disparo(["explain", &format!("+{}", phones[2]), "--format", "json"]);
        (person.finish().expect(0).json()["written"][0]["text"] == "SAIR").then_some(())
    });
    until_suppressed(workspace, 1);
    workspace.sandbox().release();
    let sent = sending.wait().expect(0);
    assert_eq!((sent.tally().accepted, sent.tally().suppressed), (2, 1), "{sent}");
    assert_eq!(report(workspace, &run)[&phones[2]].status, "accepted");
    let listed = suppressed(workspace);
    assert!(listed.len() == 1 && listed[0].0 == phones[1], "{listed:?}");
    stage.serve.terminate().expect(0);
}

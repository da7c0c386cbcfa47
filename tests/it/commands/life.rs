//! A change is a run: asked before, spared, in doubt, resumed, listed apart; a question needs no store.

use super::account::{changed, each, found, with_scenario, workspace};
use crate::harness::People;

#[test]
fn a_real_change_without_a_person_is_refused_and_leaves_nothing() {
    let workspace = workspace();
    let send = ["messages", "send", "5511987654321", "--text", "Oi", "--channel", "devino"];
    let refused = workspace.disparo(send).finish().expect(2);
    assert!(refused.stderr.contains("pass --yes"), "{refused}");
    assert_eq!(workspace.sandbox().accepted().len(), 0);
    let status = workspace.disparo(["status", "--all", "--format", "json"]).finish().expect(0);
    assert_eq!(status.json(), serde_json::json!([]));
}

#[test]
fn a_suppressed_person_is_not_messaged() {
    let workspace = workspace();
    workspace.disparo(["suppress", "add", "5511987654321"]).finish().expect(0);
    let words = ["messages", "send", "5511987654321", "--text", "Oi"];
    let spared = changed(&workspace, "devino", &words).expect(4);
    assert!(spared.stderr.contains("1 person is on the suppression list"), "{spared}");
    changed(&workspace, "devino", &["messages", "send", "5511987654321", "--text", "Oi", "--dry-run"])
        .expect(4);
    assert_eq!(workspace.sandbox().accepted().len(), 0);
}

#[test]
fn single_changes_do_not_stand_between_campaigns() {
    let workspace = workspace();
    workspace.text_campaign("welcome", &People::seeded(1, 3), "");
    workspace.run("welcome").expect(0);
    for _ in 0..2 {
        // Twice the same is asked for twice: a command has no occurrence.
        changed(&workspace, "devino", &["messages", "send", "5511987654321", "--text", "Oi"]).expect(0);
    }
    assert_eq!(workspace.sandbox().accepted().len(), 5);
    let listed = |more: &[&str]| {
        let status =
            workspace.disparo(["status", "--format", "json"]).arguments(more).finish().expect(0).json();
        let runs = status.as_array().expect("a list").clone();
        runs.iter().map(|run| run["run"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["welcome-1"]);
    assert_eq!(listed(&["--all"]), ["welcome-1", "messages-send-2", "messages-send-3"]);
    let status = workspace.disparo(["status"]).finish().expect(0);
    assert!(status.stderr.contains("2 single changes are not listed"), "{status}");
    assert!(!workspace.folder().join("results/messages-send").exists(), "a single call left a folder");
    workspace.disparo(["audit", "messages-send-2"]).finish().expect(0);
}

#[test]
fn a_refusal_is_told_with_its_reason() {
    let workspace = with_scenario("[[faults]]\nthen = \"status\"\nstatus = 401\ncalls = \"1\"\n");
    let words = ["messages", "send", "5511987654321", "--text", "Oi"];
    let held = changed(&workspace, "devino", &words).expect(6);
    assert!(held.stderr.contains("messages-send-1: held"), "{held}");
    let status = workspace.disparo(["status", "--format", "json"]).finish().expect(0).json();
    assert_eq!(status[0]["run"], "messages-send-1", "what waits for a person is listed: {status}");
    let resumed = workspace.disparo(["resume"]).finish().expect(0);
    assert!(resumed.stdout.starts_with("5511987654321: done, id "), "{resumed}");
}

#[test]
fn a_lost_answer_leaves_doubt_that_is_settled_like_any() {
    let workspace = with_scenario("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = \"1\"\n");
    let words = ["messages", "send", "5511987654321", "--text", "Oi", "--format", "json"];
    let doubt = changed(&workspace, "devino", &words).expect(7);
    assert_eq!(doubt.json()["outcomes"][0]["status"], "in_doubt", "{doubt}");
    assert_eq!(workspace.sandbox().accepted().len(), 1);
    workspace.disparo(["doubt", "confirm", "--sent", "messages-send-1"]).finish().expect(0);
    assert_eq!(workspace.sandbox().accepted().len(), 1, "it was sent again");
}

#[test]
fn a_killed_change_is_taken_up_by_resume() {
    let workspace = workspace();
    workspace.sandbox().hold();
    let create = ["groups", "create", "Um", "Dois", "--channel", "sinch", "--yes"];
    let change = workspace.disparo(create).start();
    workspace.sandbox().until_held(2);
    change.kill();
    workspace.sandbox().release();
    workspace.sandbox().until_accepted(2);
    // Groups in doubt are found by their subjects.
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    let outcomes = resumed.json()["outcomes"].clone();
    let mut ids: Vec<_> =
        outcomes.as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect();
    let listed = found(&workspace, "sinch", &["groups", "list"]);
    let mut groups: Vec<_> = each(&listed, "id").iter().map(|id| format!("\"{id}\"")).collect();
    ids.sort_unstable();
    groups.sort_unstable();
    assert_eq!(ids, groups, "no group twice, each with its id: {resumed}");
}

#[test]
fn questions_are_answered_while_another_process_owns_the_store() {
    let workspace = workspace();
    workspace.text_campaign("welcome", &People::seeded(3, 200), "[pace]\nrate = \"100/s\"");
    let run = workspace.disparo(["run", "welcome", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_accepted(1);
    assert_eq!(found(&workspace, "sinch", &["groups", "list"])["items"], serde_json::json!([]));
    // A change is carried out by the owner.
    let words = ["messages", "send", "5511987654321", "--text", "Oi", "--dry-run"];
    let shown = changed(&workspace, "devino", &words).expect(0);
    assert!(shown.stdout.starts_with("POST "), "{shown}");
    assert_eq!(run.wait().expect(0).tally().accepted, 200);
}

#[test]
fn the_built_in_simulator_answers_without_a_question() {
    let workspace = workspace();
    workspace.is_not_judged("its far side is inside the command's own process");
    workspace.write("channels.toml", "[demo]\nprovider = \"sinch\"\nuser = \"empresa\"\nsandbox = true\n");
    let made = workspace.disparo(["groups", "create", "Clientes"]).finish().expect(0);
    assert!(made.stdout.starts_with("Clientes: done, id "), "{made}");
    // It lives as long as its command.
    let listed = workspace.disparo(["groups", "list", "--format", "json"]).finish().expect(0);
    assert_eq!(listed.json()["items"], serde_json::json!([]));
}

//! Campaigns over Sinch: one message for many, and groups that are made from rows.

use crate::harness::{People, Workspace};

/// A workspace whose one channel is Sinch.
fn workspace(scenario: &str) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    let base_url = workspace.sandbox().base_url();
    workspace.write(
        "channels.toml",
        format!(
            "[sinch]\nprovider = \"sinch\"\nuser = \"maria\"\ntoken = {{ env = \"TEST_DEVINO_KEY\" }}\n\
             base_url = \"{base_url}\"\nrate = \"none\"\ntimeout = \"5s\"\n\
             retry = {{ attempts = 2, first = \"10ms\", most = \"20ms\" }}\n"
        ),
    );
    workspace
}

/// Recipients of each call that carried a message.
fn sizes(text: &str) -> Vec<u64> {
    let workspace = workspace("");
    workspace.write("audiences/vip.csv", People::seeded(1, 12).csv());
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"sinch\"\n[audience]\nfile = \"audiences/vip.csv\"\n\
             [message]\ntext = \"{text}\"\n"
        ),
    );
    let tally = workspace.run("vip.toml").expect(0).tally();
    assert_eq!((tally.accepted, tally.recipients), (12, 12));
    let accepted = workspace.sandbox().accepted();
    assert!(accepted.iter().all(|one| one.provider == "sinch" && one.sender == "maria"));
    let mut sizes: Vec<_> = workspace.sandbox().calls().iter().map(|call| call.recipients).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn equal_renderings_share_a_call_and_others_go_alone() {
    assert_eq!(sizes("Oi!"), [12]);
    assert_eq!(sizes("Oi, pessoa {{ n }}!"), [1; 12]);
}

#[test]
fn groups_are_made_from_rows_until_there_are_too_many_without_use() {
    let workspace = workspace("[sinch]\nmost_unused_groups = 3");
    workspace.write("audiences/clubes.csv", "cidade\nCampinas\nSantos\nSorocaba\nBauru\nFranca\n");
    workspace.write(
        "clubes.toml",
        "version = 1\nname = \"clubes\"\nchannel = \"sinch\"\n[audience]\nfile = \"audiences/clubes.csv\"\n\
         [action]\ncreate_group = { subject = \"Clube {{ cidade }}\" }\n",
    );
    let held = workspace.run("clubes.toml").expect(6);
    let json = held.json();
    let sentence = json["held"]["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains("disparo groups leave --unused"), "{held}");
    let tally = held.tally();
    assert_eq!((tally.accepted, tally.pending), (3, 2), "{held}");
    let groups = |workspace: &Workspace| workspace.sandbox().state()["accounts"]["sinch"]["groups"].clone();
    assert_eq!(groups(&workspace), 3);

    workspace.sandbox().change_scenario("");
    let resumed = workspace.disparo(["resume", "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 5, "{resumed}");
    assert_eq!(groups(&workspace), 5);
}

#[test]
fn too_many_unused_groups_are_cured_without_leaving_those_that_the_campaign_makes() {
    let workspace = workspace("[sinch]\nmost_unused_groups = 3");
    let change = |words: &[&str]| workspace.disparo([]).arguments(words).arguments(["--yes"]).finish();
    change(&["groups", "create", "Velho A", "Velho B"]).expect(0);
    workspace.write("audiences/clubes.csv", "cidade\nCampinas\nSantos\nSorocaba\n");
    workspace.write(
        "clubes.toml",
        "version = 1\nname = \"clubes\"\nchannel = \"sinch\"\n[audience]\nfile = \"audiences/clubes.csv\"\n\
         [action]\ncreate_group = { subject = \"Clube {{ cidade }}\" }\n",
    );
    let checked = workspace.disparo(["check", "clubes", "--format", "json"]).finish().expect(0).json();
    assert_eq!(checked["calls"], 3, "one group a call: {checked}");
    let held = workspace.run("clubes.toml").expect(6);
    assert_eq!((held.tally().accepted, held.tally().pending), (1, 2), "{held}");

    let left = change(&["groups", "leave", "--unused"]).expect(0);
    assert!(left.stderr.contains("the account is alone in 3 of 3 groups"), "{left}");
    let (kept, to_leave) = left.stderr.split_once("to be left:").expect("what is left is shown");
    assert!(kept.contains("Clube ") && kept.contains(": resume or cancel it"), "{left}");
    assert!(to_leave.contains("Velho A") && to_leave.contains("Velho B"), "{left}");
    assert!(!to_leave.contains("Clube "), "{left}");

    let resumed = workspace.disparo(["resume", &held.run(), "--format", "json"]).finish().expect(0);
    assert_eq!(resumed.tally().accepted, 3, "{resumed}");
    let listed =
        workspace.disparo(["groups", "list", "--info", "--format", "json"]).finish().expect(0).json();
    let subjects: Vec<_> =
        listed["items"].as_array().expect("a list").iter().map(|one| &one["subject"]).collect();
    assert_eq!(subjects.len(), 3, "{listed}");

    // One that was sent something is in use, though nobody has joined it yet.
    let used = listed["items"][0]["id"].as_str().expect("an id");
    change(&["groups", "send", used, "Bem-vindos!"]).expect(0);
    let left = change(&["groups", "leave", "--unused"]).expect(0);
    assert!(left.stderr.contains("has used it"), "{left}");
    let listed = workspace.disparo(["groups", "list", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&listed["total"], listed["items"][0]["id"].as_str()), (&1.into(), Some(used)), "{listed}");
}

//! Campaigns over Sinch: one message for many, and groups that are made from rows.

use crate::harness::{People, Workspace};

/// A workspace whose one channel is Sinch.
fn workspace(scenario: &str) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    workspace.is_not_judged("the oracle knows the correlations of Devino and Wati alone");
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

//! Campaigns over the omnichannel: to those who have a tag, and to make and tag contacts.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{People, Workspace};

/// Ana and Bia have the tag; Caio has it and is left alone; Davi has it not.
const SCENARIO: &str = r##"
[omnichannel]
tags = [{ id = "65a000000000000000000001", name = "VIP", color = "#ff0000" }]
contacts = [
    { identifier = "5521988880001", name = "Ana", tags = ["65a000000000000000000001"] },
    { identifier = "5521988880002", name = "Bia", tags = ["65a000000000000000000001"] },
    { identifier = "5521988880003", name = "Caio", tags = ["65a000000000000000000001"], ignored = true },
    { identifier = "5521988880004", name = "Davi" },
]
"##;

fn workspace(scenario: &str) -> Workspace {
    let workspace = Workspace::with_scenario(scenario);
    let base_url = workspace.sandbox().base_url();
    let channel = format!(
        "[cirrus]\nprovider = \"omnichannel\"\naccount = \"9a92ea44\"\nchannel = \"64ef5c84f9deb1326965919e\"\n\
         platform = \"karoochat\"\ntoken = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{base_url}\"\n\
         rate = \"none\"\nin_flight = 4\ntimeout = \"5s\"\n\
         retry = {{ attempts = 20, first = \"10ms\", most = \"200ms\" }}\n"
    );
    workspace.write("channels.toml", channel);
    workspace
}

fn definition(workspace: &Workspace, audience: &str, what: &str) {
    workspace.write(
        "omni.toml",
        format!(
            "version = 1\nname = \"omni\"\nchannel = \"cirrus\"\n[audience]\n{audience}\n{what}\n\
             [safety]\non_doubt = \"hold\"\n"
        ),
    );
}

fn accepted(workspace: &Workspace) -> BTreeSet<String> {
    workspace.sandbox().accepted().into_iter().map(|one| one.to).collect()
}

/// What the account holds of a contact.
fn contact(workspace: &Workspace, identifier: &str) -> Value {
    let account = workspace.sandbox().account("omnichannel");
    let contacts = account["contacts"].as_array().expect("contacts");
    let found = contacts.iter().find(|contact| contact["contactIdentifier"] == identifier);
    found.unwrap_or_else(|| panic!("no {identifier} in {account}")).clone()
}

#[test]
fn those_who_have_a_tag_are_written_to_but_for_whom_is_left_alone() {
    let workspace = workspace(SCENARIO);
    definition(&workspace, "source = { tag = \"VIP\" }", "[message]\ntext = \"Oi {{ name }}\"");
    let run = workspace.run("omni").expect(0);
    assert_eq!(run.tally().accepted, 2, "{run}");
    let expected = ["5521988880001", "5521988880002"].map(str::to_owned);
    assert_eq!(accepted(&workspace), BTreeSet::from(expected));
}

#[test]
fn contacts_are_made_where_there_are_none_and_changed_where_there_are() {
    let workspace = workspace(SCENARIO);
    let audience = "phone,nome\n+5521988880001,Ana Maria\n+5521988880009,Eva\n";
    workspace.write("audiences/people.csv", audience);
    definition(
        &workspace,
        "file = \"audiences/people.csv\"",
        "[action]\nupsert_contact = { name = \"{{ nome }}\", custom_name = \"{{ nome }}\", \
         tags = [\"65a000000000000000000001\"] }",
    );
    let run = workspace.run("omni").expect(0);
    assert_eq!(run.tally().accepted, 2, "{run}");
    let (known, made) = (contact(&workspace, "5521988880001"), contact(&workspace, "5521988880009"));
    // A contact keeps its name; what the account calls it is changed.
    assert_eq!((&known["name"], &known["customName"]), (&"Ana".into(), &"Ana Maria".into()));
    assert_eq!((&made["name"], &made["customName"]), (&"Eva".into(), &"Eva".into()));
    assert_eq!(made["tagIds"], serde_json::json!(["65a000000000000000000001"]));
    assert_eq!(workspace.sandbox().account("omnichannel")["contacts"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_tag_is_put_on_many_and_whom_nobody_knows_is_rejected() {
    let workspace = workspace(SCENARIO);
    workspace.write("audiences/people.csv", "phone\n+5521988880004\n+5521977770000\n");
    definition(
        &workspace,
        "file = \"audiences/people.csv\"",
        "[action]\nadd_tags = [\"65a000000000000000000001\"]",
    );
    let run = workspace.run("omni").expect(4);
    let tally = run.tally();
    assert_eq!((tally.accepted, tally.rejected), (1, 1), "{run}");
    let tags = contact(&workspace, "5521988880004")["tagIds"].clone();
    assert_eq!(tags, serde_json::json!(["65a000000000000000000001"]));
}

#[test]
fn a_lost_reply_is_a_doubt_for_a_message_and_a_repetition_for_a_tag() {
    let lost = "[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 2\n";
    let workspace_of_messages = workspace(&format!("{SCENARIO}{lost}"));
    let people = People::seeded(7, 5);
    workspace_of_messages.write("audiences/people.csv", people.csv());
    let text = "[message]\ntext = \"Oi {{ nome }}\"";
    definition(&workspace_of_messages, "file = \"audiences/people.csv\"", text);
    let run = workspace_of_messages.run("omni").expect(7);
    assert_eq!((run.tally().accepted, run.tally().in_doubt), (4, 1), "{run}");

    let lost =
        "[[faults]]\nthen = \"drop\"\naccepted = true\noperation = \"contact_add_tags\"\ncalls = \"1..=4\"\n";
    let workspace_of_tags = workspace(&format!("{SCENARIO}{lost}"));
    workspace_of_tags.repeats_on_purpose();
    workspace_of_tags.write("audiences/people.csv", "phone\n+5521988880004\n+5521988880001\n");
    let tag = "[action]\nadd_tags = [\"65a000000000000000000001\"]";
    definition(&workspace_of_tags, "file = \"audiences/people.csv\"", tag);
    let run = workspace_of_tags.run("omni").expect(0);
    assert_eq!((run.tally().accepted, run.tally().in_doubt), (2, 0), "{run}");
}

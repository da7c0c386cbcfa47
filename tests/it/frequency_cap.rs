//! `frequency_cap` through the real binary: over all campaigns of a workspace nobody is messaged more often.

use std::collections::BTreeMap;

use crate::harness::{Finished, People, Workspace, report};

fn run(workspace: &Workspace, campaign: &str) -> Finished {
    workspace.run(campaign).expect(0)
}

/// How often the far side took whom.
fn taken(workspace: &Workspace) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for one in workspace.sandbox().accepted() {
        *taken.entry(one.to).or_default() += 1;
    }
    taken
}

/// Three campaigns over the same people, the last of which has a cap of its own.
fn workspace(people: &People) -> Workspace {
    let workspace = Workspace::new();
    workspace.repeats_on_purpose();
    workspace.write("workspace.toml", "frequency_cap = \"1 per 7d\"\nlanguage = \"pt\"\n");
    for (name, more) in [("first", ""), ("second", ""), ("third", "[safety]\nfrequency_cap = \"2 per 24h\"")]
    {
        workspace.text_campaign(name, people, more);
    }
    workspace
}

#[test]
fn whoever_had_as_many_messages_is_left_out_with_the_reason() {
    let people = People::seeded(701, 60);
    let workspace = workspace(&people);
    assert_eq!(run(&workspace, "first").tally().accepted, 60);
    let checked = workspace.disparo(["check", "second", "--format", "json"]).finish().expect(0).json();
    assert_eq!((&checked["capped"], &checked["to_send"]), (&60.into(), &0.into()));
    let told = workspace.disparo(["check", "second"]).finish().expect(0).stdout;
    assert!(
        told.contains("60 recipients have had as many messages as the frequency cap allows, 1 per 7d"),
        "{told}"
    );

    let tally = run(&workspace, "second").tally();
    assert_eq!((tally.capped, tally.accepted, tally.pending), (60, 0, 0));
    let lines = report(&workspace, "second-2");
    assert!(lines.values().all(|line| line.status == "capped" && line.code == "capped" && line.calls == 0));
    let reason = &lines.values().next().expect("a line").reason;
    assert_eq!(reason, "a pessoa já recebeu tantas mensagens quantas o limite de frequência permite");
    workspace.disparo(["audit", "second-2"]).finish().expect(0);

    // The definition's own cap is the one that holds.
    assert_eq!(run(&workspace, "third").tally().accepted, 60);
    let again =
        workspace.disparo(["run", "third", "--again", "--yes", "--format", "json"]).finish().expect(0);
    assert_eq!((again.tally().capped, again.tally().accepted), (60, 0));
    assert!(taken(&workspace).values().all(|times| *times == 2));
}

#[test]
fn a_campaign_planned_while_another_is_sent_reaches_nobody_twice() {
    let people = People::seeded(702, 80);
    let workspace = workspace(&people);
    workspace.sandbox().hold();
    let first = workspace.disparo(["run", "first", "--yes", "--format", "json"]).start();
    workspace.sandbox().until_held(1);
    // It is planned and done while nobody of the first was accepted yet.
    let second = workspace.disparo(["run", "second", "--yes", "--format", "json"]).finish().expect(0);
    workspace.sandbox().release();
    let first = first.wait().expect(0);
    assert_eq!((first.tally().accepted, second.tally().capped), (80, 80), "{second}");
    assert!(taken(&workspace).values().all(|times| *times == 1));
}

//! Wati's three modes and its other calls through the real binary: who is accepted, who is refused and under
//! which words, what is done for many by one call, and what the account says afterwards.

use std::collections::BTreeSet;

use crate::harness::{People, Workspace, report};

/// A workspace whose only channel `wati` has this mode and chunk.
fn workspace(mode: &str, chunk: u32) -> Workspace {
    let workspace = Workspace::new();
    let channel = format!(
        "[wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\nmode = \"{mode}\"\nchunk = {chunk}\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}\nbase_url = \"{}\"\nrate = \"none\"\ntimeout = \"5s\"\n",
        workspace.sandbox().base_url()
    );
    workspace.write("channels.toml", channel);
    workspace
}

/// A campaign of everybody, `message` being its table of what is sent or done.
fn campaign(workspace: &Workspace, people: &People, message: &str) {
    workspace.write("audiences/vip.csv", people.csv());
    workspace.write(
        "vip.toml",
        format!(
            "version = 1\nname = \"vip\"\nchannel = \"wati\"\n[audience]\nfile = \"audiences/vip.csv\"\n{message}\n"
        ),
    );
}

const TEMPLATE: &str = "[message.template]\nid = \"promo\"\nparams = { nome = \"{{ nome }}\" }";

fn refusing(phone: &str) -> String {
    format!(
        "[wati.templates.promo]\nparams = [\"nome\"]\n[[recipients]]\nrefuse = \"not_on_whatsapp\"\nnumbers = [\"+{phone}\"]\n"
    )
}

/// Everybody but one is taken, nobody twice; the one is rejected in words.
fn only_the_named_is_rejected(mode: &str, seed: u64) {
    let people = People::seeded(seed, 50);
    let workspace = workspace(mode, 20);
    campaign(&workspace, &people, TEMPLATE);
    let bad = &people.phones()[7];
    workspace.sandbox().change_scenario(&refusing(bad));

    let run = workspace.run("vip").expect(4);
    assert_eq!((run.tally().accepted, run.tally().rejected, run.tally().in_doubt), (49, 1, 0), "{run}");
    let lines = report(&workspace, &run.run());
    assert_eq!((lines[bad].status.as_str(), lines[bad].code.as_str()), ("rejected", "invalid.number"));
    let accepted = workspace.sandbox().accepted();
    let taken: BTreeSet<_> = accepted.iter().map(|one| one.to.clone()).collect();
    assert_eq!((taken.len(), accepted.len()), (49, 49), "somebody was taken twice");
    assert!(!taken.contains(bad));
}

#[test]
fn a_bulk_campaign_reaches_everybody_once_and_rejects_whom_wati_names() {
    only_the_named_is_rejected("bulk", 201);
}

#[test]
fn a_campaign_of_the_third_version_reaches_everybody_once_and_rejects_whom_wati_names() {
    only_the_named_is_rejected("v3", 202);
}

#[test]
fn attributes_of_many_are_set_by_one_call_and_found_again() {
    for (mode, seed) in [("bulk", 203), ("v3", 204)] {
        let people = People::seeded(seed, 30);
        let workspace = workspace(mode, 30);
        campaign(&workspace, &people, "[action]\nset_attributes = { city = \"Recife\" }");
        let run = workspace.run("vip").expect(0);
        assert_eq!(run.tally().accepted, 30, "{run}");
        assert_eq!(workspace.sandbox().calls().len(), 1, "{mode}");
        let listed = workspace
            .disparo(["contacts", "list", "--channel", "wati", "--all", "--format", "json"])
            .finish()
            .expect(0);
        for phone in people.phones() {
            assert!(listed.stdout.contains(phone.as_str()), "{mode}: {phone} is not in {listed}");
        }
        assert!(listed.stdout.contains("Recife"), "{mode}: {listed}");
    }
}

#[test]
fn a_chunk_that_the_mode_does_not_take_is_refused() {
    for (mode, chunk) in [("single", 2), ("bulk", 1_001), ("v3", 10_001)] {
        let workspace = workspace(mode, chunk);
        campaign(&workspace, &People::seeded(205, 2), TEMPLATE);
        let run = workspace.run("vip").expect(3);
        assert!(run.stderr.contains("chunk"), "{mode}: {run}");
        assert!(workspace.sandbox().calls().is_empty());
    }
}

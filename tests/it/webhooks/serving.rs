//! `disparo serve`: where it listens, whom it answers, what it tells, and how it ends.

use crate::harness::{People, Serve, Workspace};

/// A workspace whose channel `devino` has this `callback_url`.
fn heard_at(workspace: &Workspace, base_url: &str) {
    workspace.only_devino(&format!("callback_url = \"{base_url}\""));
}

#[test]
fn other_commands_are_carried_out_through_it() {
    let workspace = Workspace::new();
    workspace.only_devino("");
    workspace.text_campaign("oi", &People::seeded(1, 3), "");
    let serve = Serve::start(&workspace);
    let run = workspace.run("oi").expect(0);
    assert_eq!(run.tally().accepted, 3);
    let ended = serve.terminate().expect(0);
    assert!(ended.stderr.contains("0 webhooks taken"), "{ended}");
}

#[test]
fn each_channel_has_an_address_that_only_these_commands_show() {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    heard_at(&workspace, serve.base_url());
    let url = serve.url(&workspace, "devino");
    let secret = url.strip_prefix(&format!("{}/webhooks/devino/", serve.base_url())).expect("below it");
    assert_eq!(secret.len(), 43, "256 bits: {url}");
    assert_eq!(serve.url(&workspace, "devino"), url, "it stays");
    workspace.text_campaign("oi", &People::seeded(1, 2), "");
    let run = workspace.disparo(["run", "oi", "--yes", "-v"]).finish().expect(0);
    let ended = serve.terminate().expect(0);
    assert!(!format!("{run}{ended}").contains(secret));
}

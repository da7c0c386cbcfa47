//! Every webhook that the seeds and the providers' documents show, posted byte for byte: taken, and answered with
//! nothing at all.

use crate::harness::{Poster, Serve, Workspace};

/// Seed 002, "Exemplo de obtenção de status".
const DEVINO_STATUS: &[u8] = include_bytes!("../../data/seeds/devino/status_webhook.json");

/// Seed 002, "Exemplo de recebimento de uma mensagem".
const DEVINO_INBOUND: &[u8] = include_bytes!("../../data/seeds/devino/inbound_webhook.json");

/// Seed 001, a message of a group, abridged as it stands there.
const SINCH_GROUP: &[u8] = include_bytes!("../../data/seeds/sinch/inbound_group_message.txt");

/// Sinch's documents, a record of statuses and a message; what they leave out is filled in.
const SINCH_STATUS: &[u8] = include_bytes!("../../data/seeds/sinch/status_webhook.json");
const SINCH_INBOUND: &[u8] = include_bytes!("../../data/seeds/sinch/inbound_webhook.json");

/// Wati's documents, an event in each line; what they leave out is filled in.
const WATI_EVENTS: &str = include_str!("../../data/seeds/wati/webhooks.txt");

fn workspace() -> (Workspace, Serve) {
    let workspace = Workspace::new();
    let serve = Serve::start(&workspace);
    let heard = format!("callback_url = \"{}\"\n", serve.base_url());
    workspace.write(
        "channels.toml",
        format!(
            "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = {{ env = \"TEST_DEVINO_KEY\" }}\n{heard}\
             [sinch]\nprovider = \"sinch\"\nuser = \"maria\"\ntoken = {{ env = \"TEST_DEVINO_KEY\" }}\n{heard}\
             [wati]\nprovider = \"wati\"\ntenant = \"1234\"\nnumber = \"5511900000001\"\n\
             token = {{ env = \"TEST_WATI_TOKEN\" }}\n{heard}"
        ),
    );
    let base_url = serve.base_url().to_owned();
    // It listens for the channels that were there when it began.
    serve.terminate().expect(0);
    let serve = Serve::start_again_at(&workspace, &base_url);
    (workspace, serve)
}

#[test]
fn every_sample_is_taken_byte_for_byte_and_answered_with_nothing() {
    let (workspace, serve) = workspace();
    let mut poster = Poster::to(serve.base_url());
    let mut post = |channel: &str, body: &[u8]| {
        let url = serve.url(&workspace, channel);
        let path = url.strip_prefix(serve.base_url()).expect("below the listener's address");
        let answer = poster.post(path, body).expect("an answer");
        let shown = String::from_utf8_lossy(body);
        assert_eq!((answer.status, answer.is_empty()), (200, true), "{answer:?} to {shown}");
    };
    for body in [DEVINO_STATUS, DEVINO_INBOUND] {
        post("devino", body);
    }
    for body in [SINCH_GROUP, SINCH_STATUS, SINCH_INBOUND] {
        post("sinch", body);
    }
    let events: Vec<_> = WATI_EVENTS.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(events.len(), 4);
    for event in &events {
        post("wati", event.as_bytes());
    }
    let ended = serve.terminate().expect(0);
    // Devino's person has no number and is nobody's message, and Sinch's record says three things at once.
    assert!(ended.stderr.contains("9 webhooks taken with 10 events, 0 malformed, 0 refused"), "{ended}");
}

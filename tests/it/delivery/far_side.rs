//! What the sandbox's posts say of each message, read off the documents' words and not by the client's types.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{Posted, Workspace};

/// Words for how far a message got, least first.
const WORDS: [&str; 5] = ["accepted", "sent", "failed", "delivered", "read"];

/// How far that is.
pub fn rank(word: &str) -> usize {
    let found = WORDS.iter().position(|known| *known == word);
    found.unwrap_or_else(|| panic!("no status `{word}`"))
}

/// Where each message stands at the provider, by the person's number.
pub fn standing(workspace: &Workspace, provider: &str) -> BTreeMap<String, String> {
    let all = workspace.sandbox().statuses(provider);
    let count = all.len();
    let by_number: BTreeMap<_, _> = all.into_iter().map(|one| (one.to, one.status)).collect();
    assert_eq!(by_number.len(), count, "somebody has two messages");
    by_number
}

/// The identifier of each person's message, as the provider writes it.
pub fn identifiers(workspace: &Workspace, provider: &str) -> BTreeMap<String, String> {
    workspace.sandbox().statuses(provider).into_iter().map(|one| (one.to, one.message_id)).collect()
}

/// How far each person's message got by the posts that were answered.
pub fn posted(workspace: &Workspace, provider: &str) -> BTreeMap<String, String> {
    let all = workspace.sandbox().statuses(provider);
    let owners: BTreeMap<_, _> = all.iter().map(|one| (one.message_id.as_str(), one.to.as_str())).collect();
    let mut furthest: BTreeMap<_, _> = all.iter().map(|one| (one.to.clone(), "accepted")).collect();
    for post in workspace.sandbox().webhooks().iter().filter(|post| post.answered == "200") {
        assert_eq!(post.provider, provider);
        for (id, word) in said(post) {
            let to = owners.get(id.as_str()).unwrap_or_else(|| panic!("nobody's message {id}: {post:?}"));
            let known = furthest.get_mut(*to).expect("everybody has a status");
            if rank(word) > rank(known) {
                *known = word;
            }
        }
    }
    furthest.into_iter().map(|(to, word)| (to, word.to_owned())).collect()
}

/// The messages of which a post speaks, and how far it says that they got.
fn said(post: &Posted) -> Vec<(String, &'static str)> {
    let body = post.json();
    let listed = |list: &Value| list.as_array().unwrap_or_else(|| panic!("no list in {post:?}")).clone();
    match post.provider.as_str() {
        "devino" => listed(&body)
            .iter()
            .map(|one| (one["messageId"].to_string(), word(text(&one["status"]))))
            .collect(),
        "sinch" => {
            listed(&body["data"]).iter().map(|one| (text(&one["id"]).to_owned(), by_flags(one))).collect()
        }
        _ => vec![(text(&body["messageId"]).to_owned(), word(text(&body["status"])))],
    }
}

fn word(said: &str) -> &'static str {
    match said.to_lowercase().as_str() {
        "enqueued" | "queued" => "accepted",
        "sent" => "sent",
        "delivered" => "delivered",
        "read" => "read",
        "undelivered" | "failed" => "failed",
        other => panic!("no document says `{other}`"),
    }
}

/// Sinch's records say everything that has happened so far; success is told by the flags.
fn by_flags(record: &Value) -> &'static str {
    let has = |flag: &str| record[flag] == true;
    let has_failed = record["deliveredStatusCode"].as_u64().is_some_and(|code| code >= 100);
    match (has("read"), has("delivered"), has_failed, has("sent")) {
        (true, ..) => "read",
        (_, true, ..) => "delivered",
        (_, _, true, _) => "failed",
        (_, _, _, true) => "sent",
        _ => "accepted",
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

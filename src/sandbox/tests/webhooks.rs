//! What is posted to the account's owner, when, and how often.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, manual_clock, message, template_message};
use super::listener::Listener;
use crate::clock::ManualClock;
use crate::sandbox::{Recording, WebhookEntry};

pub const NUMBER: &str = "5511987654321";

pub fn bench(text: &str) -> (Bench, Arc<ManualClock>) {
    let clock = Arc::new(manual_clock());
    (Bench::with(text, clock.clone(), &Recording::Memory), clock)
}

/// A message to Devino whose statuses go there.
pub fn told(to: &str, address: &str) -> Value {
    let mut message = message(to);
    message["callbackUrl"] = address.into();
    message
}

/// Lets a second pass for each of these counts, and waits until so many posts have been answered in all.
pub async fn seconds(bench: &Bench, clock: &ManualClock, answered: &[u64]) -> Vec<WebhookEntry> {
    let record = bench.sandbox.record();
    for count in answered {
        clock.advance(Duration::from_secs(1));
        record.wait(|state| state.webhooks_answered >= *count).await;
    }
    let mut all = record.webhooks();
    all.sort_by_key(|post| post.n);
    all
}

pub fn bodies(posts: &[WebhookEntry]) -> Vec<Value> {
    posts.iter().map(|post| serde_json::from_str(&post.body).expect("JSON")).collect()
}

#[tokio::test]
async fn devino_posts_arrays_to_the_messages_own_address() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"");
    let listener = Listener::start().await;
    let ids: Vec<u64> = bench
        .result(&json!([
            told(NUMBER, &listener.url()),
            told("5599900002305", &listener.url()),
            message(NUMBER)
        ]))
        .await
        .iter()
        .map(|entry| entry["messageId"].as_str().expect("an id").parse().expect("a number"))
        .collect();
    let posts = seconds(&bench, &clock, &[1, 2, 3]).await;
    let step = |id: u64, status: &str, second: i64, to: &str| {
        json!({
            "messageId": id, "ts": 1_795_255_200_000_i64 + second * 1_000, "status": status,
            "options": format!("s.1.{to}.1"),
        })
    };
    let mut failed = step(ids[1], "UNDELIVERED", 2, "5599900002305");
    failed["errorCode"] = 2305.into();
    assert_eq!(
        bodies(&posts),
        [
            json!([step(ids[0], "SENT", 1, NUMBER), step(ids[1], "SENT", 1, "5599900002305")]),
            json!([step(ids[0], "DELIVERED", 2, NUMBER), failed]),
            json!([step(ids[0], "READ", 3, NUMBER)]),
        ]
    );
    assert_eq!(listener.bodies(), posts.iter().map(|post| post.body.clone()).collect::<Vec<_>>());
    assert!(posts.iter().all(|post| post.answered.to_string() == "200" && !post.odd), "{posts:?}");
    assert!(posts.iter().all(|post| !post.url.contains("secret")), "{posts:?}");
}

#[tokio::test]
async fn wati_posts_each_event_twice_and_a_failure_once() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("wati", Some(&listener.url())).expect("an address");
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await;
    let posts = seconds(&bench, &clock, &[2, 4, 6]).await;
    let names: Vec<_> = bodies(&posts).iter().map(|body| body["eventType"].clone()).collect();
    assert_eq!(
        names,
        [
            "templateMessageSent",
            "templateMessageSent_v2",
            "sentMessageDELIVERED",
            "sentMessageDELIVERED_v2",
            "sentMessageREAD",
            "sentMessageREAD_v2",
        ]
    );
}

//! How posts go astray: by draws that are the same each time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, LOOPBACK, body, manual_clock, scenario};
use super::listener::Listener;
use super::webhooks::{NUMBER, all, bench, bodies, told};
use crate::sandbox::{Recording, Sandbox, WebhookEntry};

const PEOPLE: u64 = 60;

fn crowd(address: &str) -> Value {
    (0..PEOPLE).map(|index| told(&(5_511_900_000_000 + index).to_string(), address)).collect()
}

/// What a scenario makes of a call to Devino for many.
async fn posts(text: &str) -> Vec<WebhookEntry> {
    let (bench, clock) = bench(text);
    let listener = Listener::start().await;
    bench.result(&crowd(&listener.url())).await;
    all(&bench, &clock).await
}

/// The steps that were posted, in their order, each as message and status.
fn steps(posts: &[WebhookEntry]) -> Vec<(u64, String)> {
    let arrays = bodies(posts);
    let all = arrays.iter().flat_map(|array| array.as_array().expect("an array"));
    let step = |one: &Value| {
        let status = one["status"].as_str().expect("a word").to_owned();
        (one["messageId"].as_u64().expect("a number"), status)
    };
    all.map(step).collect()
}

fn counts(posts: &[WebhookEntry]) -> BTreeMap<(u64, String), usize> {
    steps(posts).into_iter().fold(BTreeMap::new(), |mut counts, step| {
        *counts.entry(step).or_default() += 1;
        counts
    })
}

#[tokio::test]
async fn without_a_table_everything_is_posted_once_in_its_order() {
    let posts = posts("[statuses]\nafter = \"1s\"").await;
    let counts = counts(&posts);
    assert_eq!(counts.len() as u64, PEOPLE * 3);
    assert!(counts.values().all(|times| *times == 1), "{counts:?}");
    let order: Vec<_> = steps(&posts).into_iter().map(|(_, status)| status).collect();
    let expected = ["SENT", "DELIVERED", "READ"].map(|status| vec![status; PEOPLE as usize]).concat();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn the_same_seed_has_the_same_fate() {
    let text = |seed: u64| {
        format!("seed = {seed}\n[webhooks]\nlost = \"20%\"\ntwice = \"30%\"\nlate = \"0s..3s\"\nbatch = 7")
    };
    let first = steps(&posts(&text(5)).await);
    assert_eq!(first, steps(&posts(&text(5)).await));
    assert_ne!(first, steps(&posts(&text(6)).await));
    let counts = first.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<_, usize>, step| {
        *counts.entry(step).or_default() += 1;
        counts
    });
    // 180 steps: 20 % are lost, and of the others 30 % come twice.
    assert!((120..=168).contains(&counts.len()), "{}", counts.len());
    let twice = counts.values().filter(|times| **times == 2).count();
    assert!((22..=70).contains(&twice), "{twice}");
}

#[tokio::test]
async fn what_is_lost_is_never_posted_and_has_happened_all_the_same() {
    let (bench, clock) = bench("[webhooks]\nlost = \"100%\"");
    let listener = Listener::start().await;
    bench.result(&json!([told(NUMBER, &listener.url())])).await;
    assert_eq!(bench.sandbox.record().state().webhooks_waiting, 0);
    assert!(all(&bench, &clock).await.is_empty());
    let statuses = bench.client.get(bench.url("/sandbox/statuses/devino")).send().await.expect("an answer");
    assert_eq!(body(statuses).await[0]["status"], "read");
}

#[tokio::test]
async fn what_comes_twice_is_in_two_posts() {
    let posts = posts("[webhooks]\ntwice = \"100%\"\nbatch = 50").await;
    assert!(counts(&posts).values().all(|times| *times == 2));
    for post in bodies(&posts) {
        let ids: Vec<_> = post.as_array().expect("an array").iter().map(Value::to_string).collect();
        assert!(ids.len() <= 50);
        let mut once = ids.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), ids.len());
    }
}

#[tokio::test]
async fn what_is_late_comes_in_disorder() {
    let steps = steps(&posts("[statuses]\nafter = \"1s\"\n[webhooks]\nlate = \"0s..3s\"\nbatch = 1").await);
    let place = |id: u64, status: &str| steps.iter().position(|step| *step == (id, status.to_owned()));
    let is_early = |(id, _): &&(u64, String)| place(*id, "DELIVERED") < place(*id, "SENT");
    assert!(steps.iter().any(|step| is_early(&step)), "{steps:?}");
    assert_eq!(steps.len() as u64, PEOPLE * 3);
}

#[tokio::test]
async fn the_first_statuses_may_be_answered_before_the_call_is() {
    let (bench, clock) = bench("[statuses]\ndelivered = \"0%\"\n[webhooks]\nbefore_response = \"100%\"");
    let (bench, listener) = (Arc::new(bench), Listener::start().await);
    listener.answer(&[0]);
    let url = listener.url();
    let caller = Arc::clone(&bench);
    let call = tokio::spawn(async move { caller.result(&json!([told(NUMBER, &url)])).await });
    listener.until(1).await;
    assert!(!call.is_finished());
    // Nobody answers; the call is let go when the provider has lost its patience.
    clock.advance(Duration::from_secs(10));
    let number = call.await.expect("a call")[0]["messageId"].as_str().expect("an id").to_owned();
    let posts = bench.sandbox.record().webhooks();
    assert_eq!((posts.len(), posts[0].answered.to_string()), (1, "late".to_owned()));
    assert_eq!(steps(&posts), [(number.parse().expect("a number"), "SENT".to_owned())]);

    bench.result(&json!([told("5521987654321", &listener.url())])).await;
    let posts = bench.sandbox.record().webhooks();
    assert_eq!((posts.len(), posts[1].answered.to_string()), (2, "200".to_owned()));
    let statuses = bench.client.get(bench.url("/sandbox/statuses/devino")).send().await.expect("an answer");
    assert_eq!(body(statuses).await[1]["status"], "sent");
}

#[tokio::test]
async fn some_calls_are_answered_first() {
    let (bench, _) = bench("seed = 2\n[webhooks]\nbefore_response = \"50%\"");
    let listener = Listener::start().await;
    let mut early = 0;
    for index in 0..40 {
        let before = listener.bodies().len();
        bench.result(&json!([told(&(5_511_900_000_000_u64 + index).to_string(), &listener.url())])).await;
        early += listener.bodies().len() - before;
    }
    assert!((10..=30).contains(&early), "{early}");
}

#[tokio::test]
async fn people_write_that_they_want_no_more_or_tap_it() {
    for (provider, expected) in [("wati", ["button:Sair", "text:SAIR"]), ("sinch", ["tapped:Sair", "SAIR"])] {
        let (bench, clock) = bench("[webhooks]\nopt_outs = \"100%\"");
        let listener = Listener::start().await;
        bench.sandbox.send_webhooks_to(provider, Some(&listener.url())).expect("an address");
        for index in 0..12_u64 {
            let number = (5_511_900_000_000 + index).to_string();
            if provider == "wati" {
                let message = super::bench::template_message();
                bench.wati(&format!("?whatsappNumber={number}"), &message).await;
            } else {
                super::webhooks::sinch(&bench, json!([{ "destination": number }])).await;
            }
        }
        let mut words = Vec::new();
        for body in bodies(&all(&bench, &clock).await) {
            if body["eventType"] == "message" {
                words.push(format!("{}:{}", text(&body["type"]), text(&body["text"])));
            }
            for one in body["data"].as_array().into_iter().flatten() {
                if let Some(title) = one["message"]["interactive"]["buttonReply"]["title"].as_str() {
                    words.push(format!("tapped:{title}"));
                }
                words.extend(one["message"]["messageText"].as_str().map(str::to_owned));
            }
        }
        assert_eq!(words.len(), 12, "{words:?}");
        assert!(expected.iter().all(|word| words.iter().any(|one| one == word)), "{words:?}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[tokio::test]
async fn a_rehearsal_that_only_counts_keeps_nothing_once_it_is_posted() {
    let clock = Arc::new(manual_clock());
    let text = "[webhooks]\nreplies = \"100%\"\ntwice = \"100%\"";
    let bench = Bench::with(text, clock.clone(), &Recording::Counts);
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("wati", Some(&listener.url())).expect("an address");
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &super::bench::template_message()).await;
    assert!(all(&bench, &clock).await.is_empty());
    // Three steps and an answer, in two and three posts, each made twice.
    assert_eq!(listener.bodies().len(), (3 * 2 + 3) * 2);
    let state = bench.client.get(bench.url("/sandbox/state")).send().await.expect("an answer");
    let state = body(state).await;
    assert_eq!((&state["webhooks_made"], &state["webhooks_waiting"]), (&json!(18), &json!(0)));
    assert_eq!(
        (&state["accounts"]["wati"]["inbound"], &state["accounts"]["wati"]["contacts"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn a_message_without_an_address_is_not_followed() {
    let clock = Arc::new(manual_clock());
    let sandbox = Sandbox::start(LOOPBACK, scenario(""), clock).expect("a sandbox");
    let bench = Bench { sandbox, client: reqwest::Client::new() };
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &super::bench::template_message()).await;
    assert_eq!(bench.sandbox.record().state().webhooks_waiting, 0);
}

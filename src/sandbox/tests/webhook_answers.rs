//! When a provider is content with how its post is answered, and what it does when it is not.

use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, message, template_message};
use super::listener::Listener;
use super::webhooks::{NUMBER, all, bench, sinch, told};

/// What each post was answered with, as soon as there are so many.
async fn answered(bench: &Bench, posts: usize) -> Vec<String> {
    let record = bench.sandbox.record();
    record.wait(|_| record.webhooks().len() >= posts).await;
    record.webhooks().iter().map(|post| post.answered.to_string()).collect()
}

#[tokio::test]
async fn a_post_is_repeated_with_growing_waits_until_it_is_taken() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\ndelivered = \"0%\"");
    let listener = Listener::start().await;
    listener.answer(&[500, 302, 204]);
    bench.result(&json!([told(NUMBER, &listener.url())])).await;
    for (posts, seconds) in [(1, 1), (2, 1), (3, 2)] {
        assert_eq!(bench.sandbox.record().state().webhooks_waiting, 1);
        clock.advance(Duration::from_secs(seconds));
        answered(&bench, posts).await;
    }
    assert_eq!(answered(&bench, 3).await, ["500", "302", "204"]);
    let state = bench.sandbox.record().wait(|state| state.webhooks_waiting == 0).await;
    assert_eq!((state.webhooks_made, state.webhooks_answered), (3, 1));
    let posts = bench.sandbox.record().webhooks();
    assert_eq!(posts.iter().map(|post| post.odd).collect::<Vec<_>>(), [false, false, true]);
    let bodies = listener.bodies();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test]
async fn sinch_wants_200_within_200_milliseconds() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\ndelivered = \"0%\"");
    let listener = Listener::start().await;
    listener.answer(&[0, 204]);
    bench.sandbox.send_webhooks_to("sinch", Some(&listener.url())).expect("an address");
    sinch(&bench, json!([{ "destination": NUMBER }])).await;
    clock.advance(Duration::from_secs(1));
    listener.until(1).await;
    clock.advance(Duration::from_millis(200));
    assert_eq!(answered(&bench, 1).await, ["late"]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(answered(&bench, 2).await, ["late", "204"]);
    clock.advance(Duration::from_secs(2));
    assert_eq!(answered(&bench, 3).await, ["late", "204", "200"]);
}

#[tokio::test]
async fn others_wait_ten_seconds() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\ndelivered = \"0%\"");
    let listener = Listener::start().await;
    listener.answer(&[0]);
    bench.result(&json!([told(NUMBER, &listener.url())])).await;
    clock.advance(Duration::from_secs(1));
    listener.until(1).await;
    clock.advance(Duration::from_millis(9_999));
    assert!(bench.sandbox.record().webhooks().is_empty());
    clock.advance(Duration::from_millis(1));
    assert_eq!(answered(&bench, 1).await, ["late"]);
}

#[tokio::test]
async fn nobody_listens_yet() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\ndelivered = \"0%\"");
    let address = Listener::start().await.url();
    bench.result(&json!([told(NUMBER, &address)])).await;
    clock.advance(Duration::from_secs(1));
    assert_eq!(answered(&bench, 1).await, ["failed"]);
    assert_eq!(bench.sandbox.record().state().webhooks_waiting, 1);
}

#[tokio::test]
async fn nothing_is_posted_beyond_this_computer() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\nread = \"0%\"");
    bench.result(&json!([told(NUMBER, "https://hooks.example.com/webhooks/devino/secret")])).await;
    let posts = all(&bench, &clock).await;
    assert!(posts.iter().all(|post| post.answered.to_string() == "elsewhere"), "{posts:?}");
    assert!(posts.iter().all(|post| post.url == "https://hooks.example.com/webhooks/devino"), "{posts:?}");
    // What is not posted is not repeated.
    assert_eq!(posts.len(), 1);
    let refused = |url: &str| bench.post("/sandbox/wati/webhook", &json!({ "url": url })).send();
    for (url, words) in [
        ("https://127.0.0.1/x", "by plain HTTP alone"),
        ("http://10.0.0.1/x", "this computer alone"),
        ("/only/a/path", "is not an address"),
    ] {
        let answer = refused(url).await.expect("an answer");
        assert_eq!(answer.status(), 422);
        let sentence = answer.text().await.expect("a sentence");
        assert!(sentence.contains(words) && !sentence.contains(url), "{sentence}");
    }
    let other =
        bench.post("/sandbox/pigeon/webhook", &json!({ "url": null })).send().await.expect("an answer");
    assert_eq!(other.status(), 404);
}

#[tokio::test]
async fn who_wants_to_hear_no_more_is_told_no_more() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"");
    let listener = Listener::start().await;
    let set = |url: Value| bench.post("/sandbox/wati/webhook", &json!({ "url": url })).send();
    assert_eq!(set(listener.url().into()).await.expect("an answer").status(), 204);
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await;
    assert_eq!(set(Value::Null).await.expect("an answer").status(), 204);
    assert!(all(&bench, &clock).await.is_empty());
    assert!(listener.bodies().is_empty());
}

#[tokio::test]
async fn the_routes_tell_of_posts_and_wait_for_them() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\ndelivered = \"0%\"");
    let listener = Listener::start().await;
    let taken = bench.result(&json!([told(NUMBER, &listener.url()), message("5521987654321")])).await;
    clock.advance(Duration::from_secs(1));
    let get = async |path: &str| {
        let answer = bench.client.get(bench.url(path)).send().await.expect("an answer");
        answer.text().await.expect("a body")
    };
    let state: Value =
        serde_json::from_str(&get("/sandbox/wait?webhooks_waiting=0&webhooks_answered=1").await)
            .expect("JSON");
    assert_eq!((&state["webhooks_made"], &state["webhooks_waiting"]), (&json!(1), &json!(0)));
    let line: Value = serde_json::from_str(&get("/sandbox/webhooks").await).expect("one line of JSON");
    let address = listener.url();
    assert_eq!(
        line,
        json!({
            "n": 1, "provider": "devino", "url": address.trim_end_matches("/secret"), "body": listener.bodies()[0],
            "answered": "200", "odd": false, "messages": [taken[0]["messageId"]],
        })
    );
    let statuses: Value = serde_json::from_str(&get("/sandbox/statuses/devino").await).expect("JSON");
    let stand = |index: usize| (statuses[index]["to"].clone(), statuses[index]["status"].clone());
    assert_eq!(stand(0), (json!(NUMBER), json!("sent")));
    assert_eq!(stand(1), (json!("5521987654321"), json!("sent")));
}

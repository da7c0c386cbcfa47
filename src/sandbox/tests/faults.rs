//! Every fault, as the client at the other end of the connection sees it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::bench::{Bench, body, manual_clock, message, messages, template_message};
use crate::sandbox::{Answered, Recording};

fn fault(text: &str) -> Bench {
    Bench::new(&format!("[[faults]]\n{text}"))
}

#[tokio::test]
async fn statuses_come_on_the_calls_they_are_meant_for() {
    let bench = Bench::new(
        r#"
        faults = [
            { then = "status", status = 500, calls = 2 },
            { then = "status", status = 401, calls = "4..=5" },
            { then = "status", status = 403, calls = "6.." },
        ]
        "#,
    );
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(bench.devino(&messages(1)).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 500, 200, 401, 401, 403, 403]);
    assert_eq!(bench.answered(), ["200", "500", "200", "401", "401", "403", "403"]);
    assert_eq!(bench.accepted_numbers().len(), 2);
}

#[tokio::test]
async fn any_status_may_come_with_and_without_acceptance() {
    for status in [302, 307, 400, 401, 403, 404, 408, 409, 413, 420, 422, 429, 500, 502, 503, 504] {
        for accepted in [false, true] {
            let bench = fault(&format!("then = \"status\"\nstatus = {status}\naccepted = {accepted}"));
            let response = bench.devino(&messages(3)).await;
            assert_eq!(response.status(), status);
            let location =
                response.headers().get("location").map(|value| value.to_str().expect("text").to_owned());
            assert_eq!(location.as_deref(), (300..400).contains(&status).then_some("/whatsapp/messages"));
            let text = response.text().await.expect("a body");
            assert!(!text.contains("result"), "{text}");
            assert_eq!(bench.accepted_numbers().len(), if accepted { 3 } else { 0 });

            let response = bench.wati("?whatsappNumber=5511987654321", &template_message()).await;
            assert_eq!(response.status(), status);
        }
    }
}

#[tokio::test]
async fn a_status_may_ask_to_wait_and_have_a_body_of_its_own() {
    let bench =
        fault("then = \"status\"\nstatus = 503\nretry_after = \"1500ms\"\nbody = '{\"error\":\"busy\"}'");
    let response = bench.devino(&messages(1)).await;
    assert_eq!(response.headers()["retry-after"], "2");
    assert_eq!(body(response).await, json!({ "error": "busy" }));
    let silent = fault("then = \"status\"\nstatus = 503").devino(&messages(1)).await;
    assert!(!silent.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_dropped_reply_closes_the_connection_without_a_byte() {
    for (accepted, expected) in [(true, 5), (false, 0)] {
        let bench = fault(&format!("then = \"drop\"\naccepted = {accepted}"));
        assert_eq!(bench.raw(&Bench::raw_devino(&messages(5))).await, "");
        assert_eq!(bench.accepted_numbers().len(), expected);
        assert_eq!(bench.answered(), ["dropped"]);
    }
}

#[tokio::test]
async fn a_truncated_reply_ends_before_the_length_that_it_promised() {
    let bench = fault("then = \"truncate\"");
    let answer = bench.raw(&Bench::raw_devino(&messages(5))).await;
    let (head, part) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let promised = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let promised: usize = promised.expect("a length").parse().expect("a number");
    assert_eq!(part.len(), promised / 2);
    assert!(part.starts_with(r#"{"result":[{"code":"OK","#), "{part}");
    assert_eq!(bench.accepted_numbers().len(), 5);
    assert_eq!(bench.answered(), ["truncated"]);
}

#[tokio::test]
async fn a_call_that_hangs_is_answered_never() {
    for (accepted, expected) in [(true, 5), (false, 0)] {
        let bench = fault(&format!("then = \"hang\"\naccepted = {accepted}"));
        let hanging = tokio::spawn(
            bench
                .post("/whatsapp/messages", &json!({ "messages": messages(5) }))
                .header("authorization", "Key k")
                .send(),
        );
        let state = bench.sandbox.record().wait(|state| state.calls == 1).await;
        assert_eq!(state.answered.into_iter().collect::<Vec<_>>(), [(Answered::Hung, 1)]);
        assert_eq!(bench.accepted_numbers().len(), expected);
        // Only the end of the sandbox ends it.
        assert!(!hanging.is_finished());
        bench.sandbox.stop().await;
        assert!(hanging.await.expect("a task").is_err());
    }
}

#[tokio::test]
async fn garbage_is_no_json() {
    for (accepted, expected) in [(true, 2), (false, 0)] {
        let bench = fault(&format!("then = \"garbage\"\naccepted = {accepted}"));
        let response = bench.devino(&messages(2)).await;
        assert_eq!(response.status(), 200);
        let text = response.text().await.expect("a body");
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_err(), "{text}");
        assert_eq!(bench.accepted_numbers().len(), expected);
    }
}

#[tokio::test]
async fn results_may_be_one_short_or_one_long() {
    for (then, expected) in [("missing", 4), ("extra", 6)] {
        let bench = fault(&format!("then = \"{then}\""));
        assert_eq!(bench.result(&messages(5)).await.len(), expected, "{then}");
        assert_eq!(bench.accepted_numbers().len(), 5);
    }
    let wati = fault("then = \"missing\"").wati("?whatsappNumber=5511987654321", &template_message()).await;
    assert_eq!(body(wati).await, json!({}));
}

#[tokio::test]
async fn a_call_with_one_person_in_it_is_refused_without_naming_anybody() {
    let bench = fault("then = \"status\"\nstatus = 400\ncontaining = [\"+5511987654321\"]");
    let poisoned = json!([message("5511911111111"), message("5511987654321")]);
    let response = bench.devino(&poisoned).await;
    assert_eq!(response.status(), 400);
    assert!(!response.text().await.expect("a body").contains("messages["));
    assert_eq!(bench.result(&json!([message("5511911111111")])).await.len(), 1);
    assert_eq!(bench.accepted_numbers(), ["5511911111111"]);
}

#[tokio::test]
async fn shares_add_up_over_many_calls_and_the_record_agrees_with_the_wire() {
    let bench = Bench::new(
        r#"
        seed = 3
        faults = [
            { then = "status", status = 500, share = "20%" },
            { then = "status", status = 429, share = "20%", provider = "devino" },
            { then = "status", status = 420, provider = "wati" },
        ]
        "#,
    );
    let mut statuses = Vec::new();
    for _ in 0..200 {
        statuses.push(bench.devino(&messages(1)).await.status().as_u16().to_string());
    }
    let count = |status: &str| statuses.iter().filter(|one| *one == status).count();
    assert!((20..60).contains(&count("500")), "{}", count("500"));
    assert!((16..56).contains(&count("429")), "{}", count("429"));
    assert_eq!(count("420"), 0);
    assert_eq!(bench.answered(), statuses);
    assert_eq!(bench.accepted_numbers().len(), count("200"));
}

#[tokio::test]
async fn limits_hold_in_every_sliding_window_for_each_account() {
    let clock = manual_clock();
    let text = "[rate_limit]\nrate = [\"10/10s\"]\nretry_after = true";
    let bench = Bench::with(text, Arc::new(clock.clone()), &Recording::Memory);
    assert_eq!(bench.devino(&messages(6)).await.status(), 200);
    clock.advance(Duration::from_millis(2_500));
    let refused = bench.devino(&messages(5)).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"8".parse().expect("text"))
    );
    assert_eq!(bench.devino(&messages(4)).await.status(), 200);
    // Another account, and the other provider, have limits of their own.
    let other = bench.post("/whatsapp/messages", &json!({ "messages": messages(10) }));
    assert_eq!(other.header("authorization", "Key other").send().await.expect("an answer").status(), 200);
    assert_eq!(bench.wati("?whatsappNumber=5511987654321", &template_message()).await.status(), 200);
    clock.advance(Duration::from_millis(7_499));
    assert_eq!(bench.devino(&messages(1)).await.status(), 429);
    clock.advance(Duration::from_millis(1));
    assert_eq!(bench.devino(&messages(6)).await.status(), 200);

    let calls = Bench::with(
        "[rate_limit]\nrate = [\"1 call/s\"]\nstatus = 420",
        Arc::new(manual_clock()),
        &Recording::Memory,
    );
    assert_eq!(calls.devino(&messages(50)).await.status(), 200);
    let refused = calls.devino(&messages(1)).await;
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (420, None));
}

#[tokio::test]
async fn latency_lies_between_acceptance_and_answer() {
    let clock = manual_clock();
    let bench = Bench::with("latency = \"2s\"", Arc::new(clock.clone()), &Recording::Memory);
    let post = bench.post("/whatsapp/messages", &json!({ "messages": messages(1) }));
    let call = tokio::spawn(post.header("authorization", "Key k").send());
    bench.sandbox.record().wait(|state| state.accepted == 1).await;
    clock.advance(Duration::from_millis(1_999));
    tokio::task::yield_now().await;
    assert!(!call.is_finished());
    clock.advance(Duration::from_millis(1));
    assert_eq!(call.await.expect("a task").expect("an answer").status(), 200);
}

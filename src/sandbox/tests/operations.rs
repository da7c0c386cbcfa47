//! Calls that send nothing pass the same desk: limits, faults, gate, rules, record and counts.

use std::sync::Arc;

use serde_json::{Value, json};

use super::bench::{Bench, body, manual_clock, template_message};
use crate::clock::SystemClock;
use crate::domain::Address;
use crate::sandbox::Recording;

const NUMBER: &str = "5511987654321";

async fn add(bench: &Bench, number: &str) -> reqwest::Response {
    let path = format!("/1/api/v1/addContact/{number}");
    bench.ask_wati("POST", &path, &json!({ "name": "Ana" })).await
}

async fn contacts(bench: &Bench) -> Value {
    bench.wati_json("GET", "/1/api/v1/getContacts", &Value::Null).await["contact_list"].clone()
}

#[tokio::test]
async fn a_change_is_in_the_record_a_question_is_not() {
    let bench = Bench::with("", Arc::new(manual_clock()), &Recording::Memory);
    add(&bench, NUMBER).await;
    add(&bench, NUMBER).await;
    contacts(&bench).await;
    let [first, again] = &bench.sandbox.record().accepted()[..] else { panic!("two entries") };
    assert_eq!((&*first.kind, &first.to.in_full()), ("create_contact", &NUMBER.to_owned()));
    assert!(matches!(first.to, Address::Phone(_)));
    assert_eq!(first.digest, again.digest);
    let calls: Vec<_> =
        bench.sandbox.record().calls().iter().map(|call| (call.operation, call.recipients)).collect();
    assert_eq!(calls, [(Some("create_contact"), 1), (Some("create_contact"), 1), (Some("contacts"), 0)]);
    let state = bench.sandbox.record().state();
    assert_eq!((state.accepted, state.recipients, state.duplicates), (2, 2, Some(1)));
}

#[tokio::test]
async fn a_dropped_reply_leaves_the_change_made_or_not_as_the_scenario_says() {
    for (accepted, expected) in [(true, 1), (false, 0)] {
        let text = format!(
            "[[faults]]\nthen = \"drop\"\naccepted = {accepted}\noperation = \"create_contact\"\ncalls = 1"
        );
        let bench = Bench::new(&text);
        let path = bench.url(&format!("/1/api/v1/addContact/{NUMBER}"));
        let post = bench.client.post(path).header("authorization", "Bearer secret");
        let lost = post.header("content-type", "application/json").body("{}").send().await;
        assert!(lost.is_err());
        assert_eq!(contacts(&bench).await.as_array().map(Vec::len), Some(expected));
        assert_eq!(bench.sandbox.record().accepted().len(), expected);
    }
}

#[tokio::test]
async fn a_fault_may_strike_one_operation_and_one_person() {
    let bench = Bench::new(
        "[[faults]]\nthen = \"status\"\nstatus = 503\noperation = \"create_contact\"\n\
         containing = [\"+5511987654321\"]",
    );
    assert_eq!(add(&bench, NUMBER).await.status(), 503);
    assert_eq!(add(&bench, "5511911111111").await.status(), 200);
    assert_eq!(bench.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await.status(), 200);
    assert_eq!(contacts(&bench).await.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn limits_count_operations_and_rules_refuse_them() {
    let bench = Bench::with(
        "[rate_limit]\nrate = \"3 calls/10s\"\n[[recipients]]\nrefuse = \"not_on_whatsapp\"\nendings = [\"22\"]",
        Arc::new(manual_clock()),
        &Recording::Memory,
    );
    let refused = body(add(&bench, "5511911111122").await).await;
    assert_eq!((&refused["result"], &refused["info"]), (&json!(false), &json!("Invalid WhatsApp number")));
    assert_eq!(contacts(&bench).await, json!([]));
    assert_eq!(add(&bench, NUMBER).await.status(), 200);
    let late = add(&bench, NUMBER).await;
    assert_eq!(late.status(), 429);
    assert_eq!(late.bytes().await.expect("a body").len(), 0);
    assert_eq!(bench.sandbox.record().state().refused, 1);
}

#[tokio::test]
async fn an_account_outlives_its_scenario_but_not_a_rehearsal_that_only_counts() {
    let bench = Bench::new("");
    add(&bench, NUMBER).await;
    bench.sandbox.set_scenario(super::bench::scenario("seed = 2"));
    assert_eq!(contacts(&bench).await.as_array().map(Vec::len), Some(1));
    let whole = bench.client.get(bench.url("/sandbox/account/wati")).send().await.expect("an answer");
    let whole = body(whole).await;
    assert_eq!(whole["contacts"][0]["wAid"], NUMBER);
    let nobody = bench.client.get(bench.url("/sandbox/account/nobody")).send().await.expect("an answer");
    assert_eq!(nobody.status(), 404);

    let counts = Bench::with("", Arc::new(SystemClock::new()), &Recording::Counts);
    counts.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await;
    assert_eq!(contacts(&counts).await, json!([]));
}

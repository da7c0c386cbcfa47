//! Scenario rules that refuse single recipients, campaigns, and whole calls.

use serde_json::{Value, json};

use super::bench::{Bench, body, message, messages};

fn keys(entries: &[Value]) -> Vec<&str> {
    let key = |entry: &Value| entry["code"] == "OK";
    entries
        .iter()
        .map(|entry| if key(entry) { "OK" } else { entry["reasons"][0]["key"].as_str().expect("a key") })
        .collect()
}

#[tokio::test]
async fn rejects_are_permanent_and_by_number() {
    let bench = Bench::new(
        r#"
        [[recipients]]
        refuse = "invalid"
        numbers = ["+5511987654321"]
        [[recipients]]
        refuse = "length.too.long"
        field = "text"
        endings = ["00", "7"]
        "#,
    );
    // With and without the ninth digit, again and again.
    for _ in 0..2 {
        let numbers = ["+5511987654321", "551187654321", "5511911111100", "5511911111117", "5511911111111"];
        let sent: Value = numbers.iter().map(|number| message(number)).collect();
        let entries = bench.result(&sent).await;
        assert_eq!(keys(&entries), ["invalid", "invalid", "length.too.long", "length.too.long", "OK"]);
        assert_eq!(entries[3]["reasons"], json!([{ "key": "length.too.long", "ref": "messages[3].text" }]));
    }
    assert_eq!(bench.accepted_numbers(), ["5511911111111", "5511911111111"]);
}

#[tokio::test]
async fn unknown_comes_once_for_each_person() {
    let bench = Bench::new("[[recipients]]\nrefuse = \"unknown\"\nonce = true\nendings = [\"1\"]");
    let people = json!([message("5511911111111"), message("5511911111112"), message("5511911111121")]);
    assert_eq!(keys(&bench.result(&people).await), ["unknown", "OK", "unknown"]);
    assert_eq!(keys(&bench.result(&people).await), ["OK"; 3]);
}

#[tokio::test]
async fn a_campaign_is_refused_from_a_recipient_on() {
    for key in ["billing.error", "forbidden", "not.available"] {
        let bench = Bench::new(&format!("[[recipients]]\nrefuse = \"{key}\"\nfrom = 4"));
        assert_eq!(keys(&bench.result(&messages(2)).await), ["OK", "OK"]);
        assert_eq!(keys(&bench.result(&messages(3)).await), ["OK", key, key]);
        assert_eq!(bench.accepted_numbers().len(), 3);
        assert_eq!(bench.sandbox.record().state().refused, 2);
    }
}

#[tokio::test]
async fn one_refused_message_refuses_the_whole_call_where_the_scenario_says() {
    for status in [400, 413, 422] {
        let bench = Bench::new(&format!("devino.refuse_whole = {status}"));
        let mixed = json!([message("5511911111111"), message("1"), message("5511911111112"), message("")]);
        let response = bench.devino(&mixed).await;
        assert_eq!(response.status(), status);
        let body = body(response).await;
        assert_eq!(
            body["reasons"],
            json!([
                { "key": "invalid", "ref": "messages[1].to" },
                { "key": "must.be.not.null", "ref": "messages[3].to" },
            ])
        );
        assert!(body["result"].is_null());
        assert_eq!(bench.accepted_numbers().len(), 0);
        // Without the named ones it goes through.
        assert_eq!(bench.result(&json!([message("5511911111111"), message("5511911111112")])).await.len(), 2);
        assert_eq!(bench.accepted_numbers().len(), 2);
    }
}

#[tokio::test]
async fn a_rule_in_one_providers_words_leaves_the_other_alone() {
    let bench =
        Bench::new("[[recipients]]\nrefuse = \"template_typo\"\n[[recipients]]\nrefuse = \"ticket_expired\"");
    assert_eq!(keys(&bench.result(&messages(1)).await), ["OK"]);
    let number = "?whatsappNumber=5511987654321";
    let answer = body(bench.wati(number, &super::bench::template_message()).await).await;
    assert_eq!(answer["info"], "Check your template, it cannot have typos or blank text");
}

//! What every provider refuses, and that nothing makes reading a body fail in any other way.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::provider::{Provider, open, testing};

const PROVIDERS: [&str; 4] = ["devino", "wati", "sinch", "omnichannel"];

fn provider(name: &'static str) -> Box<dyn Provider> {
    open(&testing::channel(name)).expect("a provider")
}

fn nested(open: &str, close: &str, times: usize) -> Vec<u8> {
    format!("{}1{}", open.repeat(times), close.repeat(times)).into_bytes()
}

#[test]
fn what_nobody_posts_is_refused_in_a_sentence_that_quotes_nothing() {
    let secret = r#"{"from": "5511987654321", "text": "SAIR" "#;
    let bodies: [(&str, Vec<u8>); 16] = [
        ("nothing", Vec::new()),
        ("no UTF-8", b"[{\"messageId\":1,\"status\":\"\xff\"}]".to_vec()),
        ("cut short", secret.as_bytes().to_vec()),
        ("no JSON", b"5511987654321 SAIR".to_vec()),
        ("two bodies", b"[] []".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"5511987654321".to_vec()),
        ("a text", b"\"SAIR\"".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("numbers", b"[7, null]".to_vec()),
        ("arrays", b"[[]]".to_vec()),
        ("another object", br#"{"phone": "5511987654321"}"#.to_vec()),
        ("deep arrays", nested("[", "]", 200_000)),
        ("deep objects", nested("{\"data\":", "}", 100_000)),
        ("deep and cut short", "[{\"a\":".repeat(100_000).into_bytes()),
        ("deep in a field of nobody's", nested("[{\"messageId\":1,\"status\":\"SENT\",\"x\":[", "]}]", 40)),
    ];
    let mut lines = String::new();
    for (what, body) in &bodies {
        for name in PROVIDERS {
            let refused = provider(name).hear(body).expect_err(what).to_string();
            assert!(!refused.contains("5511") && !refused.contains("SAIR"), "{refused}");
            lines.push_str(&format!("{what}, {name}: {refused}\n"));
        }
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn a_body_of_a_mebibyte_is_read_to_its_end() {
    let status = r#"{"messageId":3482512350952730369,"ts":1665645642000,"status":"READ","errorCode":0,"options":"a1b2.7.0.1"}"#;
    let statuses = vec![status; 1_048_000 / (status.len() + 1)];
    let body = format!("[{}]", statuses.join(","));
    assert!(body.len() > 1_000_000);
    assert_eq!(provider("devino").hear(body.as_bytes()).map(|heard| heard.len()), Ok(statuses.len()));
}

#[test]
fn an_array_without_entries_says_nothing() {
    for (name, body) in
        [("devino", "[]"), ("wati", "[]"), ("omnichannel", "[]"), ("sinch", r#"{"total":"0","data":[]}"#)]
    {
        assert_eq!(provider(name).hear(body.as_bytes()), Ok(Vec::new()), "{name}");
    }
}

#[test]
fn one_entry_that_cannot_be_read_costs_only_itself() {
    let statuses = br#"[{"messageId":1,"status":"SENT"},7,{"messageId":1.5,"status":"SENT"},{"messageId":2,"status":"READ"}]"#;
    assert_eq!(provider("devino").hear(statuses).map(|heard| heard.len()), Ok(2));
    let records = br#"{"total":2,"data":[null,{"id":"a","sent":true}]}"#;
    assert_eq!(provider("sinch").hear(records).map(|heard| heard.len()), Ok(1));
}

#[test]
fn brackets_in_texts_are_no_nesting() {
    let text = format!(r#"{{"text": "\"\\\" {} {{"}}"#, "[".repeat(500));
    assert!(!nests_deeper_than(1, &text));
    assert!(nests_deeper_than(1, "[{}]"));
    assert!(!nests_deeper_than(2, "[{},{},[],[]]"));
}

#[test]
fn moments_are_read_however_they_are_written() {
    for (written, expected) in [
        ("1665645642", Some(1_665_645_642_000)),
        ("1665645642123", Some(1_665_645_642_123)),
        ("0", Some(0)),
        ("2022-10-13T07:20:42.1Z", Some(1_665_645_642_100)),
        ("2022-10-13T07:20:42.1234567Z", Some(1_665_645_642_123)),
        ("2022-10-13T04:20:42.1234567-03:00", Some(1_665_645_642_123)),
        ("2022-10-13T07:20:42.1234567", Some(1_665_645_642_123)),
        (" 1665645642 ", Some(1_665_645_642_000)),
        ("99999999999999999999", None),
        ("-9223372036854775808", Some(i64::MIN)),
        ("May-14-2024", None),
        ("", None),
    ] {
        assert_eq!(moment(written), expected, "{written}");
    }
}

#[test]
fn numbers_are_read_however_they_are_written_and_names_are_none() {
    for (written, expected) in [
        ("5511987654321", Some("5511987654321")),
        ("+55(11) 98765-4321", Some("5511987654321")),
        ("5519900001111.", Some("5519900001111")),
        ("str", None),
        ("BR.5511987654321", None),
        ("5519900000000-1553784379", None),
        ("0", None),
        ("", None),
    ] {
        assert_eq!(phone(written).map(Phone::digits).as_deref(), expected, "{written}");
    }
}

/// Keys and words of all four providers, so that what is generated gets past the first look.
fn wordy() -> impl Strategy<Value = Value> {
    let words = [
        "DELIVERED",
        "failed",
        "message",
        "templateMessageFailed_v2",
        "sentMessageREAD",
        "message_status",
        "message_received",
        "5511987654321",
        "a1b2.7.0.1",
        "131026",
        "2301",
        "1665645642",
        "...",
        "\u{0}",
        "2022-10-13T07:20:42.1234567Z",
        "",
    ];
    let keys = [
        "messageId",
        "incomingMessageId",
        "ts",
        "status",
        "errorCode",
        "options",
        "from",
        "text",
        "data",
        "id",
        "correlationId",
        "sent",
        "delivered",
        "sentStatusCode",
        "deliveredStatusCode",
        "source",
        "message",
        "type",
        "messageText",
        "waGroupId",
        "interactive",
        "listReply",
        "eventType",
        "waId",
        "failedCode",
        "timestamp",
        "owner",
        "localMessageId",
        "event",
        "contactIdentifier",
        "at",
        "whatsAppContacts",
        "quotedMessage",
        "total",
        "address",
        "content",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..10).prop_map(|entries| {
                Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(body in prop::collection::vec(any::<u8>(), 0..512)) {
        for name in PROVIDERS {
            let _ = provider(name).hear(&body);
        }
    }

    #[test]
    fn no_json_makes_reading_panic(body in wordy(), end in 0_usize..64) {
        let bodies = [body.clone(), json!([body]), json!({"total": "1", "data": [body]})];
        for text in bodies.iter().map(Value::to_string) {
            let cut = &text.as_bytes()[..text.len().saturating_sub(end)];
            for name in PROVIDERS {
                let whole = provider(name).hear(text.as_bytes());
                prop_assert_eq!(&whole, &provider(name).hear(text.as_bytes()), "the same twice");
                let _ = provider(name).hear(cut);
            }
        }
    }

    #[test]
    fn an_identifier_is_the_same_as_a_number_and_as_text(id in any::<u64>()) {
        let heard = |id: Value| provider("devino").hear(json!([{"messageId": id, "status": "SENT"}]).to_string().as_bytes());
        let numbered = heard(json!(id)).expect("a status");
        let [Heard::Receipt(receipt)] = numbered.as_slice() else { panic!("no receipt") };
        prop_assert_eq!(&receipt.ids, &vec![MessageId::Number(id)]);
        prop_assert_eq!(heard(json!(id)), heard(json!(id.to_string())));
    }
}

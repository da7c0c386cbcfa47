//! Answers to questions as receipts.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::domain::{FailureClass, MessageId, Paging};
use crate::provider::wati::questions::read;
use crate::provider::{WireAnswer, testing};

fn overheard(query: &Query, body: &Value) -> Vec<Receipt> {
    let answer = WireAnswer { status: 200, body: Some(body.to_string().into()), ..WireAnswer::default() };
    let limits = testing::limits("wati");
    let found = read(&limits, query, &answer).unwrap_or_else(|failure| panic!("{body}: {failure:?}"));
    let receipt = |heard: Heard| match heard {
        Heard::Receipt(receipt) => receipt,
        Heard::Inbound(inbound) => panic!("{inbound:?}"),
    };
    overhear(&limits, query, &found).into_iter().map(receipt).collect()
}

fn conversation() -> Query {
    Query::Messages { phone: Phone::from_digits("5511987654321").expect("a number"), paging: Paging::FIRST }
}

fn broadcast() -> Query {
    Query::BroadcastRecipients { id: "broadcast-123".to_owned(), paging: Paging::FIRST }
}

fn moment(written: &str) -> Option<i64> {
    Some(written.parse::<Timestamp>().expect("a moment").as_millisecond())
}

#[test]
fn a_conversation_of_the_first_version_tells_of_our_messages_alone() {
    let body = json!({"result": "success", "messages": {"items": [
        {"id": "64a1", "created": "2024-05-14T10:00:00.1234567Z", "text": "Oi", "type": "template",
         "timestamp": "1715680800", "owner": true, "eventType": "broadcastMessage", "statusString": "DELIVERED",
         "failedDetail": null, "whatsappMessageId": "wamid.1", "localMessageId": "d38f", "templateName": "promo"},
        {"id": "64a2", "timestamp": "1665645642", "owner": false, "eventType": "message", "text": "Sair",
         "statusString": "SENT"},
        {"id": "64a3", "eventType": "ticket", "owner": true, "created": "2024-05-14T10:00:01Z"},
        {"id": "64a4", "eventType": "broadcastMessage", "statusString": "FAILED", "failedDetail": "131049"},
        {"id": "64a5", "eventType": "message", "owner": true, "statusString": "Failed", "failedCode": "131050",
         "failedDetail": "User stopped"},
        {"id": "64a6", "eventType": "message", "owner": true, "created": "2024-05-14T10:00:02Z", "statusString": "SENT"},
        {"id": "64a7", "eventType": "message", "owner": true},
        {"id": "64a8", "eventType": "message", "owner": true, "statusString": "PLAYED"},
    ]}, "link": {"pageNumber": 1, "pageSize": 10, "total": 8}});
    let receipts = overheard(&conversation(), &body);
    let first = Receipt {
        correlation: None,
        ids: ["64a1", "d38f", "wamid.1"].map(MessageId::from).to_vec(),
        to: Phone::from_digits("5511987654321"),
        template: Some("promo".into()),
        created: moment("2024-05-14T10:00:00.123Z"),
        news: News::Reached(Milestone::Delivered),
        at: None,
    };
    assert_eq!(receipts[0], first);
    let told: Vec<_> = receipts.iter().map(|receipt| (receipt.ids[0].to_string(), &receipt.news)).collect();
    let class = |news: &News| match news {
        News::Failed(failure) => failure.class,
        other => panic!("{other:?}"),
    };
    assert_eq!((told[1].0.as_str(), class(told[1].1)), ("64a4", FailureClass::Transient));
    assert_eq!((told[2].0.as_str(), class(told[2].1)), ("64a5", FailureClass::Suppress));
    assert_eq!((told[3].0.as_str(), told[3].1), ("64a6", &News::Reached(Milestone::Sent)));
    assert_eq!(receipts[3].at, moment("2024-05-14T10:00:02Z"));
    assert_eq!((told[4].0.as_str(), told[4].1), ("64a7", &News::Reached(Milestone::Queued)));
    assert_eq!((told[5].0.as_str(), told[5].1), ("64a8", &News::Unknown("PLAYED".into())));
    assert_eq!(receipts.len(), 6);
}

#[test]
fn a_conversation_of_the_third_version_has_our_own_name() {
    let body = json!({"message_list": [
        {"text": "Oi", "type": "text", "timestamp": "2026-02-20T15:28:57.3372299Z", "owner": true,
         "status": "read", "local_message_id": "a1b2.7.0.1", "id": "m1", "created": "2026-02-20T15:28:57.337229Z",
         "event_type": "message", "whatsapp_message_id": "wamid.9", "template_name": "promo"},
    ], "page_number": 1, "page_size": 10});
    let [receipt] = &overheard(&conversation(), &body)[..] else { panic!("one message") };
    assert_eq!(receipt.correlation.as_ref().map(ToString::to_string).as_deref(), Some("a1b2.7.0.1"));
    assert_eq!(receipt.ids, ["m1", "a1b2.7.0.1", "wamid.9"].map(MessageId::from));
    assert_eq!(receipt.news, News::Reached(Milestone::Read));
    assert_eq!(receipt.template.as_deref(), Some("promo"));
}

#[test]
fn everybody_of_a_broadcast_is_told_of() {
    let person = |status: Value, code: Value| {
        json!({"id": "recipient-123", "contact_phone": "+5511987654321", "status": status, "failed_code": code,
            "local_message_id": "a1b2.7.3.1", "message_id": "msg-101112", "created": "2024-01-15T10:30:00Z"})
    };
    let words =
        ["processing", "queued", "sending", "sent", "delivered", "read", "replied", "stopped", "moved"];
    let mut people: Vec<Value> = words.iter().map(|word| person(json!(word), Value::Null)).collect();
    people.push(person(json!("failed"), json!("131026")));
    let total = people.len();
    let body = json!({"recipients": people, "page_number": 1, "page_size": 100, "total_count": total});
    let receipts = overheard(&broadcast(), &body);
    for receipt in &receipts {
        assert_eq!(receipt.correlation.as_ref().map(ToString::to_string).as_deref(), Some("a1b2.7.3.1"));
        assert_eq!(receipt.ids, ["msg-101112", "a1b2.7.3.1"].map(MessageId::from));
        assert_eq!((receipt.to, receipt.at), (Phone::from_digits("5511987654321"), None));
        assert_eq!(receipt.created, moment("2024-01-15T10:30:00Z"));
    }
    let limits = testing::limits("wati");
    let reached = |milestone| News::Reached(milestone);
    let expected = [
        reached(Milestone::Queued),
        reached(Milestone::Queued),
        reached(Milestone::Queued),
        reached(Milestone::Sent),
        reached(Milestone::Delivered),
        reached(Milestone::Read),
        reached(Milestone::Replied),
        News::Failed(limits.failure("delivery.cancelled", "")),
        News::Unknown("moved".into()),
        News::Failed(limits.failure("131026", "")),
    ];
    assert_eq!(receipts.into_iter().map(|receipt| receipt.news).collect::<Vec<_>>(), expected);
}

#[test]
fn other_answers_are_about_no_message() {
    let body = json!({"templates": [], "page_number": 1, "page_size": 10, "total": 0});
    assert!(overheard(&Query::Templates { paging: Paging::FIRST }, &body).is_empty());
    // An answer that does not belong to its question.
    let found =
        Found::Templates(crate::domain::account::Page { items: Vec::new(), total: None, is_last: true });
    assert!(overhear(&testing::limits("wati"), &conversation(), &found).is_empty());
}

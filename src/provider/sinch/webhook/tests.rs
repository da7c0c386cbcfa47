//! The seed's own message of a group, records with every flag, and every code.

use serde_json::{Value, json};

use super::*;
use crate::domain::FailureClass;
use crate::provider::testing;

const GROUP: &str = include_str!("../../../../tests/data/seeds/sinch/inbound_group_message.txt");

fn heard_of(body: &str) -> Result<Vec<Heard>, Malformed> {
    hear(&testing::limits("sinch"), body.as_bytes())
}

fn heard(record: &Value) -> Vec<Heard> {
    let body = json!({"total": 1, "data": [record], "clientInfo": {"customerId": 42}}).to_string();
    heard_of(&body).unwrap_or_else(|refused| panic!("{body}: {refused}"))
}

fn receipts_of(record: &Value) -> Vec<Receipt> {
    let receipt = |heard: Heard| match heard {
        Heard::Receipt(receipt) => receipt,
        Heard::Inbound(inbound) => panic!("{inbound:?}"),
    };
    heard(record).into_iter().map(receipt).collect()
}

fn inbound_of(record: &Value) -> Inbound {
    match heard(record).as_slice() {
        [Heard::Inbound(inbound)] => (**inbound).clone(),
        other => panic!("{record}: {other:?}"),
    }
}

/// The record of providers.md §2.4, with these fields laid over it.
fn record(over: &Value) -> Value {
    let mut record = json!({
        "id": "5efc3581-d30b-4b2a-8d3a-1d0b4a4a7f10", "correlationId": "a1b2.7.0.1",
        "destination": "5519900001111", "origin": "5519900000000", "campaignId": 100,
        "campaignAlias": "alias", "flowId": "flow", "extraInfo": "{}", "sent": true, "sentStatusCode": 1,
        "sentStatus": "SENT_SUCCESS", "sentDate": "2017-12-18T17:09:31.891Z", "sentAt": 1_513_616_971_891_i64,
        "delivered": true, "deliveredStatusCode": 1, "deliveredStatus": "DELIVERED_SUCCESS",
        "deliveredDate": "2017-12-18T17:09:32.891Z", "deliveredAt": 1_513_616_972_891_i64, "read": true,
        "readDate": "2017-12-18T17:09:33.891Z", "readAt": 1_513_616_973_891_i64,
        "updatedDate": "2017-12-18T17:09:34.891Z", "updatedAt": 1_513_616_974_891_i64, "type": "MESSAGE",
    });
    for (key, value) in over.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

#[test]
fn the_seeds_message_of_a_group_is_heard_byte_for_byte() {
    let heard = heard_of(GROUP).expect("heard");
    let [Heard::Inbound(inbound)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(inbound.group.as_deref(), Some("5519900000000-1553784379"));
    assert_eq!((inbound.text.as_deref(), &*inbound.kind), (Some("Olá"), "text"));
    assert_eq!(inbound.from, phone("5419900000000").expect("a number"));
    // The sample has no identifier: the same message has the same each time, and another another.
    assert_eq!(heard_of(GROUP).as_ref(), Ok(&heard));
    let other = heard_of(&GROUP.replace("Olá", "Oi")).expect("heard");
    let [Heard::Inbound(other)] = other.as_slice() else { panic!("{other:?}") };
    assert_ne!(other.id, inbound.id);
    // Only the seed's ellipses are forgiven.
    for broken in [GROUP.replace("\"...\",", "\"etc\","), GROUP.replacen('{', "", 1)] {
        assert!(heard_of(&broken).is_err());
    }
    let said = r#"{"total":1,"data":[{"id":"a","source":"5511987654321","message":{"messageText":"..."}}]}"#;
    assert!(
        matches!(&heard_of(said).expect("heard")[..], [Heard::Inbound(inbound)] if inbound.text.as_deref() == Some("..."))
    );
}

#[test]
fn each_flag_of_a_record_is_a_receipt_with_its_time() {
    let receipts = receipts_of(&record(&json!({})));
    let told: Vec<_> = receipts.iter().map(|receipt| (receipt.news.clone(), receipt.at)).collect();
    let expected = [
        (News::Reached(Milestone::Sent), Some(1_513_616_971_891)),
        (News::Reached(Milestone::Delivered), Some(1_513_616_972_891)),
        (News::Reached(Milestone::Read), Some(1_513_616_973_891)),
    ];
    assert_eq!(told, expected);
    for receipt in &receipts {
        assert_eq!(receipt.correlation.as_ref().map(ToString::to_string).as_deref(), Some("a1b2.7.0.1"));
        assert_eq!(receipt.ids, [MessageId::from("5efc3581-d30b-4b2a-8d3a-1d0b4a4a7f10")]);
        assert_eq!(receipt.to, phone("5519900001111"));
    }
    // Text for numbers and words for truth values say the same; a time may stand in either field.
    let swapped = record(&json!({
        "sent": "true", "sentAt": "2017-12-18T17:09:31.891Z", "sentDate": null, "read": 1,
        "delivered": "TRUE", "deliveredAt": null, "readAt": null, "readDate": 1_513_616_973_891_i64,
    }));
    assert_eq!(receipts_of(&swapped), receipts);
    let body = json!({"total": "1", "data": [record(&json!({}))]}).to_string();
    assert_eq!(heard_of(&body).map(|heard| heard.len()), Ok(3));
}

#[test]
fn what_is_not_there_yet_is_not_told() {
    let told = |over: Value| {
        receipts_of(&record(&over)).into_iter().map(|one| (one.news, one.at)).collect::<Vec<_>>()
    };
    let none = json!({"sent": false, "delivered": false, "read": false, "sentStatusCode": 2, "deliveredStatusCode": null});
    assert_eq!(told(none), [(News::Reached(Milestone::Queued), Some(1_513_616_974_891))]);
    let sent = json!({"delivered": false, "read": false, "deliveredStatusCode": null});
    assert_eq!(told(sent), [(News::Reached(Milestone::Sent), Some(1_513_616_971_891))]);
    let unknown = json!({"delivered": null, "read": null, "deliveredStatusCode": 7});
    assert_eq!(told(unknown).len(), 1);
}

#[test]
fn every_code_of_the_table_is_a_failure_while_the_person_does_not_have_the_message() {
    use FailureClass::{Final, Stop, Suppress, Transient};
    for (code, class) in [
        (101, Final),
        (102, Transient),
        (103, Final),
        (104, Transient),
        (201, Stop),
        (202, Final),
        (203, Suppress),
        (204, Suppress),
        (205, Transient),
        (206, Final),
        (207, Final),
        (209, Final),
        (210, Final),
        (211, Final),
        (212, Final),
        (311, Transient),
        (999, Final),
    ] {
        let limits = testing::limits("sinch");
        let is_known = limits.failure_row(&code.to_string()).is_some();
        assert_eq!(is_known, code != 999, "{code}");
        let undelivered = record(&json!({
            "delivered": false, "read": false, "deliveredStatusCode": code, "deliveredStatus": "WHY",
        }));
        let refused = record(&json!({
            "sent": false, "delivered": false, "read": false, "deliveredStatusCode": null,
            "sentStatusCode": code.to_string(), "sentStatus": "WHY",
        }));
        for (record, receipts, at) in [(undelivered, 2, 1_513_616_972_891), (refused, 1, 1_513_616_971_891)] {
            let told = receipts_of(&record);
            assert_eq!(told.len(), receipts, "{code}");
            let last = told.last().expect("a receipt");
            let News::Failed(failure) = &last.news else { panic!("{code}: {last:?}") };
            assert_eq!((failure.class, &*failure.reason.code), (class, &*code.to_string()));
            assert_eq!(failure.reason.parts().1, Some("WHY"), "{code}");
            assert_eq!(last.at, Some(at), "{code}");
        }
        let there = record(&json!({"deliveredStatusCode": code}));
        assert!(receipts_of(&there).iter().all(|one| matches!(one.news, News::Reached(_))), "{code}");
    }
    // Success has other codes in the table than in the sample: neither is a failure.
    for code in [0, 1, 2, 4, 5] {
        let told = receipts_of(&record(
            &json!({"sentStatusCode": code, "deliveredStatusCode": code, "read": false}),
        ));
        assert!(told.iter().all(|one| matches!(one.news, News::Reached(_))), "{code}");
    }
}

#[test]
fn a_record_of_another_store_or_without_our_name_keeps_its_identifier() {
    let foreign = receipts_of(&record(&json!({"correlationId": "MyCorrelationId"})));
    assert!(foreign.iter().all(|one| one.correlation.is_none() && one.ids.len() == 1));
    let refused =
        heard_of(r#"{"data":[{"destination":"5519900001111","sent":true}]}"#).expect_err("nobody's");
    assert!(refused.0.contains("names no message"), "{refused}");
    let to_group = receipts_of(&record(&json!({"destination": "5519900000000-1513616971"})));
    assert!(to_group.iter().all(|one| one.to.is_none()));
}

#[test]
fn messages_of_every_kind() {
    let mo = |message: Value| {
        inbound_of(&json!({
            "id": "ea7f83a0-96a3-4b57-b02d-2a9c8a2b1c77", "source": "5519900001111", "origin": "5519900001111",
            "userProfile": {"name": "Ana", "whatsAppId": "5519900001111"}, "campaignId": 100,
            "correlationId": "a1b2.7.0.1", "campaignAlias": "alias", "flowId": "flow", "extraInfo": "{}",
            "message": message, "receivedAt": 1_513_616_971_473_i64, "receivedDate": "2017-12-18T17:09:31.473Z",
            "session": {"sessionId": "s", "createdAt": "1513616971473"},
        }))
    };
    let messages = [
        json!({"type": "TEXT", "messageText": "Sair"}),
        json!({"type": "IMAGE", "mediaUrl": "https://example.com/f", "mimeType": "image/jpeg", "caption": "veja"}),
        json!({"type": "AUDIO", "mediaUrl": "https://example.com/f", "mimeType": "audio/ogg"}),
        json!({"type": "LOCATION", "location": {"geoPoint": "-8.05,-34.9", "name": "Loja", "address": "Rua X"}}),
        json!({"type": "CONTACTS", "contacts": [{"name": {"first_name": "Bia"}}]}),
        json!({"type": "BUTTON", "button": {"text": "Sair", "payload": "OUT"}}),
        json!({"type": "INTERACTIVE", "interactive": {"type": "LIST_REPLY",
            "listReply": {"rowIdentifier": "1", "rowTitle": "Primeiro"}}}),
        json!({"type": "INTERACTIVE", "interactive": {"type": "BUTTON_REPLY",
            "buttonReply": {"payload": "1", "title": "Sim"}}}),
        json!({"type": "INTERACTIVE", "interactive": {"type": "LIST_REPLY",
            "listReply": {"identifier": "2", "title": "Segundo"}}}),
        json!({"type": "ORDER", "order": {"catalog_id": "c"}}),
        json!({"type": "TEXT", "messageText": "Sair", "waGroupId": "5519900000000-1553784379"}),
    ];
    let told: Vec<String> = messages
        .into_iter()
        .map(|message| {
            let Inbound { kind, text, payload, group, details, at, profile, in_reply_to, to, id, from } =
                mo(message);
            assert_eq!((at, profile.as_deref()), (Some(1_513_616_971_473), Some("Ana")));
            assert_eq!((in_reply_to, to, from.digits().as_str()), (None, None, "5519900001111"));
            assert_eq!(id.to_string(), "ea7f83a0-96a3-4b57-b02d-2a9c8a2b1c77");
            let details = details.unwrap_or_default();
            format!("{kind} text={text:?} payload={payload:?} group={group:?}\n    {details}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_sender_without_a_number_is_nobody() {
    let nobody =
        json!({"id": "a", "source": "BR.123456789", "message": {"type": "TEXT", "messageText": "Oi"}});
    assert_eq!(heard(&nobody), []);
    let known = json!({"id": "a", "source": "BR.123456789", "userProfile": {"whatsAppId": "5519900001111"},
        "message": {"type": "TEXT", "messageText": "Oi"}, "receivedAt": "2017-12-18T17:09:31.473Z"});
    let inbound = inbound_of(&known);
    assert_eq!((inbound.from.digits().as_str(), inbound.at), ("5519900001111", Some(1_513_616_971_473)));
}

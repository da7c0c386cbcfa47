//! Events as they were captured, each in its variants, and every code of WhatsApp's.

use serde_json::{Value, json};

use super::*;
use crate::domain::{FailureClass, Language};
use crate::provider::testing;

fn heard(body: &Value) -> Result<Vec<Heard>, Malformed> {
    hear(&testing::limits("wati"), body.to_string().as_bytes())
}

fn receipt_of(body: &Value) -> Receipt {
    match heard(body).unwrap_or_else(|refused| panic!("{body}: {refused}")).as_slice() {
        [Heard::Receipt(receipt)] => receipt.clone(),
        other => panic!("{body}: {other:?}"),
    }
}

fn inbound_of(body: &Value) -> Inbound {
    match heard(body).unwrap_or_else(|refused| panic!("{body}: {refused}")).as_slice() {
        [Heard::Inbound(inbound)] => (**inbound).clone(),
        other => panic!("{body}: {other:?}"),
    }
}

/// providers.md §3.6.
fn sent() -> Value {
    json!({
        "eventType": "templateMessageSent_v2", "localMessageId": "d38f0c3a-1", "id": "6347bb2a", "whatsappMessageId": "wamid.1",
        "templateId": "7", "templateName": "promo", "created": "2022-10-13T07:20:42.1234567Z",
        "conversationId": "c", "ticketId": "t", "text": "Oi", "operatorEmail": "o@example.com",
        "waId": "5511987654321", "type": "template", "statusString": "SENT", "sourceType": "API",
        "channelId": "x", "channelPhoneNumber": "5511999990000",
        "templateContent": {"headerText": null, "footerText": null, "buttons": []},
    })
}

fn delivered() -> Value {
    json!({
        "eventType": "sentMessageDELIVERED_v2", "statusString": "Delivered", "localMessageId": "d38f0c3a-1",
        "id": "6347bb2a", "whatsappMessageId": "wamid.1", "conversationId": "c", "ticketId": "t", "text": "Oi",
        "type": "template", "timestamp": "1665645642", "assigneeId": null, "operatorEmail": "o@example.com",
    })
}

fn failed(code: Value, detail: Value) -> Value {
    json!({
        "eventType": "templateMessageFailed", "statusString": "Failed", "localMessageId": "d38f0c3a-1",
        "failedCode": code, "failedDetail": detail, "id": "6347bb2a", "whatsappMessageId": "wamid.1",
        "conversationId": "c", "ticketId": "t", "text": null, "type": "template", "timestamp": "1665645642",
        "assigneeId": null, "operatorEmail": "o@example.com",
    })
}

fn failure_of(code: Value, detail: Value) -> Failure {
    match receipt_of(&failed(code, detail)).news {
        News::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

fn message() -> Value {
    json!({
        "eventType": "message", "id": "6347bb30", "created": "2022-10-13T07:21:42.1Z", "whatsappMessageId": "wamid.2",
        "conversationId": "c", "ticketId": "t", "text": "Sair", "type": "button", "waId": "5511987654321",
        "senderName": "Ana", "owner": false, "statusString": "SENT", "replyContextId": "wamid.1",
        "channelPhoneNumber": "5511999990000",
    })
}

#[test]
fn what_left_is_told_with_everything_that_joins_it() {
    let expected = Receipt {
        correlation: None,
        ids: ["6347bb2a", "d38f0c3a-1", "wamid.1"].map(MessageId::from).to_vec(),
        to: phone("5511987654321"),
        template: Some("promo".into()),
        created: Some(1_665_645_642_123),
        news: News::Reached(Milestone::Sent),
        at: Some(1_665_645_642_123),
    };
    assert_eq!(receipt_of(&sent()), expected);
    let mut ours = sent();
    ours["localMessageId"] = json!("a1b2.7.3.1");
    let ours = receipt_of(&ours);
    assert_eq!(ours.correlation.map(|ours| ours.to_string()).as_deref(), Some("a1b2.7.3.1"));
    assert_eq!(ours.ids[1], MessageId::from("a1b2.7.3.1"));
}

#[test]
fn every_event_is_known_in_its_variants() {
    for (name, milestone) in [
        ("templateMessageSent", Milestone::Sent),
        ("sessionMessageSent", Milestone::Sent),
        ("sentMessageDELIVERED", Milestone::Delivered),
        ("sentMessageREAD", Milestone::Read),
        ("sentMessageREPLIED", Milestone::Replied),
    ] {
        for variant in ["", "_v2", "_bsuid", "_v2_bsuid", "_bsuid_v2", "_V2"] {
            let mut event = delivered();
            event["eventType"] = json!(format!("{name}{variant}"));
            let receipt = receipt_of(&event);
            assert_eq!(receipt.news, News::Reached(milestone), "{name}{variant}");
            assert_eq!((receipt.at, receipt.to), (Some(1_665_645_642_000), None), "{name}{variant}");
            assert_eq!(receipt.ids.len(), 3, "{name}{variant}");
        }
    }
    for name in [
        "templateMessageFailed",
        "templateMessageFailed_v2",
        "sessionMessageFailed",
        "sessionMessageFailed_v2",
    ] {
        let mut event = failed(json!("131026"), json!("Message undeliverable"));
        event["eventType"] = json!(name);
        assert!(matches!(receipt_of(&event).news, News::Failed(_)), "{name}");
    }
    let mut left = sent();
    left["created"] = Value::Null;
    left["timestamp"] = json!("1665645642");
    assert_eq!(receipt_of(&left).created, Some(1_665_645_642_000));
    assert_eq!(receipt_of(&delivered()).created, None);
    // Old names come without the sender's identifier.
    let mut old = delivered();
    old["eventType"] = json!("sentMessageDELIVERED");
    old["localMessageId"] = Value::Null;
    assert_eq!(receipt_of(&old).ids, ["6347bb2a", "wamid.1"].map(MessageId::from));
}

#[test]
fn every_code_of_whatsapps_has_a_class_and_a_sentence() {
    use FailureClass::{Final, Stop, Suppress, Throttled, Transient};
    for (code, class, retry) in [
        ("131026", Final, None),
        ("131047", Final, None),
        ("131048", Stop, None),
        ("131049", Transient, Some(86_400)),
        ("131050", Suppress, None),
        ("131051", Final, None),
        ("131053", Final, None),
        ("131056", Transient, Some(60)),
        ("130429", Throttled, Some(60)),
        ("130472", Final, None),
        ("131042", Stop, None),
        ("131031", Stop, None),
        ("132000", Stop, None),
        ("132001", Stop, None),
        ("132005", Stop, None),
        ("132007", Stop, None),
        ("132012", Stop, None),
        ("132015", Stop, None),
        ("132016", Stop, None),
        ("133010", Stop, None),
        ("368", Stop, None),
        ("131000", Transient, Some(600)),
        ("131016", Transient, Some(600)),
    ] {
        let failure = failure_of(json!(code), json!("In Meta's words."));
        let row =
            testing::limits("wati").failure_row(code).cloned().unwrap_or_else(|| panic!("{code} has no row"));
        assert_eq!((failure.class, failure.retry.map(|wait| wait.as_secs())), (class, retry), "{code}");
        assert_eq!(
            failure.reason.parts(),
            (row.sentence(Language::English).as_str(), Some("In Meta's words"))
        );
        assert_eq!(
            failure_of(json!(code.parse::<u32>().expect("a number")), Value::Null).class,
            class,
            "{code}"
        );
    }
    let limits = testing::limits("wati");
    let rows: Vec<String> = limits
        .failures
        .iter()
        .flat_map(|row| {
            let told = Language::ALL.map(|language| format!("    {}", row.sentence(language)));
            [format!("{} {:?}", row.code, row.class)].into_iter().chain(told)
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn a_failure_without_a_known_code_keeps_what_is_said() {
    let unknown = failure_of(json!("139999"), json!("Something new to 5511987654321."));
    assert_eq!((unknown.class, &*unknown.reason.code), (FailureClass::Final, "139999"));
    assert_eq!(unknown.reason.parts().1, Some("Something new to *********4321"));
    assert_eq!(&*failure_of(Value::Null, json!("Blocked")).reason.code, FAILED);
    assert_eq!(failure_of(json!(""), json!("131050")).class, FailureClass::Suppress);
    assert_eq!(&*failure_of(Value::Null, Value::Null).reason.code, FAILED);
}

#[test]
fn a_persons_message_is_never_one_of_ours() {
    let expected = Inbound {
        id: MessageId::from("6347bb30"),
        from: phone("5511987654321").expect("a number"),
        to: Some("5511999990000".into()),
        group: None,
        kind: "button".into(),
        text: Some("Sair".into()),
        payload: None,
        in_reply_to: Some(MessageId::from("wamid.1")),
        profile: Some("Ana".into()),
        details: None,
        at: Some(1_665_645_702_100),
    };
    assert_eq!(inbound_of(&message()), expected);
    for name in ["message_v2", "message_bsuid", "Message"] {
        let mut event = message();
        event["eventType"] = json!(name);
        assert_eq!(inbound_of(&event), expected, "{name}");
    }
    let mut ours = message();
    ours["owner"] = json!(true);
    assert_eq!(heard(&ours), Ok(Vec::new()));
    let mut hidden = message();
    hidden["waId"] = json!("BR.13491208655302741918");
    assert_eq!(heard(&hidden), Ok(Vec::new()));
}

#[test]
fn buttons_rows_and_files() {
    let told = |over: Value| {
        let mut event = message();
        event["text"] = Value::Null;
        for (key, value) in over.as_object().expect("an object") {
            event[key] = value.clone();
        }
        let Inbound { kind, text, payload, details, .. } = inbound_of(&event);
        format!("{kind} text={text:?} payload={payload:?} details={details:?}")
    };
    let lines = [
        json!({"buttonReply": {"text": "Sair", "payload": "OUT"}}),
        json!({"type": "interactive", "interactiveButtonReply": {"title": "Sim", "id": "1"}}),
        json!({"type": "interactive", "listReply": {"title": "Primeiro", "description": "o", "id": "r1"}}),
        json!({"type": "image", "data": "data/images/a.jpg", "text": "veja"}),
        json!({"type": "location", "data": {"latitude": -8.05}}),
    ];
    insta::assert_snapshot!(lines.map(told).join("\n"));
}

#[test]
fn other_events_say_nothing_and_what_is_none_is_refused() {
    for name in ["newContactMessageReceived", "chatAssigned", "", "_v2", "é_v2", "paymentCaptured"] {
        assert_eq!(
            heard(&json!({"eventType": name, "id": "1", "waId": "5511987654321"})),
            Ok(Vec::new()),
            "{name}"
        );
    }
    for (body, what) in [
        (json!({"id": "1"}), "no `eventType`"),
        (json!({"eventType": "sentMessageREAD"}), "names no message"),
        (json!({"eventType": "message", "waId": "5511987654321"}), "no `id`"),
    ] {
        let refused = heard(&body).expect_err(what).to_string();
        assert!(refused.contains(what), "{refused}");
    }
}

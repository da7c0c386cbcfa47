//! The mapping's events.

use serde_json::{Value, json};

use super::*;
use crate::domain::FailureClass;
use crate::provider::testing;

fn heard(body: &Value) -> Result<Vec<Heard>, Malformed> {
    hear(&testing::limits("omnichannel"), body.to_string().as_bytes())
}

fn status(over: Value) -> Value {
    let mut event = json!({
        "event": "message_status", "messageId": "msg_123456789", "status": "delivered",
        "at": "2026-11-22T10:00:01Z", "sentAt": 1_795_341_600_000_i64, "channelId": "689a05215b711247e8f54022",
        "contactIdentifier": "5521999999999",
    });
    for (key, value) in over.as_object().expect("an object") {
        event[key] = value.clone();
    }
    event
}

fn news(over: Value) -> News {
    match heard(&status(over)).expect("heard").as_slice() {
        [Heard::Receipt(receipt)] => receipt.news.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_status_is_a_receipt() {
    let expected = Receipt {
        correlation: None,
        ids: vec![MessageId::from("msg_123456789")],
        to: phone("5521999999999"),
        template: None,
        created: Some(1_795_341_600_000),
        news: News::Reached(Milestone::Delivered),
        at: Some(1_795_341_601_000),
    };
    assert_eq!(heard(&status(json!({}))), Ok(vec![Heard::Receipt(expected)]));
    for (word, milestone) in [
        ("queued", Milestone::Queued),
        ("SENT", Milestone::Sent),
        ("read", Milestone::Read),
        ("replied", Milestone::Replied),
    ] {
        assert_eq!(news(json!({"status": word})), News::Reached(milestone));
    }
    assert_eq!(news(json!({"status": "Played"})), News::Unknown("Played".into()));
}

#[test]
fn a_failure_has_whatsapps_code_or_the_accounts_own() {
    let failure = |over: Value| match news(over) {
        News::Failed(failure) => failure,
        other => panic!("{other:?}"),
    };
    let blocked = failure(json!({"status": "failed", "errorCode": "131050"}));
    assert_eq!(blocked.class, FailureClass::Suppress);
    let own = failure(json!({"status": "failed", "errorCode": 17, "errorMessage": "Phone is off."}));
    assert_eq!((own.class, &*own.reason.code), (FailureClass::Final, "17"));
    assert_eq!(own.reason.parts().1, Some("Phone is off"));
    assert_eq!(&*failure(json!({"status": "failed"})).reason.code, FAILED);
}

#[test]
fn somebody_writes() {
    let mut event = json!({
        "event": "message_received", "messageId": "m1", "channelId": "c1", "contactIdentifier": "5521999999999",
        "name": "João", "text": "Sair", "quotedMessage": {"messageId": "msg_123456789"}, "at": 1_795_341_601_000_i64,
    });
    let plain = heard(&event).expect("heard");
    event["groupIdentifier"] = json!("grupo123");
    event["type"] = json!("IMAGE");
    event["mediaUri"] = json!("https://exemplo.com/imagem.jpg");
    let in_group = heard(&json!([event])).expect("heard");
    insta::assert_debug_snapshot!([plain, in_group]);
    event["contactIdentifier"] = json!("grupo123");
    assert_eq!(heard(&event), Ok(Vec::new()));
}

#[test]
fn other_events_say_nothing_and_what_is_none_is_refused() {
    assert_eq!(heard(&json!({"event": "session_closed", "sessionId": "s"})), Ok(Vec::new()));
    for (body, what) in [
        (json!({"messageId": "m1", "status": "sent"}), "no `event`"),
        (status(json!({"messageId": null})), "no `messageId`"),
        (status(json!({"status": " "})), "no `status`"),
        (json!({"event": "message_received", "contactIdentifier": "5521999999999"}), "no `messageId`"),
    ] {
        let refused = heard(&body).expect_err(what).to_string();
        assert!(refused.contains(what), "{refused}");
    }
}

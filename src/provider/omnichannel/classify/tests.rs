//! Every row of the table, and every shape of answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::domain::{ContactFields, Phone, Signal};
use crate::provider::testing;

fn classify(recipient: &Recipient, answer: &WireAnswer) -> Reply {
    super::classify(&testing::limits("omnichannel"), recipient, answer)
}

fn answer(status: u16, body: impl Into<Bytes>) -> WireAnswer {
    WireAnswer { status, body: Some(body.into()), ..WireAnswer::default() }
}

fn recipient(content: Content) -> Recipient {
    let mut outgoing = testing::outgoing(vec![content]);
    outgoing.recipients.remove(0)
}

fn text() -> Recipient {
    recipient(Content::Text { text: "Oi".to_owned() })
}

fn action(action: Action) -> Recipient {
    recipient(Content::Action(action))
}

fn tagging() -> Recipient {
    action(Action::AddTags { contact: Some("c".to_owned()), tags: vec!["t".to_owned()] })
}

fn line(reply: &Reply) -> String {
    let verdict = match reply.verdicts.at(0).expect("a verdict") {
        Verdict::Accepted { id } => format!("accepted {id:?}"),
        Verdict::Rejected { reason } => format!("rejected: {reason}"),
        Verdict::Transient { reason } => format!("transient: {reason}"),
        Verdict::Unsent => "unsent".to_owned(),
        Verdict::InDoubt { .. } => "in doubt".to_owned(),
    };
    let signal = match &reply.signal {
        Signal::Answered => "answered".to_owned(),
        Signal::Refused { reason } => format!("refused: {reason}"),
        Signal::SomebodyRefused { reason } => format!("somebody refused: {reason}"),
        Signal::CampaignRefused { reason } => format!("campaign refused: {reason}"),
        Signal::ChannelRefused { reason } => format!("channel refused: {reason}"),
        other => format!("{other:?}"),
    };
    format!("{verdict} / {signal}")
}

#[test]
fn every_refusal_of_the_table() {
    let fields = ContactFields::default;
    let group = Recipient { address: Address::Group("g".into()), ..text() };
    let session =
        action(Action::SendToSession { agent: "A".to_owned(), text: None, media: None, quoted: None });
    let tag = || Action::CreateTag { name: "VIP".to_owned(), color: "#ff0000".to_owned() };
    let sentences: [(u16, Recipient, Value); 29] = [
        (404, text(), json!("Cannot POST /messages/proactive")),
        (404, text(), json!("Channel not found")),
        (404, text(), json!("Account not found")),
        (404, group, json!("Group not found")),
        (404, tagging(), json!("Tag not found")),
        (404, tagging(), json!("Contact not found")),
        (404, action(Action::DeleteTag), json!("Not found")),
        (404, session, json!("Not found")),
        (404, action(Action::DeleteMessage { sender: "s".to_owned() }), json!("Not found")),
        (404, text(), json!("Not found")),
        (409, action(Action::CreateContact { fields: fields() }), json!("Contact already exists")),
        (409, action(Action::UpsertContact { fields: fields() }), json!("Contact already exists")),
        (409, action(tag()), json!("Tag already exists")),
        (409, text(), json!("Conflict")),
        (501, text(), json!("Não implementado")),
        (400, text(), json!("WhatsApp session is disconnected")),
        (400, text(), json!("5511987654321 is not on WhatsApp")),
        (422, text(), json!(["recipientNumber must be a phone number", "text must be a string"])),
        (400, text(), json!("clientProviderId must be a phone number")),
        (400, text(), json!("contactIdentifier must be a phone number")),
        (400, text(), json!("text is too long")),
        (400, text(), json!("mediaUri must be a URL address")),
        (400, text(), json!("clientIdentifier is not known")),
        (400, text(), json!("channelId is not known")),
        (400, text(), json!("platform is not known")),
        (400, text(), json!("channelSlug is not known")),
        (400, text(), json!("platformConfigId is not known")),
        (400, text(), json!("companyName should not be empty")),
        (400, tagging(), json!("tagIds must be an array")),
    ];
    let lines = sentences.map(|(status, recipient, message)| {
        let body = json!({"statusCode": status, "message": message}).to_string();
        line(&classify(&recipient, &answer(status, body)))
    });
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_the_body_does_not_explain_is_told_by_the_status() {
    let mut lines = Vec::new();
    for status in [400, 401, 403, 404, 409, 413, 420, 422, 429, 500, 501, 502] {
        for body in ["", "<html>", "{}"] {
            let reply = classify(&tagging(), &answer(status, body));
            lines.push(format!("{status} {body}: {}", line(&reply)));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_message_is_accepted_only_with_its_id() {
    let start = action(Action::StartConversation {
        platform_config: "p".to_owned(),
        user_name: "Ana".to_owned(),
        company_name: None,
        platform: None,
        priority: None,
    });
    for (recipient, body, expected) in [
        (&text(), json!({"_id": "m1"}), Some("m1")),
        (&text(), json!({"data": {"id": "m1"}}), Some("m1")),
        (&start, json!({"id": "m1", "sessionId": "s1"}), Some("s1")),
    ] {
        for status in [200, 201] {
            let reply = classify(recipient, &answer(status, body.to_string()));
            assert_eq!(reply, accepted(expected.map(str::to_owned)), "{body}");
        }
    }
    for body in ["{}", "[]", "true", r#"{"id":null}"#] {
        let incomplete = Reply::in_doubt(DoubtCause::IncompleteReply);
        assert_eq!(classify(&text(), &answer(200, body)), incomplete, "{body}");
    }
    for body in ["", "{", "<html>"] {
        let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
        assert_eq!(classify(&text(), &answer(200, body)), unreadable, "{body}");
    }
    let cut = WireAnswer { status: 200, ..WireAnswer::default() };
    assert_eq!(classify(&text(), &cut), Reply::in_doubt(DoubtCause::UnreadableReply));
    let bare = Reply::in_doubt(DoubtCause::UnexpectedStatus(204));
    assert_eq!(classify(&text(), &answer(204, "")), bare);
}

#[test]
fn a_change_needs_no_id() {
    for (status, body) in [(200, ""), (200, "{}"), (200, "null"), (201, "true"), (204, "")] {
        assert_eq!(classify(&tagging(), &answer(status, body)), accepted(None), "{status} {body}");
    }
    let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
    assert_eq!(classify(&tagging(), &answer(200, "<html>")), unreadable);
    let phone = Phone::from_digits("5511987654321").expect("a number");
    let made = Recipient {
        address: Address::Phone(phone),
        ..action(Action::CreateContact { fields: ContactFields::default() })
    };
    let incomplete = Reply::in_doubt(DoubtCause::IncompleteReply);
    assert_eq!(classify(&made, &answer(201, "{}")), incomplete);
}

//! Texts, chat status, contacts and attributes.

use serde_json::{Value, json};

use super::replies::{answer, line, reply, reply_json};
use crate::domain::{DoubtCause, Reply};
use crate::provider::wati::calls::Call;

fn shown(call: Call, people: usize, status: u16, bodies: &[Value]) -> String {
    let lines: Vec<String> = bodies
        .iter()
        .map(|body| format!("{body}\n  {}", line(&reply_json(call, people, status, body), people)))
        .collect();
    lines.join("\n")
}

#[test]
fn a_text_is_accepted_or_refused() {
    insta::assert_snapshot!(shown(
        Call::SessionText,
        1,
        200,
        &[
            json!({"result": true, "message": {"id": "64a1", "localMessageId": "d38f"}}),
            json!({"ok": true, "result": "success", "message": {"whatsappMessageId": "wamid.1"}}),
            json!({"ok": true}),
            json!({"result": false, "message": "Ticket has been expired."}),
            json!({"result": false, "info": "Ticket has been expired."}),
            json!({"info": "Ticket has been expired."}),
            json!({"result": false, "message": "Something else"}),
            json!({"result": false}),
        ]
    ));
}

#[test]
fn a_text_of_the_third_version_is_accepted_with_its_message() {
    insta::assert_snapshot!(shown(
        Call::ConversationText,
        1,
        200,
        &[
            json!({"message": {"id": "64a1", "text": "Oi", "local_message_id": "d38f", "owner": true}}),
            json!({"message": {"text": "Oi"}}),
            json!({"success": false, "error": "Ticket has been expired."}),
            json!({"message": "Conversation not found"}),
        ]
    ));
}

#[test]
fn contacts_and_chat_status_are_changed_or_not() {
    insta::assert_snapshot!(shown(
        Call::AddContact,
        1,
        200,
        &[
            json!({"result": true}),
            json!({"result": true, "contact": {"id": "64a1", "wAid": "5511987654321"}}),
            json!({"result": true, "info": "", "contact": null}),
            json!({"id": "64a1", "wa_id": "5511987654321", "name": "Ana"}),
            json!({"result": false, "info": "Attribute city is not defined"}),
            json!({"result": false, "info": "Contact not found"}),
            json!({"result": null}),
        ]
    ));
}

#[test]
fn of_many_contacts_those_that_are_missing_are_in_doubt() {
    insta::assert_snapshot!(shown(
        Call::UpdateContacts,
        2,
        200,
        &[
            json!({"result": true}),
            json!({"contact_list": [{"id": "64a1", "wa_id": "5511987654321"}, {"id": "64a2", "phone": "+5511987654322"}]}),
            json!({"contact_list": [{"id": "64a1", "wa_id": "5511987654321"}]}),
            json!({"contact_list": []}),
            json!({"result": true, "errors": {"error": "Contact not found", "invalidWhatsappNumbers": ["5511987654322"]}}),
            json!({"result": true, "errors": {"invalidWhatsappNumbers": ["5521900000000"]}}),
            json!({"result": true, "errors": {"error": "Contact not found",
                "contact_list": [{"id": "64a1", "wa_id": "5511987654321"}]}}),
            json!({"result": true, "errors": {"error": "Attribute does not exist",
                "contact_list": [{"id": "64a1", "wa_id": "5511987654321"}]}}),
            json!({"result": true, "error": "Something else"}),
            json!({"result": false, "info": "Contact not found"}),
            json!({"result": false}),
        ]
    ));
}

#[test]
fn a_conversation_that_is_not_there_or_not_the_only_one_concerns_the_person() {
    let told = json!({"code": 404, "message": "No such conversation", "timestamp": "…"}).to_string();
    let mut lines = String::new();
    for call in [Call::ConversationText, Call::ConversationStatus, Call::SessionText] {
        // A 409 that does not call the conversation one of several may be that of a repeated request.
        for (status, body) in [
            (404, told.as_str()),
            (404, ""),
            (409, ""),
            (409, "{}"),
            (409, "<html>several conversations</html>"),
            (409, r#"{"code":409,"message":"Duplicate request"}"#),
            (409, r#"{"code":409,"message":"Multiple open conversations match the target"}"#),
        ] {
            let line = line(&reply(call, 1, &answer(status, body.to_owned())), 1);
            lines.push_str(&format!("{call:?} {status} {body}: {line}\n"));
        }
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn answers_that_prove_nothing_are_in_doubt() {
    for call in [Call::SessionText, Call::ChatStatus, Call::CreateContact, Call::Attributes] {
        for body in ["", "OK", "true", "[]"] {
            let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
            assert_eq!(reply(call, 1, &answer(200, body)), unreadable, "{call:?} {body}");
        }
        let silent = reply_json(call, 1, 200, &json!({}));
        assert_eq!(silent, Reply::in_doubt(DoubtCause::IncompleteReply), "{call:?}");
    }
}

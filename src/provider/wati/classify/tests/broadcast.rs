//! v3's `messageTemplates/send`: recipients under our identifiers `a1b2.7.0.1`, `a1b2.7.1.1`, `a1b2.7.2.1`.

use serde_json::{Value, json};

use super::replies::{answer, line, reply, reply_json};
use crate::domain::{DoubtCause, Reply};
use crate::provider::wati::calls::Call;

const PEOPLE: usize = 3;

fn of(status: u16, body: &Value) -> Reply {
    reply_json(Call::Broadcast, PEOPLE, status, body)
}

fn shown(status: u16, bodies: &[Value]) -> String {
    let lines: Vec<String> =
        bodies.iter().map(|body| format!("{body}\n  {}", line(&of(status, body), PEOPLE))).collect();
    lines.join("\n")
}

fn refused(id: &str, phone: &str, words: &str) -> Value {
    json!({"local_message_id": id, "phone_number": phone, "errors": [words]})
}

#[test]
fn recipients_are_accepted_unless_they_are_listed_with_errors() {
    const INVALID: &str = "Invalid phone number format.";
    insta::assert_snapshot!(shown(
        200,
        &[
            json!({"success": true, "broadcast_id": "broadcast_123456", "error": null}),
            json!({"success": true, "broadcast_id": "broadcast_123456", "error": null, "recipients": [
                refused("a1b2.7.1.1", "5511987654322", INVALID),
            ]}),
            // By the number, where our identifier is missing or not ours. Who is missing beside somebody without
            // errors is in doubt.
            json!({"success": true, "broadcast_id": "b1", "error": "1 recipient failed", "recipients": [
                refused("other", "+5511987654323", INVALID),
                {"local_message_id": "a1b2.7.0.1", "phone_number": "5511987654321", "errors": []},
            ]}),
            json!({"success": true, "broadcast_id": "b1", "recipients": [refused("other", "1", INVALID)]}),
            json!({"success": true, "broadcast_id": "b1", "recipients": [
                refused("a1b2.7.0.1", "5511987654321", "Template is not approved."),
            ]}),
            json!({"success": true}),
            json!({"result": true, "broadcast_id": 42}),
            json!({"success": true, "broadcast_id": "b1", "error": "Something else"}),
            json!({"broadcast_id": "b1"}),
        ]
    ));
}

#[test]
fn what_is_refused_messaged_nobody() {
    let bodies = [
        json!({"success": false, "error": "Template is not approved."}),
        json!({"success": false, "error": "Something else"}),
        json!({"success": false}),
    ];
    insta::assert_snapshot!(shown(200, &bodies));
    for body in &bodies[..bodies.len() - 1] {
        assert_eq!(of(200, body), of(400, body), "{body}");
    }
    let documented =
        json!({"code": 400, "message": "Template not found", "timestamp": "2026-02-20T15:28:57Z"});
    assert!(line(&of(400, &documented), PEOPLE).contains("template.unknown"));
}

fn clean(id: &str, phone: &str) -> Value {
    json!({"local_message_id": id, "phone_number": phone, "errors": []})
}

#[test]
fn only_a_status_says_that_those_beside_the_refused_were_not_messaged() {
    let third = refused("a1b2.7.2.1", "5511987654323", "Invalid phone number format.");
    let stranger = refused("other", "1", "Invalid phone number format.");
    let bodies = [
        json!({"success": false, "error": "Invalid recipients", "recipients": [third]}),
        json!({"success": false, "error": "Invalid recipients", "recipients": [stranger]}),
    ];
    insta::assert_snapshot!(format!("200\n{}\n400\n{}", shown(200, &bodies), shown(400, &bodies)));
}

#[test]
fn a_broadcast_that_an_answer_shows_outweighs_that_it_refuses() {
    let first = clean("a1b2.7.0.1", "5511987654321");
    let second = refused("a1b2.7.1.1", "5511987654322", "Invalid phone number format.");
    let bodies = [
        json!({"success": false, "broadcast_id": "b1"}),
        json!({"success": false, "broadcast_id": "b1", "recipients": [first, second]}),
        json!({"success": false, "broadcast_id": "b1", "error": "Daily limit reached", "recipients": [second]}),
        json!({"success": false, "broadcast_id": "b1", "error": "Something else"}),
        // Without a broadcast nobody is known to be messaged, nor not to be.
        json!({"success": false, "error": "Daily limit reached", "recipients": [first, second]}),
        json!({"broadcast_id": "b1", "error": "Daily limit reached", "recipients": [first]}),
    ];
    insta::assert_snapshot!(shown(200, &bodies));
    for body in &bodies {
        assert_eq!(of(200, body), of(400, body), "{body}");
    }
    assert_eq!(line(&of(400, &json!({"success": true})), PEOPLE).matches("in doubt,").count(), PEOPLE - 1);
}

#[test]
fn who_is_missing_is_in_doubt_where_everybody_is_listed_or_concerned() {
    let first = clean("a1b2.7.0.1", "5511987654321");
    let second = clean("a1b2.7.1.1", "5511987654322");
    let invalid = refused("a1b2.7.1.1", "5511987654322", "Invalid phone number format.");
    insta::assert_snapshot!(shown(
        200,
        &[
            json!({"success": true, "broadcast_id": "b1", "recipients": [first, second]}),
            json!({"success": true, "broadcast_id": "b1", "error": "Daily limit reached", "recipients": [invalid]}),
            json!({"success": true, "broadcast_id": "b1", "message": "Daily limit reached"}),
            json!({"success": true, "broadcast_id": "b1", "error": "Something else", "recipients": [first]}),
            json!({"success": true, "broadcast_id": "b1", "recipients": ["5511987654321"]}),
        ]
    ));
}

#[test]
fn answers_that_prove_nothing_are_in_doubt() {
    for body in ["", "[]", "<html>", r#"{"success":true"#] {
        let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
        assert_eq!(reply(Call::Broadcast, PEOPLE, &answer(200, body)), unreadable, "{body}");
    }
    let documented = json!({"code": 500, "message": "…", "timestamp": "…"});
    assert_eq!(of(500, &documented), Reply::in_doubt(DoubtCause::UnexpectedStatus(500)));
}

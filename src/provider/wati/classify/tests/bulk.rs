//! `sendTemplateMessages`: many recipients, of whom only the refused ones are named. They are 5511987654321,
//! 5511987654322 and 5511987654323.

use serde_json::{Value, json};

use super::replies::{answer, line, reply, reply_json};
use crate::domain::{DoubtCause, Reply, Verdict, Verdicts};
use crate::provider::WireAnswer;
use crate::provider::wati::calls::Call;

const PEOPLE: usize = 3;

fn of(status: u16, body: &Value) -> Reply {
    reply_json(Call::Templates, PEOPLE, status, body)
}

fn errors(error: &str, parameters: &[&str], numbers: &[&str]) -> Value {
    json!({"error": error, "invalidCustomParameters": parameters, "invalidWhatsappNumbers": numbers})
}

fn shown(status: u16, bodies: &[Value]) -> String {
    let lines: Vec<String> =
        bodies.iter().map(|body| format!("{body}\n  {}", line(&of(status, body), PEOPLE))).collect();
    lines.join("\n")
}

#[test]
fn everybody_is_accepted_without_an_identifier_where_nobody_is_named() {
    for body in [
        json!({"result": true, "errors": errors("", &[], &[])}),
        json!({"result": true, "errors": null}),
        json!({"result": true}),
        json!({"result": "success", "errors": {}}),
    ] {
        let Reply { verdicts, .. } = of(200, &body);
        assert_eq!(verdicts, Verdicts::Each(vec![Verdict::Accepted { id: None }; PEOPLE]), "{body}");
    }
}

#[test]
fn who_is_named_is_rejected_and_what_is_unclear_is_in_doubt() {
    insta::assert_snapshot!(shown(
        200,
        &[
            json!({"result": true, "errors": errors("", &[], &["5511987654322"])}),
            json!({"result": true, "errors": errors("some failed", &[], &["+55 11 98765-4322", "551187654321"])}),
            // Somebody who is not in the call: nobody knows whom Wati means.
            json!({"result": true, "errors": errors("", &[], &["5511987654322", "5521900000000"])}),
            json!({"result": true, "errors": {"invalidWhatsappNumbers": [{"number": "5511987654321"}]}}),
            json!({"result": true, "errors": {"invalidWhatsappNumbers": "5511987654321"}}),
            // Taken, and yet the values are wrong: some may have been messaged.
            json!({"result": true, "errors": errors("", &["nome"], &[])}),
            json!({"result": true, "errors": errors("", &["nome"], &["5511987654322"])}),
            json!({"result": true, "errors": errors("Template is not approved.", &[], &[])}),
            json!({"result": true, "errors": errors("Something else", &[], &[])}),
            // No result at all.
            json!({}),
            json!({"errors": errors("", &[], &["5511987654321"])}),
        ]
    ));
}

#[test]
fn what_is_refused_messaged_nobody() {
    let bodies = [
        json!({"result": false, "errors": errors("", &["nome", "cupom"], &[])}),
        json!({"result": false, "errors": errors("Template is not approved.", &[], &["5511987654322"])}),
        json!({"result": false, "info": "Monthly API quota exceeded"}),
        json!({"result": false, "info": "Invalid phone"}),
        json!({"result": false, "errors": errors("Something else", &[], &[])}),
        json!({"result": false}),
    ];
    insta::assert_snapshot!(shown(200, &bodies));
    // A status says the same; only silence is told by its number.
    for body in &bodies[..bodies.len() - 1] {
        assert_eq!(of(200, body), of(400, body), "{body}");
    }
    let silent = ["", "{}", r#"{"result":false}"#]
        .map(|body| line(&reply(Call::Templates, PEOPLE, &answer(422, body)), PEOPLE));
    assert!(silent.iter().all(|line| line.contains("http.422")), "{silent:?}");
    let plain = line(&reply(Call::Templates, PEOPLE, &answer(400, "Template is paused")), PEOPLE);
    assert!(plain.contains("template.paused"), "{plain}");
}

#[test]
fn only_a_status_says_that_those_beside_the_refused_were_not_messaged() {
    let bodies = [
        json!({"result": false, "errors": errors("", &[], &["5511987654322"])}),
        json!({"result": false, "errors": errors("", &[], &["5521900000000"])}),
        json!({"result": false, "errors": errors("some failed", &[], &["5511987654322", "5521900000000"])}),
        // A number that is valid is no message.
        json!({"result": false, "receivers": [
            {"waId": "5511987654321", "isValidWhatsAppNumber": true},
            {"waId": "5511987654322", "isValidWhatsAppNumber": false},
        ]}),
    ];
    insta::assert_snapshot!(format!("200\n{}\n400\n{}", shown(200, &bodies), shown(400, &bodies)));
}

#[test]
fn a_message_that_an_answer_shows_outweighs_that_it_refuses() {
    let taken = json!({"localMessageId": "d38f0c3a", "waId": "5511987654321", "isValidWhatsAppNumber": true});
    let invalid = json!({"waId": "5511987654322", "isValidWhatsAppNumber": false});
    let bodies = [
        json!({"result": false, "receivers": [taken, invalid]}),
        json!({"result": false, "error": "Daily limit reached", "receivers": [taken]}),
        json!({"result": false, "error": "Something else", "receivers": [taken]}),
        json!({"result": false, "errors": errors("", &["nome"], &[]), "receivers": [taken]}),
        // A stranger's message says that messages went out.
        json!({"result": false, "receivers": [{"localMessageId": "d38f0c3a", "waId": "5521900000000"}]}),
    ];
    insta::assert_snapshot!(shown(200, &bodies));
    for body in &bodies {
        assert_eq!(of(200, body), of(400, body), "{body}");
    }
    for body in
        [json!({"result": true}), json!({"result": true, "errors": errors("", &[], &["5521900000000"])})]
    {
        assert_eq!(line(&of(400, &body), PEOPLE).matches("in doubt,").count(), PEOPLE - 1, "{body}");
    }
}

#[test]
fn what_concerns_everybody_leaves_those_in_doubt_whom_nobody_names() {
    let taken = json!({"localMessageId": "d38f0c3a", "waId": "5511987654321", "isValidWhatsAppNumber": true});
    let refused = |words: &str| json!({"waId": "5511987654322", "errors": [words]});
    insta::assert_snapshot!(shown(
        200,
        &[
            json!({"result": true, "errors": errors("Daily limit reached", &[], &["5511987654322"])}),
            json!({"result": true, "info": "Daily limit reached", "errors": errors("", &[], &["5511987654322"])}),
            json!({"result": true, "error": "Daily limit reached", "receivers": [taken]}),
            json!({"result": true, "error": "Something else", "receivers": [taken]}),
            json!({"result": true, "receivers": [taken, refused("Template is paused")]}),
            json!({"result": true, "receivers": ["5511987654321"]}),
            json!({"errors": errors("Daily limit reached", &[], &["5511987654322"])}),
        ]
    ));
}

#[test]
fn an_answer_of_the_second_version_names_everybody() {
    insta::assert_snapshot!(shown(
        200,
        &[
            json!({"result": true, "error": null, "receivers": [
                {"localMessageId": "d38f0c3a", "waId": "5511987654321", "isValidWhatsAppNumber": true, "errors": []},
                {"localMessageId": "d38f0c3b", "waId": "5511987654322", "isValidWhatsAppNumber": false, "errors": []},
                {"localMessageId": null, "waId": "5511987654323", "isValidWhatsAppNumber": true,
                 "errors": ["Invalid custom parameters"]},
            ]}),
            json!({"result": true, "receivers": [
                {"localMessageId": "d38f0c3a", "waId": "5511987654321", "isValidWhatsAppNumber": true},
            ]}),
            // Accepted and refused at once: neither is believed.
            json!({"result": true, "errors": errors("", &[], &["5511987654321"]), "receivers": [
                {"localMessageId": "d38f0c3a", "waId": "5511987654321", "isValidWhatsAppNumber": true},
            ]}),
        ]
    ));
}

#[test]
fn answers_that_prove_nothing_are_in_doubt() {
    let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
    for body in ["", "{", "OK", "[]", "null", "7", r#"{"result":true"#] {
        assert_eq!(reply(Call::Templates, PEOPLE, &answer(200, body)), unreadable, "{body}");
    }
    let cut = WireAnswer { status: 200, ..WireAnswer::default() };
    assert_eq!(reply(Call::Templates, PEOPLE, &cut), unreadable);
    let failed = of(502, &json!({"result": true}));
    assert_eq!(failed, Reply::in_doubt(DoubtCause::UnexpectedStatus(502)));
}

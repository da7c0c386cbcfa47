//! `sendTemplateMessage`: one recipient.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::replies::{self, answer};
use crate::domain::{DoubtCause, MessageId, Reply, Signal, Verdict, Verdicts};
use crate::provider::status::refusal_without_words;
use crate::provider::wati::calls::Call;
use crate::provider::{WireAnswer, testing};

fn classify(answer: &WireAnswer) -> Reply {
    replies::reply(Call::Template, 1, answer)
}

fn classify_json(status: u16, body: &Value) -> Reply {
    replies::reply_json(Call::Template, 1, status, body)
}

fn line(reply: &Reply) -> String {
    replies::line(reply, 1)
}

#[test]
fn every_failure_in_wati_words() {
    // providers.md §3.3 and §3.5; what it gives without a wording is put in likely words here.
    let mut lines = String::new();
    let limits = testing::limits("wati");
    let mut rows_seen = BTreeSet::new();
    for words in [
        "Check your template, it cannot have typos or blank text",
        "Template is not approved.",
        "Template status is PENDING",
        "The template is unapproved",
        "Template was rejected by Meta",
        "Template is paused",
        "Template not found",
        "The template does not exist",
        "Marketing message daily limit reached for this tenant",
        "Daily limit exceeded",
        "Account is in offline mode",
        "Trial quota exceeded",
        "Monthly API quota exceeded",
        "Channel not found",
        "There are several open conversations",
        "Multiple open conversations match the target",
        "More than one conversation matches",
        "Attribute cupom is not defined",
        "Ticket has been expired.",
        "Contact not found",
        "The contact does not exist",
        "Conversation not found",
        "Invalid Whatsapp Number",
        "5511987654321 is not a valid WhatsApp number",
        "Invalid phone",
        "Invalid custom parameters",
        "Something else",
    ] {
        rows_seen.extend(limits.row_by_words(None, words).map(|row| (&row.code, &row.words)));
        let replies = [
            classify_json(200, &json!({"result": false, "info": words})),
            classify_json(200, &json!({"result": "error", "message": words})),
            classify_json(400, &json!({"code": 400, "message": words})),
            classify(&answer(400, words)),
            classify(&answer(400, format!("\"{words}\""))),
        ];
        for reply in &replies {
            assert_eq!(reply, &replies[0], "{words}");
        }
        lines.push_str(&line(&replies[0]));
        lines.push('\n');
    }
    let with_words = limits.errors.iter().filter(|row| !row.words.is_empty());
    let rows: BTreeSet<_> = with_words.map(|row| (&row.code, &row.words)).collect();
    assert_eq!(rows_seen, rows, "a row without a test");
    insta::assert_snapshot!(lines);
}

#[test]
fn accepted_only_where_wati_says_so() {
    let text = |id: &str| Some(MessageId::Text(id.into()));
    for (body, id) in [
        (
            json!({"result": true, "model": {"ids": ["664300af"]}, "validWhatsAppNumber": true}),
            text("664300af"),
        ),
        (json!({"result": true, "model": {"ids": []}, "localMessageId": "d38f-0c3a"}), text("d38f-0c3a")),
        (json!({"result": "success", "validWhatsAppNumber": "true"}), None),
        (json!({"result": true, "model": null, "contact": 7, "parameteres": "?"}), None),
        (json!({"result": true, "model": {"ids": [12_345]}}), Some(MessageId::Number(12_345))),
    ] {
        let accepted = Reply::answered(vec![Verdict::Accepted { id }]);
        assert_eq!(classify_json(200, &body), accepted, "{body}");
    }
    let captured = include_str!("../../../../../tests/data/providers/wati/send_success.json");
    let accepted = Reply::answered(vec![Verdict::Accepted { id: text("664300af…") }]);
    assert_eq!(classify(&answer(200, captured)), accepted);
}

#[test]
fn a_number_that_is_not_on_whatsapp_is_rejected() {
    let reply_to = |body: &Value| line(&classify_json(200, body));
    let shown = [
        reply_to(&json!({"result": true, "validWhatsAppNumber": false})),
        reply_to(&json!({"result": false, "validWhatsAppNumber": false})),
        reply_to(&json!({"validWhatsAppNumber": false})),
        reply_to(&json!({"result": false, "errors": {"invalidWhatsappNumbers": ["5511987654321"]}})),
        reply_to(&json!({"result": false, "info": "?", "validWhatsAppNumber": false})),
        // The campaign's fault outweighs the number's.
        reply_to(
            &json!({"result": false, "info": "Template is not approved.", "validWhatsAppNumber": false}),
        ),
        reply_to(&json!({"result": false, "errors": {"error": "", "invalidCustomParameters": ["nome"]}})),
        reply_to(&json!({"result": false})),
    ];
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn answers_that_prove_nothing_are_in_doubt() {
    for body in ["", "{", "OK", "<html>", "7", r#"{"result":true"#] {
        assert_eq!(classify(&answer(200, body)), Reply::in_doubt(DoubtCause::UnreadableReply), "{body}");
    }
    let cut = WireAnswer { status: 200, ..WireAnswer::default() };
    assert_eq!(classify(&cut), Reply::in_doubt(DoubtCause::UnreadableReply));
    for body in [json!({}), json!({"result": null}), json!({"result": "maybe"}), json!({"info": "queued"})] {
        assert_eq!(classify_json(200, &body), Reply::in_doubt(DoubtCause::IncompleteReply), "{body}");
    }
    assert_eq!(
        classify_json(500, &json!({"result": true})),
        Reply::in_doubt(DoubtCause::UnexpectedStatus(500))
    );
}

#[test]
fn refusals_without_words_and_empty_bodies() {
    for status in [400, 413, 422] {
        for body in ["", "  ", "{}", r#"{"result":false}"#] {
            let reply = classify(&answer(status, body));
            assert_eq!(
                reply,
                Reply::unsent(Signal::Refused {
                    reason: refusal_without_words(&testing::limits("wati"), status)
                })
            );
        }
    }
    for status in [401, 403] {
        let reply = classify(&WireAnswer { status, ..WireAnswer::default() });
        assert_eq!(reply.verdicts, Verdicts::All(Verdict::Unsent));
        assert!(matches!(reply.signal, Signal::ChannelRefused { .. }));
    }
}

#[test]
fn a_message_that_an_answer_shows_outweighs_that_it_refuses() {
    let of = |status, body: Value| line(&replies::reply_json(Call::Template, 1, status, &body));
    for status in [200, 400] {
        let contradiction =
            json!({"result": false, "info": "Something else", "model": {"ids": ["664300af"]}});
        assert!(of(status, contradiction).starts_with("in doubt"), "{status}");
        let taken = json!({"result": true, "validWhatsAppNumber": true, "model": {"ids": ["664300af"]}});
        assert!(of(status, taken).starts_with("accepted as 664300af"), "{status}");
    }
    assert!(of(400, json!({"result": true})).starts_with("in doubt"));
}

//! Every error of the seed's table, and every shape of answer, against the classes of the guarantees.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::MessageId;
use crate::provider::testing;

/// With the embedded limits.
fn classify(recipients: usize, answer: &WireAnswer) -> Reply {
    super::classify(&testing::limits("devino"), recipients, answer)
}

fn answer(status: u16, body: &Value) -> WireAnswer {
    WireAnswer { status, body: Some(Bytes::from(body.to_string())), ..WireAnswer::default() }
}

fn raw(status: u16, body: Option<&'static str>) -> WireAnswer {
    WireAnswer { status, body: body.map(Bytes::from), ..WireAnswer::default() }
}

fn ok(id: u64) -> Value {
    json!({"code": "OK", "messageId": id.to_string()})
}

fn rejected(key: &str, reference: &str) -> Value {
    let mut reason = json!({"key": key});
    if !reference.is_empty() {
        reason["ref"] = json!(reference);
    }
    json!({"code": "REJECTED", "reasons": [reason]})
}

/// `key` and `ref` of each row of the table, about the message at `position`.
fn table(position: usize) -> Vec<(String, String)> {
    let limits = testing::limits("devino");
    let is_common = |code: &str| code.starts_with("http.") || code.starts_with("rejected");
    let own = limits.errors.iter().filter(|row| !is_common(&row.code));
    let rows: Vec<_> = own
        .map(|row| {
            let reference = match row.field.as_deref() {
                None => String::new(),
                Some("messages") => "messages".to_owned(),
                Some("messages[i]") => format!("messages[{position}]"),
                Some(field) => format!("messages[{position}].{field}"),
            };
            (row.code.clone(), reference)
        })
        .collect();
    assert_eq!(rows.len(), 21);
    rows
}

/// One line for a reply: a letter for each recipient, then the signal.
fn line(reply: &Reply, recipients: usize) -> String {
    let letters: String = (0..recipients)
        .map(|position| match reply.verdicts.at(position).expect("a verdict for everyone") {
            Verdict::Accepted { .. } => 'A',
            Verdict::Rejected { .. } => 'R',
            Verdict::Transient { .. } => 'T',
            Verdict::Unsent => 'u',
            Verdict::InDoubt { .. } => '?',
        })
        .collect();
    let signal = match &reply.signal {
        Signal::Answered => "answered".to_owned(),
        Signal::TooMany => "too many".to_owned(),
        Signal::Refused { reason } => format!("refused: {}", reason.code),
        Signal::SomebodyRefused { reason } => format!("somebody refused: {}", reason.code),
        Signal::CampaignRefused { reason } => format!("campaign refused: {}", reason.code),
        Signal::InDoubt { cause } => format!("in doubt: {cause:?}"),
        other => format!("{other:?}"),
    };
    format!("{letters} {signal}")
}

#[test]
fn each_error_of_the_table_beside_accepted_messages() {
    let mut lines = String::new();
    for (key, reference) in table(1) {
        let body = json!({"result": [ok(1), rejected(&key, &reference), ok(3)]});
        let reply = classify(3, &answer(200, &body));
        for position in [0, 2] {
            assert!(matches!(reply.verdicts.at(position), Some(Verdict::Accepted { id: Some(_) })));
        }
        lines.push_str(&format!("{key} {reference}: {}\n", line(&reply, 3)));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn each_error_of_the_table_in_a_refusal_and_for_the_whole_request() {
    let mut lines = String::new();
    for (key, reference) in table(1) {
        let reason = json!({"key": key, "ref": reference});
        let top_level = json!({"code": "REJECTED", "reasons": [reason]});
        let single = json!({"result": [{"code": "REJECTED", "reasons": [reason]}]});
        let replies = [
            classify(3, &answer(400, &top_level)),
            classify(3, &answer(400, &single)),
            classify(3, &answer(200, &top_level)),
            classify(3, &answer(200, &single)),
        ];
        let shapes: Vec<_> = replies.iter().map(|reply| line(reply, 3)).collect();
        lines.push_str(&format!("{key} {reference}: {}\n", shapes.join(" | ")));
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn answers_that_prove_nothing_leave_everyone_in_doubt() {
    let unreadable = Reply::in_doubt(DoubtCause::UnreadableReply);
    for body in [None, Some(""), Some("{"), Some(r#"{"result": [{"code": "OK"}"#), Some("<html>"), Some("7")]
    {
        assert_eq!(classify(2, &raw(200, body)), unreadable, "{body:?}");
    }
    let incomplete = Reply::in_doubt(DoubtCause::IncompleteReply);
    for body in [
        json!({}),
        json!({"result": null}),
        json!({"result": {"code": "OK"}}),
        json!({"result": []}),
        json!({"result": [ok(1)]}),
        json!({"result": [ok(1), ok(2), ok(3)]}),
        json!({"result": [rejected("invalid", "messages[0].to")]}),
        json!({"code": "OK"}),
        json!({"code": "REJECTED"}),
        json!({"code": "REJECTED", "reasons": [{"key": "unknown"}]}),
        json!({"code": "REJECTED", "reasons": [{"key": "never.heard.of"}]}),
    ] {
        assert_eq!(classify(2, &answer(200, &body)), incomplete, "{body}");
    }
}

#[test]
fn one_result_that_cannot_be_read_leaves_the_others_as_they_are() {
    for (broken, cause) in [
        (json!(null), DoubtCause::IncompleteReply),
        (json!("OK"), DoubtCause::IncompleteReply),
        (json!({}), DoubtCause::UnreadableReply),
        (json!({"code": "ACCEPTED", "messageId": "5"}), DoubtCause::UnreadableReply),
        (json!({"code": 7}), DoubtCause::UnreadableReply),
    ] {
        let body = json!({"result": [ok(1), broken, rejected("invalid", "messages[2].to")]});
        let reply = classify(3, &answer(200, &body));
        assert_eq!(line(&reply, 3), format!("A?R in doubt: {cause:?}"), "{body}");
    }
}

#[test]
fn the_position_outweighs_what_a_reference_says() {
    let body = json!({"result": [ok(1), rejected("invalid", "messages[0].to"), ok(3)]});
    assert_eq!(line(&classify(3, &answer(200, &body)), 3), "ARA answered");
}

#[test]
fn accepted_messages_stay_accepted_whatever_the_others_are() {
    for (other, expected) in [
        (rejected("billing.error", ""), "AuA campaign refused: billing.error"),
        (rejected("too.many.messages", "messages"), "AuA too many"),
        (rejected("unknown", ""), "ATA answered"),
        (json!({"code": "REJECTED"}), "ARA answered"),
        (json!({"code": "rejected", "description": "no", "reasons": "?"}), "ARA answered"),
        (
            json!({"code": "REJECTED", "reasons": [{"key": "unknown"}, {"key": "forbidden"}]}),
            "AuA campaign refused: forbidden",
        ),
        (
            json!({"code": "REJECTED", "reasons": [{"key": "forbidden"}, {"key": "invalid", "ref": "messages[1].to"}]}),
            "ARA campaign refused: forbidden",
        ),
    ] {
        let body = json!({"result": [ok(1), other, ok(3)]});
        assert_eq!(line(&classify(3, &answer(200, &body)), 3), expected, "{body}");
        // An `OK` under a status that refuses the request still means that the message exists.
        assert_eq!(line(&classify(3, &answer(400, &body)), 3), expected, "400 {body}");
    }
}

#[test]
fn a_refusal_rejects_those_whom_it_names_and_no_others() {
    let named = |positions: &[usize]| {
        let reason = |position| json!({"key": "invalid", "ref": format!("messages[{position}].to")});
        json!({"code": "REJECTED", "reasons": positions.iter().map(reason).collect::<Vec<_>>()})
    };
    for (body, expected) in [
        (named(&[1]), "uRu answered"),
        (named(&[0, 2, 2]), "RuR answered"),
        (named(&[0, 1, 2]), "RRR answered"),
        (named(&[3]), "uuu refused: invalid:to"),
        (named(&[]), "uuu refused: http.400"),
        (json!({"error": "bad request"}), "uuu refused: http.400"),
        (json!({"result": [{}, rejected("invalid", ""), null]}), "uRu answered"),
        (json!({"result": [rejected("invalid", "messages[2].to")]}), "uuR answered"),
        (json!({"code": "REJECTED", "reasons": [{"key": "unknown"}]}), "uuu refused: unknown"),
    ] {
        for status in [400, 413, 422] {
            let reply = classify(3, &answer(status, &body));
            assert_eq!(line(&reply, 3), expected.replace("400", &status.to_string()), "{body}");
        }
    }
    for body in [None, Some("bad request"), Some("")] {
        assert_eq!(line(&classify(3, &raw(422, body)), 3), "uuu refused: http.422", "{body:?}");
    }
}

#[test]
fn ids_survive_beyond_two_to_the_53rd() {
    for (written, expected) in [
        (r#""3482512350952730369""#, Some(MessageId::Number(3_482_512_350_952_730_369))),
        ("3482512350952730369", Some(MessageId::Number(3_482_512_350_952_730_369))),
        (r#""a-b""#, Some(MessageId::Text("a-b".into()))),
        ("36893488147419103232", None),
        (r#""""#, None),
        ("null", None),
        ("{}", None),
    ] {
        let body = format!(r#"{{"result":[{{"code":"OK","messageId":{written}}}]}}"#);
        let answer = WireAnswer { status: 200, body: Some(body.into()), ..WireAnswer::default() };
        assert_eq!(
            classify(1, &answer),
            Reply::answered(vec![Verdict::Accepted { id: expected }]),
            "{written}"
        );
    }
}

#[test]
fn the_seeds_own_answer_is_understood() {
    let sample = include_bytes!("../../../../tests/data/seeds/devino/send_response.json");
    let answer = WireAnswer { status: 200, body: Some(Bytes::from_static(sample)), ..WireAnswer::default() };
    let id = Some(MessageId::Number(3_482_512_350_952_730_368));
    assert_eq!(classify(1, &answer), Reply::answered(vec![Verdict::Accepted { id }]));
}

fn any_result() -> impl Strategy<Value = Value> {
    let errors: Vec<_> = table(0).into_iter().chain([("other".to_owned(), String::new())]).collect();
    prop_oneof![
        (0_u64..u64::MAX).prop_map(ok),
        proptest::sample::select(errors).prop_map(|(key, reference)| rejected(&key, &reference)),
        Just(json!(null)),
        Just(json!({"code": "PENDING"})),
    ]
}

proptest! {
    #[test]
    fn accepted_exactly_where_the_result_says_so(
        results in proptest::collection::vec(any_result(), 1..20),
        recipients in 1_usize..20,
    ) {
        let reply = classify(recipients, &answer(200, &json!({"result": results})));
        for position in 0..recipients {
            let verdict = reply.verdicts.at(position).expect("a verdict for everyone");
            let says_ok = results.len() == recipients && results[position]["code"] == "OK";
            let is_accepted = matches!(verdict, Verdict::Accepted { .. });
            prop_assert_eq!(is_accepted, says_ok);
            // Whoever goes again, or is given up, was refused in so many words.
            if !is_accepted && !matches!(verdict, Verdict::InDoubt { .. }) {
                let refused = results.len() == recipients && results[position]["code"] == "REJECTED";
                prop_assert!(refused || (results.len() == 1 && results[0]["code"] == "REJECTED"));
            }
        }
    }

    #[test]
    fn no_body_breaks_the_reading(status in prop_oneof![Just(200_u16), Just(400)], body in ".{0,200}") {
        let answer = WireAnswer { status, body: Some(Bytes::from(body)), ..WireAnswer::default() };
        let reply = classify(4, &answer);
        for position in 0..4 {
            let is_accepted = matches!(reply.verdicts.at(position), Some(Verdict::Accepted { .. }));
            prop_assert!(!is_accepted);
        }
    }
}

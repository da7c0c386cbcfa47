//! Every status, every row of the table of errors, and every shape of an answer, for each kind of call.

use serde_json::{Value, json};

use super::*;
use crate::provider::testing;

fn classify(outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
    super::classify(&testing::limits("sinch"), outgoing, answer)
}

fn answer(status: u16, body: &str) -> WireAnswer {
    WireAnswer { status, body: Some(body.to_owned().into()), ..WireAnswer::default() }
}

fn sends(recipients: usize) -> Outgoing {
    testing::outgoing(vec![Content::Text { text: "Oi".to_owned() }; recipients])
}

fn does(action: Action, recipients: usize) -> Outgoing {
    testing::outgoing(vec![Content::Action(action); recipients])
}

fn creation() -> Outgoing {
    does(Action::CreateGroup { subject: "Clube".to_owned() }, 1)
}

/// One call for each part of a group that an error may be about.
fn changes(recipients: usize) -> [(&'static str, Outgoing); 5] {
    let group = || "your-group-id".to_owned();
    [
        ("group", does(Action::SetGroupSubject { subject: "Clube".to_owned() }, 1)),
        ("icon", does(Action::RemoveGroupIcon, 1)),
        ("leave", does(Action::LeaveGroup, 1)),
        ("participants", does(Action::RemoveParticipant { group: group() }, recipients)),
        ("admins", does(Action::AddAdmin { group: group() }, recipients)),
    ]
}

/// A letter for each recipient, then the signal.
fn line(outgoing: &Outgoing, reply: &Reply) -> String {
    let letters: String = (0..outgoing.recipients.len())
        .map(|position| match reply.verdicts.at(position).expect("a verdict for everyone") {
            Verdict::Accepted { .. } => 'A',
            Verdict::Rejected { .. } => 'R',
            Verdict::Transient { .. } => 'T',
            Verdict::Unsent => 'u',
            Verdict::InDoubt { .. } => '?',
        })
        .collect();
    let signal = match &reply.signal {
        Signal::Answered => match reply.verdicts.at(0) {
            Some(Verdict::Rejected { reason } | Verdict::Transient { reason }) => reason.to_string(),
            _ => "answered".to_owned(),
        },
        Signal::Refused { reason } => format!("refused: {reason}"),
        Signal::SomebodyRefused { reason } => format!("somebody refused: {reason}"),
        Signal::CampaignRefused { reason } => format!("campaign refused: {reason}"),
        Signal::ChannelRefused { reason } => format!("channel refused: {reason}"),
        Signal::InDoubt { cause } => format!("in doubt: {cause:?}"),
        other => format!("{other:?}"),
    };
    format!("{letters} {signal}")
}

fn read(outgoing: &Outgoing, status: u16, body: &str) -> String {
    line(outgoing, &classify(outgoing, &answer(status, body)))
}

fn entry(position: u32, id: &str) -> Value {
    json!({"id": id, "correlationId": format!("a1b2.7.{position}.1"), "destination": format!("55119876{:05}", 54_321 + position)})
}

#[test]
fn each_status_of_the_table_for_each_kind_of_call() {
    let unauthorized = include_str!("../../../../tests/data/seeds/sinch/unauthorized_response.json");
    let mut lines = Vec::new();
    for status in [302, 400, 401, 403, 404, 405, 412, 413, 420, 422, 429, 500, 503, 504] {
        let body = if status == 401 { unauthorized } else { "" };
        lines.push(format!("{status} send: {}", read(&sends(2), status, body)));
        lines.push(format!("{status} groups: {}", read(&creation(), status, body)));
        for (field, outgoing) in changes(2) {
            lines.push(format!("{status} {field}: {}", read(&outgoing, status, body)));
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn each_row_of_the_table_has_a_class_and_a_sentence() {
    let limits = testing::limits("sinch");
    let ours = include_str!("../limits.toml").matches("[[error]]").count();
    let mut lines = Vec::new();
    // The rows of all providers come behind.
    for row in &limits.errors[..ours] {
        let said = json!({"errorCode": row.code, "errorMessage": "No, 5519900001111."}).to_string();
        let (status, body) = match row.code.strip_prefix("http.") {
            Some(status) => (status.parse().expect("a status"), String::new()),
            None if !row.words.is_empty() => (400, json!({"errorMessage": row.words.join(" ")}).to_string()),
            None => (400, said),
        };
        let about = |calls: [(&str, Outgoing); 5], field: &str| {
            calls.into_iter().find(|(name, _)| *name == field).expect("a call").1
        };
        let calls = match row.field.as_deref() {
            None if !row.words.is_empty() => vec![creation()],
            None => vec![sends(1), sends(2)],
            Some(field) => vec![about(changes(1), field), about(changes(2), field)],
        };
        for call in calls {
            let line = read(&call, status, &body);
            assert!(line.contains(&row.reason_code()), "{row:?}: {line}");
            lines.push(line);
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn only_the_persons_own_wish_goes_on_the_suppression_list() {
    let rejection = |code: &str| classify(&sends(1), &answer(400, &json!({"errorCode": code}).to_string()));
    for (code, suppresses) in [("204", true), ("202", false), ("203", false)] {
        let reply = rejection(code);
        let Some(Verdict::Rejected { reason }) = reply.verdicts.at(0) else { panic!("{code}: {reply:?}") };
        assert_eq!(reason.suppress, suppresses, "{code}");
    }
}

#[test]
fn too_many_unused_groups_are_known_under_any_status_and_come_with_the_cure() {
    for status in [400, 403, 409, 412, 422, 429] {
        for words in ["Too many unused groups", "Muitos grupos não utilizados"] {
            let reply = classify(&creation(), &answer(status, &json!({"errorMessage": words}).to_string()));
            let Signal::CampaignRefused { reason } = reply.signal else { panic!("{status} {reply:?}") };
            assert_eq!(&*reason.code, "groups.unused");
            assert!(reason.sentence.contains("disparo groups leave --unused"), "{reason}");
        }
    }
    let throttled = classify(&creation(), &answer(429, "Too Many Requests"));
    assert!(matches!(throttled.signal, Signal::Throttled { .. }));
}

#[test]
fn a_taken_destination_is_found_by_correlation_then_number_then_place() {
    let unnamed = |id: &str| json!({"id": id});
    let by_number = |id: &str, number: &str| json!({"id": id, "destination": number});
    let stranger = json!({"id": "x", "correlationId": "c3d4.7.0.1", "destination": "5511987654321"});
    for (what, destinations, expected) in [
        ("in order", json!([entry(0, "a"), entry(1, "b")]), "ab"),
        ("out of order", json!([entry(1, "b"), entry(0, "a")]), "ab"),
        ("by number", json!([by_number("b", "+5511987654322"), by_number("a", "5511987654321.")]), "ab"),
        ("without the ninth digit", json!([by_number("b", "551187654322"), entry(0, "a")]), "ab"),
        ("by place", json!([unnamed("a"), unnamed("b")]), "ab"),
        ("one by place", json!([unnamed("a"), entry(1, "b")]), "ab"),
        ("shorter", json!([entry(1, "b")]), "?b"),
        ("shorter, unnamed", json!([unnamed("a")]), "??"),
        ("longer", json!([entry(0, "a"), entry(1, "b"), entry(2, "c")]), "ab"),
        ("longer, unnamed", json!([unnamed("a"), unnamed("b"), unnamed("c")]), "??"),
        ("another's", json!([stranger, entry(1, "b")]), "?b"),
        ("without id", json!([entry(0, ""), entry(1, "b")]), "?b"),
        ("not an object", json!([null, entry(1, "b")]), "?b"),
        ("twice the same", json!([entry(0, "a"), entry(0, "z")]), "a?"),
        ("empty", json!([]), "??"),
    ] {
        for (id_key, list_key) in [("Id", "destination"), ("id", "destinations")] {
            let body = json!({id_key: "call", list_key: destinations});
            let reply = classify(&sends(2), &answer(200, &body.to_string()));
            let read: String = (0..2)
                .map(|position| match reply.verdicts.at(position) {
                    Some(Verdict::Accepted { id: Some(id) }) => id.to_string(),
                    Some(Verdict::InDoubt { .. }) => "?".to_owned(),
                    other => panic!("{what}: {other:?}"),
                })
                .collect();
            assert_eq!(read, expected, "{what}");
            assert_eq!(reply.signal == Signal::Answered, !expected.contains('?'), "{what}");
        }
    }
}

#[test]
fn the_pages_sample_of_an_answer_is_read() {
    let body = include_str!("../../../../tests/data/seeds/sinch/send_response.json");
    let mut outgoing = sends(1);
    let phone = Phone::from_digits("5519900001111").expect("a number");
    outgoing.recipients[0].address = Address::Phone(phone);
    // Its correlation is not ours.
    assert_eq!(read(&outgoing, 200, body), "? in doubt: IncompleteReply");
    let ours = body.replace("MyCorrelationId", &outgoing.tag.correlation(outgoing.recipients[0].number));
    let reply = classify(&outgoing, &answer(200, &ours));
    assert_eq!(reply, Reply::answered(vec![Verdict::Accepted { id: Some(MessageId::from("5efc3581-…")) }]));
}

#[test]
fn an_answer_without_destinations_is_enough_for_one_recipient() {
    assert_eq!(read(&sends(1), 200, r#"{"Id":"a"}"#), "A answered");
    assert_eq!(read(&sends(2), 200, r#"{"Id":"a"}"#), "?? in doubt: IncompleteReply");
    for body in ["{}", r#"{"Id":null}"#] {
        assert_eq!(read(&sends(1), 200, body), "? in doubt: IncompleteReply");
    }
    for body in ["null", "", "<html>", "[]"] {
        assert!(read(&sends(1), 200, body).starts_with("? in doubt"), "{body}");
    }
}

#[test]
fn a_group_that_was_made_has_an_id() {
    let sample = include_str!("../../../../tests/data/seeds/sinch/create_group_response.json");
    for status in [200, 201] {
        let reply = classify(&creation(), &answer(status, sample));
        let id = Some(MessageId::from("5519900000000-1513616971"));
        assert_eq!(reply, Reply::answered(vec![Verdict::Accepted { id }]));
    }
    for (body, expected) in [
        ("null", "? in doubt: UnreadableReply"),
        ("{}", "? in doubt: IncompleteReply"),
        (r#"{"groups":[]}"#, "? in doubt: IncompleteReply"),
        (r#"{"groups":[{"creation_time":1}]}"#, "? in doubt: IncompleteReply"),
        ("<html>", "? in doubt: UnreadableReply"),
    ] {
        assert_eq!(read(&creation(), 200, body), expected, "{body}");
    }
}

#[test]
fn nothing_to_tell_is_success() {
    for (field, outgoing) in changes(2) {
        for body in ["null", "{}", "", " null\n", "{ }"] {
            let accepted = "A".repeat(outgoing.recipients.len());
            assert_eq!(read(&outgoing, 200, body), format!("{accepted} answered"), "{field} {body:?}");
        }
        for body in [r#"{"errorCode":400}"#, "false", "<html>", "[]", "{"] {
            assert!(read(&outgoing, 200, body).ends_with("in doubt: UnreadableReply"), "{field} {body:?}");
        }
        let cut = WireAnswer { body: None, ..answer(200, "") };
        assert!(line(&outgoing, &classify(&outgoing, &cut)).ends_with("in doubt: UnreadableReply"));
    }
}

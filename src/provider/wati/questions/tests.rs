//! Every question of both APIs, and every shape of answer that providers.md §3.3 and §3.4 has.

use serde_json::{Value, json};

use super::{ask, read};
use crate::domain::{ContactFilter, Found, Paging, Phone, Query, QueryFailure};
use crate::provider::wati::mode::Mode;
use crate::provider::wati::requests::Account;
use crate::provider::{WireAnswer, testing};

const SECOND: Paging = Paging { page: 2, size: Some(10) };

fn contacts(filter: ContactFilter) -> Query {
    Query::Contacts { filter, paging: Paging::FIRST }
}

fn filtered() -> Query {
    contacts(ContactFilter {
        name: Some("Ana Luíza".to_owned()),
        attribute: Some(("city".to_owned(), "São \"Paulo\"".to_owned())),
        created: Some("2024-05-14".to_owned()),
        ..ContactFilter::default()
    })
}

fn messages() -> Query {
    Query::Messages { phone: Phone::from_digits("5511987654321").expect("a number"), paging: SECOND }
}

fn recipients(id: &str) -> Query {
    Query::BroadcastRecipients { id: id.to_owned(), paging: Paging { page: 1, size: Some(500) } }
}

fn asked(mode: Mode, query: &Query) -> String {
    let account = Account::new("1234".to_owned(), "5511999990000".to_owned());
    match ask(&account, mode, query) {
        Ok(request) => {
            assert!(request.body.is_empty());
            format!("{} {}", request.method, request.path)
        }
        Err(refusal) => format!("not offered: {refusal}"),
    }
}

#[test]
fn questions_leave_as_the_mode_says() {
    let queries = [
        contacts(ContactFilter::default()),
        filtered(),
        messages(),
        Query::Templates { paging: SECOND },
        Query::Broadcast { id: "broadcast-123".to_owned() },
        Query::Broadcast { id: "broadcast-123/a1b2.7.0.1".to_owned() },
        recipients("broadcast-123"),
    ];
    let mut lines = String::new();
    for mode in [Mode::Single, Mode::V3] {
        for query in &queries {
            assert_eq!(asked(Mode::Bulk, query), asked(Mode::Single, query));
            lines.push_str(&format!("{}: {}\n", mode.word(), asked(mode, query)));
        }
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn what_wati_cannot_be_asked_is_said() {
    let filter = |filter| contacts(filter);
    let text = || String::from("x");
    let lines: Vec<String> = [
        filter(ContactFilter { identifier: Some(text()), ..ContactFilter::default() }),
        filter(ContactFilter { tags: vec![text()], ..ContactFilter::default() }),
        filter(ContactFilter { descending: true, ..ContactFilter::default() }),
        filter(ContactFilter { is_group: Some(true), ..ContactFilter::default() }),
        Query::Contact { id: text() },
        Query::Tags { name: None },
        Query::Groups,
        Query::GroupInvite { group: text() },
        Query::Broadcast { id: text() },
    ]
    .iter()
    .map(|query| asked(Mode::Single, query))
    .collect();
    assert!(lines.iter().all(|line| line.starts_with("not offered: ")), "{lines:?}");
    insta::assert_snapshot!(lines.join("\n"));
}

fn answer(status: u16, body: impl ToString) -> WireAnswer {
    WireAnswer { status, body: Some(body.to_string().into()), ..WireAnswer::default() }
}

fn found(query: &Query, body: &Value) -> Result<Found, QueryFailure> {
    read(&testing::limits("wati"), query, &answer(200, body))
}

fn shown(query: &Query, body: &Value) -> Value {
    let found = found(query, body).unwrap_or_else(|failure| panic!("{body}: {failure:?}"));
    serde_json::to_value(&found).expect("JSON")
}

#[test]
fn contacts_of_both_versions() {
    let one = json!({"result": "success", "contact_list": [
        {"id": "664300af", "wAid": "5511987654321", "firstName": "Ana", "fullName": "Ana Luíza",
         "phone": "5511987654321", "contactStatus": "VALID", "created": "May-14-2024",
         "customParams": [{"name": "city", "value": "Recife"}, {"name": "note", "value": null}],
         "allowBroadcast": false},
        {"id": 17, "wAid": null, "firstName": "Bia", "phone": "+55 11 98765-4322", "customParams": null},
    ], "link": {"prevPage": null, "nextPage": null, "pageNumber": 1, "pageSize": 10, "total": 2}});
    let three = json!({"contact_list": [
        {"id": "c1", "wa_id": "5511987654321", "name": "Ana", "phone": "5511987654321",
         "created": "2026-02-20T15:28:57.3372299Z", "contact_status": "VALID", "opted_in": true,
         "allow_broadcast": true, "teams": [], "segments": [],
         "custom_params": [{"name": "city", "value": "Recife"}], "channel_type": "whatsapp",
         "is_broadcast_limit_reached": false},
    ], "page_number": 1, "page_size": 10});
    let query = contacts(ContactFilter::default());
    insta::assert_json_snapshot!([shown(&query, &one), shown(&query, &three)]);
}

#[test]
fn messages_of_both_versions() {
    let one = json!({"result": "success", "messages": {"items": [
        {"id": "64a1", "created": "2024-05-14T10:00:00.1234567Z", "conversationId": "c", "ticketId": "t",
         "text": "Oi", "type": "text", "timestamp": "1665645642", "owner": true, "eventType": "message",
         "statusString": "DELIVERED", "failedDetail": null, "whatsappMessageId": "wamid.1",
         "localMessageId": "d38f", "operatorName": "…", "assignedId": "…"},
        {"id": "64a2", "timestamp": "1665645642", "owner": false, "eventType": "message", "text": "Sair",
         "statusString": "SENT"},
        {"id": "64a3", "eventType": "ticket", "created": "?", "timestamp": 1_665_645_642_000_u64},
        {"id": "64a4", "eventType": "broadcastMessage", "statusString": "FAILED", "failedDetail": "131026"},
    ]}, "link": {"prevPage": null, "nextPage": "…", "pageNumber": 2, "pageSize": 10, "total": 31}});
    let three = json!({"message_list": [
        {"text": "Oi", "type": "text", "timestamp": "2026-02-20T15:28:57.3372299Z", "owner": true,
         "status": "delivered", "assigned_id": "…", "operator_name": "…", "bot_type": "regular",
         "local_message_id": "a1b2.7.0.1", "id": "m1", "created": "2026-02-20T15:28:57.337229Z",
         "conversation_id": "…", "ticket_id": "…", "event_type": "message"},
    ], "page_number": 1, "page_size": 10});
    insta::assert_json_snapshot!([shown(&messages(), &one), shown(&messages(), &three)]);
}

#[test]
fn templates_of_both_versions() {
    let one = json!({"result": "success", "messageTemplates": [
        {"id": "1", "elementName": "promo", "category": "MARKETING", "status": "APPROVED",
         "language": {"key": "Portuguese (BR)", "value": "pt_BR", "text": "…"}, "body": "Olá {{name}}",
         "customParams": [{"paramName": "name", "paramValue": "…"}], "lastModified": "…"},
        {"id": "2", "elementName": "plain", "status": "PENDING", "language": "pt_BR", "body": "{{1}}, {{2}}, {{1}} {{",
         "customParams": null},
    ], "link": {"prevPage": null, "nextPage": null, "pageNumber": 1, "pageSize": 10, "total": 2}});
    let three = json!({"templates": [
        {"id": "1", "name": "promo", "category": "MARKETING", "status": "APPROVED",
         "language_option": {"key": "English (US)", "value": "en_US", "text": "…"}, "body": "Hello {{1}}",
         "custom_params": [{"name": "1", "value": "…"}], "quality": "GREEN"},
    ], "page_number": 1, "page_size": 10, "total": 1});
    let query = Query::Templates { paging: Paging::FIRST };
    insta::assert_json_snapshot!([shown(&query, &one), shown(&query, &three)]);
}

#[test]
fn broadcasts_and_their_recipients() {
    let broadcast = json!({"id": "broadcast-123", "channel_id": "…", "name": "…", "status": "processing",
        "template_id": "…", "fallback_templates": [], "created": "2024-01-15T10:30:00Z",
        "statistics": {"total_recipients": 1000, "total_pending": 0, "total_queued": 950, "total_failed": 50}});
    let people = json!({"recipients": [
        {"id": "recipient-123", "contact_id": "…", "contact_name": "John Doe", "contact_phone": "+1234567890",
         "status": "processing", "failed_code": null, "local_message_id": "a1b2.7.0.1",
         "message_id": "msg-101112", "custom_params": [], "created": "2024-01-15T10:30:00Z"},
        {"id": "recipient-124", "contact_phone": "+1234567891", "status": "failed", "failed_code": 131_026},
    ], "page_number": 1, "page_size": 10, "total_count": 2});
    let asked = Query::Broadcast { id: "broadcast-123".to_owned() };
    insta::assert_json_snapshot!([shown(&asked, &broadcast), shown(&recipients("broadcast-123"), &people)]);
}

/// Whether more follows a page of v1 or of v3 for which ten entries were asked.
fn has_more(page: u32, entries: usize, place: &Value) -> bool {
    let paging = Paging { page, size: Some(10) };
    let query = Query::Contacts { filter: ContactFilter::default(), paging };
    let mut body = json!({"result": "success", "contact_list": vec![json!({"id": "x"}); entries]});
    body.as_object_mut().expect("an object").extend(place.as_object().expect("an object").clone());
    found(&query, &body).expect("an answer").has_more()
}

#[test]
fn a_list_ends_where_nothing_follows() {
    let link = |next: Value, total: Value| json!({"link": {"nextPage": next, "total": total}});
    for (page, entries, place, expected) in [
        (1, 10, link(Value::Null, json!(10)), false),
        (1, 10, link(Value::Null, json!(11)), true),
        (2, 10, link(Value::Null, json!("20")), false),
        (1, 3, link(json!("…"), Value::Null), true),
        (1, 10, link(Value::Null, Value::Null), false),
        (9, 0, link(json!("…"), json!(1_000)), false),
        // Nothing says whether more follows: only an empty page does.
        (1, 10, json!({}), true),
        (1, 9, json!({}), true),
        (2, 0, json!({}), false),
    ] {
        assert_eq!(has_more(page, entries, &place), expected, "{page} {entries} {place}");
    }
}

#[test]
fn the_size_of_a_page_is_that_of_the_answer() {
    let link =
        |size: u32, total: Value| json!({"link": {"nextPage": null, "pageSize": size, "total": total}});
    for (page, entries, place, expected) in [
        // Ten were asked for and five is what Wati gives.
        (1, 5, json!({"page_size": 5}), true),
        (2, 4, json!({"page_size": 5}), false),
        (3, 5, json!({"page_size": 5, "total": 16}), true),
        (3, 5, json!({"page_size": "5", "total_count": 15}), false),
        (2, 5, link(5, json!(11)), true),
        (3, 1, link(5, json!(11)), false),
        (1, 5, link(5, Value::Null), true),
        (1, 4, link(5, Value::Null), false),
        // No size: the page itself shows how many fit.
        (2, 5, json!({"total": 16}), true),
    ] {
        assert_eq!(has_more(page, entries, &place), expected, "{page} {entries} {place}");
    }
}

#[test]
fn a_list_with_an_entry_that_cannot_be_read_is_no_answer() {
    let people = contacts(ContactFilter::default());
    let templates = Query::Templates { paging: Paging::FIRST };
    for bad in [Value::Null, json!({}), json!("?")] {
        for (query, body) in [
            (&people, json!({"result": "success", "contact_list": [{"id": "x"}, bad]})),
            (&messages(), json!({"result": "success", "messages": {"items": [bad]}})),
            (&messages(), json!({"message_list": [{"id": "x"}, bad]})),
            (&templates, json!({"templates": [bad]})),
            (&recipients("b1"), json!({"recipients": [bad]})),
        ] {
            let failure = found(query, &body).expect_err("no answer");
            assert!(matches!(failure, QueryFailure::Unanswered(_)), "{body}: {failure:?}");
        }
    }
}

#[test]
fn a_list_that_is_null_is_empty() {
    for (query, body) in [
        (contacts(ContactFilter::default()), json!({"result": "success", "contact_list": null})),
        (messages(), json!({"result": "success", "messages": null})),
        (messages(), json!({"result": true, "messages": {"items": null}})),
        (messages(), json!({"message_list": []})),
        (Query::Templates { paging: Paging::FIRST }, json!({"result": "success", "messageTemplates": null})),
    ] {
        let found = found(&query, &body).expect("an answer");
        assert!(!found.has_more(), "{body}");
        assert_eq!(serde_json::to_value(&found).expect("JSON")["items"], json!([]), "{body}");
    }
}

#[test]
fn what_is_no_answer_says_why() {
    let query = contacts(ContactFilter::default());
    let lines: Vec<String> = [
        answer(200, ""),
        answer(200, "[]"),
        answer(200, json!({})),
        answer(200, json!({"result": "error", "info": "Something else"})),
        answer(400, json!({"code": 400, "message": "page_size is required", "timestamp": "…"})),
        answer(400, "Invalid phone"),
        answer(400, ""),
        answer(401, ""),
        answer(404, ""),
        answer(409, ""),
        answer(409, json!({"code": 409, "message": "Multiple open conversations match the target"})),
        answer(429, ""),
        answer(500, json!({"code": 500, "message": "…"})),
    ]
    .iter()
    .map(|answer| {
        let failure = read(&testing::limits("wati"), &query, answer).expect_err("no answer");
        format!("{}: {failure:?}", answer.status)
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

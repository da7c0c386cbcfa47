//! The seed's own samples, every word and every code, and identifiers that no `f64` holds.

use serde_json::{Value, json};

use super::*;
use crate::domain::{FailureClass, Language};
use crate::provider::testing;

const STATUS: &str = include_str!("../../../../tests/data/seeds/devino/status_webhook.json");
const INBOUND: &str = include_str!("../../../../tests/data/seeds/devino/inbound_webhook.json");
const CODES: &str = include_str!("../../../../tests/data/seeds/devino/status_errors.txt");

fn heard_of(body: &str) -> Result<Vec<Heard>, Malformed> {
    hear(&testing::limits("devino"), body.as_bytes())
}

fn heard(body: &Value) -> Vec<Heard> {
    heard_of(&body.to_string()).unwrap_or_else(|refused| panic!("{body}: {refused}"))
}

fn receipt_of(body: &Value) -> Receipt {
    match heard(body).as_slice() {
        [Heard::Receipt(receipt)] => receipt.clone(),
        other => panic!("{body}: {other:?}"),
    }
}

fn news(status: &str, code: Value) -> News {
    receipt_of(&json!([{"messageId": 1, "status": status, "errorCode": code}])).news
}

fn inbound_of(body: &Value) -> Inbound {
    match heard(body).as_slice() {
        [Heard::Inbound(inbound)] => (**inbound).clone(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn the_seeds_status_is_heard_byte_for_byte() {
    let expected = Receipt {
        correlation: None,
        ids: vec![MessageId::Number(1)],
        to: None,
        template: None,
        created: None,
        // That the sample has an address and a browser makes it no click.
        news: News::Reached(Milestone::Delivered),
        at: Some(0),
    };
    assert_eq!(heard_of(STATUS), Ok(vec![Heard::Receipt(expected.clone())]));
    let alone = STATUS.trim().trim_start_matches('[').trim_end_matches(']');
    assert_eq!(heard_of(alone), Ok(vec![Heard::Receipt(expected)]));
}

#[test]
fn the_seeds_message_is_taken_byte_for_byte_and_heard_once_its_sender_is_a_number() {
    assert_eq!(heard_of(INBOUND), Ok(Vec::new()));
    let sent = INBOUND.replace("\"from\": \"str\"", "\"from\": \"5511987654321\"");
    let expected = Inbound {
        id: MessageId::Number(0),
        from: phone("5511987654321").expect("a number"),
        to: Some("str".into()),
        group: None,
        kind: "str".into(),
        text: Some("str".into()),
        payload: None,
        in_reply_to: None,
        profile: Some("str".into()),
        details: Some(r#"{"contentName":"str","contentType":"str","contentUrl":"str"}"#.into()),
        at: Some(0),
    };
    assert_eq!(heard_of(&sent), Ok(vec![Heard::Inbound(Box::new(expected))]));
}

#[test]
fn the_wire_writes_the_seeds_samples() {
    let read: Vec<Told<'_>> = serde_json::from_str(STATUS).expect("statuses");
    let as_written = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(serde_json::to_string(&read).expect("JSON"), as_written(STATUS));
    let read: Told<'_> = serde_json::from_str(INBOUND).expect("a message");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), as_written(INBOUND));
}

#[test]
fn every_word_is_known_in_any_case() {
    let failed = |code: &str| News::Failed(testing::limits("devino").failure(code, ""));
    for (word, expected) in [
        ("enqueued", News::Reached(Milestone::Queued)),
        ("queued", News::Reached(Milestone::Queued)),
        ("sent", News::Reached(Milestone::Sent)),
        ("delivered", News::Reached(Milestone::Delivered)),
        ("read", News::Reached(Milestone::Read)),
        ("seen", News::Reached(Milestone::Read)),
        ("visited", News::Clicked(Click::default())),
        ("clicked", News::Clicked(Click::default())),
        ("undelivered", failed(FAILED)),
        ("undelived", failed(FAILED)),
        ("failed", failed(FAILED)),
        ("rejected", failed("delivery.rejected")),
        ("cancelled", failed("delivery.cancelled")),
        ("canceled", failed("delivery.cancelled")),
        ("expired", failed("delivery.expired")),
        ("vp_expired", failed("delivery.expired")),
        ("Paused", News::Unknown("Paused".into())),
    ] {
        assert_eq!(news(word, json!(0)), expected, "{word}");
        if !matches!(expected, News::Unknown(_)) {
            assert_eq!(news(&word.to_uppercase(), Value::Null), expected, "{word}");
            assert_eq!(news(&format!(" {word} "), json!("0")), expected, "{word}");
        }
    }
}

/// `2002-2004`, `2010, 2011`, `2301`.
fn codes_of(line: &str) -> Vec<u32> {
    let start = line.find(|one: char| !one.is_ascii_digit() && !", -".contains(one)).expect("words");
    let of_part = |part: &str| {
        let mut ends = part.trim().split('-').map(|end| end.parse::<u32>().expect("a code"));
        let first = ends.next().expect("a code");
        first..=ends.next().unwrap_or(first)
    };
    line[..start].trim().split(',').flat_map(of_part).collect()
}

#[test]
fn every_code_of_the_seed_has_a_class_and_a_sentence_in_every_language() {
    let limits = testing::limits("devino");
    let mut lines = String::new();
    let codes: Vec<u32> = CODES.lines().filter(|line| !line.is_empty()).flat_map(codes_of).collect();
    assert_eq!((codes.len(), codes.first(), codes.last()), (27, Some(&2_000), Some(&2_313)));
    for code in codes {
        let row = limits.failure_row(&code.to_string()).unwrap_or_else(|| panic!("{code} has no row"));
        let News::Failed(failure) = news("UNDELIVERED", json!(code)) else { panic!("{code} is no failure") };
        assert_eq!(news("undelivered", json!(code.to_string())), News::Failed(failure.clone()));
        assert_eq!((failure.class, failure.retry), (row.class, row.retry));
        lines.push_str(&format!("{code} {:?}\n", failure.class));
        for language in Language::ALL {
            let told = limits.translate(&failure.reason.code, &failure.reason.sentence, language);
            lines.push_str(&format!("    {}\n", told.expect("translated")));
        }
    }
    insta::assert_snapshot!(lines);
}

#[test]
fn words_in_place_of_codes_and_codes_that_nobody_knows() {
    let class = |code: Value| match news("failed", code) {
        News::Failed(failure) => (failure.class, failure.reason),
        other => panic!("{other:?}"),
    };
    assert_eq!(class(json!("USER_BLOCKED")).0, FailureClass::Suppress);
    assert_eq!(class(json!("user_blocked")).0, FailureClass::Suppress);
    assert_eq!(class(json!("NOT_TEMPLATE_MATCH")).0, FailureClass::Stop);
    let (unknown, reason) = class(json!(2_399));
    assert_eq!((unknown, &*reason.code), (FailureClass::Final, "2399"));
    let limits = testing::limits("devino");
    let spanish = limits.translate(&reason.code, &reason.sentence, Language::Spanish).expect("translated");
    assert!(spanish.starts_with("el mensaje no fue entregado"), "{spanish}");
    // What is posted is never kept whole, nor a number in it.
    let (_, reason) = class(json!("5511987654321 ".repeat(100)));
    assert!(reason.code.chars().count() <= 201 && !reason.code.contains("5511987"), "{}", reason.code);
}

#[test]
fn a_code_is_a_failure_unless_the_person_has_the_message() {
    let failed = News::Failed(testing::limits("devino").failure("2305", ""));
    for (word, expected) in [
        ("QUEUED", failed.clone()),
        ("SENT", failed.clone()),
        ("EXPIRED", failed.clone()),
        ("ERROR", failed.clone()),
        ("", failed),
        ("DELIVERED", News::Reached(Milestone::Delivered)),
        ("READ", News::Reached(Milestone::Read)),
        ("CLICKED", News::Clicked(Click::default())),
    ] {
        assert_eq!(news(word, json!(2_305)), expected, "{word}");
    }
}

#[test]
fn a_click_says_from_where() {
    let receipt = receipt_of(&json!([{
        "messageId": "3482512350952730369", "ts": "1665645642123", "status": "Clicked", "ip": "127.0.0.1",
        "browser": "Firefox", "os": "", "userAgent": "Mozilla/5.0", "options": "a1b2.7.3.1",
    }]));
    let click = Click {
        browser: Some("Firefox".into()),
        os: None,
        user_agent: Some("Mozilla/5.0".into()),
        ip: Some("127.0.0.1".into()),
    };
    assert_eq!((receipt.news, receipt.at), (News::Clicked(click), Some(1_665_645_642_123)));
    assert_eq!(receipt.correlation.map(|ours| ours.to_string()).as_deref(), Some("a1b2.7.3.1"));
}

#[test]
fn an_identifier_is_never_rounded() {
    for (id, expected) in [
        ("3482512350952730369", 3_482_512_350_952_730_369),
        ("9007199254740993", 9_007_199_254_740_993),
        ("18446744073709551615", u64::MAX),
    ] {
        for written in [id.to_owned(), format!("\"{id}\"")] {
            let body = format!(r#"[{{"messageId":{written},"status":"READ"}}]"#);
            let [Heard::Receipt(receipt)] = &heard_of(&body).expect("heard")[..] else { panic!("{body}") };
            assert_eq!(receipt.ids, [MessageId::Number(expected)], "{body}");
        }
    }
    for written in
        ["1.0", "3482512350952730369.0", "1e3", "-1", "18446744073709551616", "null", "[1]", "\"\""]
    {
        let body = format!(r#"[{{"messageId":{written},"status":"READ"}}]"#);
        let refused = heard_of(&body).expect_err(written).to_string();
        assert!(refused.contains("whole number"), "{refused}");
        // Our own name is enough.
        let ours = format!(r#"[{{"messageId":{written},"status":"READ","options":"a1b2.7.0.1"}}]"#);
        let [Heard::Receipt(receipt)] = &heard_of(&ours).expect("heard")[..] else { panic!("{ours}") };
        assert!(receipt.ids.is_empty() && receipt.correlation.is_some(), "{ours}");
    }
    let incoming =
        inbound_of(&json!({"incomingMessageId": 3_482_512_350_952_730_369_u64, "from": "5511987654321"}));
    assert_eq!(incoming.id, MessageId::Number(3_482_512_350_952_730_369));
}

#[test]
fn places_people_and_files_are_kept_under_the_seeds_names() {
    let place = json!({"incomingMessageId": 7, "to": "MyCompany", "from": "+5511987654321", "ts": 1_665_645_642_123_i64,
        "whatsAppGeoLocation": {"latitude": -8.05, "longitude": -34.9, "address": "Rua X", "addressName": "Loja",
            "addressurl": "https://example.com"}});
    let people = json!({"incomingMessageId": 8, "from": "5511987654321", "whatsAppContacts": [{
        "addresses": [{"street": "Rua X", "city": "Recife", "state": "PE", "zip": "50000", "country": "Brasil",
            "countryCode": "BR", "type": "HOME"}],
        "birthday": "1990-01-31", "emails": [{"email": "ana@example.com", "type": "WORK"}],
        "contactName": {"firstName": "Ana", "middleName": "L", "lastName": "S", "formattedName": "Ana L S",
            "namePrefix": "Sra.", "nameSuffix": "Jr."},
        "contactCompany": {"company": "Loja", "department": "TI", "title": "Chefe"},
        "phones": [{"phone": "+5511987654321", "waId": "5511987654321", "type": "CELL"}],
        "urls": [{"url": "https://example.com", "type": "WORK"}]}]});
    let file = json!({"incomingMessageId": 9, "from": "5511987654321", "text": "veja", "profileName": "Ana",
        "contentUrl": "https://example.com/f.pdf", "contentType": "application/pdf", "contentName": "f.pdf"});
    let picture = json!([{"incomingMessageId": 10, "from": "5511987654321",
        "contentUrl": "https://example.com/f", "contentType": "image/jpeg"}]);
    let inbound: Vec<Inbound> = [place, people, file, picture].iter().map(inbound_of).collect();
    insta::assert_debug_snapshot!(inbound);
}

#[test]
fn the_older_apis_shapes_are_heard_too() {
    let status = json!([{"id": 3_158_611_117_333_282_816_u64, "receivedAt": "1527861323068", "status": "undelived",
        "errorCode": "error"}]);
    let receipt = receipt_of(&status);
    assert_eq!(receipt.ids, [MessageId::Number(3_158_611_117_333_282_816)]);
    assert_eq!(receipt.at, Some(1_527_861_323_068));
    assert!(matches!(&receipt.news, News::Failed(failure) if &*failure.reason.code == "error"));
    let written = json!([{"id": 5, "parentId": 3_158_611_117_333_282_816_u64, "receivedAt": "1527861323068",
        "subject": "MyCompany", "address": "5511987654321", "contentType": "text", "content": "Sair"}]);
    let file = json!([{"id": 6, "subject": "MyCompany", "address": "5511987654321", "contentType": "image/png",
        "content": "https://example.com/f.png", "contentName": "f.png"}]);
    insta::assert_debug_snapshot!([inbound_of(&written), inbound_of(&file)]);
}

#[test]
fn statuses_and_messages_may_come_to_one_address() {
    let both = json!([
        {"messageId": 1, "status": "READ"},
        {"incomingMessageId": 2, "from": "5511987654321", "text": "Sair"},
    ]);
    assert!(matches!(heard(&both)[..], [Heard::Receipt(_), Heard::Inbound(_)]));
}

//! Devino's rows (seed 002, "Códigos de erro"), in the seed's shape of an answer.

use disparo::domain::ErrorClass::{self, Campaign, Recipient, TooMany, Transient};

use super::bench::{Case, case, text};
use super::{by_status, each_comes_to_what_it_says};

/// `key`, `ref` as the seed writes it, and what it comes to.
const ROWS: [(&str, &str, ErrorClass); 21] = [
    ("billing.error", "", Campaign),
    ("forbidden", "", Campaign),
    ("unknown", "", Transient),
    ("invalid", "messages[i].to", Recipient),
    ("invalid", "messages[i].validity", Campaign),
    ("invalid", "messages[i].callbackUrl", Campaign),
    ("invalid", "messages[i].contentUrl", Recipient),
    ("invalid", "messages[i].contentType", Recipient),
    ("invalid", "messages[i].from", Campaign),
    ("invalid", "messages[i].languageCode", Campaign),
    ("length.too.long", "messages[i].to", Recipient),
    ("length.too.long", "messages[i].text", Recipient),
    ("length.too.long", "messages[i].languageCode", Campaign),
    ("length.too.short", "messages[i].contentName", Recipient),
    ("length.too.short", "messages[i].languageCode", Campaign),
    ("must.be.not.null", "messages[i].to", Recipient),
    ("must.be.not.null", "messages", Campaign),
    ("must.be.not.null", "messages[i].from", Campaign),
    ("must.be.not.null", "messages[i]", Recipient),
    ("not.available", "messages[i].from", Campaign),
    ("too.many.messages", "messages", TooMany),
];

fn row((key, reference, class): (&str, &str, ErrorClass)) -> Case {
    let mut reason = serde_json::json!({ "key": key });
    if !reference.is_empty() {
        reason["ref"] = reference.replace("[i]", "[0]").into();
    }
    let entry = serde_json::json!({ "code": "REJECTED", "reasons": [reason], "description": "não" });
    let answer = serde_json::json!({ "result": [entry] }).to_string();
    let field = reference.strip_prefix("messages[i].").unwrap_or(reference);
    case((key, field, ""), "devino", text(), [(200, &answer)], class)
}

#[test]
fn every_row_comes_to_what_it_says() {
    let mut cases: Vec<_> = ROWS.into_iter().map(row).collect();
    cases.extend(by_status("devino", text, &[]));
    let said = r#"{"result":[{"code":"REJECTED","description":"in the stop list"}]}"#;
    cases.push(case(("rejected", "", ""), "devino", text(), [(200, said)], Recipient));
    let silent = r#"{"result":[{"code":"REJECTED"}]}"#;
    cases.push(case(("rejected.silently", "", ""), "devino", text(), [(200, silent)], Recipient));
    each_comes_to_what_it_says("devino", cases, &[]);
}

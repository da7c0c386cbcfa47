//! Magic numbers: every error without a scenario.

use serde_json::{Value, json};

use super::bench::{Bench, body, message, template_message};
use crate::sandbox::devino::Devino;
use crate::sandbox::far_side::FarSide;

#[tokio::test]
async fn every_row_of_devino_has_a_number() {
    let bench = Bench::new("");
    for (ending, row) in Devino::MAGIC {
        let number = format!("559990000{ending:04}");
        // Twice, because it is always so, and beside somebody whom nobody refuses.
        for _ in 0..2 {
            let entries = bench.result(&json!([message("5511987654321"), message(&number)])).await;
            assert_eq!(entries[0]["code"], "OK");
            assert_eq!(entries[1]["reasons"][0]["key"], row.key, "{number}");
            assert_eq!(entries[1]["description"], row.description, "{number}");
        }
    }
    let ordinary = json!([message("5599900000000"), message("5599900009999"), message("5511900000001")]);
    assert!(bench.result(&ordinary).await.iter().all(|entry| entry["code"] == "OK"));
}

#[tokio::test]
async fn wati_has_its_own() {
    let bench = Bench::new("");
    let mut answers = Vec::new();
    for ending in 1..=4 {
        let number = format!("?whatsappNumber=559990000{ending:04}");
        answers.push(body(bench.wati(&number, &template_message()).await).await);
    }
    assert_eq!((&answers[0]["result"], &answers[0]["validWhatsAppNumber"]), (&json!(true), &json!(false)));
    let info: Vec<_> = answers[1..].iter().map(|answer| &answer["info"]).collect();
    assert_eq!(
        info,
        [
            "Check your template, it cannot have typos or blank text",
            "Template is not approved.",
            "Ticket has been expired.",
        ]
    );
    for (ending, info) in [(1, "Invalid WhatsApp number"), (5, "Contact not found")] {
        let path = format!("/1/api/v1/updateContactAttributes/559990000{ending:04}");
        let given = json!({ "customParams": [{ "name": "cidade", "value": "Rio" }] });
        let answer: Value = bench.wati_json("POST", &path, &given).await;
        assert_eq!((&answer["result"], &answer["info"]), (&json!(false), &json!(info)));
    }
    assert_eq!(bench.accepted_numbers().len(), 0);
}

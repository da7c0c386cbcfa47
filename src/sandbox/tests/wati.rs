//! Wati's rules and failures.

use serde_json::{Value, json};

use super::bench::{Bench, body, template_message};
use crate::provider::wati::wire::SendTemplateReply;

const NUMBER: &str = "?whatsappNumber=5511987654321";

fn with(changes: &Value) -> Value {
    let mut message = template_message();
    for (key, value) in changes.as_object().expect("an object") {
        message[key] = value.clone();
    }
    message
}

async fn answer(bench: &Bench, query: &str, changes: &Value) -> Value {
    let response = bench.wati(query, &with(changes)).await;
    assert_eq!(response.status(), 200, "{query} {changes}");
    body(response).await
}

#[tokio::test]
async fn a_message_that_is_taken_has_the_captured_shape() {
    let bench = Bench::new("");
    let body = answer(&bench, NUMBER, &json!({})).await;
    assert_eq!(body["result"], true);
    assert_eq!(body["validWhatsAppNumber"], true);
    assert_eq!(body["phone_number"], "5511987654321");
    assert_eq!(body["template_name"], "promo");
    assert_eq!(body["parameteres"], template_message()["parameters"]);
    assert_eq!(body["model"]["ids"], json!(["0000000030545e883472af00"]));
    for field in [
        "id",
        "wAid",
        "firstName",
        "fullName",
        "phone",
        "source",
        "contactStatus",
        "photo",
        "created",
        "customParams",
        "optedIn",
        "isDeleted",
        "lastUpdated",
        "allowBroadcast",
        "allowSMS",
        "teamIds",
        "isInFlow",
        "lastFlowId",
        "currentFlowNodeId",
        "selectedHubspotId",
    ] {
        assert!(body["contact"].get(field).is_some(), "{field} is missing in {body}");
    }
    let text = body.to_string();
    let read: SendTemplateReply<'_> = serde_json::from_str(&text).expect("the wire's type");
    assert_eq!(read.model.expect("a model").ids, ["0000000030545e883472af00"]);
    let [entry] = &bench.sandbox.record().accepted()[..] else { panic!("one entry") };
    assert_eq!((&*entry.sender, &*entry.callback_data), ("5511999990000", "Black Friday"));
}

#[tokio::test]
async fn business_failures_come_with_200() {
    let bench = Bench::new(
        "[wati]\nnumbers = [\"+5511999990000\"]\n\
         [wati.templates.promo]\nparams = [\"nome\", \"cupom\"]\n\
         [wati.templates.pending]\nparams = []\napproved = false",
    );
    let typo = "Check your template, it cannot have typos or blank text";
    let parameter = |name: &str, value: &str| json!({ "name": name, "value": value });
    let two = |first: Value, second: Value| json!({ "parameters": [first, second] });
    for (changes, info) in [
        (json!({ "template_name": "Promo" }), typo),
        (json!({ "template_name": "" }), typo),
        (json!({ "template_name": null }), typo),
        (json!({ "parameters": null }), typo),
        (json!({ "parameters": [parameter("nome", "Ana")] }), typo),
        (two(parameter("nome", "Ana"), parameter("cupom", " ")), typo),
        (two(parameter("nome", "Ana"), parameter("Cupom", "BF10")), typo),
        (two(parameter("nome", "Ana"), parameter("", "BF10")), typo),
        (json!({ "template_name": "pending", "parameters": [] }), "Template is not approved."),
        (json!({ "channelNumber": null }), "channelNumber is not a number of this account"),
        (json!({ "channelNumber": "5521999990000" }), "channelNumber is not a number of this account"),
        (json!({ "broadcast_name": " " }), "broadcast_name is required"),
    ] {
        let body = answer(&bench, NUMBER, &changes).await;
        assert_eq!((&body["result"], &body["info"]), (&json!(false), &json!(info)), "{changes}");
    }
    assert_eq!(bench.accepted_numbers().len(), 0);
    assert_eq!(answer(&bench, NUMBER, &json!({})).await["result"], true);
}

#[tokio::test]
async fn the_number_must_be_there_and_plausible() {
    let bench = Bench::new("");
    for query in
        ["", "?whatsappNumber=", "?number=5511987654321", "?whatsappNumber=5511987654321&whatsappNumber=1"]
    {
        assert_eq!(bench.wati(query, &template_message()).await.status(), 400, "{query}");
    }
    // A plus sign in a query is a blank, unless it is escaped.
    for number in ["123", "+5511987654321", "05511987654321", "ana", "5511987654321123"] {
        let body = answer(&bench, &format!("?whatsappNumber={number}"), &json!({})).await;
        assert_eq!(
            (&body["result"], &body["validWhatsAppNumber"]),
            (&json!(false), &json!(false)),
            "{number}"
        );
    }
    assert_eq!(answer(&bench, "?whatsappNumber=%2B5511987654321", &json!({})).await["result"], true);
}

#[tokio::test]
async fn a_person_who_is_not_on_whatsapp_is_told_by_one_field() {
    let bench = Bench::new("[[recipients]]\nrefuse = \"not_on_whatsapp\"\nendings = [\"21\"]");
    let body = answer(&bench, NUMBER, &json!({})).await;
    assert_eq!((&body["result"], &body["validWhatsAppNumber"]), (&json!(true), &json!(false)));
    assert_eq!(bench.accepted_numbers().len(), 0);
}

#[tokio::test]
async fn the_channels_number_goes_by_three_names() {
    let bench = Bench::new("");
    for name in ["channelNumber", "channel_number", "channel"] {
        let mut message = with(&json!({ "channelNumber": null }));
        message[name] = json!("5511999990000");
        let body = body(bench.wati(NUMBER, &message).await).await;
        assert_eq!(body["result"], true, "{name}");
    }
}

#[tokio::test]
async fn credentials_types_and_tenants() {
    let bench = Bench::new("");
    for authorization in ["Key secret", "Bearer", "Bearer Bearer secret", ""] {
        let post = bench.post(&format!("/1234/api/v1/sendTemplateMessage{NUMBER}"), &template_message());
        let response = post.header("authorization", authorization).send().await.expect("an answer");
        assert_eq!(response.status(), 401, "{authorization}");
        assert_eq!(response.bytes().await.expect("a body").len(), 0);
    }
    for (tenant, status) in [("1234", 200), ("whatsapp", 200), ("sandbox", 200), ("a/b", 404), ("", 404)] {
        let post = bench.post(&format!("/{tenant}/api/v1/sendTemplateMessage{NUMBER}"), &template_message());
        let response = post.header("authorization", "Bearer t").send().await.expect("an answer");
        assert_eq!(response.status(), status, "{tenant}");
    }
    for changes in
        [json!({ "parameters": "x" }), json!({ "parameters": ["x"] }), json!({ "template_name": 7 })]
    {
        assert_eq!(bench.wati(NUMBER, &with(&changes)).await.status(), 400, "{changes}");
    }
}

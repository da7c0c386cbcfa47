//! Wati's bulk sends, free text, chat status, messages and templates (v1).

use serde_json::{Value, json};

use super::bench::{Bench, body, template_message};

const NUMBER: &str = "5511987654321";
const OWN: &str = "5511999990000";

fn bulk(numbers: &[String]) -> Value {
    let params = json!([{ "name": "nome", "value": "Ana" }]);
    let receivers: Vec<_> =
        numbers.iter().map(|number| json!({ "whatsappNumber": number, "customParams": params })).collect();
    json!({
        "template_name": "promo", "broadcast_name": "Black Friday", "channelNumber": OWN,
        "receivers": receivers,
    })
}

fn people(count: u64) -> Vec<String> {
    (0..count).map(|index| (5_511_900_000_000 + index).to_string()).collect()
}

#[tokio::test]
async fn a_bulk_send_names_only_who_is_refused() {
    let bench = Bench::new("");
    let path = "/1/api/v1/sendTemplateMessages";
    let mut numbers = people(998);
    numbers.extend(["123".to_owned(), "5599900000001".to_owned()]);
    let answer = bench.wati_json("POST", path, &bulk(&numbers)).await;
    assert_eq!(answer["result"], true);
    assert_eq!(answer["errors"]["invalidWhatsappNumbers"], json!(["123", "5599900000001"]));
    assert!(answer.get("model").is_none(), "{answer}");
    assert_eq!(bench.accepted_numbers().len(), 998);
    for wrong in [people(0), people(1_001)] {
        assert_eq!(bench.ask_wati("POST", path, &bulk(&wrong)).await.status(), 400);
    }
    let known = Bench::new("[wati.templates.promo]\nparams = [\"nome\", \"cupom\"]");
    let answer = known.wati_json("POST", path, &bulk(&people(2))).await;
    assert_eq!(
        answer,
        json!({
            "result": false,
            "errors": {
                "error": "Check your template, it cannot have typos or blank text",
                "invalidCustomParameters": ["nome"], "invalidWhatsappNumbers": [],
            },
        })
    );
    assert_eq!(known.accepted_numbers().len(), 0);
}

#[tokio::test]
async fn free_text_needs_an_open_window_and_goes_by_three_ways() {
    let bench = Bench::new("[wati]\nopen_windows = [\"+5511987654321\"]");
    let path = format!("/1/api/v1/sendSessionMessage/{NUMBER}");
    let query = format!("{path}?messageText=Oi%20Ana&channelPhoneNumber={OWN}");
    let sent = bench.wati_json("POST", &query, &Value::Null).await;
    assert_eq!((&sent["result"], &sent["message"]["text"]), (&json!("success"), &json!("Oi Ana")));
    let seed = format!("{path}?messageText=Oi%20Ana");
    let sent = bench.wati_json("POST", &seed, &json!({ "channelPhoneNumber": OWN })).await;
    assert_eq!(sent["result"], "success");
    let json_body = json!({ "messageText": "Oi Ana", "channelPhoneNumber": OWN });
    assert_eq!(bench.wati_json("POST", &path, &json_body).await["result"], "success");
    let form = bench.client.post(bench.url(&path)).header("authorization", "Bearer t");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let form = form.body(format!("messageText=Oi+Ana&channelPhoneNumber={OWN}"));
    assert_eq!(form.send().await.expect("an answer").status(), 200);
    // All of them said the same to the same person.
    assert_eq!(bench.sandbox.record().state().duplicates, Some(3));

    let closed =
        format!("/1/api/v1/sendSessionMessage/5521987654321?messageText=Oi&channelPhoneNumber={OWN}");
    let expired = bench.wati_json("POST", &closed, &Value::Null).await;
    assert_eq!((&expired["result"], &expired["info"]), (&json!(false), &json!("Ticket has been expired.")));
    let nameless = bench.wati_json("POST", &seed, &Value::Null).await;
    assert_eq!(nameless["result"], false);
    let long = json!({ "messageText": "a".repeat(4_097), "channelPhoneNumber": OWN });
    assert_eq!(bench.wati_json("POST", &path, &long).await["result"], false);
    assert_eq!(bench.ask_wati("POST", &path, &Value::Null).await.status(), 400);
}

#[tokio::test]
async fn what_was_sent_is_in_the_conversation_of_the_number_that_sent_it() {
    let bench = Bench::new(
        "[wati.templates.promo]\nparams = [\"nome\", \"cupom\"]\nbody = \"Oi {{nome}}: {{cupom}}\"",
    );
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await;
    let other =
        format!("/1/api/v1/sendSessionMessage/{NUMBER}?messageText=Oi&channelPhoneNumber=5521999990000");
    bench.wati_json("POST", &other, &Value::Null).await;
    let path = format!("/1/api/v1/getMessages/{NUMBER}");
    let all = bench.wati_json("GET", &path, &Value::Null).await;
    let texts: Vec<_> =
        all["messages"]["items"].as_array().expect("items").iter().map(|one| &one["text"]).collect();
    assert_eq!(texts, ["Oi", "Oi Ana: BF10"]);
    assert_eq!(all["messages"]["items"][1]["id"], "0000000030545e883472af00");
    let own =
        bench.wati_json("GET", &format!("{path}?channelPhoneNumber={OWN}&pageSize=1"), &Value::Null).await;
    assert_eq!((&own["link"]["total"], &own["link"]["nextPage"]), (&json!(1), &Value::Null));
    let nobody = bench.wati_json("GET", "/1/api/v1/getMessages/5521987654321", &Value::Null).await;
    assert_eq!(nobody["messages"]["items"], json!([]));
}

#[tokio::test]
async fn a_chats_status_is_one_of_four_and_names_the_channel() {
    let bench = Bench::new("[wati]\nnumbers = [\"+5511999990000\"]");
    let path = "/1/api/v1/updateChatStatus";
    let with = |status: &str, channel: &str| json!({ "whatsappNumber": NUMBER, "ticketStatus": status, "channelPhoneNumber": channel });
    for status in ["OPEN", "PENDING", "BLOCK", "SOLVED"] {
        assert_eq!(bench.wati_json("POST", path, &with(status, OWN)).await["result"], true, "{status}");
    }
    for wrong in [
        with("solved", OWN),
        with("SOLVED", "5521999990000"),
        json!({ "whatsappNumber": NUMBER, "ticketStatus": "SOLVED" }),
        json!({ "ticketStatus": "SOLVED", "channelPhoneNumber": OWN }),
    ] {
        assert_eq!(bench.ask_wati("POST", path, &wrong).await.status(), 400, "{wrong}");
    }
    let account = bench.client.get(bench.url("/sandbox/account/wati")).send().await.expect("an answer");
    let account = body(account).await;
    assert_eq!(account["conversations"][0]["status"], "SOLVED");
    let kinds: Vec<_> = bench.sandbox.record().accepted().iter().map(|one| one.kind.to_string()).collect();
    assert_eq!(kinds, ["set_chat_status"; 4]);
}

#[tokio::test]
async fn templates_are_those_of_the_scenario() {
    let bench = Bench::new(
        "[wati.templates.promo]\nparams = [\"nome\"]\n[wati.templates.nova]\napproved = false\nlanguage = \"es\"",
    );
    let list =
        bench.wati_json("GET", "/1/api/v1/getMessageTemplates?pageSize=1&pageNumber=2", &Value::Null).await;
    let [promo] = &list["messageTemplates"].as_array().expect("a list")[..] else { panic!("{list}") };
    assert_eq!((&promo["elementName"], &promo["status"]), (&json!("promo"), &json!("APPROVED")));
    assert_eq!(promo["customParams"], json!([{ "paramName": "nome", "paramValue": "" }]));
    assert_eq!((&promo["language"]["value"], &list["link"]["total"]), (&json!("pt_BR"), &json!(2)));
}

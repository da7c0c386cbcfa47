//! The omnichannel over real HTTP: what it takes, what it refuses, what it keeps.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::{Bench, body};

const ACCOUNT: &str = "9a92ea44";

/// A call with a token; a body that is not null is sent as JSON.
async fn call(bench: &Bench, method: Method, path: &str, payload: Value) -> (u16, Value) {
    let mut request = bench.client.request(method, bench.url(path)).header("authorization", "Bearer t");
    if !payload.is_null() {
        request = request.header("content-type", "application/json").body(payload.to_string());
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), body(answer).await)
}

async fn post(bench: &Bench, path: &str, payload: Value) -> (u16, Value) {
    call(bench, Method::POST, path, payload).await
}

async fn get(bench: &Bench, path: &str) -> (u16, Value) {
    call(bench, Method::GET, path, Value::Null).await
}

fn contact(identifier: &str) -> Value {
    json!({
        "clientIdentifier": ACCOUNT, "channelId": "689a", "contactIdentifier": identifier, "name": "João Silva",
        "type": "individual", "channelType": "whatsapp",
    })
}

fn message(number: &str) -> Value {
    json!({"channelId": "689a", "recipientNumber": number, "platform": "karoochat", "text": "Oi"})
}

/// The id of a contact that is made now.
async fn made(bench: &Bench, identifier: &str) -> String {
    let (status, made) = post(bench, "/contacts", contact(identifier)).await;
    assert_eq!(status, 201, "{made}");
    made["_id"].as_str().expect("an id").to_owned()
}

async fn tag(bench: &Bench, name: &str) -> String {
    let payload = json!({"clientIdentifier": ACCOUNT, "name": name, "color": "#ff0000"});
    let (status, made) = post(bench, "/tags", payload).await;
    assert_eq!(status, 201, "{made}");
    made["_id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_contact_is_made_once_changed_and_found() {
    let bench = Bench::new("");
    let id = made(&bench, "5521999999999").await;
    assert_eq!((id.len(), id.bytes().all(|byte| byte.is_ascii_hexdigit())), (24, true));
    let (status, twin) = post(&bench, "/contacts", contact("5521999999999")).await;
    assert_eq!((status, &twin["message"]), (409, &json!("Contact already exists")));
    let elsewhere = json!({"channelId": "another"});
    let mut other = contact("5521999999999");
    other["channelId"] = elsewhere["channelId"].clone();
    assert_eq!(post(&bench, "/contacts", other).await.0, 201);

    let change = json!({"clientIdentifier": ACCOUNT, "contactId": id, "customName": "J", "isIgnored": true});
    let path = format!("/contacts/{id}");
    let (status, changed) = call(&bench, Method::PUT, &path, change).await;
    assert_eq!((status, &changed["customName"], &changed["isIgnored"]), (200, &json!("J"), &json!(true)));
    let (_, same) = get(&bench, &format!("{path}?clientIdentifier={ACCOUNT}")).await;
    assert_eq!(same, changed);
    assert_eq!(get(&bench, &format!("{path}?clientIdentifier=stranger")).await.0, 404);
    let wrong = json!({"clientIdentifier": ACCOUNT, "contactId": "other", "customName": "J"});
    assert_eq!(call(&bench, Method::PUT, &path, wrong).await.0, 400);
}

#[tokio::test]
async fn pages_order_and_filters_are_honoured() {
    let bench = Bench::new("");
    for index in 0..35_u64 {
        made(&bench, &(5_521_900_000_000 + index).to_string()).await;
    }
    let list = |query: &str| format!("/contacts?clientIdentifier={ACCOUNT}{query}");
    let (_, first) = get(&bench, &list("")).await;
    assert_eq!((first["data"].as_array().map(Vec::len), &first["total"]), (Some(30), &json!(35)));
    let (_, last) = get(&bench, &list("&page=2&order=desc")).await;
    assert_eq!(last["data"].as_array().map(Vec::len), Some(5));
    assert_eq!(last["data"][4]["contactIdentifier"], "5521900000000");
    for (query, expected) in [
        ("&contactIdentifier=5521900000007", 1),
        ("&contactIdentifier=552190000000", 0),
        ("&name=silva", 35),
        ("&name=maria", 0),
        ("&type=group", 0),
        ("&type=individual&limit=3", 35),
    ] {
        assert_eq!(get(&bench, &list(query)).await.1["total"], expected, "{query}");
    }
    for query in ["&page=0", "&limit=x", "&order=up", "&type=person", "&channelType=telegram"] {
        assert_eq!(get(&bench, &list(query)).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn tags_are_put_on_taken_off_and_go_with_their_deletion() {
    let bench = Bench::new("");
    let (id, vip, old) =
        (made(&bench, "5521999999999").await, tag(&bench, "VIP").await, tag(&bench, "Old").await);
    let tags = format!("/contacts/{id}/tags");
    let put = |tags: Value| json!({"clientIdentifier": ACCOUNT, "contactId": id, "tagIds": tags});
    assert_eq!(post(&bench, &tags, put(json!([vip, old, vip]))).await.1["tagIds"], json!([vip, old]));
    let (status, unknown) = post(&bench, &tags, put(json!(["nobody's"]))).await;
    assert_eq!((status, &unknown["message"]), (404, &json!("Tag not found")));
    let (_, whose) = get(&bench, &format!("/tags/{vip}/contacts?clientIdentifier={ACCOUNT}")).await;
    assert_eq!(whose["data"][0]["_id"], json!(id));
    let query = format!("{tags}?clientIdentifier={ACCOUNT}&tagIds={old}");
    assert_eq!(call(&bench, Method::DELETE, &query, Value::Null).await.1["tagIds"], json!([vip]));
    let path = format!("/tags/{vip}?clientIdentifier={ACCOUNT}");
    assert_eq!(call(&bench, Method::DELETE, &path, Value::Null).await.0, 200);
    assert_eq!(call(&bench, Method::DELETE, &path, Value::Null).await.0, 404);
    assert_eq!(get(&bench, &format!("{tags}?clientIdentifier={ACCOUNT}")).await.1, json!([]));
    let twin = json!({"clientIdentifier": ACCOUNT, "name": "Old", "color": "#00ff00"});
    assert_eq!(post(&bench, "/tags", twin).await.0, 409);
    for color in ["red", "#ff00", "ff0000", "#ff000g"] {
        let wrong = json!({"clientIdentifier": ACCOUNT, "name": "New", "color": color});
        assert_eq!(post(&bench, "/tags", wrong).await.0, 400, "{color}");
    }
}

#[tokio::test]
async fn a_conversation_is_opened_spoken_in_and_a_message_taken_back() {
    let bench = Bench::new("");
    let start = json!({
        "platformConfigId": "64ef", "channelId": "689a", "clientProviderId": "5521988887777", "userName": "João",
    });
    let (status, refused) = post(&bench, "/conversations/whatsappweb", start.clone()).await;
    assert_eq!((status, &refused["message"]), (400, &json!("companyName should not be empty")));
    let mut by_id = start.clone();
    by_id["companyId"] = json!("XYZ");
    assert_eq!(post(&bench, "/conversations/whatsappweb", by_id).await.0, 201);
    assert_eq!(post(&bench, "/conversations/telegram", start.clone()).await.0, 400);
    let (status, opened) = post(&bench, "/conversations/d360", start).await;
    assert_eq!(status, 201);
    let speak = |session: &Value| json!({"agentName": "Ana", "sessionId": session, "text": "Oi"});
    let (status, said) = post(&bench, "/messages", speak(&opened["sessionId"])).await;
    assert_eq!(status, 201, "{said}");
    assert_eq!(post(&bench, "/messages", speak(&json!("none"))).await.0, 404);
    let (_, sent) = post(&bench, "/messages/proactive", message("5521988887777")).await;
    let id = sent["_id"].as_str().expect("an id");
    let wrong = format!("/messages/{id}?senderId=s&channelSlug=other");
    assert_eq!(call(&bench, Method::DELETE, &wrong, Value::Null).await.0, 404);
    let path = format!("/messages/{id}?senderId=s&channelSlug=karoochat");
    assert_eq!(call(&bench, Method::DELETE, &path, Value::Null).await.0, 200);
    assert_eq!(call(&bench, Method::DELETE, &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn what_the_seed_does_not_allow_is_refused_field_by_field() {
    let bench = Bench::new("");
    let silent = json!({"channelId": "689a", "recipientNumber": "5521988887777", "platform": "k"});
    let nowhere = json!({"channelId": "", "recipientNumber": "+5521988887777", "mediaUri": "x"});
    let mut stranger = contact("maria");
    stranger["isIgnored"] = json!("yes");
    for (path, payload, expected) in [
        ("/messages/proactive", silent, json!("text should not be empty where there is no mediaUri")),
        (
            "/messages/proactive",
            nowhere,
            json!([
                "channelId must be a string that is not blank",
                "recipientNumber must be a phone number",
                "platform should not be empty",
                "mediaUri must be a URL address",
            ]),
        ),
        ("/contacts", stranger, json!("isIgnored must be a boolean value")),
        ("/contacts", contact("maria"), json!("contactIdentifier must be a phone number")),
        ("/contacts", json!([]), json!("the body is not an object")),
    ] {
        let (status, refused) = post(&bench, path, payload).await;
        assert_eq!((status, &refused["message"]), (400, &expected), "{path}");
    }
    let (status, refused) = post(&bench, "/messages/interactive", json!({})).await;
    assert_eq!((status, &refused["message"]), (501, &json!("Não implementado")));
    let bare = bench.client.post(bench.url("/contacts")).send().await.expect("an answer");
    assert_eq!(bare.status(), 401);
}

#[tokio::test]
async fn a_scenario_says_what_is_there_and_who_is_refused() {
    let bench = Bench::new(
        r##"
        [omnichannel]
        channels = ["689a"]
        platforms = ["karoochat"]
        contacts = [{ identifier = "5521988887777", name = "Ana", tags = ["VIP"], ignored = true }]
        tags = [{ name = "VIP" }]
        [[recipients]]
        refuse = "disconnected"
        numbers = ["+5521966665555"]
        "##,
    );
    let (_, found) = get(&bench, "/tags/VIP/contacts?clientIdentifier=anybody").await;
    assert_eq!((&found["total"], &found["data"][0]["isIgnored"]), (&json!(1), &json!(true)));
    for (number, field, value, expected) in [
        ("5521988887777", "text", "Oi", 201),
        ("5521966665555", "text", "Oi", 400),
        ("5521988887777", "channelId", "other", 404),
        ("5521988887777", "platform", "other", 400),
        // Magic.
        ("5599900000001", "text", "Oi", 400),
        ("5599900000003", "text", "Oi", 404),
    ] {
        let mut payload = message(number);
        payload[field] = json!(value);
        assert_eq!(post(&bench, "/messages/proactive", payload).await.0, expected, "{number} {field}");
    }
    let mut more = message("5521988887777");
    more["buttons"] = json!([]);
    post(&bench, "/messages/proactive", more).await;
    assert_eq!(bench.sandbox.record().state().unknown_fields.get("buttons"), Some(&1));
}

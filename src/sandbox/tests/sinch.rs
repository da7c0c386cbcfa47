//! Sinch's far side: messages, and groups that change.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::bench::{Bench, body};

const SEND: &str = "/v1/whatsapp/send";
const GROUPS: &str = "/v1/whatsapp/groups";

/// A call with credentials; a body of `Null` is none.
async fn call(bench: &Bench, method: Method, path: &str, body: &Value) -> Response {
    let request = bench.client.request(method, bench.url(path));
    let request = request.header("userName", "maria").header("authenticationToken", "t");
    let request = if body.is_null() {
        request
    } else {
        request.header("content-type", "application/json").body(body.to_string())
    };
    request.send().await.expect("an answer")
}

async fn status(bench: &Bench, method: Method, path: &str, body: &Value) -> u16 {
    call(bench, method, path, body).await.status().as_u16()
}

async fn asked(bench: &Bench, path: &str) -> Value {
    let response = call(bench, Method::GET, path, &Value::Null).await;
    assert_eq!(response.status(), 200, "{path}");
    body(response).await
}

/// Makes a group; gives its path.
async fn group(bench: &Bench, subject: &str) -> String {
    let made = body(call(bench, Method::POST, GROUPS, &json!({ "subject": subject })).await).await;
    format!("{GROUPS}/{}", made["groups"][0]["id"].as_str().expect("an id"))
}

async fn join(bench: &Bench, path: &str, number: &str) -> u16 {
    let link = asked(bench, &format!("{path}/invite")).await["groups"][0]["link"].clone();
    let post = bench.post("/sandbox/sinch/join", &json!({ "link": link, "waId": number }));
    post.send().await.expect("an answer").status().as_u16()
}

fn text_to(destinations: Value) -> Value {
    json!({ "destinations": destinations, "message": { "messageText": "Oi" } })
}

#[tokio::test]
async fn a_message_is_taken_for_each_destination() {
    let bench = Bench::new("");
    let path = group(&bench, "Clube").await;
    let id = path.rsplit('/').next().expect("an id");
    let destinations = json!([
        { "correlationId": "a.1.0.1", "destination": "5519900001111", "recipientType": "individual" },
        { "correlationId": "a.1.1.1", "destination": "+55(19) 900002222" },
        { "destination": id, "recipientType": "group" },
    ]);
    let answer = body(call(&bench, Method::POST, SEND, &text_to(destinations)).await).await;
    let taken = answer["destination"].as_array().expect("destinations");
    assert_eq!(taken.len(), 3);
    assert_eq!(answer["Id"], taken[0]["id"]);
    assert_eq!(taken[1]["correlationId"], "a.1.1.1");
    assert_eq!(taken[1]["destination"], "+55(19) 900002222");
    assert_eq!(taken[2].get("correlationId"), None);
    let record = bench.sandbox.record().accepted();
    let ids: Vec<_> =
        record.iter().filter(|entry| &*entry.kind == "message").map(|entry| entry.message_id()).collect();
    let given: Vec<_> = taken.iter().map(|entry| entry["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ids, given);
}

#[tokio::test]
async fn what_is_not_as_documented_is_refused() {
    let bench = Bench::new("");
    let to = json!([{ "destination": "5519900001111" }]);
    let with = |message: Value| json!({ "destinations": to, "message": message });
    let file = |kind: &str, url: &str| json!({ "type": kind, "url": url });
    for (unfit, why) in [
        (json!([]), "no object"),
        (json!({ "message": { "messageText": "Oi" } }), "no destinations"),
        (text_to(json!([])), "nobody"),
        (text_to(json!([{ "destination": 5 }])), "a number that is no text"),
        (text_to(json!([{ "destination": "" }])), "an empty destination"),
        (text_to(json!([{ "destination": "19-abc" }])), "no number"),
        (text_to(json!([{ "destination": "5519900001111", "recipientType": "list" }])), "another type"),
        (text_to(json!([{ "destination": "5519900000000-1", "recipientType": "group" }])), "no group"),
        (with(json!({})), "no content"),
        (with(json!({ "messageText": " " })), "a blank text"),
        (
            with(json!({ "messageText": "Oi", "image": file("JPG", "https://example.com/a.jpg") })),
            "two contents",
        ),
        (with(json!({ "messageText": "Oi", "ttl": 31 })), "31 days"),
        (with(json!({ "image": file("image/jpeg", "https://example.com/a.jpg") })), "a MIME type"),
        (with(json!({ "image": file("JPG", "a.jpg") })), "no address"),
        (with(json!({ "location": { "geoPoint": "91,0" } })), "beyond the pole"),
        (with(json!({ "contacts": [] })), "nobody to know"),
        (with(json!({ "contacts": [{ "name": { "first_name": "Ana" }, "phones": [] }] })), "no phones"),
        (
            with(
                json!({ "hsm": { "elementName": "a", "languageCode": "pt_BR", "languagePolicy": "FALLBACK" } }),
            ),
            "no namespace",
        ),
        (
            with(
                json!({ "hsm": { "namespace": "n", "elementName": "a", "languageCode": "pt_BR", "languagePolicy": "deterministic" } }),
            ),
            "a policy in lower case",
        ),
    ] {
        let response = call(&bench, Method::POST, SEND, &unfit).await;
        assert_eq!(response.status(), 400, "{why}");
        assert!(body(response).await["errorMessage"].is_string(), "{why}");
    }
    assert!(bench.sandbox.record().accepted().is_empty());
}

#[tokio::test]
async fn a_magic_number_refuses_the_whole_call() {
    let bench = Bench::new("");
    let to = json!([{ "destination": "5519900001111" }, { "destination": "5599900000204" }]);
    let response = call(&bench, Method::POST, SEND, &text_to(to)).await;
    assert_eq!(response.status(), 400);
    let expected = json!({ "errorCode": 204, "errorMessage": "DESTINATION_BLOCKED_BY_OPTOUT" });
    assert_eq!(body(response).await, expected);
    assert!(bench.sandbox.record().accepted().is_empty());
}

#[tokio::test]
async fn a_group_lives_from_its_making_to_its_leaving() {
    let bench = Bench::new("");
    let path = group(&bench, "Clube").await;
    let id = path.rsplit('/').next().expect("an id").to_owned();
    assert_eq!(asked(&bench, GROUPS).await, json!({ "groups": [{ "id": id }] }));
    assert_eq!(status(&bench, Method::PUT, &path, &json!({ "subject": "Clube do Livro" })).await, 200);

    let admins = format!("{path}/admins");
    let ana = json!({ "waIds": ["5519900001111"] });
    assert_eq!(status(&bench, Method::PATCH, &admins, &ana).await, 400, "she is not in it");
    assert_eq!(join(&bench, &path, "5519900001111").await, 200);
    assert_eq!(status(&bench, Method::PATCH, &admins, &ana).await, 200);
    let told = asked(&bench, &path).await["groups"][0].clone();
    assert_eq!(told["subject"], "Clube do Livro");
    assert_eq!(told["creator"], "5519900000000");
    assert_eq!(told["participants"], json!(["5519900000000", "5519900001111"]));
    assert_eq!(told["admins"], json!(["5519900000000", "5519900001111"]));
    assert_eq!(status(&bench, Method::DELETE, &admins, &ana).await, 200);
    assert_eq!(status(&bench, Method::DELETE, &admins, &ana).await, 400, "she is none any more");

    let participants = format!("{path}/participants");
    let both = json!({ "waIds": ["5519900001111", "5519900002222"] });
    assert_eq!(status(&bench, Method::DELETE, &participants, &both).await, 400, "one is not in it");
    assert_eq!(asked(&bench, &path).await["groups"][0]["participants"].as_array().map(Vec::len), Some(2));
    assert_eq!(status(&bench, Method::DELETE, &participants, &ana).await, 200);

    let leave = format!("{path}/leave");
    assert_eq!(status(&bench, Method::POST, &leave, &Value::Null).await, 200);
    assert_eq!(status(&bench, Method::POST, &leave, &Value::Null).await, 400, "it is not in it any more");
    assert_eq!(status(&bench, Method::GET, &path, &Value::Null).await, 404);
    assert_eq!(asked(&bench, GROUPS).await, json!({ "groups": [] }));
    let to = text_to(json!([{ "destination": id, "recipientType": "group" }]));
    assert_eq!(status(&bench, Method::POST, SEND, &to).await, 400);
}

#[tokio::test]
async fn an_invite_link_changes_when_it_is_revoked() {
    let bench = Bench::new("");
    let path = group(&bench, "Clube").await;
    let invite = format!("{path}/invite");
    let first = asked(&bench, &invite).await;
    assert_eq!(first, asked(&bench, &invite).await);
    assert_eq!(status(&bench, Method::DELETE, &invite, &Value::Null).await, 200);
    assert_ne!(first, asked(&bench, &invite).await);
    let old = json!({ "link": first["groups"][0]["link"], "waId": "5519900001111" });
    let response = bench.post("/sandbox/sinch/join", &old).send().await.expect("an answer");
    assert_eq!(response.status(), 422);
    for (path, status) in
        [("/sandbox/sinch/dance", 422), ("/sandbox/devino/join", 422), ("/sandbox/pigeon/join", 404)]
    {
        let response = bench.post(path, &old).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn an_icon_is_set_as_what_it_is() {
    let bench = Bench::new("");
    let path = format!("{}/icon", group(&bench, "Clube").await);
    let set = |content_type: &'static str, image: &'static [u8]| {
        let post = bench.client.post(bench.url(&path)).header("username", "maria");
        let post = post.header("authenticationtoken", "t").header("content-type", content_type);
        async move { post.body(image).send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(status(&bench, Method::GET, &path, &Value::Null).await, 404);
    assert_eq!(status(&bench, Method::DELETE, &path, &Value::Null).await, 404);
    assert_eq!(set("image/jpeg", b"\x89PNG\r\n\x1a\n").await, 400, "it is a PNG");
    assert_eq!(set("text/plain", b"a").await, 400);
    assert_eq!(set("image/png", b"\x89PNG\r\n\x1a\n....").await, 200);
    let icon = asked(&bench, &path).await;
    assert_eq!(icon["mimeType"], "image/png");
    assert_eq!(icon["extraData"]["Content-Length"], "12");
    assert_eq!(status(&bench, Method::DELETE, &path, &Value::Null).await, 200);
    assert_eq!(status(&bench, Method::GET, &path, &Value::Null).await, 404);
}

#[tokio::test]
async fn subjects_have_25_characters_and_groups_without_use_are_few() {
    let bench = Bench::new("[sinch]\nmost_unused_groups = 2\nsuccess = \"{}\"");
    let subject = |characters: usize| json!({ "subject": "ã".repeat(characters) });
    assert_eq!(status(&bench, Method::POST, GROUPS, &subject(26)).await, 400);
    assert_eq!(status(&bench, Method::POST, GROUPS, &subject(0)).await, 400);
    assert_eq!(status(&bench, Method::POST, GROUPS, &subject(25)).await, 200);
    let path = group(&bench, "Clube").await;
    let refused = call(&bench, Method::POST, GROUPS, &subject(1)).await;
    assert_eq!(refused.status(), 400);
    assert!(body(refused).await["errorMessage"].as_str().is_some_and(|words| words.contains("unused")));
    // Used, it no longer counts; left, neither.
    assert_eq!(join(&bench, &path, "5519900001111").await, 200);
    let third = group(&bench, "Coro").await;
    assert_eq!(status(&bench, Method::POST, GROUPS, &subject(1)).await, 400);
    let left = call(&bench, Method::POST, &format!("{third}/leave"), &Value::Null).await;
    assert_eq!(left.text().await.expect("a body"), "{}");
    assert_eq!(status(&bench, Method::POST, GROUPS, &subject(1)).await, 200);
    assert_eq!(status(&bench, Method::PUT, &format!("{GROUPS}/1-1"), &subject(1)).await, 404);
    assert_eq!(status(&bench, Method::POST, &format!("{GROUPS}/1-1/leave"), &Value::Null).await, 404);
}

#[tokio::test]
async fn without_user_and_token_nothing_is_done() {
    let bench = Bench::new("");
    let verbatim = include_str!("../../../tests/data/seeds/sinch/unauthorized_response.json").trim_end();
    for header in ["userName", "authenticationToken"] {
        let get = bench.client.get(bench.url(GROUPS)).header(header, "maria");
        let response = get.send().await.expect("an answer");
        assert_eq!(response.status(), 401);
        let told: Value = serde_json::from_str(verbatim).expect("JSON");
        assert_eq!(body(response).await, told);
    }
}

#[tokio::test]
async fn too_many_calls_are_420_or_429_as_the_scenario_says() {
    for limit in [420, 429] {
        let bench = Bench::new(&format!("[rate_limit]\nrate = \"1 calls/10s\"\nstatus = {limit}"));
        assert_eq!(status(&bench, Method::GET, GROUPS, &Value::Null).await, 200);
        let response = call(&bench, Method::GET, GROUPS, &Value::Null).await;
        assert_eq!(response.status(), limit);
        assert_eq!(body(response).await["errorCode"], limit);
    }
}

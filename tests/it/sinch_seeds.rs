//! Seed 001, byte for byte: its requests against the real sandbox. Its answers before the real client are in
//! `sinch_replay`.

use serde_json::{Value, json};

use crate::harness::Workspace;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../data/seeds/sinch/", $name))
    };
}

/// What a curl of the seed sends: these very bytes as the body.
fn call(base_url: &str, method: &str, path: &str, content_type: &str, body: &'static [u8]) -> (u16, String) {
    let mut headers = vec![("userName", "maria"), ("authenticationToken", "t")];
    if !body.is_empty() {
        headers.push(("content-type", content_type));
    }
    send(base_url, method, path, &headers, body)
}

fn send(
    base_url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static [u8],
) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let method = method.parse().expect("a method");
        let mut request = client.request(method, format!("{base_url}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.body(body);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    })
}

/// The keys of an answer, whatever their values: its shape.
fn shape(json: &str) -> Value {
    fn keys(value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (key.clone(), keys(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Value::Array(items) => items.iter().take(1).map(keys).collect(),
            Value::Bool(_) => json!("truth"),
            Value::Number(_) => json!("number"),
            Value::String(_) => json!("text"),
            Value::Null => Value::Null,
        }
    }
    keys(&serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}")))
}

#[test]
fn the_seeds_requests_get_the_seeds_answers() {
    for (scenario, success) in [("[sinch]\nsuccess = \"null\"", "null"), ("[sinch]\nsuccess = \"{}\"", "{}")]
    {
        let workspace = Workspace::with_scenario(scenario);
        workspace.is_not_judged("nothing is sent by a run");
        let base_url = workspace.sandbox().base_url();
        let ask = |path: &str| {
            let (status, body) = call(base_url, "GET", path, "", b"");
            assert_eq!(status, 200, "{path}: {body}");
            body
        };
        let change = |method: &str, path: &str, body: &'static str| {
            let answer = call(base_url, method, path, "application/json", body.as_bytes());
            assert_eq!(answer, (200, success.to_owned()), "{method} {path}");
        };
        let (status, made) = call(
            base_url,
            "POST",
            "/v1/whatsapp/groups",
            "application/json",
            sample!("create_group_request.json").as_bytes(),
        );
        assert_eq!((status, shape(&made)), (200, shape(sample!("create_group_response.json"))));
        let made: Value = serde_json::from_str(&made).expect("JSON");
        let group = format!("/v1/whatsapp/groups/{}", made["groups"][0]["id"].as_str().expect("an id"));

        assert_eq!(shape(&ask("/v1/whatsapp/groups")), shape(sample!("groups_response.json")));
        assert_eq!(shape(&ask(&group)), shape(sample!("group_response.json")));
        let told: Value = serde_json::from_str(&ask(&group)).expect("JSON");
        let sample: Value = serde_json::from_str(sample!("group_response.json")).expect("JSON");
        for key in ["admins", "participants", "creator", "subject"] {
            assert_eq!(told["groups"][0][key], sample["groups"][0][key], "{key}");
        }
        assert_eq!(shape(&ask(&format!("{group}/invite"))), shape(sample!("invite_response.json")));
        change("PUT", &group, sample!("set_subject_request.json"));
        change("DELETE", &format!("{group}/invite"), "");
        change("PATCH", &format!("{group}/admins"), sample!("add_admins_request.json"));

        let icon = format!("{group}/icon");
        assert_eq!(call(base_url, "GET", &icon, "", b"").0, 404);
        let set = call(base_url, "POST", &icon, "image/jpeg", b"\xFF\xD8\xFF\xE0 and so on");
        assert_eq!(set, (200, success.to_owned()));
        assert_eq!(shape(&ask(&icon)), shape(sample!("icon_response.json")));
        change("DELETE", &icon, "");

        let id = group.rsplit('/').next().expect("an id");
        let message = sample!("send_to_group_request.json").replace("5519900000000-1513616971", id);
        let (status, sent) =
            call(base_url, "POST", "/v1/whatsapp/send", "application/json", message.leak().as_bytes());
        assert_eq!(status, 200, "{sent}");
        let sent: Value = serde_json::from_str(&sent).expect("JSON");
        assert_eq!(sent["destination"][0]["destination"], *id);
        let (status, sent) = call(
            base_url,
            "POST",
            "/v1/whatsapp/send",
            "application/json",
            sample!("send_request.json").as_bytes(),
        );
        assert_eq!((status, shape(&sent)), (200, shape(sample!("send_response.json"))));

        change("DELETE", &format!("{group}/admins"), sample!("remove_admins_request.json"));
        // Its one participant is the account itself, which is then outside.
        change("DELETE", &format!("{group}/participants"), sample!("remove_participants_request.json"));
        assert_eq!(call(base_url, "POST", &format!("{group}/leave"), "", b"").0, 400);
    }
}

/// The seed's command line itself: its method, address and headers, with a group, a user and a picture in the
/// place of what it leaves to put in.
#[test]
fn the_seeds_curl_sets_an_icon() {
    let workspace = Workspace::new();
    workspace.is_not_judged("nothing is sent by a run");
    let base_url = workspace.sandbox().base_url();
    let create = sample!("create_group_request.json").as_bytes();
    let (_, made) = call(base_url, "POST", "/v1/whatsapp/groups", "application/json", create);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let group = made["groups"][0]["id"].as_str().expect("an id");

    let command = sample!("set_icon_request.txt");
    let command = command
        .replace("your-group-id", group)
        .replace("<username>", "maria")
        .replace("<authenticationtoken>", "t");
    let method =
        command.split_once("curl -X ").and_then(|(_, rest)| rest.split_once(' ')).expect("a method").0;
    let address = command.split_once("https://api-messaging.wavy.global").expect("the seed's host").1;
    let path = address.split_once(' ').expect("an address").0;
    let quoted: Vec<_> = command
        .lines()
        .filter_map(|line| line.split_once("-H '")?.1.split_once('\'')?.0.split_once(": "))
        .collect();
    assert!(quoted.len() == 3 && command.contains("--data-binary"), "{command}");
    let set = send(base_url, method, path, &quoted, b"\xFF\xD8\xFF\xE0 and so on");
    assert_eq!(set, (200, "null".to_owned()));
    let (status, icon) = call(base_url, "GET", path, "", b"");
    let icon: Value = serde_json::from_str(&icon).expect("JSON");
    assert_eq!((status, icon["mimeType"].as_str()), (200, Some("image/jpeg")));
    for at in 0..2 {
        let without: Vec<_> = quoted.iter().copied().enumerate().filter(|(place, _)| *place != at).collect();
        let without: Vec<_> = without.into_iter().map(|(_, header)| header).collect();
        assert_eq!(send(base_url, method, path, &without, b"\xFF\xD8").0, 401, "without {}", quoted[at].0);
    }
}

#[test]
fn leaving_is_answered_as_the_seed_says() {
    let workspace = Workspace::new();
    workspace.is_not_judged("nothing is sent by a run");
    let base_url = workspace.sandbox().base_url();
    let (_, made) = call(
        base_url,
        "POST",
        "/v1/whatsapp/groups",
        "application/json",
        sample!("create_group_request.json").as_bytes(),
    );
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let leave = format!("/v1/whatsapp/groups/{}/leave", made["groups"][0]["id"].as_str().expect("an id"));
    assert_eq!(call(base_url, "POST", &leave, "", b""), (200, "null".to_owned()));
    assert_eq!(call(base_url, "POST", &leave, "", b"").0, 400);
}

//! Seed 001 through the real binary: what it sends for the sample's inputs is the sample, and the seed's
//! answers are read as the seed says.

use serde_json::Value;

use crate::harness::{Received, Replay, printed_id};

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../data/seeds/sinch/", $name))
    };
}

const GROUP: &str = "5519900000000-1513616971";

/// The seed's two ways of saying that it is done.
const SUCCESSES: [&str; 2] = [sample!("success_null.json"), sample!("success_empty.json")];

fn replay() -> Replay {
    Replay::over(
        "[sinch]\nprovider = \"sinch\"\nuser = \"maria\"\ntoken = { env = \"TEST_WATI_TOKEN\" }\nttl = 7",
    )
}

fn value(sample: &str) -> Value {
    serde_json::from_str(sample).expect("JSON")
}

/// The one request: its method and path behind the groups', with the seed's two headers.
#[track_caller]
fn only(received: &[Received]) -> (String, &Received) {
    let [request] = received else { panic!("one request, not {received:?}") };
    assert_eq!(request.header("username"), Some("maria"));
    assert_eq!(request.header("authenticationtoken"), Some("sandbox-token"));
    let path = request.path.strip_prefix("/v1/whatsapp/").expect("the seed's address");
    (format!("{} {}", request.method, path.replace(GROUP, "your-group-id")), request)
}

/// What is changed, the seed's line for it, and its sample; changes without a sample have no body.
const CHANGES: [(&[&str], &str, Option<&str>); 8] = [
    (
        &["groups", "rename", GROUP, "novo-assunto-do-grupo"],
        "PUT groups/your-group-id",
        Some(sample!("set_subject_request.json")),
    ),
    (&["groups", "revoke-invite", GROUP], "DELETE groups/your-group-id/invite", None),
    (
        &["groups", "remove", GROUP, "5519900000000", "5519900000001"],
        "DELETE groups/your-group-id/participants",
        Some(sample!("remove_participants_request.json")),
    ),
    (&["groups", "leave", GROUP], "POST groups/your-group-id/leave", None),
    (&["groups", "icon", "remove", GROUP], "DELETE groups/your-group-id/icon", None),
    (
        &["groups", "promote", GROUP, "5519900000000", "5519900000001"],
        "PATCH groups/your-group-id/admins",
        Some(sample!("add_admins_request.json")),
    ),
    (
        &["groups", "demote", GROUP, "5519900000000"],
        "DELETE groups/your-group-id/admins",
        Some(sample!("remove_admins_request.json")),
    ),
    // The sample names one person twice, who is taken out once.
    (
        &["groups", "remove", GROUP, "5519900000000", "5519900000000"],
        "DELETE groups/your-group-id/participants",
        Some(sample!("remove_admins_request.json")),
    ),
];

#[test]
fn what_changes_a_group_is_sent_as_the_seed_has_it_and_is_done_by_null_and_by_an_empty_object() {
    let replay = replay();
    for success in SUCCESSES {
        for (words, line, sample) in CHANGES {
            let (finished, received) = replay.changes(words, &[(200, success)]);
            let finished = finished.expect(0);
            let (asked, request) = only(&received);
            assert_eq!(asked, line);
            match sample {
                Some(sample) => {
                    // Where the sample has its placeholder twice, two people need two numbers.
                    let second = "\"5519900000000\"\n";
                    let placed = match words.last() {
                        Some(&"5519900000001") => sample.replace(second, "\"5519900000001\"\n"),
                        _ => sample.to_owned(),
                    };
                    assert_eq!(request.json(), value(&placed), "{line}");
                }
                None => assert!(request.body.is_empty(), "{request:?}"),
            }
            let json = finished.json();
            let outcomes = json["outcomes"].as_array().expect("a list");
            assert!(outcomes.iter().all(|one| one["status"] == "accepted"), "{finished}");
        }
    }
}

#[test]
fn a_group_is_made_as_the_seed_has_it_and_its_id_is_printed() {
    let answer = sample!("create_group_response.json");
    let (finished, received) = replay().changes(&["groups", "create", "assunto-do-grupo"], &[(200, answer)]);
    let (asked, request) = only(&received);
    assert_eq!(
        (asked.as_str(), request.json()),
        ("POST groups", value(sample!("create_group_request.json")))
    );
    assert_eq!(printed_id(&finished.expect(0)), GROUP);
}

#[test]
fn an_icon_is_sent_as_the_seeds_curl_sends_it() {
    let replay = replay();
    let image = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\r\n\r\nicon";
    let file = replay.workspace().write("your-file-path", image);
    let file = file.to_str().expect("a path");
    let curl = sample!("set_icon_request.txt");
    for success in SUCCESSES {
        let (finished, received) = replay.changes(&["groups", "icon", "set", GROUP, file], &[(200, success)]);
        finished.expect(0);
        let (asked, request) = only(&received);
        assert_eq!(asked, "POST groups/your-group-id/icon");
        assert!(curl.contains("/v1/whatsapp/groups/your-group-id/icon"));
        let headers = curl.lines().filter_map(|line| line.split_once("-H '")?.1.split_once('\''));
        let mut named = 0;
        for (header, _) in headers {
            let (name, value) = header.split_once(": ").expect("a header");
            let sent = request.header(&name.to_lowercase()).expect(name);
            // What stands in angle brackets is to be put in.
            assert!(value.starts_with('<') || value == sent, "{name}: {sent}");
            named += 1;
        }
        assert_eq!(named, 3, "the sample's headers");
        assert_eq!(request.body, image, "--data-binary");
    }
}

#[test]
fn the_seeds_answers_to_questions_are_read_as_the_seed_says() {
    let replay = replay();
    let asked = |words: &[&str], answer: &str, line: &str| {
        let (finished, received) = replay.asks(words, &[(200, answer)]);
        let (asked, request) = only(&received);
        assert_eq!(asked, line);
        assert!(request.body.is_empty(), "{request:?}");
        finished.expect(0).json()
    };
    let groups = asked(&["groups", "list"], sample!("groups_response.json"), "GET groups");
    assert_eq!(groups["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(groups["items"][0]["id"], GROUP);

    let show = ["groups", "show", GROUP];
    let group = asked(&show, sample!("group_response.json"), "GET groups/your-group-id");
    let seed = &value(sample!("group_response.json"))["groups"][0];
    for (key, of_seed) in [
        ("id", "id"),
        ("subject", "subject"),
        ("admins", "admins"),
        ("participants", "participants"),
        ("creator", "creator"),
    ] {
        assert_eq!(group[key], seed[of_seed], "{key} of {group}");
    }
    assert!(group.to_string().contains("1513616971"), "{group}");

    let invite = ["groups", "invite", GROUP];
    let link = asked(&invite, sample!("invite_response.json"), "GET groups/your-group-id/invite");
    assert_eq!(link["link"], "link-de-convite-de-grupo");

    let icon = ["groups", "icon", "show", GROUP];
    let icon = asked(&icon, sample!("icon_response.json"), "GET groups/your-group-id/icon");
    let seed = value(sample!("icon_response.json"));
    assert_eq!((&icon["content_type"], &icon["name"]), (&seed["mimeType"], &seed["fileName"]), "{icon}");
    assert_eq!(icon["url"], seed["data"], "{icon}");
}

/// The seed's 400 and 404 for each call that has them.
#[test]
fn who_or_what_is_not_there_is_refused_as_the_seed_says() {
    let replay = replay();
    for (words, _, _) in CHANGES {
        let (status, code) = match words[1] {
            "rename" => (404, "http.404:group"),
            "icon" => (404, "http.404:icon"),
            "leave" => (400, "http.400:leave"),
            "remove" => (400, "http.400:participants"),
            "promote" | "demote" => (400, "http.400:admins"),
            _ => continue,
        };
        // Of two people nobody knows who is meant, so that each is tried alone.
        let (finished, _) = replay.changes(words, &[(status, ""); 3]);
        let finished = finished.expect(4);
        let json = finished.json();
        let outcomes = json["outcomes"].as_array().expect("a list");
        assert!(outcomes.iter().all(|one| one["code"] == code), "{finished}");
    }
    let (finished, _) = replay.asks(&["groups", "icon", "show", GROUP], &[(404, "")]);
    finished.expect(2);
}

#[test]
fn a_message_to_a_group_and_one_to_a_person_are_the_samples() {
    let replay = replay();
    let taken =
        format!(r#"{{"Id":"5efc3581","destination":[{{"id":"5efc3581-1","destination":"{GROUP}"}}]}}"#);
    let words = ["groups", "send", GROUP, "Mensagem de teste"];
    let (finished, received) = replay.changes(&words, &[(200, &taken)]);
    assert_eq!(printed_id(&finished.expect(0)), "5efc3581-1");
    is_message(&received, &value(sample!("send_to_group_request.json")), &["ttl"]);

    // Of providers.md: what the answer calls the person is what we did, so that its sample's is left out.
    let answer = sample!("send_response.json").replace(r#""correlationId":"MyCorrelationId","#, "");
    let words = ["messages", "send", "5519900001111", "--text", "Olá"];
    let (finished, received) = replay.changes(&words, &[(200, &answer)]);
    assert_eq!(printed_id(&finished.expect(0)), "5efc3581-…");
    is_message(&received, &value(sample!("send_request.json")), &[]);
    // With another's name for the person nobody knows who was taken.
    let (finished, _) = replay.changes(&words, &[(200, sample!("send_response.json"))]);
    finished.expect(7);
}

/// The request is the sample, with our name for the recipient and these parts of `message` more.
#[track_caller]
fn is_message(received: &[Received], sample: &Value, more: &[&str]) {
    let (asked, request) = only(received);
    assert_eq!(asked, "POST send");
    let mut sent = request.json();
    let [destination] = sent["destinations"].as_array_mut().expect("a list").as_mut_slice() else {
        panic!("one destination: {request:?}")
    };
    let correlation = destination.as_object_mut().expect("an object").remove("correlationId");
    assert!(correlation.is_some_and(|text| text.as_str().is_some_and(|text| text.ends_with(".0.1"))));
    for part in more {
        sent["message"].as_object_mut().expect("an object").remove(*part);
    }
    let mut expected = sample["destinations"].clone();
    expected[0].as_object_mut().expect("an object").remove("correlationId");
    assert_eq!((&sent["destinations"], &sent["message"]), (&expected, &sample["message"]));
}

#[test]
fn a_user_who_is_not_known_holds_what_is_to_be_done() {
    let answer = sample!("unauthorized_response.json");
    let (finished, received) = replay().changes(&["groups", "leave", GROUP], &[(401, answer)]);
    only(&received);
    finished.expect(6);
}

//! Every payload of seed 000: what the client sends for the same inputs is the sample, and the sandbox takes it.
//!
//! The samples lie in `tests/data/seeds/omnichannel` byte for byte as the seed has them, which is as object
//! literals of TypeScript. [`json`] makes JSON of them: names get quotes, single quotes become double ones,
//! and commas before a closing brace go. The samples have no quote, comma or colon inside a text that this
//! would touch, save for `https:`, which no name stands in front of.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::harness::{Received, Replay, Workspace};

/// What the seed's samples speak of is there.
const SCENARIO: &str = r##"
[omnichannel]
tags = [
    { id = "tag1", name = "Um" }, { id = "tag2", name = "Dois" }, { id = "tag3", name = "Três" },
    { id = "68e54649a3744412be5cc107", name = "Cliente" },
]
contacts = [{ id = "68e54649a3744412be5cc107", identifier = "5521977776666", name = "João" }]
sessions = { 64ef5c85f9deb132696591a0 = "5521988887777" }
messages = ["msg_123456789"]
"##;

fn sample(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/seeds/omnichannel").join(name);
    let literal = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    json(&literal)
}

/// See the module.
fn json(literal: &str) -> Value {
    let lines = literal.lines().map(|line| match line.split_once(": ") {
        Some((name, value)) => format!("\"{name}\": {}", value.replace('\'', "\"")),
        None => line.to_owned(),
    });
    let text = lines.collect::<Vec<_>>().join("\n").replace(",\n}", "\n}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The channel of the seed's contacts and tags, and that of its messages.
const CONTACTS: &str = "689a05215b711247e8f54022";
const MESSAGES: &str = "64ef5c84f9deb1326965919e";

/// A channel with this id, as `channels.toml` has it.
fn channel(id: &str) -> String {
    format!(
        "[cirrus]\nprovider = \"omnichannel\"\naccount = \"9a92ea44-244c-4cda-86be-6a9e32ba8f34\"\n\
         channel = \"{id}\"\nplatform = \"karoochat\"\nservice = \"d360\"\n\
         token = {{ env = \"TEST_WATI_TOKEN\" }}"
    )
}

/// A request's payload: its body; for a method without one its query, and what the path has of the sample.
fn payload(request: &Received, sample: &Value) -> Value {
    if !request.body.is_empty() {
        return serde_json::from_slice(&request.body).expect("JSON");
    }
    let url = url::Url::parse(&format!("http://sandbox{}", request.path)).expect("an address");
    let mut fields = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in url.query_pairs() {
        fields.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let mut read = Map::new();
    for (name, expected) in sample.as_object().expect("an object") {
        let placed = || url.path().split('/').find(|segment| Some(*segment) == expected.as_str());
        let value = match (fields.remove(name), expected) {
            (Some(values), Value::Array(_)) => Value::from(values),
            (Some(values), Value::Number(_)) => serde_json::from_str(&values[0]).expect("a number"),
            (Some(values), _) => Value::from(values[0].as_str()),
            (None, _) => placed().map_or(Value::Null, Value::from),
        };
        read.insert(name.clone(), value);
    }
    assert!(fields.is_empty(), "{fields:?} is not in the sample");
    Value::Object(read)
}

const ID: &str = "68e54649a3744412be5cc107";
const SESSION: &str = "64ef5c85f9deb132696591a0";

/// Answers of ours, for the seed shows none: something is made, found or listed, or done without a word.
const MADE: &str = r#"{"id":"made-1"}"#;
const CONTACT: &str =
    r#"{"id":"68e54649a3744412be5cc107","contactIdentifier":"5521977776666","name":"João"}"#;
const TAG: &str = r##"{"id":"68e54649a3744412be5cc107","name":"Cliente VIP","color":"#ff0000"}"##;
const LIST: &str = r#"{"data":[],"total":0,"page":1,"limit":10}"#;
const TAGS: &str =
    r#"{"data":[{"id":"tag1","name":"Um"},{"id":"tag2","name":"Dois"},{"id":"tag3","name":"Três"}]}"#;

/// A sample, the words of its command, and the answers; a tag is asked for before it is put on.
type Change = (&'static str, &'static [&'static str], &'static [(u16, &'static str)]);

#[rustfmt::skip]
const OF_CONTACTS: [Change; 13] = [
    ("1.1_contact_create.js", &["contacts", "create", "5521999999999", "--name", "João Silva",
        "--custom-name", "João (Mercearia)"], &[(201, MADE)]),
    ("1.2_contact_update.js", &["contacts", "update", ID, "--custom-name", "Nome Modificado",
        "--platform", "karoochatnew"], &[(200, CONTACT)]),
    ("1.3_contact_get_by_id.js", &["contacts", "show", ID], &[(200, CONTACT)]),
    ("1.4_contact_get.js", &["contacts", "list", "--page", "1", "--limit", "10", "--order", "desc",
        "--type", "individual", "--name", "João"], &[(200, LIST)]),
    ("1.6_contact_get_tags.js", &["contacts", "tags", ID], &[(200, TAGS)]),
    ("1.7_contact_add_tags.js", &["contacts", "tag", ID, "--tag", "tag1", "--tag", "tag2", "--tag", "tag3"],
        &[(200, TAGS), (200, CONTACT)]),
    ("1.8_contact_remove_tags.js", &["contacts", "untag", ID, "--tag", "tag1", "--tag", "tag2"],
        &[(200, TAGS), (200, CONTACT)]),
    ("1.5_contact_delete_platform.js", &["contacts", "remove-platform", ID], &[(204, "")]),
    ("2.1_tag_create.js", &["tags", "create", "Cliente VIP", "--color", "#ff0000"], &[(201, MADE)]),
    ("2.2_tag_get.js", &["tags", "list", "--name", "VIP"], &[(200, TAGS)]),
    ("2.3_tag_get_by_id.js", &["tags", "show", ID], &[(200, TAG)]),
    ("2.4_tag_update.js", &["tags", "update", ID, "--name", "Cliente Premium", "--color", "#00ff00"],
        &[(200, TAG)]),
    ("2.6_tag_get_contacts.js", &["tags", "contacts", ID], &[(200, LIST)]),
];

/// Of a conversation and of messages; what is made has an id.
#[rustfmt::skip]
const OF_MESSAGES: [Change; 6] = [
    ("3.1_start_conversation.js", &["chats", "start", "5521988887777", "--platform-config",
        "64ef5c84f9deb1326965919f", "--name", "João Silva", "--company", "Empresa XYZ"], &[(201, MADE)]),
    ("3.2_send_message_text.js", &["messages", "send", "--session", SESSION, "--agent", "Atendente João",
        "--text", "Olá! Como posso ajudá-lo hoje?"], &[(201, MADE)]),
    ("3.3_send_message_media.js", &["messages", "send", "--session", SESSION, "--agent", "Atendente João",
        "--media", "https://exemplo.com/imagem.jpg"], &[(201, MADE)]),
    ("3.5_send_proactive_message.js", &["messages", "send", "5521988887777",
        "--text", "Mensagem proativa de exemplo"], &[(201, MADE)]),
    ("3.6_send_group_message.js", &["messages", "send", "--group", "grupo123",
        "--text", "Mensagem para o grupo"], &[(201, MADE)]),
    ("3.7_delete_message.js", &["messages", "delete", "msg_123456789", "--sender", "sender_123"],
        &[(204, "")]),
];

/// Last: what is deleted is gone.
const DELETION: Change = ("2.5_tag_delete.js", &["tags", "delete", ID], &[(204, "")]);

/// Commands that change nothing.
const QUESTIONS: [&str; 4] = ["show", "list", "tags", "contacts"];

/// What the binary sends for the sample's inputs is the sample, what it is answered it reads, and the sample's
/// own words are taken by the sandbox where the binary sent its.
fn is_the_sample(replay: &Replay, (name, words, answers): Change) {
    let (finished, received) = match QUESTIONS.contains(&words[1]) {
        true => replay.asks(words, answers),
        false => replay.changes(words, answers),
    };
    let finished = finished.expect(0);
    assert_eq!(received.len(), answers.len(), "{name}");
    if answers.iter().any(|(_, body)| *body == MADE) {
        assert!(finished.stdout.contains("made-1"), "{name}: {finished}");
    }
    let request = received.last().expect("a request");
    let sample = sample(name);
    assert_eq!(payload(request, &sample), sample, "{name}");
    assert_eq!(request.header("authorization"), Some("Bearer sandbox-token"));
    let body = if request.body.is_empty() { String::new() } else { sample.to_string() };
    let (status, answer) = replay.workspace().sandbox().call(&request.method, &request.path, &body);
    assert!(matches!(status, 200 | 201), "{name}: {status} {answer}");
}

#[test]
fn what_is_sent_is_each_sample_of_the_seed_and_is_taken() {
    let replay = Replay::within(Workspace::with_scenario(SCENARIO), channel(CONTACTS));
    for sample in OF_CONTACTS {
        is_the_sample(&replay, sample);
    }
    let replay = replay.with(channel(MESSAGES));
    for sample in OF_MESSAGES {
        is_the_sample(&replay, sample);
    }
    let replay = replay.with(channel(CONTACTS));
    is_the_sample(&replay, DELETION);
    assert_eq!(replay.workspace().sandbox().state()["unknown_fields"], serde_json::json!({}));
    let samples = OF_CONTACTS.iter().chain(&OF_MESSAGES).chain([&DELETION]).map(|(name, ..)| *name);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/seeds/omnichannel");
    let files = std::fs::read_dir(folder).expect("the samples").map(|file| file.expect("a file").file_name());
    let mut files: Vec<_> = files.map(|name| name.into_string().expect("UTF-8")).collect();
    let mut samples: Vec<_> = samples.collect();
    files.sort_unstable();
    samples.sort_unstable();
    assert_eq!(samples, files, "every sample has its command");
}

//! Every payload of seed 000: what the client sends for the same inputs is the sample, and the sandbox takes it.
//!
//! The samples lie in `tests/data/seeds/omnichannel` byte for byte as the seed has them, which is as object
//! literals of TypeScript. [`json`] makes JSON of them: names get quotes, single quotes become double ones,
//! and commas before a closing brace go. The samples have no quote, comma or colon inside a text that this
//! would touch, save for `https:`, which no name stands in front of.

use std::collections::BTreeMap;
use std::path::Path;

use disparo::domain::{
    Action, Address, Attempt, ContactFields, ContactFilter, Content, Paging, Phone, Query, Recipient,
    RecipientNumber, RunId, Standing,
};
use disparo::provider::{CallTag, Outgoing, Provider, WireRequest, all_facts, open};
use disparo::settings::{Channels, Workspace as Folder};
use serde_json::{Map, Value};

use crate::harness::Workspace;

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

/// A channel with this id at this sandbox, as `channels.toml` has it.
fn client(workspace: &Workspace, channel: &str) -> Box<dyn Provider> {
    let base_url = workspace.sandbox().base_url();
    workspace.write(
        "channels.toml",
        format!(
            "[cirrus]\nprovider = \"omnichannel\"\naccount = \"9a92ea44-244c-4cda-86be-6a9e32ba8f34\"\n\
             channel = \"{channel}\"\nplatform = \"karoochat\"\nservice = \"d360\"\n\
             token = {{ env = \"TEST_CIRRUS_TOKEN\" }}\nbase_url = \"{base_url}\"\n"
        ),
    );
    let folder = Folder::find(workspace.folder()).expect("a workspace");
    let channels = Channels::load(&folder, &all_facts()).unwrap_or_else(|problems| panic!("{problems}"));
    open(channels.get("cirrus").expect("the channel")).expect("a client")
}

fn outgoing(address: Address, content: Content) -> Outgoing {
    let recipient = Recipient {
        number: RecipientNumber(0),
        row: 1,
        address,
        channel: 0,
        standing: Standing::Send,
        content,
    };
    let tag = CallTag {
        store: "a1b2".to_owned(),
        run: RunId(1),
        attempt: Attempt::FIRST,
        campaign: "seed".to_owned(),
    };
    Outgoing { tag, recipients: vec![recipient] }
}

/// A request's payload: its body; for a method without one its query, and what the path has of the sample.
fn payload(request: &WireRequest, sample: &Value) -> Value {
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

/// The request is the sample, and the sandbox takes it.
fn is_the_sample(workspace: &Workspace, name: &str, request: &WireRequest) {
    let sample = sample(name);
    assert_eq!(payload(request, &sample), sample, "{name}");
    let body = String::from_utf8(request.body.to_vec()).expect("UTF-8");
    let (status, answer) = workspace.sandbox().call(request.method.as_str(), &request.path, &body);
    assert!(matches!(status, 200 | 201), "{name}: {status} {answer}");
}

#[test]
fn what_is_sent_is_each_sample_of_the_seed_and_is_taken() {
    let workspace = Workspace::with_scenario(SCENARIO);
    workspace.is_not_judged("nobody runs a campaign");
    let phone = |digits: &str| Address::Phone(Phone::from_digits(digits).expect("a number"));
    let named = |name: &str| Address::Named(name.into());
    let text = |text: &str| Content::Text { text: text.to_owned() };
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    const ID: &str = "68e54649a3744412be5cc107";
    let id = || Some(ID.to_owned());
    let some = |text: &str| Some(text.to_owned());

    let made = ContactFields {
        name: some("João Silva"),
        custom_name: some("João (Mercearia)"),
        ..ContactFields::default()
    };
    let changed = ContactFields {
        custom_name: some("Nome Modificado"),
        platform: some("karoochatnew"),
        ..ContactFields::default()
    };
    let session = |text: Option<&str>, media: Option<&str>| Action::SendToSession {
        agent: "Atendente João".to_owned(),
        text: text.map(str::to_owned),
        media: media.map(str::to_owned),
        quoted: None,
    };
    let start = Action::StartConversation {
        platform_config: "64ef5c84f9deb1326965919f".to_owned(),
        user_name: "João Silva".to_owned(),
        company_name: some("Empresa XYZ"),
        platform: None,
        priority: None,
    };
    let of_contacts = client(&workspace, "689a05215b711247e8f54022");
    let of_messages = client(&workspace, "64ef5c84f9deb1326965919e");
    let session_id = || named("64ef5c85f9deb132696591a0");
    let sent = [
        (
            &of_contacts,
            "1.1_contact_create.js",
            phone("5521999999999"),
            Action::CreateContact { fields: made },
        ),
        (
            &of_contacts,
            "1.2_contact_update.js",
            named(ID),
            Action::UpdateContact { contact: None, fields: changed },
        ),
        (&of_contacts, "1.7_contact_add_tags.js", named(ID), {
            Action::AddTags { contact: id(), tags: tags(&["tag1", "tag2", "tag3"]) }
        }),
        (&of_contacts, "1.8_contact_remove_tags.js", named(ID), {
            Action::RemoveTags { contact: id(), tags: tags(&["tag1", "tag2"]) }
        }),
        (&of_contacts, "1.5_contact_delete_platform.js", named(ID), Action::RemovePlatform { contact: id() }),
        (&of_contacts, "2.1_tag_create.js", named("Cliente VIP"), {
            Action::CreateTag { name: "Cliente VIP".to_owned(), color: "#ff0000".to_owned() }
        }),
        (&of_contacts, "2.4_tag_update.js", named(ID), {
            Action::UpdateTag { name: some("Cliente Premium"), color: some("#00ff00") }
        }),
        (&of_messages, "3.1_start_conversation.js", phone("5521988887777"), start),
        (&of_messages, "3.2_send_message_text.js", session_id(), {
            session(Some("Olá! Como posso ajudá-lo hoje?"), None)
        }),
        (&of_messages, "3.3_send_message_media.js", session_id(), {
            session(None, Some("https://exemplo.com/imagem.jpg"))
        }),
        (&of_messages, "3.7_delete_message.js", named("msg_123456789"), {
            Action::DeleteMessage { sender: "sender_123".to_owned() }
        }),
    ];
    for (client, name, address, action) in sent {
        let outgoing = outgoing(address, Content::Action(action));
        is_the_sample(&workspace, name, &client.request(&outgoing, None).expect(name));
    }
    for (name, address, content) in [
        ("3.5_send_proactive_message.js", phone("5521988887777"), text("Mensagem proativa de exemplo")),
        ("3.6_send_group_message.js", Address::Group("grupo123".into()), text("Mensagem para o grupo")),
    ] {
        let request = of_messages.request(&outgoing(address, content), None).expect(name);
        is_the_sample(&workspace, name, &request);
    }
    let filter = ContactFilter {
        name: some("João"),
        is_group: Some(false),
        descending: true,
        ..ContactFilter::default()
    };
    let of_id = || ID.to_owned();
    for (name, query) in [
        ("1.3_contact_get_by_id.js", Query::Contact { id: of_id() }),
        ("1.4_contact_get.js", Query::Contacts { filter, paging: Paging { page: 1, size: Some(10) } }),
        ("1.6_contact_get_tags.js", Query::ContactTags { contact: of_id() }),
        ("2.2_tag_get.js", Query::Tags { name: some("VIP") }),
        ("2.3_tag_get_by_id.js", Query::Tag { id: of_id() }),
        ("2.6_tag_get_contacts.js", Query::ContactsByTag { tag: of_id() }),
    ] {
        is_the_sample(&workspace, name, &of_contacts.ask(&query).expect(name));
    }
    // Last: what is deleted is gone.
    let delete = outgoing(named(ID), Content::Action(Action::DeleteTag));
    is_the_sample(&workspace, "2.5_tag_delete.js", &of_contacts.request(&delete, None).expect("a request"));
    assert_eq!(workspace.sandbox().state()["unknown_fields"], serde_json::json!({}));
}

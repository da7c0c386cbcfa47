//! The omnichannel's rows, as our mapping of seed 000 has them.

use disparo::domain::ErrorClass::{Campaign, Channel, Either, Recipient, Transient};
use disparo::domain::{Action, Address, ContactFields, Content};

use super::bench::{Case, case, text, to_named, to_person};
use super::{Never, by_status, each_comes_to_what_it_says};

const NEVER: [Never; 5] = [
    ("http.400", "the row `400` says it"),
    ("http.413", "the row `400` says it"),
    ("http.422", "the row `400` says it"),
    ("rejected", "a refusal in words is `400`"),
    ("rejected.silently", "a refusal without words is `400`"),
];

const NOBODY: (u16, &str) = (200, r#"{"data":[]}"#);

/// Two contacts of one number.
const SEVERAL: (u16, &str) = (
    200,
    r#"{"data":[{"id":"a","contactIdentifier":"5511987654321"},{"id":"b","contactIdentifier":"5511987654321"}]}"#,
);

fn group() -> (Address, Content) {
    (Address::Group("grupo123".into()), Content::Text { text: "Oi".to_owned() })
}

fn tags(contact: Option<&str>) -> Action {
    Action::AddTags { contact: contact.map(str::to_owned), tags: vec!["tag1".to_owned()] }
}

fn named() -> ContactFields {
    ContactFields { name: Some("João Silva".to_owned()), ..ContactFields::default() }
}

fn renamed() -> Action {
    let fields = ContactFields { custom_name: Some("João".to_owned()), ..ContactFields::default() };
    Action::UpdateContact { contact: None, fields }
}

fn started() -> (Address, Content) {
    to_person(Action::StartConversation {
        platform_config: "64ef5c84f9deb1326965919f".to_owned(),
        user_name: "João Silva".to_owned(),
        company_name: Some("Empresa XYZ".to_owned()),
        platform: None,
        priority: None,
    })
}

fn in_session() -> (Address, Content) {
    let agent = "Ana".to_owned();
    to_named(Action::SendToSession { agent, text: Some("Olá!".to_owned()), media: None, quoted: None })
}

fn deleted() -> (Address, Content) {
    to_named(Action::DeleteMessage { sender: "sender_123".to_owned() })
}

fn tag() -> (Address, Content) {
    (
        Address::Named("Cliente VIP".into()),
        Content::Action(Action::CreateTag { name: "Cliente VIP".to_owned(), color: "#ff0000".to_owned() }),
    )
}

/// Refusals with a sentence: the row, the sentence, what was done, and what it comes to.
fn said() -> Vec<Case> {
    let rows = [
        (("404", "", "cannot"), "Cannot POST /messages", text(), Campaign),
        (("404", "", "channel"), "Channel not found", text(), Campaign),
        (("404", "", "account"), "Account not found", text(), Campaign),
        (("404", "", "group"), "Group not found", group(), Recipient),
        (("404", "", "tag"), "Tag tag1 not found", to_named(tags(Some("c"))), Either),
        (("404", "tag", ""), "Not found", to_named(Action::DeleteTag), Either),
        (("404", "contact", ""), "Not found", to_named(renamed()), Recipient),
        (("404", "session", ""), "Not found", in_session(), Recipient),
        (("404", "message", ""), "Not found", deleted(), Recipient),
        (
            ("409", "contact", ""),
            "It exists",
            to_person(Action::CreateContact { fields: named() }),
            Recipient,
        ),
        (("409", "tag", ""), "It exists", tag(), Recipient),
        (("501", "", ""), "Not implemented", started(), Campaign),
        (("400", "", "disconnected"), "Session disconnected", text(), Channel),
        (("400", "", "not on whatsapp"), "The number is not on WhatsApp", text(), Recipient),
        (("400", "recipientNumber", ""), "recipientNumber must be a number", text(), Recipient),
        (("400", "clientProviderId", ""), "clientProviderId must be a number", started(), Recipient),
        (
            ("400", "contactIdentifier", ""),
            "contactIdentifier must be a number",
            to_person(Action::CreateContact { fields: named() }),
            Recipient,
        ),
        (("400", "text", ""), "text is too long", text(), Recipient),
        (("400", "mediaUri", ""), "mediaUri must be an address", in_session(), Recipient),
        (("400", "clientIdentifier", ""), "clientIdentifier must be a UUID", tag(), Campaign),
        (("400", "channelId", ""), "channelId must be an id", text(), Campaign),
        (("400", "platform", ""), "platform must be known", text(), Campaign),
        (("400", "channelSlug", ""), "channelSlug must be known", deleted(), Campaign),
        (("400", "platformConfigId", ""), "platformConfigId must be an id", started(), Campaign),
        (("400", "companyName", ""), "companyName should not be empty", started(), Campaign),
        (("400", "tagIds", ""), "tagIds must be ids", to_named(tags(Some("c"))), Either),
        (("400", "", ""), "In words of its own", text(), Either),
    ];
    let case = |((code, field, words), said, done, class)| {
        let status: u16 = code_of(code);
        let answer = format!(r#"{{"statusCode":{status},"message":"{said}","error":"no"}}"#);
        case((code, field, words), "omnichannel", done, [(status, &answer)], class)
    };
    rows.into_iter().map(case).collect()
}

fn code_of(code: &str) -> u16 {
    code.parse().expect("a status")
}

#[test]
fn every_row_comes_to_what_it_says() {
    let mut cases = by_status("omnichannel", text, &NEVER);
    cases.extend(said());
    let to_contact = || to_person(tags(None));
    cases.push(case(("contact.unknown", "", ""), "omnichannel", to_contact(), [NOBODY], Recipient));
    cases.push(case(("contact.ambiguous", "", ""), "omnichannel", to_contact(), [SEVERAL], Recipient));
    let upserted = to_person(Action::UpsertContact { fields: named() });
    let made = (409, r#"{"statusCode":409,"message":"It exists"}"#);
    cases.push(case(("409", "upsert", ""), "omnichannel", upserted, [NOBODY, made], Transient));
    each_comes_to_what_it_says("omnichannel", cases, &NEVER);
}

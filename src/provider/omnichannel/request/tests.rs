//! Every request, and everything that is refused before there is one.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::domain::{ChatStatus, ContactFields, Params, Phone, SharedContact};
use crate::provider::testing;

fn omnichannel() -> Omnichannel {
    Omnichannel::open(&testing::channel("omnichannel")).expect("a whole channel")
}

fn outgoing(address: &Address, content: Content) -> Outgoing {
    let mut outgoing = testing::outgoing(vec![content]);
    outgoing.recipients[0].address = address.clone();
    outgoing
}

fn phone() -> Address {
    Address::Phone(Phone::from_digits("5521988887777").expect("a number"))
}

fn group() -> Address {
    Address::Group("grupo123".into())
}

fn named(name: &str) -> Address {
    Address::Named(name.into())
}

fn answer(status: u16, body: &serde_json::Value) -> WireAnswer {
    WireAnswer { status, body: Some(Bytes::from(body.to_string())), ..WireAnswer::default() }
}

fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

fn media(text: Option<&str>) -> Content {
    Content::Media {
        url: "https://exemplo.com/imagem.jpg".to_owned(),
        content_type: None,
        name: None,
        text: text.map(str::to_owned),
    }
}

/// Everything that a contact can be told.
fn fields() -> ContactFields {
    ContactFields {
        name: Some("João Silva".to_owned()),
        custom_name: Some("João (Mercearia)".to_owned()),
        photo: Some("https://exemplo.com/foto.jpg".to_owned()),
        platform: Some("karoochatnew".to_owned()),
        tags: vec!["tag1".to_owned(), "tag2".to_owned()],
        is_ignored: Some(false),
        ..ContactFields::default()
    }
}

/// What a contact that is there can still be told.
fn changes() -> ContactFields {
    ContactFields { name: None, photo: None, ..fields() }
}

fn ids() -> Vec<String> {
    vec!["tag1".to_owned(), "tag2".to_owned()]
}

fn start(company_name: Option<&str>) -> Action {
    Action::StartConversation {
        platform_config: "64ef5c84f9deb1326965919f".to_owned(),
        user_name: "João Silva".to_owned(),
        company_name: company_name.map(str::to_owned),
        platform: Some("karoochat".to_owned()),
        priority: Some(true),
    }
}

/// A recipient with the exact request; where the contact has to be looked up, with the question before.
fn shown(omnichannel: &Omnichannel, address: &Address, content: Content) -> String {
    let word = content.word();
    assert_eq!(omnichannel.check(address, &content), Ok(()), "{word}");
    assert_eq!(omnichannel.company(&content), Company::Alone);
    let outgoing = outgoing(address, content);
    let line = |request: WireRequest| {
        let body = String::from_utf8(request.body.to_vec()).expect("UTF-8");
        format!("{} {}\n{body}", request.method, request.path).trim_end().to_owned()
    };
    let question = omnichannel.look_up(&outgoing);
    let contact = json!({"_id": "68e54649a3744412be5cc107", "contactIdentifier": address.in_full()});
    let found = answer(200, &json!({"data": [contact], "total": 1, "page": 1, "limit": 30}));
    let request = omnichannel.request(&outgoing, question.as_ref().map(|_| &found)).expect("a request");
    let question = question.map(|question| format!("{}\n", line(question))).unwrap_or_default();
    format!("# {word}\n{question}{}\n", line(request))
}

#[test]
fn every_method_of_the_seed_has_its_request() {
    let omnichannel = omnichannel();
    let contact = || Some("68e54649a3744412be5cc107".to_owned());
    let session = || Action::SendToSession {
        agent: "Atendente João".to_owned(),
        text: Some("Olá!".to_owned()),
        media: Some("https://exemplo.com/imagem.jpg".to_owned()),
        quoted: Some("msg_1".to_owned()),
    };
    let quoting =
        Action::SendQuoting { quoted: "msg_1".to_owned(), text: Some("Sim".to_owned()), media: None };
    let moved = ContactFields { identifier: Some("5521911112222".to_owned()), ..ContactFields::default() };
    let cases = [
        (phone(), text("Oi, Ana! 🎉")),
        (phone(), media(Some("Veja"))),
        (phone(), media(None)),
        (group(), text("Mensagem para o grupo")),
        (named("64ef5c85f9deb132696591a0"), Content::Action(session())),
        (phone(), Content::Action(quoting)),
        (phone(), Content::Action(start(Some("Empresa XYZ")))),
        (named("msg_123456789"), Content::Action(Action::DeleteMessage { sender: "sender_123".to_owned() })),
        (phone(), Content::Action(Action::CreateContact { fields: fields() })),
        (group(), Content::Action(Action::CreateContact { fields: fields() })),
        (phone(), Content::Action(Action::UpdateContact { contact: None, fields: changes() })),
        (phone(), Content::Action(Action::UpdateContact { contact: contact(), fields: moved })),
        (named("68e5"), Content::Action(Action::UpdateContact { contact: None, fields: changes() })),
        (phone(), Content::Action(Action::UpsertContact { fields: fields() })),
        (phone(), Content::Action(Action::RemovePlatform { contact: contact() })),
        (phone(), Content::Action(Action::AddTags { contact: None, tags: ids() })),
        (phone(), Content::Action(Action::RemoveTags { contact: contact(), tags: ids() })),
        (
            named("VIP"),
            Content::Action(Action::CreateTag {
                name: "Cliente VIP".to_owned(),
                color: "#ff0000".to_owned(),
            }),
        ),
        (
            named("68e54649a3744412be5cc107"),
            Content::Action(Action::UpdateTag { name: None, color: Some("#00ff00".to_owned()) }),
        ),
        (named("68e54649a3744412be5cc107"), Content::Action(Action::DeleteTag)),
    ];
    let shown = cases.map(|(address, content)| shown(&omnichannel, &address, content));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_channel_may_have_other_routes_an_agent_and_another_service() {
    let mut channel = testing::channel("omnichannel");
    let routes = "send_proactive_message = POST /v2/messages/proactive";
    let values = [("routes", routes), ("service", "d360"), ("agent", "Atendente João")];
    channel.values.extend(values.map(|(key, value)| (key, value.to_owned())));
    let omnichannel = Omnichannel::open(&channel).expect("a whole channel");
    let session = Action::SendToSession {
        agent: String::new(),
        text: Some("Olá!".to_owned()),
        media: None,
        quoted: None,
    };
    // Only WhatsApp Web needs the company's name.
    let shown = [
        shown(&omnichannel, &phone(), text("Oi")),
        shown(&omnichannel, &phone(), Content::Action(start(None))),
        shown(&omnichannel, &named("s1"), Content::Action(session)),
    ];
    insta::assert_snapshot!(shown.join("\n"));
    channel.values.insert("routes", "send_proactive_message = ?".to_owned());
    assert!(Omnichannel::open(&channel).is_err());
}

#[test]
fn what_cannot_be_sent_is_said_in_a_sentence() {
    let omnichannel = omnichannel();
    let template = Content::Template {
        id: "welcome".to_owned(),
        language: None,
        params: Params::Positional(Vec::new()),
        validity: None,
    };
    let location = Content::Location {
        latitude: "-22.9".to_owned(),
        longitude: "-43.2".to_owned(),
        name: None,
        address: None,
    };
    let shared = SharedContact { name: "Ana".to_owned(), phone: "5521988887777".to_owned(), company: None };
    let with_type = |content_type: Option<&str>, name: Option<&str>| Content::Media {
        url: "https://exemplo.com/imagem.jpg".to_owned(),
        content_type: content_type.map(str::to_owned),
        name: name.map(str::to_owned),
        text: None,
    };
    let at = |url: &str| Content::Media { url: url.to_owned(), content_type: None, name: None, text: None };
    let attributes = vec![("cidade".to_owned(), "Rio".to_owned())];
    let update = |fields| Content::Action(Action::UpdateContact { contact: None, fields });
    let quoting =
        || Action::SendQuoting { quoted: "msg_1".to_owned(), text: Some("Sim".to_owned()), media: None };
    let session = |text: Option<&str>| Action::SendToSession {
        agent: String::new(),
        text: text.map(str::to_owned),
        media: None,
        quoted: None,
    };
    let tag = |name: &str, color: &str| Action::CreateTag { name: name.to_owned(), color: color.to_owned() };
    let cases = [
        (phone(), text(" \n")),
        (phone(), text(&"ã".repeat(4_097))),
        (named("x"), text("Oi")),
        (phone(), template),
        (phone(), location),
        (phone(), Content::Contacts { contacts: vec![shared] }),
        (phone(), with_type(Some("image/png"), None)),
        (phone(), with_type(None, Some("promo.png"))),
        (phone(), at("ftp://exemplo.com/a")),
        (phone(), at("https://exemplo.com/a b")),
        (group(), Content::Action(quoting())),
        (named("s1"), Content::Action(session(Some("Olá")))),
        (named("s1"), Content::Action(session(None))),
        (phone(), Content::Action(session(Some("Olá")))),
        (phone(), Content::Action(start(None))),
        (group(), Content::Action(start(Some("XYZ")))),
        (phone(), Content::Action(Action::DeleteMessage { sender: "s".to_owned() })),
        (phone(), Content::Action(Action::CreateContact { fields: changes() })),
        (named("x"), Content::Action(Action::CreateContact { fields: fields() })),
        (phone(), update(fields())),
        (phone(), update(ContactFields { photo: fields().photo, ..changes() })),
        (phone(), update(ContactFields::default())),
        (phone(), update(ContactFields { attributes, ..changes() })),
        (phone(), Content::Action(Action::AddTags { contact: None, tags: Vec::new() })),
        (named("VIP"), Content::Action(tag("VIP", "red"))),
        (named("VIP"), Content::Action(tag(" ", "#ff0000"))),
        (named("t"), Content::Action(Action::UpdateTag { name: None, color: None })),
        (phone(), Content::Action(Action::DeleteTag)),
        (phone(), Content::Action(Action::SetChatStatus { status: ChatStatus::Solved })),
        (group(), Content::Action(Action::LeaveGroup)),
    ];
    let sentences = cases
        .map(|(address, content)| omnichannel.check(&address, &content).expect_err("a problem").to_string());
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn a_channel_without_a_platform_has_contacts_but_no_messages() {
    let mut channel = testing::channel("omnichannel");
    channel.values.remove("platform");
    let omnichannel = Omnichannel::open(&channel).expect("a whole channel");
    let tags = Content::Action(Action::AddTags { contact: None, tags: ids() });
    assert_eq!(omnichannel.check(&phone(), &tags), Ok(()));
    let problem = omnichannel.check(&phone(), &text("Oi")).expect_err("no platform");
    assert_eq!(problem.field, "channel");
}

/// What comes of a request whose contact was looked up with this answer.
fn after(action: Action, answer: &WireAnswer) -> Result<String, Reply> {
    let outgoing = outgoing(&phone(), Content::Action(action));
    omnichannel()
        .request(&outgoing, Some(answer))
        .map(|request| format!("{} {}", request.method, request.path))
}

#[test]
fn the_contact_is_the_one_of_the_person_and_the_channel() {
    let contact = |id: &str, identifier: &str, channel: &str| json!({"id": id, "contactIdentifier": identifier, "channelId": channel});
    const OURS: &str = "64ef5c84f9deb1326965919e";
    let upsert = || Action::UpsertContact { fields: fields() };
    let remove = || Action::RemovePlatform { contact: None };
    for (contacts, expected) in [
        (vec![contact("a", "5521988887777", OURS)], Some("a")),
        (vec![contact("a", "+552188887777", OURS)], Some("a")),
        (vec![contact("b", "552188887777", OURS), contact("a", "5521988887777", OURS)], Some("a")),
        (vec![contact("a", "5521988887777", "another"), contact("b", "5521988887777", OURS)], Some("b")),
        (vec![contact("a", "5521988887777", "another")], None),
        (vec![contact("a", "55219888877770", OURS)], None),
        (vec![], None),
    ] {
        let found = answer(200, &json!(contacts));
        let (changed, removed) = (after(upsert(), &found), after(remove(), &found));
        match expected {
            Some(id) => {
                assert_eq!(changed, Ok(format!("PUT /contacts/{id}")));
                assert!(
                    removed.is_ok_and(|line| line.starts_with(&format!("DELETE /contacts/{id}/platform?")))
                );
            }
            None => {
                assert_eq!(changed, Ok("POST /contacts".to_owned()));
                assert_eq!(
                    removed,
                    Err(errors::rejection(&testing::limits("omnichannel"), errors::UNKNOWN_CONTACT))
                );
            }
        }
    }
}

#[test]
fn a_look_up_that_says_nothing_certain_changes_nothing() {
    use crate::domain::{Signal, Verdict};
    let remove = || Action::RemovePlatform { contact: None };
    let twin = json!({"id": "a", "contactIdentifier": "5521988887777"});
    let twins = after(remove(), &answer(200, &json!([twin, twin]))).expect_err("two of them");
    assert!(matches!(twins.verdicts.at(0), Some(Verdict::Rejected { .. })));
    let many = answer(200, &json!({"data": [], "total": 40}));
    assert!(after(remove(), &many).is_err_and(|reply| reply.signal == Signal::Answered));
    let unreadable = after(remove(), &answer(200, &json!("?"))).expect_err("no list");
    assert!(matches!(unreadable.verdicts.at(0), Some(Verdict::Transient { .. })));
    assert_eq!(unreadable.signal, Signal::Answered);
    let no_route = after(remove(), &answer(404, &json!({"message": "Cannot GET /contacts"})));
    assert!(matches!(no_route.expect_err("no route").signal, Signal::CampaignRefused { .. }));
    let no_account = after(remove(), &answer(400, &json!({"message": "clientIdentifier is not known"})));
    assert!(matches!(no_account.expect_err("no account").signal, Signal::CampaignRefused { .. }));
    let unasked = outgoing(&phone(), Content::Action(remove()));
    assert!(omnichannel().request(&unasked, None).is_err());
}

//! Every request of seed 001, and every content of a message.

use serde_json::Value;

use super::*;
use crate::domain::{Params, Phone, SharedContact};
use crate::provider::testing;

/// The seed's sample of this name.
macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/seeds/sinch/", $name))
    };
}

fn sinch() -> Sinch {
    Sinch::open(&testing::channel("sinch")).expect("a channel")
}

fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

fn group(id: &str) -> Address {
    Address::Group(id.into())
}

fn phone(digits: &str) -> Address {
    Address::Phone(Phone::from_digits(digits).expect("a number"))
}

/// A call to these addresses, all with the same.
fn call(addresses: &[Address], content: &Content) -> Outgoing {
    let mut outgoing = testing::outgoing(vec![content.clone(); addresses.len()]);
    for (recipient, address) in outgoing.recipients.iter_mut().zip(addresses) {
        recipient.address = address.clone();
    }
    outgoing
}

fn request(addresses: &[Address], content: &Content) -> WireRequest {
    for address in addresses {
        assert_eq!(sinch().check(address, content), Ok(()));
    }
    sinch().request(&call(addresses, content), None).expect("a request")
}

/// Method, path, headers and body as text.
fn shown(request: &WireRequest) -> String {
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!("{} {}\n{}\n{body}\n", request.method, request.path, headers.join("\n"))
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).expect("JSON")
}

#[test]
fn a_message_to_a_group_is_the_seeds_with_a_correlation() {
    let request = request(&[group("5519900000000-1513616971")], &text("Mensagem de teste"));
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/whatsapp/send"));
    let mut written = json(&request.body);
    let correlation =
        written["destinations"][0].as_object_mut().and_then(|entry| entry.remove("correlationId"));
    assert_eq!(correlation, Some("a1b2.7.0.1".into()));
    assert_eq!(written, json(sample!("send_to_group_request.json").as_bytes()));
}

#[test]
fn every_action_about_groups_is_the_seeds_request() {
    let one = group("your-group-id");
    let person = phone("5519900000000");
    let id = "your-group-id".to_owned();
    let subject = |subject: &str| subject.to_owned();
    for (addresses, action, method, path, body) in [
        (
            vec![Address::Named("assunto-do-grupo".into())],
            Action::CreateGroup { subject: subject("assunto-do-grupo") },
            "POST",
            "/v1/whatsapp/groups",
            sample!("create_group_request.json"),
        ),
        (
            vec![one.clone()],
            Action::SetGroupSubject { subject: subject("novo-assunto-do-grupo") },
            "PUT",
            "/v1/whatsapp/groups/your-group-id",
            sample!("set_subject_request.json"),
        ),
        (
            vec![person.clone(), person.clone()],
            Action::RemoveParticipant { group: id.clone() },
            "DELETE",
            "/v1/whatsapp/groups/your-group-id/participants",
            sample!("remove_participants_request.json"),
        ),
        (
            vec![person.clone(), person.clone()],
            Action::AddAdmin { group: id.clone() },
            "PATCH",
            "/v1/whatsapp/groups/your-group-id/admins",
            sample!("add_admins_request.json"),
        ),
        (
            vec![person],
            Action::RemoveAdmin { group: id },
            "DELETE",
            "/v1/whatsapp/groups/your-group-id/admins",
            sample!("remove_admins_request.json"),
        ),
        (vec![one.clone()], Action::LeaveGroup, "POST", "/v1/whatsapp/groups/your-group-id/leave", "null"),
        (
            vec![one.clone()],
            Action::RevokeInvite,
            "DELETE",
            "/v1/whatsapp/groups/your-group-id/invite",
            "null",
        ),
        (vec![one], Action::RemoveGroupIcon, "DELETE", "/v1/whatsapp/groups/your-group-id/icon", "null"),
    ] {
        let request = request(&addresses, &Content::Action(action));
        assert_eq!((request.method.as_str(), request.path.as_str()), (method, path));
        let written = if request.body.is_empty() { Value::Null } else { json(&request.body) };
        assert_eq!(written, json(body.as_bytes()), "{path}");
    }
}

#[test]
fn an_icon_goes_as_it_is_under_its_own_type() {
    let image = vec![0xFF, 0xD8, 0xFF, 0, 10, 13];
    let action = Action::SetGroupIcon { content_type: "image/jpeg".to_owned(), image: image.clone() };
    let request = request(&[group("your-group-id")], &Content::Action(action));
    assert_eq!(request.body, image);
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/v1/whatsapp/groups/your-group-id/icon")
    );
    assert_eq!(request.headers[0].1, "image/jpeg");
}

#[test]
fn the_seeds_headers_name_and_authenticate_the_user() {
    let headers = (ENTRY.authorize)(&testing::channel("sinch"), "s3cret");
    let sample = sample!("set_icon_request.txt").to_lowercase();
    let shown: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(shown, ["username: maria@example.com", "authenticationtoken: s3cret"]);
    for (name, _) in headers {
        assert!(sample.contains(&format!("-h '{name}: ")), "{name}");
    }
}

#[test]
fn every_content_of_a_message_is_written() {
    let media = |url: &str, content_type: Option<&str>, text: Option<&str>| Content::Media {
        url: url.to_owned(),
        content_type: content_type.map(str::to_owned),
        name: None,
        text: text.map(str::to_owned),
    };
    let params = |values: &[&str]| Params::Positional(values.iter().map(|&value| value.to_owned()).collect());
    let template = Content::Template {
        id: "boas_vindas".to_owned(),
        language: None,
        params: params(&["Ana", "R$ 10"]),
        validity: Some(30),
    };
    let bare = Content::Template {
        id: "boas_vindas".to_owned(),
        language: Some("es".to_owned()),
        params: params(&[]),
        validity: None,
    };
    let location = Content::Location {
        latitude: "-22.8948".to_owned(),
        longitude: "-47.0473".to_owned(),
        name: Some("Sinch".to_owned()),
        address: Some("Av. Cambuí, Campinas".to_owned()),
    };
    let contacts = Content::Contacts {
        contacts: vec![SharedContact {
            name: "Ana Souza".to_owned(),
            phone: "5519900001111".to_owned(),
            company: Some("Loja".to_owned()),
        }],
    };
    let all: Vec<_> = [
        text("Olá, \"Ana\" 🎉"),
        media("https://example.com/promo.jpg", None, Some("Veja")),
        media("https://example.com/file?id=7", Some("application/pdf"), Some("Preços")),
        media("https://example.com/voz.ogg", None, None),
        media("https://example.com/filme.mp4", None, None),
        location,
        contacts,
        template,
        bare,
    ]
    .iter()
    .map(|content| shown(&request(&[phone("5519900001111")], content)))
    .collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_channel_says_how_templates_and_days_are_written() {
    let mut channel = testing::channel("sinch");
    channel.values.insert(limits::TTL, "3".to_owned());
    channel.values.insert(limits::LANGUAGE_POLICY, "fallback".to_owned());
    let sinch = Sinch::open(&channel).expect("a channel");
    let template = Content::Template {
        id: "boas_vindas".to_owned(),
        language: Some("pt_BR".to_owned()),
        params: Params::Positional(Vec::new()),
        validity: None,
    };
    for content in [text("Oi"), template] {
        let written = json(&sinch.request(&testing::outgoing(vec![content]), None).expect("a request").body);
        assert_eq!(written["message"]["ttl"], 3);
        let policy = written["message"]["hsm"].get("languagePolicy");
        assert!(policy.is_none_or(|policy| policy == "FALLBACK"), "{written}");
    }
    for (key, value, sentence) in [
        (limits::TTL, "31", "channel `main`: `ttl` is not a number of days from 1 to 30"),
        (limits::TTL, "week", "channel `main`: `ttl` is not a number of days from 1 to 30"),
        (
            limits::USER,
            "maria souza",
            "channel `main`: `user` is not a user of Sinch; write it without blanks and accents",
        ),
        (limits::USER, "", "channel `main` has no `user`, which its provider needs; add it to channels.toml"),
    ] {
        let mut channel = testing::channel("sinch");
        channel.values.insert(key, value.to_owned());
        assert_eq!(Sinch::open(&channel).expect_err(value).to_string(), sentence);
    }
}

#[test]
fn people_share_a_call_when_they_get_the_very_same() {
    let sinch = sinch();
    let company = |content: &Content| sinch.company(content);
    assert_eq!(company(&text("Oi")), company(&text("Oi")));
    assert_ne!(company(&text("Oi")), company(&text("Oi, Ana")));
    let action = |action| Content::Action(action);
    let remove = |id: &str| action(Action::RemoveParticipant { group: id.to_owned() });
    assert_eq!(company(&remove("a")), company(&remove("a")));
    assert_ne!(company(&remove("a")), company(&remove("b")));
    assert_ne!(company(&remove("a")), company(&action(Action::AddAdmin { group: "a".to_owned() })));
    for alone in [
        Action::CreateGroup { subject: "a".to_owned() },
        Action::SetGroupSubject { subject: "a".to_owned() },
        Action::LeaveGroup,
        Action::RevokeInvite,
        Action::RemoveGroupIcon,
    ] {
        assert_eq!(company(&action(alone)), Company::Alone);
    }

    let same = sinch.request(&testing::outgoing(vec![text("Oi"), text("Oi")]), None).expect("a request");
    assert_eq!(json(&same.body)["destinations"].as_array().map(Vec::len), Some(2));
    let differing = sinch.request(&testing::outgoing(vec![text("Oi"), text("Olá")]), None);
    assert!(matches!(differing.expect_err("no request").signal, Signal::CampaignRefused { .. }));
}

#[test]
fn an_invite_is_a_text_with_the_link_that_was_asked_for() {
    let action =
        Action::SendInvite { group: "your-group-id".to_owned(), text: "Entre: {link} ({link})".to_owned() };
    let outgoing = call(&[phone("5519900001111"), phone("5519900002222")], &Content::Action(action));
    let question = sinch().look_up(&outgoing).expect("a question");
    assert_eq!(
        (question.method.as_str(), question.path.as_str()),
        ("GET", "/v1/whatsapp/groups/your-group-id/invite")
    );
    let answer =
        |status, body: &'static str| WireAnswer { status, body: Some(body.into()), ..WireAnswer::default() };
    let found = answer(200, sample!("invite_response.json"));
    let written = json(&sinch().request(&outgoing, Some(&found)).expect("a request").body);
    assert_eq!(
        written["message"]["messageText"],
        "Entre: link-de-convite-de-grupo (link-de-convite-de-grupo)"
    );
    assert_eq!(written["destinations"].as_array().map(Vec::len), Some(2));

    let unknown = sinch().request(&outgoing, Some(&answer(404, "{}"))).expect_err("no request");
    assert!(matches!(unknown.verdicts.at(1), Some(crate::domain::Verdict::Rejected { .. })));
    let linkless = sinch().request(&outgoing, Some(&answer(200, "null"))).expect_err("no request");
    assert_eq!(linkless.signal, Signal::Answered);
    assert!(sinch().look_up(&testing::outgoing(vec![text("Oi")])).is_none());
}

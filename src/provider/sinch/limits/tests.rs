//! What Sinch takes, and what it does not, in sentences.

use super::*;
use crate::domain::Phone;
use crate::provider::testing;

const LARGEST_ICON: usize = 5_000_000;

fn check(address: &Address, content: &Content, has_namespace: bool) -> Checked {
    super::check(&testing::limits("sinch"), has_namespace, address, content)
}

fn person() -> Address {
    Address::Phone(Phone::from_digits("5519900001111").expect("a number"))
}

fn group() -> Address {
    Address::Group("5519900000000-1513616971".into())
}

fn text(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

fn template(language: &str, params: Params, validity: u32) -> Content {
    let (language, validity) = (Some(language.to_owned()), Some(validity));
    Content::Template { id: "boas_vindas".to_owned(), language, params, validity }
}

fn media(url: &str, content_type: Option<&str>, name: Option<&str>, text: Option<&str>) -> Content {
    let owned = |text: &str| text.to_owned();
    let (content_type, name, text) = (content_type.map(owned), name.map(owned), text.map(owned));
    Content::Media { url: url.to_owned(), content_type, name, text }
}

fn location(latitude: &str, longitude: &str) -> Content {
    let (latitude, longitude) = (latitude.to_owned(), longitude.to_owned());
    Content::Location { latitude, longitude, name: None, address: None }
}

fn contact(name: &str) -> Content {
    let one = SharedContact { name: name.to_owned(), phone: "5519900001111".to_owned(), company: None };
    Content::Contacts { contacts: vec![one] }
}

fn icon(content_type: &str, bytes: usize) -> Content {
    Content::Action(Action::SetGroupIcon { content_type: content_type.to_owned(), image: vec![0; bytes] })
}

fn create(subject: &str) -> Content {
    Content::Action(Action::CreateGroup { subject: subject.to_owned() })
}

fn invite(group: &str, text: &str) -> Content {
    Content::Action(Action::SendInvite { group: group.to_owned(), text: text.to_owned() })
}

#[test]
fn what_sinch_takes_passes() {
    let named = || Address::Named("Clube".into());
    for (address, content) in [
        (person(), text(&"ã".repeat(4_096))),
        (group(), text("Oi")),
        (person(), template("pt_BR", Params::Positional(Vec::new()), 30)),
        (person(), media("https://example.com/a.jpg", None, None, Some("Veja"))),
        (person(), location("-22.9", "-47.05")),
        (group(), contact("Ana")),
        (named(), create(&"ã".repeat(25))),
        (group(), icon("image/png", LARGEST_ICON)),
        (person(), invite("5519900000000-1513616971", "Entre: {link}")),
        (group(), Content::Action(Action::LeaveGroup)),
    ] {
        assert_eq!(check(&address, &content, true), Ok(()), "{content:?}");
    }
}

#[test]
fn what_sinch_does_not_take_is_said_in_a_sentence() {
    let named = || Address::Named("Clube".into());
    let positional = || Params::Positional(vec!["Ana".to_owned()]);
    let by_name = Params::Named(vec![("nome".to_owned(), "Ana".to_owned())]);
    let action = Content::Action;
    let url = "https://example.com/a.jpg";
    let sentences: Vec<_> = [
        (person(), text(" ")),
        (person(), text(&"ã".repeat(4_097))),
        (named(), text("Oi")),
        (Address::Group("../groups".into()), text("Oi")),
        (person(), template("pt_BR", by_name, 1)),
        (person(), template("pt-BR!", positional(), 1)),
        (person(), template("pt_BR", positional(), 31)),
        (person(), template("pt_BR", positional(), 0)),
        (person(), media("example.com/a.jpg", None, None, None)),
        (person(), media("ftp://example.com/a.jpg", None, None, None)),
        (person(), media(url, None, Some("a.jpg"), None)),
        (person(), media("https://example.com/a", None, None, None)),
        (person(), media(url, Some("image/webp"), None, None)),
        (person(), media(url, Some("audio/ogg"), None, Some("Ouça"))),
        (person(), media(url, None, None, Some(""))),
        (person(), location("91", "0")),
        (person(), location("0", "leste")),
        (person(), location("NaN", "0")),
        (person(), contact(" ")),
        (person(), Content::Contacts { contacts: Vec::new() }),
        (named(), create("")),
        (named(), create(&"a".repeat(26))),
        (group(), icon("image/gif", 1)),
        (group(), icon("image/png", 0)),
        (group(), icon("image/png", LARGEST_ICON + 1)),
        (person(), icon("image/png", 1)),
        (group(), invite("1-1", "Entre: {link}")),
        (person(), invite("1-1", "Entre!")),
        (person(), invite("1/1", "Entre: {link}")),
        (person(), action(Action::LeaveGroup)),
        (group(), action(Action::AddAdmin { group: "1-1".to_owned() })),
        (person(), action(Action::DeleteTag)),
    ]
    .iter()
    .map(|(address, content)| check(address, content, true).expect_err("a problem").to_string())
    .collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn a_template_needs_the_channels_namespace() {
    let problem = check(&person(), &template("pt_BR", Params::Positional(Vec::new()), 1), false);
    let sentence = problem.expect_err("a problem").to_string();
    assert_eq!(
        sentence,
        "message.template: templates need the channel's `namespace`; add it to channels.toml"
    );
}

//! Every request of every mode, as it leaves.

use crate::domain::{Action, Address, ChatStatus, ContactFields, Content, Params, Phone, Reply, Signal};
use crate::provider::testing;
use crate::provider::wati::mode::Mode;
use crate::provider::wati::requests::{Account, build};
use crate::provider::{Company, Outgoing, WireRequest};

use crate::provider::wati::calls::Call;

fn of(mode: Mode, contents: Vec<Content>) -> Result<WireRequest, Reply> {
    let account = Account::new("1234".to_owned(), "5511999990000".to_owned());
    build(&account, mode, mode.most_recipients(&testing::limits("wati")), &testing::outgoing(contents))
}

fn shown(mode: Mode, contents: Vec<Content>) -> String {
    let request = of(mode, contents).expect("a request");
    assert!(request.headers.iter().any(|(name, _)| name == "content-type"));
    format!("{} {}\n{}", request.method, request.path, String::from_utf8_lossy(&request.body))
}

fn template(params: Params) -> Content {
    Content::Template { id: "bf_2026".to_owned(), language: Some("pt_BR".to_owned()), params, validity: None }
}

fn named(name: &str) -> Content {
    template(Params::Named(vec![
        ("nome".to_owned(), name.to_owned()),
        ("cupom".to_owned(), "BF10".to_owned()),
    ]))
}

fn positional() -> Content {
    template(Params::Positional(vec!["Ana".to_owned(), "R$ 10".to_owned()]))
}

fn text() -> Content {
    Content::Text { text: "Olá, Ana! 1+1 = 2 & mais?\nSim.".to_owned() }
}

fn attributes(city: &str) -> Content {
    let attributes =
        vec![("city".to_owned(), city.to_owned()), ("last_campaign".to_owned(), "BF".to_owned())];
    Content::Action(Action::SetAttributes { attributes })
}

fn contact() -> ContactFields {
    let attributes = vec![("city".to_owned(), "Recife".to_owned())];
    ContactFields { name: Some("Ana \"Aninha\"".to_owned()), attributes, ..ContactFields::default() }
}

fn update(id: Option<&str>) -> Content {
    let fields = ContactFields { name: None, ..contact() };
    Content::Action(Action::UpdateContact { contact: id.map(str::to_owned), fields })
}

fn single_actions() -> Vec<Content> {
    vec![
        text(),
        Content::Action(Action::SetChatStatus { status: ChatStatus::Solved }),
        Content::Action(Action::UpsertContact { fields: contact() }),
        Content::Action(Action::CreateContact { fields: contact() }),
        attributes("Recife"),
        update(None),
    ]
}

#[test]
fn templates_leave_as_the_mode_says() {
    let requests = [
        shown(Mode::Single, vec![named("Ana \"Aninha\"")]),
        shown(Mode::Single, vec![positional()]),
        shown(Mode::Bulk, vec![named("Ana"), named("Bia")]),
        shown(Mode::Bulk, vec![positional()]),
        shown(Mode::V3, vec![named("Ana"), named("Bia")]),
        shown(Mode::V3, vec![template(Params::Positional(Vec::new()))]),
    ];
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn what_is_done_for_one_person_leaves_as_the_seed_says() {
    let requests: Vec<String> =
        single_actions().into_iter().map(|content| shown(Mode::Single, vec![content])).collect();
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn the_first_version_is_the_same_in_the_mode_bulk_but_for_many_attributes() {
    for content in single_actions() {
        assert_eq!(of(Mode::Bulk, vec![content.clone()]), of(Mode::Single, vec![content]));
    }
    insta::assert_snapshot!(shown(
        Mode::Bulk,
        vec![attributes("Recife"), attributes("Olinda"), update(None)]
    ));
}

#[test]
fn the_third_version_has_calls_of_its_own() {
    let mut requests: Vec<String> =
        single_actions().into_iter().map(|content| shown(Mode::V3, vec![content])).collect();
    requests.push(shown(Mode::V3, vec![attributes("Recife"), update(Some("64a1"))]));
    insta::assert_snapshot!(requests.join("\n\n"));
}

#[test]
fn a_call_takes_as_many_as_its_mode_and_no_more() {
    for (mode, most) in [(Mode::Single, 1), (Mode::Bulk, 1_000), (Mode::V3, 10_000)] {
        let people = |count| (0..count).map(|_| positional()).collect::<Vec<_>>();
        assert!(of(mode, people(most)).is_ok(), "{mode:?}");
        assert!(of(mode, people(most + 1)).is_err(), "{mode:?}");
        assert!(of(mode, Vec::new()).is_err(), "{mode:?}");
    }
}

#[test]
fn what_cannot_be_one_call_is_no_request() {
    let other = Content::Template {
        id: "other".to_owned(),
        language: None,
        params: Params::Positional(Vec::new()),
        validity: None,
    };
    for contents in [
        vec![positional(), other],
        vec![positional(), text()],
        vec![text(), text()],
        vec![attributes("Recife"), text()],
        vec![Content::Action(Action::LeaveGroup)],
    ] {
        for mode in [Mode::Bulk, Mode::V3] {
            let reply = of(mode, contents.clone()).expect_err("no request");
            assert!(matches!(reply.signal, Signal::CampaignRefused { .. }), "{contents:?}");
        }
    }
}

#[test]
fn those_of_one_template_share_a_call_and_so_do_attributes() {
    let company = Call::company;
    for content in [named("Ana"), text(), attributes("Recife")] {
        assert_eq!(company(Mode::Single, &content), Company::Alone);
    }
    for mode in [Mode::Bulk, Mode::V3] {
        let shared = company(mode, &named("Ana"));
        assert!(matches!(shared, Company::Alike(_)));
        assert_eq!(company(mode, &named("Bia")), shared);
        assert_eq!(company(mode, &attributes("Recife")), company(mode, &update(None)));
        assert_ne!(company(mode, &attributes("Recife")), shared);
        assert_eq!(company(mode, &text()), Company::Alone);
        assert_eq!(company(mode, &single_actions()[1]), Company::Alone);
    }
}

#[test]
fn a_number_leaves_as_it_was_given() {
    let mut outgoing: Outgoing = testing::outgoing(vec![positional()]);
    // Without Brazil's ninth digit.
    outgoing.recipients[0].address = Address::Phone(Phone::from_digits("551187654321").expect("a number"));
    let account = Account::new("1234".to_owned(), "5511999990000".to_owned());
    let request = build(&account, Mode::Single, 1, &outgoing).expect("a request");
    assert_eq!(request.path, "/1234/api/v1/sendTemplateMessage?whatsappNumber=551187654321");
}

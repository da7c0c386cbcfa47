//! The seed's answers about groups, and what is no answer.

use std::time::Duration;

use super::*;
use crate::domain::{ContactFilter, Paging, Phone};
use crate::provider::testing;

fn read(query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
    super::read(&testing::limits("sinch"), query, answer)
}

fn answer(status: u16, body: &'static str) -> WireAnswer {
    WireAnswer { status, body: Some(body.into()), ..WireAnswer::default() }
}

fn id() -> String {
    "5519900000000-1513616971".to_owned()
}

fn questions() -> [Query; 4] {
    [
        Query::Groups,
        Query::Group { id: id() },
        Query::GroupInvite { group: id() },
        Query::GroupIcon { group: id() },
    ]
}

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/seeds/sinch/", $name))
    };
}

#[test]
fn the_seeds_routes_are_asked() {
    let paths = questions().map(|query| {
        let request = ask(&query).expect("offered");
        assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
        request.path
    });
    let group = "/v1/whatsapp/groups/5519900000000-1513616971";
    assert_eq!(
        paths,
        [
            "/v1/whatsapp/groups".to_owned(),
            group.to_owned(),
            format!("{group}/invite"),
            format!("{group}/icon")
        ]
    );
}

#[test]
fn the_seeds_answers_are_read_as_documented() {
    let samples = [
        sample!("groups_response.json"),
        sample!("group_response.json"),
        sample!("invite_response.json"),
        sample!("icon_response.json"),
    ];
    let found: Vec<_> = questions()
        .iter()
        .zip(samples)
        .map(|(query, sample)| {
            let found = read(query, &answer(200, sample)).expect("an answer");
            serde_json::to_string_pretty(&found).expect("JSON")
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn no_groups_are_an_empty_array_of_either_shape() {
    for body in ["[]", r#"{"groups":[]}"#, r#" {"groups": []} "#] {
        assert_eq!(read(&Query::Groups, &answer(200, body)), Ok(Found::Groups(Page::whole(Vec::new()))));
    }
}

#[test]
fn what_is_no_answer_is_told_as_what_it_is() {
    for query in questions() {
        assert_eq!(read(&query, &answer(404, "")), Err(QueryFailure::NotFound));
        let throttled = WireAnswer { retry_after: Some("7".to_owned()), ..answer(420, "") };
        let wait = Some(Duration::from_secs(7));
        assert_eq!(read(&query, &throttled), Err(QueryFailure::Throttled { retry_after: wait }));
        for status in [400, 401, 403] {
            let failure = read(&query, &answer(status, sample!("unauthorized_response.json")));
            assert!(matches!(failure, Err(QueryFailure::Refused(_))), "{status} {failure:?}");
        }
        for (status, body) in [(200, "<html>"), (200, "null"), (200, "7"), (500, "{}"), (302, "")] {
            let failure = read(&query, &answer(status, body));
            assert!(matches!(failure, Err(QueryFailure::Unanswered(_))), "{status} {body} {failure:?}");
        }
        let cut = WireAnswer { body: None, ..answer(200, "") };
        assert!(matches!(read(&query, &cut), Err(QueryFailure::Unanswered(_))));
    }
}

#[test]
fn what_sinch_cannot_be_asked_is_said_in_a_sentence() {
    let phone = Phone::from_digits("5519900001111").expect("a number");
    let sentences = [
        Query::Contacts { filter: ContactFilter::default(), paging: Paging::FIRST },
        Query::Contact { id: id() },
        Query::ContactTags { contact: id() },
        Query::Tags { name: None },
        Query::Tag { id: id() },
        Query::ContactsByTag { tag: id() },
        Query::Messages { phone, paging: Paging::FIRST },
        Query::Templates { paging: Paging::FIRST },
        Query::Broadcast { id: id() },
        Query::BroadcastRecipients { id: id(), paging: Paging::FIRST },
        Query::Group { id: "../groups".to_owned() },
        Query::GroupInvite { group: String::new() },
    ]
    .map(|query| ask(&query).expect_err("not offered").to_string());
    insta::assert_snapshot!(sentences.join("\n"));
}

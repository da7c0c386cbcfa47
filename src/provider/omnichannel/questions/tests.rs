//! Every question, and what its answers say.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::domain::account::{Contact, Tag};
use crate::provider::testing;

fn read(query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
    super::read(&testing::limits("omnichannel"), query, answer)
}

fn account() -> Account {
    Account::of(&testing::channel("omnichannel")).expect("a whole channel")
}

fn answer(status: u16, body: &Value) -> WireAnswer {
    WireAnswer { status, body: Some(Bytes::from(body.to_string())), ..WireAnswer::default() }
}

fn everybody(page: u32, size: Option<u32>) -> Query {
    Query::Contacts { filter: ContactFilter::default(), paging: Paging { page, size } }
}

fn by_tag() -> Query {
    Query::ContactsByTag { tag: "t".to_owned() }
}

#[test]
fn every_question_has_its_request() {
    let account = account();
    let filter = ContactFilter {
        name: Some("João".to_owned()),
        identifier: Some("5521988887777".to_owned()),
        tags: vec!["t1".to_owned(), "t2".to_owned()],
        is_group: Some(false),
        descending: true,
        ..ContactFilter::default()
    };
    let id = || "68e54649a3744412be5cc107".to_owned();
    let lines = [
        everybody(1, None),
        Query::Contacts { filter, paging: Paging { page: 2, size: Some(10) } },
        Query::Contact { id: id() },
        Query::ContactTags { contact: id() },
        Query::Tags { name: None },
        Query::Tags { name: Some("VIP".to_owned()) },
        Query::Tag { id: id() },
        Query::ContactsByTag { tag: id() },
    ]
    .map(|query| {
        let request = call(&account, &query).expect("offered").request(&account.routes).expect("a request");
        assert!(request.body.is_empty());
        format!("{} {}", request.method, request.path)
    });
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let account = account();
    let filter = ContactFilter { created: Some("2026-01-01".to_owned()), ..ContactFilter::default() };
    for query in [
        Query::Groups,
        Query::Templates { paging: Paging::FIRST },
        Query::Contacts { filter, paging: Paging::FIRST },
    ] {
        assert!(call(&account, &query).is_err(), "{query:?}");
    }
}

#[test]
fn a_contact_is_read_whole() {
    let body = json!({
        "_id": "c1", "contactIdentifier": "5521988887777", "name": "João", "customName": "J", "type": "group",
        "platform": "karoochat", "tagIds": ["t1", {"_id": "t2"}], "isIgnored": true, "other": 1,
    });
    let contact = Contact {
        id: "c1".to_owned(),
        identifier: "5521988887777".to_owned(),
        name: Some("João".to_owned()),
        custom_name: Some("J".to_owned()),
        is_group: true,
        platform: Some("karoochat".to_owned()),
        tags: vec!["t1".to_owned(), "t2".to_owned()],
        is_ignored: true,
        attributes: Vec::new(),
    };
    let one = Query::Contact { id: "c1".to_owned() };
    assert_eq!(read(&one, &answer(200, &body)), Ok(Found::Contact(contact.clone())));
    assert_eq!(read(&one, &answer(200, &json!({"data": body}))), Ok(Found::Contact(contact.clone())));
    let all = read(&by_tag(), &answer(200, &json!([body])));
    assert_eq!(all, Ok(Found::Contacts(Page::whole(vec![contact]))));
}

#[test]
fn pages_end_where_the_total_says_or_one_is_not_full() {
    let contact = json!({"id": "c", "contactIdentifier": "5521988887777"});
    let contacts = |count: usize| json!(vec![contact.clone(); count]);
    let page = |items: usize, total: u64| json!({"data": contacts(items), "total": total, "limit": 10});
    for (query, body, is_last) in [
        (everybody(1, Some(10)), page(10, 25), false),
        (everybody(3, Some(10)), page(5, 25), true),
        (everybody(2, Some(10)), page(10, 20), true),
        (everybody(9, Some(10)), page(0, 25), true),
        // The provider may give smaller pages than it was asked for.
        (everybody(1, Some(500)), page(10, 25), false),
        (everybody(1, Some(2)), contacts(2), false),
        (everybody(1, Some(3)), contacts(2), true),
        (everybody(1, None), contacts(30), false),
        (everybody(1, None), contacts(31), true),
    ] {
        let found = read(&query, &answer(200, &body)).expect("a page");
        assert_eq!(found.has_more(), !is_last, "{query:?}");
    }
}

#[test]
fn nobody_is_forgotten_silently() {
    let contact = json!({"id": "c", "contactIdentifier": "5521988887777"});
    for body in [json!([contact, {"id": "x"}]), json!({"data": [contact], "total": 2}), json!({})] {
        let failure = read(&by_tag(), &answer(200, &body));
        assert!(matches!(failure, Err(QueryFailure::Unanswered(_))), "{body}");
    }
    let some = json!({"data": [{"id": "t1", "name": "VIP"}], "total": 2});
    for query in [Query::Tags { name: None }, Query::ContactTags { contact: "c".to_owned() }] {
        let failure = read(&query, &answer(200, &some));
        assert!(
            matches!(&failure, Err(QueryFailure::Unanswered(why)) if why.contains("1 of the 2 tags")),
            "{failure:?}"
        );
    }
}

#[test]
fn tags_may_be_objects_or_ids() {
    let tags = Query::ContactTags { contact: "c".to_owned() };
    let vip = Tag { id: "t1".to_owned(), name: "VIP".to_owned(), color: Some("#ff0000".to_owned()) };
    let bare = Tag { id: "t2".to_owned(), ..Tag::default() };
    let body = json!([{"_id": "t1", "name": "VIP", "color": "#ff0000"}, "t2"]);
    assert_eq!(read(&tags, &answer(200, &body)), Ok(Found::Tags(Page::whole(vec![vip, bare]))));
}

#[test]
fn failures_are_told_apart() {
    let one = Query::Contact { id: "c1".to_owned() };
    let said = |message: &str| json!({"message": message});
    assert_eq!(read(&one, &answer(404, &said("Contact not found"))), Err(QueryFailure::NotFound));
    for (query, status, message) in [
        (&one, 404, "Cannot GET /contacts/c1"),
        (&everybody(1, None), 404, "Not found"),
        (&one, 400, "clientIdentifier is not known"),
        (&one, 401, "Unauthorized"),
    ] {
        let failure = read(query, &answer(status, &said(message)));
        assert!(matches!(failure, Err(QueryFailure::Refused(_))), "{status} {message}: {failure:?}");
    }
    let wait = WireAnswer { status: 429, retry_after: Some("7".to_owned()), ..WireAnswer::default() };
    let seconds = Some(std::time::Duration::from_secs(7));
    assert_eq!(read(&one, &wait), Err(QueryFailure::Throttled { retry_after: seconds }));
}

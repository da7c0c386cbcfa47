//! The one table of routes: where each method of the seed's library is over HTTP. **All of it is ours.**

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::domain::{KnownRoute, Reply, Route, RouteMethod, Segment};
use crate::provider::{WireRequest, impossible};

macro_rules! table {
    ($($(#[$meta:meta])* $constant:ident = $name:literal => $route:literal;)+) => {
        $($(#[$meta])* pub const $constant: KnownRoute = KnownRoute { name: $name, route: $route };)+

        /// All of them, in the seed's order.
        pub const ROUTES: &[KnownRoute] = &[$($constant),+];
    };
}

table! {
    /// `contactApi.create` (seed 000, 1.1).
    CONTACT_CREATE = "contact_create" => "POST /contacts";
    /// `contactApi.update` (1.2).
    CONTACT_UPDATE = "contact_update" => "PUT /contacts/{contactId}";
    /// `contactApi.getById` (1.3).
    CONTACT_GET_BY_ID = "contact_get_by_id" => "GET /contacts/{contactId}";
    /// `contactApi.get` (1.4).
    CONTACT_GET = "contact_get" => "GET /contacts";
    /// `contactApi.deletePlatform` (1.5).
    CONTACT_DELETE_PLATFORM = "contact_delete_platform" => "DELETE /contacts/{contactId}/platform";
    /// `contactApi.getTagsByContacId` (1.6); the spelling is the seed's.
    CONTACT_GET_TAGS_BY_CONTAC_ID = "contact_get_tags_by_contac_id" => "GET /contacts/{contactId}/tags";
    /// `contactApi.addTags` (1.7).
    CONTACT_ADD_TAGS = "contact_add_tags" => "POST /contacts/{contactId}/tags";
    /// `contactApi.removeTags` (1.8).
    CONTACT_REMOVE_TAGS = "contact_remove_tags" => "DELETE /contacts/{contactId}/tags";
    /// `tagApi.create` (2.1).
    TAG_CREATE = "tag_create" => "POST /tags";
    /// `tagApi.get` (2.2).
    TAG_GET = "tag_get" => "GET /tags";
    /// `tagApi.getById` (2.3).
    TAG_GET_BY_ID = "tag_get_by_id" => "GET /tags/{tagId}";
    /// `tagApi.update` (2.4).
    TAG_UPDATE = "tag_update" => "PUT /tags/{tagId}";
    /// `tagApi.delete` (2.5).
    TAG_DELETE = "tag_delete" => "DELETE /tags/{tagId}";
    /// `tagApi.getContactsByTagId` (2.6).
    TAG_GET_CONTACTS_BY_TAG_ID = "tag_get_contacts_by_tag_id" => "GET /tags/{tagId}/contacts";
    /// `messageApi.startConversation` (3.1), whose second argument is the service.
    START_CONVERSATION = "start_conversation" => "POST /conversations/{service}";
    /// `messageApi.sendMessage` (3.2 and 3.3).
    SEND_MESSAGE = "send_message" => "POST /messages";
    /// `messageApi.sendProactiveMessage` (3.5).
    SEND_PROACTIVE_MESSAGE = "send_proactive_message" => "POST /messages/proactive";
    /// `messageApi.sendGroupMessage` (3.6).
    SEND_GROUP_MESSAGE = "send_group_message" => "POST /messages/group";
    /// `messageApi.deleteMessage` (3.7).
    DELETE_MESSAGE = "delete_message" => "DELETE /messages/{messageId}";
}

/// The routes of one channel.
#[derive(Debug)]
pub struct Routes {
    replaced: BTreeMap<&'static str, Route>,
}

impl Routes {
    /// The table, but for what these lines, `name = METHOD /path`, replace. `None` when one of them is no
    /// line of that kind; `settings` writes none such.
    #[must_use]
    pub fn with(lines: &str) -> Option<Self> {
        let replaced = lines.lines().map(|line| {
            let (name, route) = line.split_once(" = ")?;
            let known = ROUTES.iter().find(|known| known.name == name)?;
            Some((known.name, route.parse().ok()?))
        });
        Some(Self { replaced: replaced.collect::<Option<_>>()? })
    }

    /// The request that carries a payload. `beside` are values that belong to no payload: they stand in the
    /// path where it has a place for them, and in the query otherwise.
    ///
    /// # Errors
    /// When the payload cannot be written, or the path lacks a value: faults of Disparo's.
    pub fn request(
        &self,
        known: &KnownRoute,
        payload: &impl Serialize,
        beside: &[(&str, &str)],
    ) -> Result<WireRequest, Reply> {
        let usual;
        let route = match self.replaced.get(known.name) {
            Some(route) => route,
            None => {
                usual = known.route.parse::<Route>().map_err(|why| impossible(&why.to_string()))?;
                &usual
            }
        };
        let mut fields = fields(payload)?;
        fields.extend(beside.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut path = String::new();
        for segment in &route.segments {
            path.push('/');
            match segment {
                Segment::Fixed(text) => path.push_str(text),
                Segment::Placeholder(name) => path.extend(escaped(value_of(&fields, name)?)),
            }
        }
        let method = method(route.method);
        let placed = route.placeholders();
        let is_in_query = |name: &str| {
            let is_beside = beside.iter().any(|(other, _)| *other == name);
            !placed.contains(name) && (is_beside || !route.method.has_body())
        };
        let mut mark = '?';
        for (name, value) in fields.iter().filter(|(name, _)| is_in_query(name)) {
            path.push(mark);
            path.push_str(name);
            path.push('=');
            path.extend(escaped(value));
            mark = '&';
        }
        if route.method.has_body() {
            WireRequest::json(method, path, payload)
        } else {
            Ok(WireRequest::bare(method, path))
        }
    }
}

/// A payload's fields as texts, a list as the same name several times.
fn fields(payload: &impl Serialize) -> Result<Vec<(String, String)>, Reply> {
    let Ok(Value::Object(object)) = serde_json::to_value(payload) else {
        return Err(impossible("its payload is no object"));
    };
    let mut fields = Vec::new();
    for (name, value) in object {
        match value {
            Value::Array(elements) => {
                fields.extend(elements.iter().map(|element| (name.clone(), text(element))));
            }
            value => fields.push((name, text(&value))),
        }
    }
    Ok(fields)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value that is empty or nothing but dots would make another path.
fn value_of<'a>(fields: &'a [(String, String)], name: &str) -> Result<&'a str, Reply> {
    let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    match value {
        Some(value) if !value.is_empty() && value != "." && value != ".." => Ok(value),
        Some(_) | None => Err(impossible(&format!("its path has no {name}"))),
    }
}

/// What stands for itself in a path and in a query (RFC 3986 §2.3).
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn escaped(value: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(value, &RESERVED)
}

fn method(method: RouteMethod) -> Method {
    match method {
        RouteMethod::Get => Method::GET,
        RouteMethod::Post => Method::POST,
        RouteMethod::Put => Method::PUT,
        RouteMethod::Patch => Method::PATCH,
        RouteMethod::Delete => Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(routes: &Routes, known: &KnownRoute, payload: &Value, beside: &[(&str, &str)]) -> String {
        match routes.request(known, payload, beside) {
            Ok(request) => {
                let body = String::from_utf8_lossy(&request.body).into_owned();
                format!("{} {} {body}", request.method, request.path).trim_end().to_owned()
            }
            Err(reply) => format!("{:?}", reply.signal),
        }
    }

    #[test]
    fn every_route_of_the_table_reads_and_has_a_name_of_its_own() {
        for (index, known) in ROUTES.iter().enumerate() {
            let route = known.route.parse::<Route>().expect(known.name);
            assert_eq!(route.to_string(), known.route);
            assert!(
                ROUTES[..index].iter().all(|other| other.name != known.name && other.route != known.route)
            );
        }
    }

    #[test]
    fn a_payload_stands_where_its_method_puts_it() {
        let usual = Routes::with("").expect("nothing replaced");
        let other = Routes::with(
            "contact_remove_tags = POST /v2/untag\nstart_conversation = POST /start\ntag_get = POST /tags/find",
        )
        .expect("good lines");
        let tags = json!({"contactId": "c/1", "tagIds": ["a b", "ç"]});
        let name = json!({"name": "VIP & co."});
        let conversation = json!({"userName": "Ana"});
        for (routes, known, payload, beside, expected) in [
            (
                &usual,
                CONTACT_REMOVE_TAGS,
                &tags,
                vec![],
                "DELETE /contacts/c%2F1/tags?tagIds=a%20b&tagIds=%C3%A7",
            ),
            (
                &usual,
                CONTACT_ADD_TAGS,
                &tags,
                vec![],
                r#"POST /contacts/c%2F1/tags {"contactId":"c/1","tagIds":["a b","ç"]}"#,
            ),
            (
                &other,
                CONTACT_REMOVE_TAGS,
                &tags,
                vec![],
                r#"POST /v2/untag {"contactId":"c/1","tagIds":["a b","ç"]}"#,
            ),
            (&usual, TAG_GET, &name, vec![], "GET /tags?name=VIP%20%26%20co."),
            (&other, TAG_GET, &name, vec![], r#"POST /tags/find {"name":"VIP & co."}"#),
            (
                &usual,
                START_CONVERSATION,
                &conversation,
                vec![("service", "d360")],
                r#"POST /conversations/d360 {"userName":"Ana"}"#,
            ),
            (
                &other,
                START_CONVERSATION,
                &conversation,
                vec![("service", "d360")],
                r#"POST /start?service=d360 {"userName":"Ana"}"#,
            ),
        ] {
            assert_eq!(line(routes, &known, payload, &beside), expected);
        }
    }

    #[test]
    fn a_path_never_leads_elsewhere() {
        let routes = Routes::with("").expect("nothing replaced");
        for id in ["", ".", ".."] {
            let payload = json!({"tagId": id});
            assert!(routes.request(&TAG_DELETE, &payload, &[]).is_err(), "{id}");
        }
        assert!(routes.request(&TAG_DELETE, &json!({}), &[]).is_err());
        for lines in ["tag_get", "unknown = GET /x", "tag_get = GET x"] {
            assert!(Routes::with(lines).is_none(), "{lines}");
        }
    }
}

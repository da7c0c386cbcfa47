//! A request that has arrived whole.

use axum::extract::Query;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

/// A request, with what can be read of it before anybody judges it.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) method: Method,
    /// When it had arrived.
    pub(super) at: Timestamp,
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    /// The path's parameters, decoded.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// The body as JSON; `None` when it is none.
    pub(super) json: Option<Value>,
}

impl Incoming {
    /// Reads the body as JSON where its type does not speak against it, so that nobody has to while the
    /// desk waits.
    pub(super) fn new(
        at: Timestamp,
        method: Method,
        headers: HeaderMap,
        uri: Uri,
        parameters: Vec<(String, String)>,
        body: Bytes,
    ) -> Self {
        let mut incoming = Self { at, method, headers, uri, parameters, body, json: None };
        let is_other =
            ["image/", "audio/", "video/"].iter().any(|kind| incoming.media_type().starts_with(kind));
        incoming.json = if is_other { None } else { serde_json::from_slice(&incoming.body).ok() };
        incoming
    }

    /// A parameter of the path; empty when the route has none of that name.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The query's parameters, decoded, in their order; none when it cannot be read.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        Query::try_from_uri(&self.uri).map(|Query(parameters)| parameters).unwrap_or_default()
    }

    /// A header's value, where it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body's media type in lower case, without parameters.
    pub(super) fn media_type(&self) -> String {
        let written = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        written.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// What the `Authorization` header says.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()
}

//! Sinch's answers (seed 001; providers.md §2.2 and §2.3).

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::SinchRefusal;
use super::far_side::Sinch;
use super::judge::Echo;
use crate::sandbox::accepting::Outcome;
use crate::sandbox::far_side::{FarSide, Flaw};
use crate::sandbox::reply::Answer;
use crate::sandbox::scenario::SinchSuccess;

/// The page's own words (providers.md §2.2).
const UNAUTHORIZED: &str =
    "Authentication Error: No user was found with this combination of username and Authentication token.";

/// The answer to messages that were decided: one entry for each, or a refusal of all.
pub(super) fn of_messages(echo: &Echo, outcomes: &[Outcome<SinchRefusal>], flaw: Flaw) -> Answer {
    let refusals = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Refused(refusals) => refusals.first(),
        Outcome::Accepted(_) | Outcome::Untaken => None,
    });
    if let Some(refusal) = refusals.into_iter().next() {
        return refused(400, &json!(refusal.code), refusal.message);
    }
    let entry = |(outcome, (correlation, destination)): (&Outcome<_>, &(Option<String>, String))| {
        let Outcome::Accepted(number) = outcome else { return Value::Null };
        let id = Sinch::message_id(*number);
        match correlation {
            Some(correlation) => json!({"id": id, "correlationId": correlation, "destination": destination}),
            None => json!({"id": id, "destination": destination}),
        }
    };
    let mut entries: Vec<_> = outcomes.iter().zip(&echo.destinations).map(entry).collect();
    let id = entries.first().map(|first| first["id"].clone()).unwrap_or_default();
    match flaw {
        Flaw::None => {}
        Flaw::Missing => drop(entries.pop()),
        Flaw::Extra => entries.extend(entries.last().cloned()),
    }
    json_answer(&json!({"Id": id, "destination": entries}))
}

/// Success that has nothing to tell.
pub(super) fn success(how: SinchSuccess) -> Answer {
    Answer::json(
        200,
        match how {
            SinchSuccess::Null => "null",
            SinchSuccess::Empty => "{}",
        },
    )
}

pub(super) fn json_answer(body: &Value) -> Answer {
    Answer::json(200, body.to_string())
}

/// A refusal in the shape of the documented 401.
pub(super) fn refused(status: u16, code: &Value, message: &str) -> Answer {
    Answer::json(status, json!({"errorCode": code, "errorMessage": message}).to_string())
}

/// The answer to what cannot even be read.
pub(super) fn unreadable(why: &str) -> Answer {
    refused(400, &json!(400), why)
}

/// Only the 401 is documented word for word; the others are of its shape, with the words of the page's table
/// of statuses. What comes from before Sinch is a page of HTML.
pub(super) fn usual_body(status: u16) -> (&'static str, Bytes) {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let message = match status {
        401 => UNAUTHORIZED,
        420 => "Message is Rate Limited",
        _ => reason.unwrap_or("Unknown"),
    };
    match status {
        200..400 => ("", Bytes::new()),
        400..500 => refused_body(status, message),
        _ => ("text/html", format!("<html><body><h1>{status} {message}</h1></body></html>\n").into()),
    }
}

fn refused_body(status: u16, message: &str) -> (&'static str, Bytes) {
    let answer = refused(status, &json!(status), message);
    (answer.content_type, answer.body)
}

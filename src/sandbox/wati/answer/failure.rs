//! How Wati says yes and no where there is nothing else to say.

use axum::http::StatusCode;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::judge::Unfit;
use super::instant;
use crate::sandbox::reply::Answer;

/// What v3 says where several open conversations fit; the seed shows no words.
const SEVERAL: &str = "Multiple open conversations match the target";

/// A change that was made.
pub(in crate::sandbox::wati) fn done(more: Value) -> Answer {
    let mut body = json!({ "result": true });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    Answer::json(200, body.to_string())
}

/// A business failure: status 200 all the same.
pub(in crate::sandbox::wati) fn not_done(sentence: &str) -> Answer {
    Answer::json(200, json!({ "result": false, "info": sentence }).to_string())
}

/// The answer to what is not even judged.
pub(in crate::sandbox::wati) fn unfit(why: &Unfit, third: bool, at: Timestamp) -> Answer {
    match why {
        Unfit::Status(409) if third => Answer::json(409, third_error(409, SEVERAL, at)),
        Unfit::Status(status) if third => Answer::json(*status, third_error(*status, reason(*status), at)),
        Unfit::Status(status) => Answer::new(*status, usual_body(*status, None)),
        Unfit::Unreadable(sentence) if third => Answer::json(400, third_error(400, sentence, at)),
        Unfit::Unreadable(sentence) => {
            Answer::json(400, json!({ "result": false, "info": sentence }).to_string())
        }
    }
}

fn third_error(status: u16, sentence: &str, at: Timestamp) -> String {
    json!({ "code": status, "message": sentence, "timestamp": instant(at) }).to_string()
}

/// 401 and 429 come with nothing; 400 as JSON; the rest is a page of HTML from what stands before Wati, but
/// for v3, which explains 400, 403 and 500, and tells the time (`third`).
pub(in crate::sandbox::wati) fn usual_body(status: u16, third: Option<Timestamp>) -> (&'static str, Bytes) {
    let reason = reason(status);
    match status {
        200..400 | 401 | 420 | 429 => ("", Bytes::new()),
        400 | 403 | 404 | 409 | 500 if let Some(at) = third => {
            ("application/json", third_error(status, reason, at).into())
        }
        403 => ("", Bytes::new()),
        400..500 => ("application/json", json!({ "result": false, "info": reason }).to_string().into()),
        _ => ("text/html", format!("<html><body><h1>{status} {reason}</h1></body></html>\n").into()),
    }
}

fn reason(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}
